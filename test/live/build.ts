// Finds the binaries of OpenFGA and fga: on PATH in the pinned version, built earlier, or built now with Go.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { PATIENCE_MS } from "./patience.ts";
import { COMMANDS, GO_MODULE, cachedBinary, pinnedVersion, type CommandName } from "./pins.ts";

/** Time limit of one build, in milliseconds. With cold caches on two cores, both take about four minutes together. */
const BUILD_TIMEOUT_MS = 15 * 60_000;

/** Interval of progress lines during a build, in milliseconds. */
const PROGRESS_MS = 20_000;

/** Path of a command in the pinned version, or the reason why there is none. Builds it if possible. */
export async function findBinary(name: CommandName): Promise<{ path: string } | { missing: string }> {
  const onPath = pathOf(name);
  if (onPath !== undefined && reportedVersion(onPath) === pinnedVersion(name)) return { path: onPath };
  const cached = cachedBinary(name);
  if (existsSync(cached)) return { path: cached };
  if (pathOf("go") === undefined) {
    return { missing: `no ${name} ${pinnedVersion(name)} on PATH and no Go to build it with` };
  }
  return build(name, cached);
}

/** Full path of an executable on PATH. */
function pathOf(command: string): string | undefined {
  return (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, command)).find(existsSync);
}

/** The version that `<command> version` prints, without `v`; undefined if it prints none. */
function reportedVersion(path: string): string | undefined {
  const run = spawnSync(path, ["version"], { encoding: "utf8", timeout: PATIENCE_MS });
  return /version\s+v?`?v?(\d+\.\d+\.\d+)`?/.exec(`${run.stdout}${run.stderr}`)?.[1];
}

async function build(name: CommandName, target: string): Promise<{ path: string } | { missing: string }> {
  const started = Date.now();
  const say = (text: string): void => console.log(`[openfga] ${text}`);
  say(`building ${name} ${pinnedVersion(name)} with Go, once; this takes up to four minutes`);
  const timer = setInterval(() => say(`still building ${name}, ${seconds(started)} s`), PROGRESS_MS);
  mkdirSync(dirname(target), { recursive: true });
  const scratch = `${target}.${process.pid}.partial`;
  const failure = await goBuild(name, scratch).finally(() => clearInterval(timer));
  if (failure !== undefined) return { missing: `go build of ${name} failed: ${failure}` };
  renameSync(scratch, target);
  say(`built ${name} in ${seconds(started)} s`);
  return { path: target };
}

function seconds(started: number): number {
  return Math.round((Date.now() - started) / 1000);
}

/** Runs `go build`. Resolves to undefined on success, otherwise to the end of its output. */
function goBuild(name: CommandName, output: string): Promise<string | undefined> {
  const stamp = `-s -w -X ${COMMANDS[name].versionVariable}=v${pinnedVersion(name)}`;
  const args = ["build", "-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", stamp, "-o", output];
  return new Promise((done) => {
    const go = spawn("go", [...args, COMMANDS[name].package], {
      cwd: GO_MODULE,
      env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: BUILD_TIMEOUT_MS,
    });
    let said = "";
    const hear = (chunk: Buffer): void => void (said = `${said}${chunk.toString()}`.slice(-2000));
    go.stdout.on("data", hear);
    go.stderr.on("data", hear);
    go.on("error", (error) => done(error.message));
    go.on("close", (code) => done(code === 0 ? undefined : said));
  });
}
