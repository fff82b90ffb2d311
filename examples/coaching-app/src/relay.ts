// The relay: sends the rows of the outbox to Sideline, in order. It may be killed at any moment, and several may run.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { createClient, SidelineError, type Client } from "sideline/client";
import { transaction } from "./outbox.ts";

/** Sends the oldest waiting event. Returns false if none waits. Rejects if Sideline gives no verdict: the row stays. */
async function relayNext(pool: pg.Pool, client: Client): Promise<boolean> {
  return transaction(pool, async (tx) => {
    // The lock lets one relay work at a time. Postgres releases it when the relay's connection breaks.
    const { rows: [row] } = await tx.query(
      "select * from outbox where settled_at is null order by position limit 1 for update",
    );
    if (row === undefined) return false;
    // A row that was sent before a crash is sent again under its id, and Sideline answers `duplicate`.
    const { id, type, data, actor, org: subject, position: sequence } = row;
    const refused = await client.send(type, data, { id, actor, subject, sequence }).then(() => null, verdictOf);
    if (refused !== null) console.error(`event ${id} (${type}) was refused: ${refused}`);
    await tx.query("update outbox set settled_at = now(), refused = $2 where id = $1", [id, refused]);
    return true;
  });
}

/** Returns the code of a refusal of this event. Throws for every other failure: the event must be sent again. */
function verdictOf(error: unknown): string {
  if (error instanceof SidelineError && error.isVerdict) return error.code;
  throw error;
}

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"] });
pool.on("error", (error) => console.error(error.message));
const { SIDELINE_URL: url = "http://127.0.0.1:8090", SIDELINE_KEY: key } = process.env;
const client = createClient({ url, key });
for (;;) {
  const isMore = await relayNext(pool, client).catch((error: unknown) => {
    console.error(`the relay waits: ${String(error)}`);
    return false;
  });
  if (!isMore) await sleep(50);
}
