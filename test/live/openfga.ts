// Starts a fresh OpenFGA server for a test file, and ensures that it never outlives the tests.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { runContainer } from "./container.ts";
import { freePort } from "./free-port.ts";
import { PATIENCE_MS } from "./patience.ts";
import { MAX_CONNECTIONS } from "./postgres.ts";
import { reasonToSkip } from "./required.ts";

/** Options of a server; every one has a default that suits tests (memory store, quiet log). */
export interface OpenfgaOptions {
  /** Values of `--experimentals`, e.g. `weighted_graph_check`. */
  readonly experimentals?: readonly string[];
  /** `--log-level`; default `warn`. */
  readonly logLevel?: "debug" | "info" | "warn" | "error";
  /** More flags, passed on unchanged; they override the defaults. */
  readonly extraArgs?: readonly string[];
  /** Store; default memory. A SQL store must be migrated already (see `migrateOpenfga`). */
  readonly datastore?: { readonly engine: "postgres" | "mysql" | "sqlite"; readonly uri: string };
}

/** A running server. `pid` is absent when it runs in a container or elsewhere. */
export interface RunningOpenfga {
  readonly url: string;
  readonly pid?: number;
  stop(): Promise<void>;
  /** Everything it wrote to its log so far (JSON lines). */
  logs(): string;
}

/** Time limit for a started server to serve, in milliseconds. */
const START_TIMEOUT_MS = PATIENCE_MS;

/** Number of attempted starts: a free port may be taken before the server binds it. */
const START_ATTEMPTS = 3;

/**
 * Whether tests have an OpenFGA: `any` one, a `fresh` one started with chosen flags, or one whose `datastore` can also
 * be chosen. Throws in CI if there is none. Use with `describe.skipIf(!openfgaAvailable("fresh"))`.
 */
export function openfgaAvailable(need: "any" | "fresh" | "datastore"): boolean {
  const { url, docker, binary, missing = "no OpenFGA was found" } = inject("openfga");
  const found = binary !== undefined || (need === "any" && url !== undefined) || (need !== "datastore" && docker);
  reasonToSkip(found ? undefined : missing);
  return found;
}

/**
 * Starts a server on loopback and waits until it is SERVING. Without options, a server at `SIDELINE_TEST_OPENFGA_URL`
 * is used as it is. Throws if there is no OpenFGA or it does not start.
 */
export async function startOpenfga(options: OpenfgaOptions = {}): Promise<RunningOpenfga> {
  const { url, docker, binary, missing } = inject("openfga");
  if (url !== undefined && Object.keys(options).length === 0) return { url, stop: async () => {}, logs: () => "" };
  if (docker && options.datastore === undefined) return runContainer(runArgs(options));
  if (binary === undefined) throw new Error(`no OpenFGA to start: ${missing ?? "not found"}`);
  for (let attempt = 1; ; attempt++) {
    try {
      return await runBinary(binary, options);
    } catch (error) {
      if (attempt === START_ATTEMPTS || !String(error).includes("address already in use")) throw error;
    }
  }
}

/** Migrates a SQL store to the schema of this version. Throws with the program's output when it fails. */
export async function migrateOpenfga(datastore: NonNullable<OpenfgaOptions["datastore"]>): Promise<void> {
  const { binary } = inject("openfga");
  if (binary === undefined) throw new Error("migration needs the openfga binary");
  const args = ["migrate", "--datastore-engine", datastore.engine, "--datastore-uri", datastore.uri];
  const child = spawn(binary, args, { cwd: tmpdir(), stdio: ["ignore", "pipe", "pipe"] });
  const said = listen(child);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`openfga migrate ended with ${String(code)}:\n${said()}`);
}

/**
 * OpenFGA holds a connection for each level of each check of a batch: a batch that takes all of them (30 by default)
 * blocks until its time is over.
 */
const POOL = [
  "--datastore-max-open-conns", String(MAX_CONNECTIONS - 100), "--max-concurrent-checks-per-batch-check", "8",
];

function runArgs(options: OpenfgaOptions): string[] {
  const { datastore: store, experimentals = [] } = options;
  return [
    "run", "--metrics-enabled=false", "--log-format", "json", "--log-level", options.logLevel ?? "warn",
    "--request-timeout", "60s", "--http-upstream-timeout", "60s",
    "--listObjects-deadline", "50s", "--listUsers-deadline", "50s",
    "--listObjects-max-results", "0", "--listUsers-max-results", "0",
    ...(experimentals.length === 0 ? [] : ["--experimentals", experimentals.join(",")]),
    ...(store === undefined ? [] : ["--datastore-engine", store.engine, "--datastore-uri", store.uri, ...POOL]),
    ...(options.extraArgs ?? []),
  ];
}

/**
 * Runs the binary in an empty folder, because it reads a config.yaml of its working folder. Its temporary files (a Unix
 * socket) are also created there, so that nothing is left behind.
 */
async function runBinary(path: string, options: OpenfgaOptions): Promise<RunningOpenfga> {
  const folder = mkdtempSync(join(tmpdir(), "openfga-"));
  const port = await freePort();
  const addresses = ["--http-addr", `127.0.0.1:${port}`, "--grpc-addr", "127.0.0.1:0"];
  const child = spawn(path, [...runArgs(options), ...addresses], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const logs = listen(child);
  const stop = stopper(child, folder);
  const url = `http://127.0.0.1:${port}`;
  try {
    await serving(url, child, logs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid as number, stop, logs };
}

function listen(child: ChildProcess): () => string {
  const chunks: string[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  return () => chunks.join("");
}

/**
 * Ends the server by SIGKILL and removes its folder; may be called twice. A small watchdog does the same when this
 * process ends in any way, because that closes its input pipe.
 */
function stopper(child: ChildProcess, folder: string): () => Promise<void> {
  const watchdog = spawn("sh", ["-c", 'read _; kill -9 "$1"; rm -rf "$2"', "sh", String(child.pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watchdog.on("error", () => {});
  watchdog.unref();
  const exited = once(child, "close").catch(() => undefined);
  const killNow = (): void => void child.kill("SIGKILL");
  process.once("exit", killNow);
  return async () => {
    process.off("exit", killNow);
    watchdog.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
}

async function serving(url: string, child: ChildProcess, logs: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await fetch(`${url}/healthz`).then((r) => r.text(), () => "");
    if (answer.includes("SERVING") && !answer.includes("NOT_SERVING")) return;
    await new Promise((wait) => setTimeout(wait, 50));
  }
  throw new Error(`OpenFGA did not start at ${url}:\n${logs()}`);
}
