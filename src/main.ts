// Entry point of the server: config -> model -> listen -> store -> app.
import { readFileSync } from "node:fs";
import { ConfigError, readConfig, type Config } from "./config.ts";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "./embedded/embedded-sidecar.ts";
import { gaugeOf, type Part } from "./sidecar/sidecar.ts";
import { createApp } from "./http/app.ts";
import { KeyFile } from "./http/api-key-file.ts";
import { startServer, type RunningServer, type ServerOptions } from "./http/server.ts";
import { createStartingApp } from "./http/starting.ts";
import { createLog } from "./log.ts";
import { readPolicy } from "./policy/load.ts";

type Answer = ServerOptions["fetch"];
type Logger = ReturnType<typeof createLog>;
type Closable = Pick<EmbeddedSidecar, "close">;

/** Reads a file of this package, by its path relative to this file. */
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** Runs `make` for a setting. Turns expected errors (those with a code) into a ConfigError that names the setting. */
async function named<T>(setting: string, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new ConfigError(`${setting}: ${error.message}`, { cause: error });
  }
}

/** Returns the part that `/readyz` reports while the store is loading; `all` is unknown on OpenFGA. */
function loadingPart(loaded: number, all?: number): Part {
  const figures = [gaugeOf("tuples", "Number of tuples loaded so far.", loaded)];
  const of = all === undefined ? "" : ` of ${all}`;
  return { name: "store", ready: false, detail: `${loaded}${of} tuples loaded`, figures };
}

/** Shuts down in order, once, on SIGTERM and SIGINT. SIGHUP rereads the key file, or shuts down if there is none. */
function onSignals(log: Logger, keys: KeyFile | undefined, stop: (signal: string) => Promise<void>): void {
  let stopping = false;
  const stopOnce = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    stop(signal).then(() => process.exit(0), (error: unknown) => {
      log.fatal({ err: error }, "the store could not be closed");
      process.exit(1);
    });
  };
  process.on("SIGTERM", stopOnce);
  process.on("SIGINT", stopOnce);
  process.on("SIGHUP", keys === undefined ? stopOnce : () => keys.reload());
}

async function start(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const path = config.keys;
  const keys = path === undefined ? undefined : await named("SIDELINE_KEYS", () => new KeyFile(path, log));
  const fatal = (why: string): void => {
    log.fatal({ why }, "the state in memory cannot be trusted: restart the server");
    process.exit(1);
  };
  let server: RunningServer | undefined;
  let sidecar: Closable | undefined;
  // Handlers are set before anybody can reach this process: without one, a signal kills it at once.
  onSignals(log, keys, async (signal) => {
    log.info({ signal }, "stopping");
    keys?.close();
    const cutOff = await server?.stop() ?? 0;
    if (cutOff > 0) log.warn({ requests: cutOff }, "requests took too long to end and were cut off");
    // Nothing is written while the store loads, so exiting without closing it is safe.
    await sidecar?.close();
  });
  const policy = read("../model.fga");
  const model = await readPolicy(policy, new URL("./model.json", import.meta.url));
  const { version } = JSON.parse(read("../package.json")) as { version: string };
  const { host, port, keepAlive } = config;
  let progress: Part = { name: "store", ready: false, detail: "the store is being opened" };
  const starting = createStartingApp(() => progress);
  let answer: Answer = starting.fetch;
  server = await named("SIDELINE_HOST, SIDELINE_PORT", () => startServer({
    fetch: (request, bindings) => answer(request, bindings), host, port, keepAlive, loopbackOnly: keys === undefined,
  }));
  log.info({ url: server.url }, "listening, and loading the store");

  const shared = { model, emailKey: config.emailKey, log, now: Date.now, replaceModel: config.replaceModel };
  const opened = config.openfga === undefined
    ? await named("SIDELINE_DATA", () => openEmbeddedSidecar({
      ...shared, folder: config.data, storeName: "sideline", storeId: config.storeId, fatal,
      acceptLostEvents: config.acceptLostEvents, loading: (loaded, all) => (progress = loadingPart(loaded, all)),
    }))
    : await (await import("./openfga/openfga-sidecar.ts")).openOpenfgaSidecar({
      ...shared, ...config.openfga, storeName: config.openfga.store,
      loading: (loaded) => (progress = loadingPart(loaded)),
    });
  sidecar = opened;
  answer = createApp(opened, { keys, log, version, policy, url: config.publicUrl ?? server.url }).fetch;
  log.info({ url: server.url, store: opened.info.id }, "ready");
}

try {
  await start(readConfig());
} catch (error) {
  const isExpected = error instanceof ConfigError || (error instanceof Error && "code" in error);
  process.stderr.write(`sideline: ${isExpected ? (error as Error).message : String((error as Error).stack)}\n`);
  process.exit(1);
}
