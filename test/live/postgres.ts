// Starts a fresh Postgres for a test file, on loopback, in a temporary folder that is removed with it.
import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { reasonToSkip } from "./required.ts";

/** Debian keeps the server's programs here, with one folder per version. */
const DEBIAN = "/usr/lib/postgresql";
/** Time limit for a server to start or stop, in seconds. */
const WAIT_SECONDS = 240;
/** Maximum number of connections to a server. */
export const MAX_CONNECTIONS = 400;

/** A running Postgres. */
export interface RunningPostgres {
  /** For OpenFGA's `--datastore-uri`. */
  readonly uri: string;
  /** Folder of its programs. */
  readonly bin: string;
  /** Runs psql on its database with some arguments. */
  psql(args: readonly string[]): SpawnSyncReturns<string>;
  /** Runs a statement in its own transaction, which stays open with its locks until the returned function is called. */
  hold(statement: string): Promise<() => Promise<void>>;
  /** Ends it as a crash would; its data remain. */
  crash(): void;
  /** Starts it again on the same data and port. */
  restart(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Folder of the programs: Debian's newest version; undefined if there is none. */
function programs(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const newest = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))[0];
  const bin = newest === undefined ? undefined : join(DEBIAN, newest, "bin");
  return bin !== undefined && existsSync(join(bin, "initdb")) ? bin : undefined;
}

/** Whether a Postgres is installed. If not, it prints the reason, and throws in CI. */
export function postgresAvailable(): boolean {
  if (programs() !== undefined) return true;
  console.warn(`[postgres] tests are SKIPPED: ${reasonToSkip(`no Postgres under ${DEBIAN}: install postgresql`)}`);
  return false;
}

/**
 * Starts a server with an empty database and fsync as in production. initdb refuses root, so root runs it as
 * `postgres`.
 */
export async function startPostgres(): Promise<RunningPostgres> {
  const bin = programs();
  if (bin === undefined) throw new Error("no Postgres to start");
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  const data = join(folder, "data");
  if (isRoot()) {
    chmodSync(folder, 0o755);
    must(spawnSync("chown", ["postgres", folder], { encoding: "utf8" }));
  }
  run(bin, folder, "initdb", ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]);
  const port = await freePort();
  const options = `-p ${port} -h 127.0.0.1 -k ${folder} -c shared_buffers=64MB -c max_connections=${MAX_CONNECTIONS}`;
  const start = (): void => {
    const log = join(folder, "log");
    run(bin, folder, "pg_ctl", ["-D", data, "-l", log, "-w", "-t", String(WAIT_SECONDS), "-o", options, "start"]);
  };
  const end = (mode: string): void =>
    run(bin, folder, "pg_ctl", ["-D", data, "-m", mode, "-w", "-t", String(WAIT_SECONDS), "stop"]);
  start();
  // Ends the server when this process ends in any way, because that closes the watchdog's input.
  const script = 'read _; kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")"; rm -rf "$1"';
  const watchdog = spawn("sh", ["-c", script, "sh", folder], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  watchdog.on("error", () => {});
  watchdog.unref();
  let running = true;
  const uri = `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable`;
  return {
    uri, bin,
    psql: (args) => spawnSync(join(bin, "psql"), [uri, "-v", "ON_ERROR_STOP=1", ...args], { encoding: "utf8" }),
    hold: async (statement) => {
      const args = [uri, "-q", "-v", "ON_ERROR_STOP=1"];
      const child = spawn(join(bin, "psql"), args, { stdio: ["pipe", "pipe", "inherit"] });
      const ended = once(child, "close");
      const held = once(child.stdout, "data");
      child.stdin.write(`begin;\n${statement};\n\\echo held\n`);
      await Promise.race([held, ended.then(() => Promise.reject(new Error(`${statement} failed`)))]);
      return async () => {
        child.stdin.end("commit;\n");
        await ended;
      };
    },
    crash: () => {
      end("immediate");
      running = false;
    },
    restart: () => {
      start();
      running = true;
    },
    stop: async () => {
      watchdog.kill("SIGKILL");
      if (running) end("immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function run(bin: string, cwd: string, program: string, args: readonly string[]): void {
  const path = join(bin, program);
  const [command, all] = isRoot() ? ["runuser", ["-u", "postgres", "--", path, ...args]] : [path, [...args]];
  // A root shell of `su` lacks the folder of runuser on its path.
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
  must(spawnSync(command as string, all as string[], { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"],
    timeout: (WAIT_SECONDS + 30) * 1000 }));
}

function must(ended: SpawnSyncReturns<string>): void {
  if (ended.status !== 0) throw new Error(`${String(ended.error ?? "")} ${ended.stdout}${ended.stderr}`);
}
