// The effective keys of one person on one athlete: roles, overrides and floors counted in (PM6).
import type { z } from "zod";
import type { permissionsAnswer } from "../reference/answer-schemas.ts";
import { ATHLETE_KEYS, relationOf } from "../../policy/permission-keys.ts";
import { pairPresence } from "./absence.tsx";
import { AsOf, Empty, IdField, Refusal, Thing } from "./page-parts.tsx";
import { statusOf, type Page, type Visit } from "./visit.ts";

/** Returns the page: the form, and the keys once a person and an athlete are named. */
export async function keysPage(visit: Visit): Promise<Page> {
  const user = (visit.query["user"] ?? "").trim().replace(/^user:/, "");
  const athlete = (visit.query["athlete"] ?? "").trim().replace(/^athlete:/, "");
  const form = <KeysForm visit={visit} user={user} athlete={athlete} />;
  if (user === "" || athlete === "") {
    return {
      title: "Effective keys",
      content: <><h1>Effective keys</h1>{form}<Empty title="Name a person and an athlete.">
        The list counts in every role, every row, and every override.</Empty></>,
    };
  }
  const title = `Keys of ${user} on athlete ${athlete}`;
  const sight = await pairPresence(visit, { user, type: "athlete", id: athlete });
  if (sight.absent !== undefined) {
    return { title, status: 404, content: <><h1>Effective keys</h1>{form}{sight.absent}</> };
  }
  const question = { user: `user:${user}`, object: `athlete:${athlete}` };
  const answer = await visit.api.post<z.infer<typeof permissionsAnswer>>("/permissions", question);
  if (!answer.ok) {
    return { title, status: statusOf(answer.status),
      content: <><h1>Effective keys</h1>{form}<Refusal refused={answer} /></> };
  }
  const held = new Set(answer.body.relations);
  const count = ATHLETE_KEYS.filter((key) => held.has(relationOf(key))).length;
  return {
    title,
    content: (
      <>
        <h1>{count === 0 ? "No key" : `${count} of ${ATHLETE_KEYS.length} keys`}<AsOf visit={visit} /></h1>
        {sight.notice}
        <p class="lead"><Thing visit={visit} type="user" id={user} /> on{" "}
          <Thing visit={visit} type="athlete" id={athlete} />. Each key leads to its reasons.</p>
        {form}
        <ul class="keys">
          {groupsOf().map(([resource, keys]) => (
            <li>
              <h2><code>{resource}</code></h2>
              <ul>
                {keys.map((key) => {
                  const has = held.has(relationOf(key));
                  const why = { user, type: "athlete", id: athlete, relation: relationOf(key) };
                  return (
                    <li class={has ? "has" : "not"}>
                      <a href={visit.links.page(["why"], why)}>{key.slice(resource.length + 1)}
                        <span class="unseen">{` of ${resource}`}</span></a>{" "}
                      <span>{has ? "yes" : "no"}</span>
                    </li>
                  );
                })}
              </ul>
            </li>
          ))}
        </ul>
      </>
    ),
  };
}

/** Returns the athlete keys by what they are about, in the order of the policy. */
function groupsOf(): [resource: string, keys: string[]][] {
  const groups = new Map<string, string[]>();
  for (const key of ATHLETE_KEYS) {
    const resource = key.slice(0, key.indexOf("."));
    groups.set(resource, [...groups.get(resource) ?? [], key]);
  }
  return [...groups];
}

function KeysForm({ visit, user, athlete }: { visit: Visit; user: string; athlete: string }) {
  return (
    <form class="ask" action="/ui/keys" method="get">
      {visit.asOf === undefined ? null : <input type="hidden" name="as_of" value={visit.asOf} />}
      <IdField id="keys-user" name="user" label="Person" value={user} />
      <IdField id="keys-athlete" name="athlete" label="Athlete" value={athlete} />
      <button type="submit">Show keys</button>
    </form>
  );
}
