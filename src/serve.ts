// Runs the server: model -> listen -> store -> app, until a signal ends the process.
import { readFileSync } from "node:fs";
import { ConfigError, type Config } from "./config.ts";
import { openEmbeddedSidecar, type EmbeddedOptions, type EmbeddedSidecar } from "./embedded/embedded-sidecar.ts";
import { openReadOnlySidecar } from "./embedded/read-only-sidecar.ts";
import { gaugeOf, type Part } from "./sidecar/sidecar.ts";
import { DecisionFile } from "./decision-file.ts";
import { createApp } from "./http/app.ts";
import { DecisionLog } from "./http/decision-log.ts";
import { KeyFile } from "./http/api-key-file.ts";
import { withCors } from "./http/cors.ts";
import type { Spans } from "./http/tracing.ts";
import { startServer, type RunningServer, type ServerOptions } from "./http/server.ts";
import { createStartingApp } from "./http/starting.ts";
import { createLog, hideInvites } from "./log.ts";
import type { Model } from "./model/rewrite.ts";
import { readPolicy } from "./policy/load.ts";
import { policyOf } from "./policy/version.ts";
import type { Tuple } from "./tuples/tuple.ts";

type Answer = ServerOptions["fetch"];
type Logger = ReturnType<typeof createLog>;
type Closable = Pick<EmbeddedSidecar, "close">;

/** A store to serve as it is, in place of Sideline's own: its model, and the tuples that the model admits. */
export interface GivenStore {
  readonly name: string;
  readonly model: Model;
  readonly tuples: readonly Tuple[];
}

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

/**
 * Shuts down in order, once, on SIGTERM and SIGINT. SIGHUP rereads the key file and opens the decision log again, or
 * shuts down if there is neither.
 */
function onSignals(
  log: Logger, keys: KeyFile | undefined, decisions: DecisionFile | undefined, stop: (signal: string) => Promise<void>,
): void {
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
  process.on("SIGHUP", keys === undefined && decisions === undefined ? stopOnce : () => {
    keys?.reload();
    decisions?.reopen();
  });
}

/**
 * Starts the server, with a given store or the one of the settings. Resolves once it is ready; it then runs until a
 * signal ends the process. Throws a ConfigError, or an error with a code, that names the setting at fault.
 */
export async function serve(config: Config, given?: GivenStore): Promise<void> {
  const log = createLog(config.logLevel);
  const path = config.keys;
  const keys = path === undefined ? undefined : await named("SIDELINE_KEYS", () => new KeyFile(path, log));
  const fatal = (why: string): void => {
    log.fatal({ why }, "the state in memory cannot be trusted: restart the server");
    process.exit(1);
  };
  let server: RunningServer | undefined;
  let sidecar: Closable | undefined;
  let spans: Spans | undefined;
  // Handlers are set before anybody can reach this process: without one, a signal kills it at once.
  const file = config.decisions === undefined ? undefined
    : await named("SIDELINE_DECISION_LOG", () => new DecisionFile(config.decisions!.path, log));
  onSignals(log, keys, file, async (signal) => {
    log.info({ signal }, "stopping");
    keys?.close();
    const cutOff = await server?.stop() ?? 0;
    if (cutOff > 0) log.warn({ requests: cutOff }, "requests took too long to end and were cut off");
    // Nothing is written while the store loads, so exiting without closing it is safe.
    await sidecar?.close();
    await spans?.close();
    await file?.close();
  });
  const policy = given === undefined ? read("../model.fga") : "";
  const model = given?.model ?? await readPolicy(policy, new URL("./model.json", import.meta.url));
  const { version } = JSON.parse(read("../package.json")) as { version: string };
  if (config.traces) {
    const { startTracing } = await import("./http/tracing.ts");
    spans = await named("OTEL_EXPORTER_OTLP_ENDPOINT", () => startTracing(version, log));
  }
  const { host, port, keepAlive } = config;
  let progress: Part = { name: "store", ready: false, detail: "the store is being opened" };
  let answer: Answer = withCors(createStartingApp(() => progress), config.corsOrigins).fetch;
  server = await named("SIDELINE_HOST, SIDELINE_PORT", () => startServer({
    fetch: (request, bindings) => answer(request, bindings), host, port, keepAlive, loopbackOnly: keys === undefined,
  }));
  log.info({ url: server.url }, "listening, and loading the store");

  const shared = { model, log, now: Date.now };
  const opened = given === undefined
    ? await openSidecar(config, shared, fatal, (part) => (progress = part))
    : await openReadOnlySidecar({ ...shared, storeName: given.name, tuples: given.tuples, fatal });
  sidecar = opened;
  const decisions = file === undefined ? undefined : new DecisionLog({
    sink: file, sample: config.decisions!.sample, relations: new Set(config.decisions!.relations),
    policy: policyOf(model.json).digest, hide: hideInvites,
  });
  const app = createApp(opened, {
    keys, log, version, policy, decisions, url: config.publicUrl ?? server.url, spans,
    webhookOrigins: config.webhookOrigins,
    // A given store has a model of its own, about which the console knows nothing.
    console: config.console && given === undefined ? { link: config.consoleLink } : undefined,
  });
  answer = withCors(app, config.corsOrigins).fetch;
  log.info({ url: server.url, store: opened.info.id }, "ready");
}

/** Opens the sidecar that the settings choose. `report` is called while its store is loaded. */
async function openSidecar(
  config: Config, given: Pick<EmbeddedOptions, "model" | "log" | "now">, fatal: (why: string) => void,
  report: (progress: Part) => void,
): Promise<EmbeddedSidecar> {
  const shared = { ...given, emailKey: config.emailKey, replaceModel: config.replaceModel };
  return config.openfga === undefined
    ? named("SIDELINE_DATA", () => openEmbeddedSidecar({
      ...shared, folder: config.data, storeName: "sideline", storeId: config.storeId, fatal,
      acceptLostEvents: config.acceptLostEvents, loading: (loaded, all) => report(loadingPart(loaded, all)),
    }))
    : (await import("./openfga/openfga-sidecar.ts")).openOpenfgaSidecar({
      ...shared, ...config.openfga, storeName: config.openfga.store,
      loading: (loaded) => report(loadingPart(loaded)),
    });
}
