// The packed Sideline, and the examples as apps of their own: copied out of the project, with the package installed.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ROOT } from "../live/pins.ts";

/** Folders of the project that are no part of the package and not needed to make it. */
const LEFT_OUT = new Set(["node_modules", ".git", ".cache", "dist", "data", "test", "bench", "examples"]);

/** Packs Sideline as `npm publish` would, into a folder. Returns the path of the tarball. */
export function packSideline(folder: string): string {
  const source = join(folder, "source");
  cpSync(ROOT, source, {
    recursive: true, filter: (path) => dirname(path) !== ROOT || !LEFT_OUT.has(basename(path)),
  });
  symlinkSync(join(ROOT, "node_modules"), join(source, "node_modules"));
  // Packing builds: `prepare` runs before.
  execFileSync("npm", ["pack", "--pack-destination", folder], { cwd: source, stdio: "pipe" });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  return join(folder, tarball);
}

/** An example in a folder of its own. */
export interface ExampleApp {
  readonly folder: string;
  remove(): void;
}

/**
 * Copies an example into an empty folder and installs what its package.json names: the packed Sideline, and the other
 * packages from this project's. Builds it if it has a build. Throws with the faults that the compiler finds.
 */
export function installExample(name: string): ExampleApp {
  const root = mkdtempSync(join(tmpdir(), "sideline-example-"));
  const folder = join(root, name);
  cpSync(join(ROOT, "examples", name), folder, { recursive: true });
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@hono"), { recursive: true });
  execFileSync("tar", ["-xzf", packSideline(root), "-C", root]);
  cpSync(join(root, "package"), join(modules, "sideline"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(modules, "sideline/node_modules"));
  for (const each of ["express", "hono", "@hono/node-server", "pg", "@types"]) {
    symlinkSync(join(ROOT, "node_modules", each), join(modules, each));
  }
  if (readdirSync(folder).includes("tsconfig.json")) {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsc], { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
  }
  return { folder, remove: () => rmSync(root, { recursive: true, force: true }) };
}
