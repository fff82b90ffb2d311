// Sideline's start: config -> model -> store -> app -> listen.
import { readFileSync } from "node:fs";
import { serve } from "@hono/node-server";
import { pino } from "pino";
import { ConfigError, readConfig, type Config } from "./config.ts";
import { openEmbeddedSidecar } from "./embedded/embedded-sidecar.ts";
import { createApp } from "./http/app.ts";
import { parseKeys } from "./http/keys.ts";
import { readPolicy } from "./policy.ts";

/** How long open requests may take to end when the process is asked to, in milliseconds. */
const SHUTDOWN_TIMEOUT = 10_000;

/** A file of this package, by its path from here. */
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** What a setting leads to; its expected faults (those with a code) are told as the setting's: ConfigError. */
function named<T>(setting: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new ConfigError(`${setting}: ${error.message}`, { cause: error });
  }
}

async function start(config: Config): Promise<void> {
  const log = pino({ level: config.logLevel });
  const model = await readPolicy(read("../model.fga"), new URL("./model.json", import.meta.url));
  const { version } = JSON.parse(read("../package.json")) as { version: string };
  const path = config.keys;
  const keys = path === undefined ? undefined : named("SIDELINE_KEYS", () => parseKeys(readFileSync(path, "utf8")));
  const fatal = (why: string): void => {
    log.fatal({ why }, "the state in memory cannot be trusted: start again");
    process.exit(1);
  };
  const shared = { model, emailKey: config.emailKey, log, now: Date.now };
  const sidecar = config.openfga === undefined
    ? named("SIDELINE_DATA",
      () => openEmbeddedSidecar({ ...shared, folder: config.data, storeName: "sideline", fatal }))
    : await (await import("./openfga/openfga-sidecar.ts"))
      .openOpenfgaSidecar({ ...shared, ...config.openfga, storeName: config.openfga.store });
  const app = createApp(sidecar, { keys, log, version });
  const server = serve({ fetch: app.fetch, hostname: config.host, port: config.port }, (address) => {
    const host = config.host.includes(":") ? `[${config.host}]` : config.host;
    log.info({ url: `http://${host}:${address.port}`, store: sidecar.info.id }, "ready");
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
