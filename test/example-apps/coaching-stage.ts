// The coaching app on a real Postgres and a real Sideline, each a process that a test may kill.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { createClient, type Client } from "../../src/client/create-client.ts";
import { freePort } from "../live/free-port.ts";
import { PATIENCE_MS } from "../live/patience.ts";
import { startPostgres, type RunningPostgres } from "../live/postgres.ts";
import type { ExampleApp } from "./packed.ts";
import { Processes } from "./process.ts";

/** An answer of the app. */
export interface PageAnswer {
  readonly status: number;
  readonly body: any;
}

/** The running app of one test. */
export interface Stage {
  readonly processes: Processes;
  readonly database: pg.Pool;
  readonly postgres: RunningPostgres;
  /** A client of its Sideline that has sent nothing. */
  readonly client: Client;
  readonly sidelineUrl: string;
  /** Folder for files of the test. */
  readonly folder: string;
  /** Asks the app as a user. Asks again while the app, its relay or Sideline is down. */
  ask(user: string, method: string, path: string, body?: object): Promise<PageAnswer>;
  /** Waits until the relay has settled every row of the outbox. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts Postgres with the app's schema. Its processes are `sideline`, `sideline with keys` (the app has none of them),
 * `app`, `relay`, `second relay`, `backfill` and `send`.
 */
export async function openStage(app: ExampleApp): Promise<Stage> {
  const postgres = await startPostgres();
  const made = postgres.psql(["-q", "-f", join(app.folder, "schema.sql")]);
  if (made.status !== 0) throw new Error(made.stderr);
  const folder = mkdtempSync(join(tmpdir(), "sideline-coaching-app-"));
  const [port, sidelinePort] = [await freePort(), await freePort()];
  const [url, sidelineUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${sidelinePort}`];
  const env = { DATABASE_URL: postgres.uri, SIDELINE_URL: sidelineUrl, PORT: String(port) };
  const of = (file: string, ...args: readonly string[]) =>
    ({ args: [join(app.folder, `dist/${file}.js`), ...args], cwd: folder, env });
  const sideline = {
    args: [join(app.folder, "node_modules/sideline/dist/main.js")], cwd: folder, until: '"msg":"ready"',
    env: { SIDELINE_PORT: String(sidelinePort), SIDELINE_DATA: join(folder, "data") },
  };
  const keys = join(folder, "keys.json");
  const other = { name: "other", key: "a-key-that-the-relay-lacks", scopes: ["events"] };
  writeFileSync(keys, JSON.stringify({ keys: [other] }));
  const processes = new Processes({
    sideline, "sideline with keys": { ...sideline, env: { ...sideline.env, SIDELINE_KEYS: keys } },
    app: { ...of("server"), until: "listening" }, relay: of("relay"), "second relay": of("relay"),
    backfill: of("backfill", "history.ndjson"),
    send: { args: [join(app.folder, "node_modules/sideline/dist/cli/sideline.js"), "send", "history.ndjson"],
      cwd: folder, env },
  });
  const database = new pg.Pool({ connectionString: postgres.uri });
  database.on("error", () => {});

  const ask = async (user: string, method: string, path: string, body?: object): Promise<PageAnswer> => {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(20)) {
      const response = await fetch(url + path, {
        method, headers: { "x-user": user, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch(() => undefined);
      if (response === undefined || response.status === 503) continue;
      const text = await response.text();
      return { status: response.status, body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
    }
    throw new Error(`${method} ${path} has no answer: ${processes.said("app")}`);
  };
  const settled = async (): Promise<void> => {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(20)) {
      const { rows } = await database.query("select 1 from outbox where settled_at is null limit 1");
      if (rows.length === 0) return;
    }
    throw new Error(`the outbox is not empty: ${processes.said("relay")}`);
  };
  return {
    processes, database, postgres, sidelineUrl, folder, ask, settled, client: createClient({ url: sidelineUrl }),
    close: async () => {
      await processes.killAll();
      await database.end();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
