// The package as an app installs it: from the tarball into an empty folder, run there by npx, and under newer Nodes.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { packSideline } from "../example-apps/packed.ts";
import { ROOT } from "../live/pins.ts";
import { reasonToSkip } from "../live/required.ts";
import { event, FOUNDED } from "./one-build.ts";
import { startProgram, type Server } from "./server.ts";

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const root = mkdtempSync(join(tmpdir(), "sideline-installed-"));
const running: { kill(): void }[] = [];
afterEach(() => running.splice(0).forEach((each) => each.kill()));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs npm in a folder below the root. Returns what it printed where it failed. */
function npm(folder: string, ...args: readonly string[]): string | undefined {
  mkdirSync(join(root, folder), { recursive: true });
  // Without one, npm installs into a folder above that has one.
  const manifest = join(root, folder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, "{}");
  const run = spawnSync("npm", [...args, "--no-audit", "--no-fund"], { cwd: join(root, folder), encoding: "utf8" });
  return run.status === 0 ? undefined : `${run.stdout}${run.stderr}`;
}

/** Whether the registry has the packages that an installation needs; else the reason to skip. */
const unavailable = ((): string | undefined => {
  const failure = npm("registry", "view", "commander", "version");
  const reason = failure === undefined ? undefined : reasonToSkip("no registry of npm packages answers here");
  if (reason !== undefined) console.error(`\n!!! tests of the installed package are SKIPPED: ${reason}\n`);
  return reason;
})();

const app = join(root, "app");
const bin = join(app, "node_modules/sideline/dist/cli/sideline.js");

async function start(program: readonly string[], settings: Readonly<Record<string, string>>): Promise<Server> {
  const server = await startProgram(app, program, settings);
  running.push(server);
  return server;
}

describe.skipIf(unavailable !== undefined)("the installed package", () => {
  beforeAll(() => {
    const tarball = packSideline(root);
    expect(npm("app", "install", "--prefer-offline", tarball)).toBeUndefined();
  });

  test("npx sideline --version, and the files that a user reads", () => {
    const run = spawnSync("npx", ["--no-install", "sideline", "--version"], { cwd: app, encoding: "utf8" });
    expect([run.stdout, run.status]).toEqual([`${version}\n`, 0]);
    const inside = (path: string): boolean => existsSync(join(app, "node_modules/sideline", path));
    const there = ["docs/rules.md", "docs/commands.md", "README.md", "CHANGELOG.md", "LICENSE", "model.fga", "tuples"];
    expect(there.filter((path) => !inside(path))).toEqual([]);
    expect(["src", "test", "node_modules/vitest", "bench"].filter(inside)).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(app, "node_modules/sideline/package.json"), "utf8"));
    expect(manifest).not.toHaveProperty("private");
    const scripts: string[] = Object.values(manifest.scripts);
    const named = scripts.flatMap((script) => /^node (scripts\/prepare\.mjs)/.exec(script)?.[1] ?? []);
    expect([named.length > 0, named.filter((path) => !inside(path))]).toEqual([true, []]);
  });

  test("its prepare script changes nothing, also where the app has TypeScript", () => {
    const before = readFileSync(bin, "utf8");
    const link = join(app, "node_modules/typescript");
    symlinkSync(join(ROOT, "node_modules/typescript"), link);
    const run = spawnSync("npm", ["run", "prepare"], { cwd: join(app, "node_modules/sideline"), encoding: "utf8" });
    rmSync(link);
    expect([run.status, run.stdout]).toEqual([0, expect.stringContaining("built already")]);
    expect(readFileSync(bin, "utf8")).toBe(before);
  });

  test("npx sideline serve answers, in an empty folder", async () => {
    const server = await start(["npx", "--no-install", "sideline", "serve"], {});
    expect((await server.send("POST", "/events", FOUNDED))?.body.status).toBe("applied");
    const page = await fetch(`${server.url}/ui/org/o/matrix`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("org.billing.manage")]);
    const args = ["check", "user:olga", "org_manage", "org:o", "--url", server.url];
    const run = spawnSync("npx", ["--no-install", "sideline", ...args], { cwd: app, encoding: "utf8" });
    expect([run.stdout, run.status]).toEqual(["yes\n", 0]);
    expect(existsSync(join(app, "data/store.db"))).toBe(true);
  });

  describe.each(["22", "24"])("under Node %s", (major) => {
    const node = join(root, `node-${major}`, "node_modules/node/bin/node");
    let missing: string | undefined;
    beforeAll(() => {
      if (npm(`node-${major}`, "install", "--prefer-offline", `node@${major}`) === undefined) return;
      missing = reasonToSkip(`the registry has no Node ${major} for this machine`);
      console.error(`\n!!! the smoke test is SKIPPED: ${missing}\n`);
    });

    test("it starts, takes events, answers, and keeps them over a kill", async (context) => {
      if (missing !== undefined) return context.skip(missing);
      expect(execFileSync(node, ["--version"], { encoding: "utf8" })).toMatch(new RegExp(`^v${major}\\.`));
      const settings = { SIDELINE_DATA: join(root, `data-${major}`) };
      let server = await start([node, bin, "serve"], settings);
      const file = join(root, `events-${major}.ndjson`);
      const events = [FOUNDED, event("m", "member.added", { org: "o", user: "carl" }, "olga")];
      writeFileSync(file, events.map((one) => `${JSON.stringify(one)}\n`).join(""));
      const sideline = (...args: readonly string[]) =>
        spawnSync(node, [bin, ...args, "--url", server.url], { cwd: app, encoding: "utf8" });
      expect(sideline("send", file).stdout).toContain("2 applied");
      expect(sideline("who", "member", "org:o").stdout).toBe("user:carl\nuser:olga\n");
      server.signal("SIGKILL");
      await server.ended();
      server = await start([node, bin, "serve"], settings);
      expect(sideline("check", "user:carl", "member", "org:o").status).toBe(0);
      expect(sideline("check", "user:carl", "org_manage", "org:o").status).toBe(1);
      expect(sideline("send", file).stdout).toContain("2 duplicate");
    });
  });
});
