// The outbox: a change of the database and its event to Sideline are written in one transaction.
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { SidelineEvent } from "sideline/client";

/** Runs some statements as one transaction. */
export async function transaction<Result>(pool: pg.Pool, run: (tx: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const tx = await pool.connect();
  try {
    await tx.query("begin");
    const result = await run(tx);
    await tx.query("commit");
    tx.release();
    return result;
  } catch (error) {
    // Closing the connection rolls the transaction back, also where the connection is what broke.
    tx.release(true);
    throw error;
  }
}

/**
 * Makes a change of an org: runs its statements and writes its event to the outbox, both or neither. Waits until the
 * relay has sent the event. Returns the outcome: `applied`, `waiting` after two seconds, or the code of a refusal.
 */
export async function change(
  pool: pg.Pool, org: string, { type, data, actor }: SidelineEvent, write: (tx: pg.PoolClient) => Promise<unknown>,
): Promise<string> {
  const position = await transaction(pool, async (tx) => {
    // One change of an org at a time: its outbox rows then have the order of its commits.
    await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [org]);
    await write(tx);
    const { rows } = await tx.query(
      "insert into outbox (org, type, data, actor) values ($1, $2, $3, $4) returning position",
      [org, type, data, actor],
    );
    return rows[0].position as string;
  });
  for (let waited = 0; waited < 2_000; waited += 20) {
    const { rows: [row] } = await pool.query("select settled_at, refused from outbox where position = $1", [position]);
    if (row.settled_at !== null) return row.refused ?? "applied";
    await sleep(20);
  }
  return "waiting";
}
