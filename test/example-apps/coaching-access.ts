// Access in the coaching app, by its database and by Sideline: sessions of athletes, notes, management of orgs.
import type { ObjectName, RelationOf, UserName } from "../../src/client/create-client.ts";
import type { Stage } from "./coaching-stage.ts";

/** Time and content hash in the record of an event. */
const TIME_AND_HASH = /\|>\d{13}\|>[\w-]{43}/;

/** `user relation object`, sorted. */
type Access = readonly string[];

/** Access by the tables of the app, under the rules that its routes use (NP1, NP2, NP5, PM6, PM9). */
export async function accessByDatabase({ database }: Pick<Stage, "database">): Promise<Access> {
  const { rows } = await database.query(`
    with active as (select * from members where active),
    admins as (select org, user_id from active where 'admin' = any(hats)),
    current as (
      select distinct c.athlete, c.coach, a.org from coachings c join athletes a on a.id = c.athlete
      join active m on m.org = a.org and m.user_id = c.coach where c.ended_at is null
    )
    select user_id || ' org_manage org:' || org as yes from admins
    union select coach || ' sessions_read athlete:' || athlete from current
    union select user_id || ' sessions_read athlete:' || a.id from admins join athletes a using (org)
    union select user_id || ' can_read note:' || n.id from admins join athletes a using (org)
      join notes n on n.athlete = a.id
    union select n.author || ' can_read note:' || n.id from notes n join athletes a on a.id = n.athlete
      join active m on m.org = a.org and m.user_id = n.author
    union select u.coach || ' can_read note:' || n.id from notes n join coachings c on c.id = n.coaching
      and c.ended_at is null join current u on u.athlete = n.athlete`);
  return rows.map(({ yes }) => `user:${yes}`).sort();
}

/** Access as Sideline answers it, for all people and things of the tables. */
export async function accessBySideline({ database, client }: Pick<Stage, "database" | "client">): Promise<Access> {
  const ids = async (sql: string): Promise<string[]> => (await database.query(sql)).rows.map(({ id }) => id);
  const people = await ids(
    "select user_id as id from members union select coach from coachings union select author from notes");
  const asked: [string, ObjectName[]][] = [
    ["org_manage", (await ids("select id from orgs")).map((id) => `org:${id}` as const)],
    ["sessions_read", (await ids("select id from athletes")).map((id) => `athlete:${id}` as const)],
    ["can_read", (await ids("select id from notes")).map((id) => `note:${id}` as const)],
  ];
  const found: string[] = [];
  for (const user of people.map((id): UserName => `user:${id}`)) {
    for (const [relation, objects] of asked) {
      const allowed = await client.filter(user, relation as RelationOf<ObjectName>, objects);
      found.push(...allowed.map((object) => `${user} ${relation} ${object}`));
    }
  }
  return found.sort();
}

/**
 * Every tuple of a Sideline, printed and sorted: also the record of each event with its revision, but without the time
 * and the keyed hash, which differ between two Sidelines.
 */
export async function tuplesAt(url: string): Promise<string[]> {
  const found: string[] = [];
  for (let token = ""; ;) {
    const response = await fetch(`${url}/stores/sideline/read`, {
      method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ page_size: 100, continuation_token: token }),
    });
    const page = await response.json() as { tuples: { key: object }[]; continuation_token: string };
    found.push(...page.tuples.map(({ key }) => JSON.stringify(key).replace(TIME_AND_HASH, "")));
    token = page.continuation_token;
    if (token === "") return found.sort();
  }
}
