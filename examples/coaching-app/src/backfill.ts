// Sends the app's past to Sideline, once, before the relay starts for the first time. Run it again after a crash.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import pg from "pg";
import { createClient, type EventData, type EventType, type SidelineEvent } from "sideline/client";
import { transaction } from "./outbox.ts";

/** An event of the system, with an id that is the same in each run. */
function past<Type extends EventType>(type: Type, key: string, data: EventData[Type], time?: Date): SidelineEvent {
  return { type, data, id: `${type}/${key}`, source: "/backfill", actor: null, time } as SidelineEvent;
}

/** Reads the whole history, in an order in which each event finds what it names. */
async function historyOf(tx: pg.PoolClient): Promise<SidelineEvent[]> {
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

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"] });
const file = process.argv[2] ?? "history.json";
if (!existsSync(file)) {
  await transaction(pool, async (tx) => {
    // One snapshot: the tables, and the outbox rows of the changes that they hold already. The relay skips those.
    await tx.query("set transaction isolation level repeatable read");
    writeFileSync(`${file}.part`, JSON.stringify(await historyOf(tx)));
    await tx.query("update outbox set settled_at = now() where settled_at is null");
  });
  renameSync(`${file}.part`, file);
}
await pool.end();

const events = JSON.parse(readFileSync(file, "utf8")) as SidelineEvent[];
const { SIDELINE_URL: url = "http://127.0.0.1:8090", SIDELINE_KEY: key } = process.env;
const client = createClient({ url, key });
const outcomes = await client.sendAll(events);
const refused = outcomes.filter((outcome) => outcome.status === "refused");
for (const { id, error } of refused) console.error(`${id} was not applied: ${error.message}`);
console.log(`${events.length - refused.length} of ${events.length} events applied`);
process.exitCode = refused.length === 0 ? 0 : 1;
