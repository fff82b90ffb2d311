// Python's packages that tests use as clients: installed once, in pinned versions, into a folder of .cache.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./pins.ts";

const REQUIREMENTS = join(ROOT, "test/python/requirements.txt");
/** Longest time that the installation may take, in milliseconds. */
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Returns the folder of the installed commands, or the reason why there is none. */
export function findPython(): { readonly bin: string } | { readonly missing: string } {
  const hash = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const folder = join(ROOT, ".cache/python", hash);
  const done = { bin: join(folder, "bin") };
  if (existsSync(join(folder, "installed"))) return done;
  // A virtual environment cannot be moved, so each process that finds none makes it in its place, one after another.
  const lock = `${folder}.lock`;
  mkdirSync(join(ROOT, ".cache/python"), { recursive: true });
  if (!takeLock(lock)) return { missing: "another process is installing Python's packages and does not end" };
  try {
    if (existsSync(join(folder, "installed"))) return done;
    rmSync(folder, { recursive: true, force: true });
    const fault = run("python3", ["-m", "venv", folder])
      ?? run(join(folder, "bin/python"), ["-m", "pip", "install", "-q", "--no-deps", "-r", REQUIREMENTS]);
    if (fault !== undefined) return { missing: `Python's packages cannot be installed: ${fault}` };
    mkdirSync(join(folder, "installing"));
    renameSync(join(folder, "installing"), join(folder, "installed"));
    return done;
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function takeLock(lock: string): boolean {
  const end = Date.now() + INSTALL_TIMEOUT_MS;
  while (Date.now() < end) {
    try {
      mkdirSync(lock);
      return true;
    } catch {
      spawnSync("sleep", ["1"]);
    }
  }
  return false;
}

function run(command: string, args: readonly string[]): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", timeout: INSTALL_TIMEOUT_MS });
  return status === 0 ? undefined : error?.message ?? `${stdout}${stderr}`.slice(-2000);
}
