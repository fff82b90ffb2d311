// The first page: finds a thing by its id.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { z } from "zod";
import { isId } from "../../events/event.ts";
import { CHECKABLE } from "../../policy/checkable.ts";
import type { relationshipsAnswer, workspacesAnswer } from "../reference/answer-schemas.ts";
import { splitName } from "./console-links.ts";
import { Empty, Thing } from "./page-parts.tsx";
import { CARD_TYPES, typeWords } from "./relation-words.ts";
import { readPresentFacts } from "./stored-facts.tsx";
import type { Page, Visit } from "./visit.ts";

/** A thing that was found. */
interface Found {
  readonly type: string;
  readonly id: string;
}

/** Returns the search page, with what has the id that `q` names. A single thing is shown at once. */
export async function searchPage(visit: Visit): Promise<Page> {
  const asked = visit.query["q"]?.trim() ?? "";
  if (asked === "") return { title: "Find", content: <Start visit={visit} /> };
  const found = await find(visit, asked);
  const [first] = found;
  if (first !== undefined && found.length === 1) {
    return { title: "Find", status: 303, goTo: visit.links.thing(first.type, first.id), content: null };
  }
  return {
    title: `Find ${asked}`, ...(first === undefined ? { status: 404 as const } : {}),
    content: (
      <>
        <h1>{first === undefined ? "Nothing has this id" : `${found.length} things have this id`}</h1>
        {first === undefined ? (
          <Empty title={asked}>
            Enter a whole id, as the app uses it: a search by name or by a part of an id is not possible here. With a
            type in front, such as <code>note:n1</code>, only that type is looked at.
          </Empty>
        ) : (
          <ul class="results">{found.map(({ type, id }) => <li><Thing visit={visit} type={type} id={id} /></li>)}</ul>
        )}
      </>
    ),
  };
}

function Start({ visit }: { visit: Visit }) {
  const { links } = visit;
  return (
    <>
      <div class="hero">
        <h1>Who may do what, and why?</h1>
        <form action="/ui" method="get" role="search">
          <label for="start">The id of a person, an athlete, a team, a note, an org or an invite</label>
          <div class="line">
            <input id="start" name="q" type="search" required autocomplete="off" spellcheck={false} />
            {visit.asOf === undefined ? null : <input type="hidden" name="as_of" value={visit.asOf} />}
            <button type="submit">Find</button>
          </div>
        </form>
      </div>
      <h2>Or start from a question</h2>
      <ul class="starts">
        <li><a href={links.page(["why"])}>Why can this person do that, or why not?</a>
          <p>Name a person and a thing. The answer comes with the rules behind it.</p></li>
        {visit.may("check") ? (
          <li><a href={links.page(["keys"])}>Which keys has this coach on this athlete?</a>
            <p>All permission keys of one person on one athlete, with overrides counted in.</p></li>
        ) : null}
        {visit.may("events") ? (
          <li><a href={links.page(["what-if"])}>What would an event change?</a>
            <p>Try an event. Nothing is sent.</p></li>
        ) : null}
      </ul>
    </>
  );
}

async function find(visit: Visit, asked: string): Promise<Found[]> {
  const named = splitName(asked);
  const isNamed = named !== undefined && CARD_TYPES.includes(named.type);
  const id = isNamed ? named.id : asked;
  const types = isNamed ? [named.type] : CARD_TYPES;
  const found: Found[] = [];
  for (const type of types) {
    const isPossible = type === "role" ? id.split("/").length === 2 && id.split("/").every(isId) : isId(id);
    if (!isPossible) continue;
    if (await isThere(visit, type, id)) found.push({ type, id });
    // Each look may read the whole store, in a turn of its own where that is short.
    await nextTurn();
  }
  return found;
}

async function isThere(visit: Visit, type: string, id: string): Promise<boolean> {
  if (type !== "user") {
    const facts = await readPresentFacts(visit, { object: `${type}:${id}` }, 1);
    return facts.ok && facts.body.tuples.length > 0;
  }
  const path = `/users/${encodeURIComponent(id)}`;
  const spaces = await visit.presentApi.get<z.infer<typeof workspacesAnswer>>(`${path}/workspaces`);
  if (spaces.ok && spaces.body.orgs.length > 0) return true;
  const rows = await visit.presentApi.get<z.infer<typeof relationshipsAnswer>>(`${path}/relationships?page_size=1`);
  if (rows.ok && rows.body.relationships.length > 0) return true;
  const platform = await readPresentFacts(visit, { object: "platform:", user: `user:${id}` }, 1);
  return platform.ok && platform.body.tuples.length > 0;
}

/** Returns the words of every type that has a card, for a menu of types. */
export function typeMenu(): { readonly type: string; readonly text: string }[] {
  return CARD_TYPES.filter((type) => type !== "user" && Object.hasOwn(CHECKABLE, type))
    .map((type) => ({ type, text: typeWords(type) }));
}
