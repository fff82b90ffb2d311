// Sideline's start: config -> model -> store -> app -> listen.
import { readFileSync } from "node:fs";
import { ConfigError, readConfig, type Config } from "./config.ts";
import { openEmbeddedSidecar } from "./embedded/embedded-sidecar.ts";
import { createApp } from "./http/app.ts";
import { KeyFile } from "./http/key-file.ts";
import { startServer } from "./http/server.ts";
import { createLog } from "./log.ts";
import { readPolicy } from "./policy.ts";

/** A file of this package, by its path from here. */
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** Makes what a setting asks for. Expected faults (those with a code) become a ConfigError that names the setting. */
async function named<T>(setting: string, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new ConfigError(`${setting}: ${error.message}`, { cause: error });
  }
}

async function start(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const model = await readPolicy(read("../model.fga"), new URL("./model.json", import.meta.url));
  const { version } = JSON.parse(read("../package.json")) as { version: string };
  const path = config.keys;
  const keys = path === undefined ? undefined : await named("SIDELINE_KEYS", () => new KeyFile(path, log));
  const fatal = (why: string): void => {
    log.fatal({ why }, "the state in memory cannot be trusted: start again");
    process.exit(1);
  };
  const shared = { model, emailKey: config.emailKey, log, now: Date.now };
  const sidecar = config.openfga === undefined
    ? await named("SIDELINE_DATA",
      () => openEmbeddedSidecar({ ...shared, folder: config.data, storeName: "sideline", fatal }))
    : await (await import("./openfga/openfga-sidecar.ts"))
      .openOpenfgaSidecar({ ...shared, ...config.openfga, storeName: config.openfga.store });
  const app = createApp(sidecar, { keys, log, version });
  const { host, port, keepAlive } = config;
  const server = await named("SIDELINE_HOST, SIDELINE_PORT",
    () => startServer({ fetch: app.fetch, host, port, keepAlive, loopbackOnly: keys === undefined }));
  log.info({ url: server.url, store: sidecar.info.id }, "ready");
  const stop = async (signal: string): Promise<void> => {
    log.info({ signal }, "stopping");
    keys?.close();
    const cutOff = await server.stop();
    if (cutOff > 0) log.warn({ requests: cutOff }, "requests took too long to end and were cut off");
    await sidecar.close();
    process.exit(0);
  };
  let stopping = false;
  const stopOnce = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    stop(signal).catch((error: unknown) => {
      log.fatal({ err: error }, "the store could not be closed");
      process.exit(1);
    });
  };
  process.on("SIGTERM", stopOnce);
  process.on("SIGINT", stopOnce);
  process.on("SIGHUP", keys === undefined ? stopOnce : () => keys.reload());
}

try {
  await start(readConfig());
} catch (error) {
  const told = error instanceof ConfigError || (error instanceof Error && "code" in error);
  process.stderr.write(`sideline: ${told ? (error as Error).message : String((error as Error).stack)}\n`);
  process.exit(1);
}
