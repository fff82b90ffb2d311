// Builds dist/ from src/ and model.fga. Where TypeScript is not installed (production installs leave development
// dependencies out) it says so and leaves dist/ as it is, so that the install itself never fails for it.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { writeSearchesAtOnce } from "./at-once.mjs";

const root = resolve(import.meta.dirname, "..");

/** Path of the TypeScript compiler, or undefined when it is not installed. */
function compiler() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  } catch {
    return undefined;
  }
}

/** Removes what an earlier build left in dist/ for a source file that is gone. */
function removeStale() {
  const dist = join(root, "dist");
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const source = relative(dist, file).replace(/\.(?:d\.ts|js)$/, ".ts");
    if (!existsSync(join(root, "src", source))) rmSync(file);
  }
}

/** Reads model.fga once for every start. */
async function keep() {
  const { keepPolicy } = await import(pathToFileURL(join(root, "dist/policy/precompile.js")).href);
  writeFileSync(join(root, "dist/model.json"), keepPolicy(readFileSync(join(root, "model.fga"), "utf8")));
}

const tsc = compiler();
if (tsc === undefined) {
  console.log("sideline: TypeScript is not installed, dist/ is left as it is");
} else {
  writeSearchesAtOnce();
  const args = [tsc, "-p", join(root, "tsconfig.build.json")];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  removeStale();
  await keep();
}
