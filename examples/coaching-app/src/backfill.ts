// Exports the app's past as events, once, before the relay starts for the first time. `sideline send` sends the file.
import { existsSync, renameSync, writeFileSync } from "node:fs";
import pg from "pg";
import type { EventData, EventType } from "sideline/client";
import { transaction } from "./outbox.ts";

/** Returns an event of the system, whose id is made from a primary key. */
function past<Type extends EventType>(type: Type, key: string, data: EventData[Type], time?: Date): object {
  return { specversion: "1.0", id: `${type}/${key}`, source: "/backfill", type, data, time };
}

/** Reads the whole history, in an order in which each event finds what it names. */
async function historyOf(tx: pg.PoolClient): Promise<object[]> {
  const all = async (sql: string): Promise<any[]> => (await tx.query(sql)).rows;
  const orgs = await all("select id, owner from orgs");
  const members = await all("select org, user_id, hats, active from members m where user_id <> "
    + "(select owner from orgs where id = m.org)");
  const athletes = await all("select id, org, account from athletes");
  // A row of a coach who has left the org has ended for Sideline, which starts rows of active members only.
  const coachings = await all("select c.id, athlete, coach, started_at, ended_at is not null or m.active is not true "
    + "as ended from coachings c join athletes a on a.id = c.athlete "
    + "left join members m on m.org = a.org and m.user_id = c.coach");
  const notes = await all("select id, athlete, author, coaching, visible_to_athlete from notes");
  return [
    ...orgs.map(({ id, owner }) => past("org.created", id, { org: id, kind: "club", owner })),
    ...members.map(({ org, user_id: user, hats }) => past("member.added", `${org}/${user}`, { org, user, hats })),
    ...members.filter(({ active }) => !active)
      .map(({ org, user_id: user }) => past("member.deactivated", `${org}/${user}`, { org, user })),
    ...athletes.map(({ id, org, account }) =>
      past("athlete.created", id, { athlete: id, org, ...(account === null ? {} : { user: account }) })),
    ...coachings.map(({ id, athlete, coach, started_at: time, ended }) =>
      past("coaching.started", id, { coaching: id, athlete, coach, ended }, time)),
    ...notes.map(({ id, athlete, author, coaching, visible_to_athlete }) => past("note.created", id, {
      note: id, athlete, author, visible_to_athlete, ...(coaching === null ? {} : { under: `coaching:${coaching}` }),
    })),
  ];
}

const file = process.argv[2] ?? "history.ndjson";
if (existsSync(file)) throw new Error(`${file} exists: send it, and start the relay then`);
const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"] });
await transaction(pool, async (tx) => {
  // One snapshot: the tables, and the outbox rows of the changes that they hold already. The relay skips those.
  await tx.query("set transaction isolation level repeatable read");
  const lines = (await historyOf(tx)).map((event) => `${JSON.stringify(event)}\n`);
  writeFileSync(`${file}.part`, lines.join(""));
  await tx.query("update outbox set settled_at = now() where settled_at is null");
});
renameSync(`${file}.part`, file);
await pool.end();
