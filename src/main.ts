// Sideline's start: config -> model -> store -> app -> listen.
import { readFileSync } from "node:fs";
import { serve } from "@hono/node-server";
import { pino } from "pino";
import { ConfigError, readConfig, type Config } from "./config.ts";
import { openEmbeddedSidecar } from "./embedded/embedded-sidecar.ts";
import { createApp } from "./http/app.ts";
import { parseKeys, type Keys } from "./http/keys.ts";
import { compileModel } from "./model/compile.ts";
import { openOpenfgaSidecar } from "./openfga/openfga-sidecar.ts";

/** How long open requests may take to end when the process is asked to, in milliseconds. */
const SHUTDOWN_TIMEOUT = 10_000;

/** A file of this package, by its path from here. */
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** The keys of a file. Throws ConfigError naming the setting and the fault. */
function readKeys(path: string): Keys {
  try {
    return parseKeys(readFileSync(path, "utf8"));
  } catch (error) {
    throw new ConfigError(`SIDELINE_KEYS: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function start(config: Config): Promise<void> {
  const log = pino({ level: config.logLevel });
  const model = compileModel(read("../model.fga"));
  const { version } = JSON.parse(read("../package.json")) as { version: string };
  const keys = config.keys === undefined ? undefined : readKeys(config.keys);
  const fatal = (why: string): void => {
    log.fatal({ why }, "the state in memory cannot be trusted: start again");
    process.exit(1);
  };
  const shared = { model, emailKey: config.emailKey, log, now: Date.now };
  const sidecar = config.openfga === undefined
    ? openEmbeddedSidecar({ ...shared, folder: config.data, storeName: "sideline", fatal })
    : await openOpenfgaSidecar({ ...shared, ...config.openfga, storeName: config.openfga.store });
  const app = createApp(sidecar, { keys, log, version });
  const server = serve({ fetch: app.fetch, hostname: config.host, port: config.port }, (address) => {
    log.info({ url: `http://${config.host}:${address.port}`, store: sidecar.info.id }, "ready");
  });
  server.on("error", (error) => {
    log.fatal({ err: error }, "cannot listen");
    process.exit(1);
  });
  const stop = (signal: string): void => {
    log.info({ signal }, "stopping");
    setTimeout(() => process.exit(1), SHUTDOWN_TIMEOUT).unref();
    server.close(() => void sidecar.close().then(() => process.exit(0)));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

try {
  await start(readConfig());
} catch (error) {
  const told = error instanceof ConfigError || (error instanceof Error && "code" in error);
  process.stderr.write(`sideline: ${told ? (error as Error).message : String((error as Error).stack)}\n`);
  process.exit(1);
}
