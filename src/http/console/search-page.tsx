// The first page: finds a thing by its id.
import { setImmediate as nextTurn } from "node:timers/promises";
import { CHECKABLE } from "../../policy/checkable.ts";
import { splitName } from "./console-links.ts";
import { AsOf, Empty, IdField, Thing } from "./page-parts.tsx";
import { isPossibleId, presenceOf, sightOf } from "./presence.ts";
import { CARD_TYPES, typeWords } from "./relation-words.ts";
import type { Page, Visit } from "./visit.ts";

/** A thing that was found; `isGone` if it existed only before the time looked at. */
interface Found {
  readonly type: string;
  readonly id: string;
  readonly isGone: boolean;
}

/** Returns the search page, with what has or had the id that `q` names. A single thing is shown at once. */
export async function searchPage(visit: Visit): Promise<Page> {
  const asked = visit.query["q"]?.trim() ?? "";
  if (asked === "") return { title: "Find", content: <Start visit={visit} /> };
  const { found, mayBeGone, isPartial } = await find(visit, asked);
  const [first] = found;
  const org = orgIn(visit);
  if (first !== undefined && found.length === 1) {
    const { type, id, isGone } = first;
    const goTo = visit.links.thing(type, id, undefined, isGone ? { org } : {});
    return { title: "Find", status: 303, goTo, content: null };
  }
  if (first === undefined && isPartial) {
    return { title: `Find ${asked}`, status: 503, content: <><h1>The search is not complete</h1>
      <Empty title={asked}>Not everything could be looked at now. Load the page again shortly.</Empty></> };
  }
  const are = found.every(({ isGone }) => isGone) ? "had" : "have";
  return {
    title: `Find ${asked}`, ...(first === undefined ? { status: 404 as const } : {}),
    content: (
      <>
        <h1>{first === undefined ? `Nothing ${visit.asOf === undefined ? "has" : "had"} this id`
          : `${found.length} things ${are} this id`}<AsOf visit={visit} /></h1>
        {first === undefined ? (
          <Empty title={asked}>
            Enter a whole id, as the app uses it: a search by name or by a part of an id is not possible here. With a
            type in front, such as <code>note:n1</code>, only that type is looked at.
          </Empty>
        ) : (
          <ul class="results">{found.map(({ type, id, isGone }) => <li>
            <Thing visit={visit} type={type} id={id} />{isGone ? <span class="chip">gone</span> : null}</li>)}</ul>
        )}
        {first === undefined && mayBeGone ? <DeletedForm visit={visit} asked={asked} org={org} /> : null}
      </>
    ),
  };
}

/** Returns the org in whose history a search looks for deleted things. */
function orgIn({ query }: Visit): string | undefined {
  const org = query["org"]?.trim().replace(/^org:/, "") ?? "";
  return org === "" ? undefined : org;
}

/** Asks for the org of something that may have been deleted: the key reads the history of one org at a time. */
function DeletedForm({ visit, asked, org }: { visit: Visit; asked: string; org: string | undefined }) {
  return (
    <>
      <h2>Was it deleted?</h2>
      <p>Your key reads the history of one org at a time. {org === undefined ? "Name the org that it was in."
        : `Org ${org} has no event about it that your key can read.`}</p>
      <form class="ask" method="get" action="/ui">
        <input type="hidden" name="q" value={asked} />
        {visit.asOf === undefined ? null : <input type="hidden" name="as_of" value={visit.asOf} />}
        <IdField id="deleted-org" name="org" label="Org" value={org ?? ""} />
        <button type="submit" class="second">Find in its history</button>
      </form>
    </>
  );
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
            <input id="start" name="q" type="search" required autocomplete="off" autocapitalize="none"
              spellcheck={false} />
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

/** Everything that a search found, and how far it came. */
interface Search {
  readonly found: readonly Found[];
  /** Whether the key cannot read if something had the id. */
  readonly mayBeGone: boolean;
  /** Whether something could not be looked at now. */
  readonly isPartial: boolean;
}

/** Looks for everything with an id, and where there is nothing, for everything that had it. */
async function find(visit: Visit, asked: string): Promise<Search> {
  const named = splitName(asked);
  const isNamed = named !== undefined && CARD_TYPES.includes(named.type);
  const id = isNamed ? named.id : asked;
  const types = (isNamed ? [named.type] : CARD_TYPES).filter((type) => isPossibleId(type, id));
  const found: Found[] = [];
  let isPartial = false;
  for (const type of types) {
    const { isThere, wasDeleted } = await sightOf(visit, type, id);
    if (isThere === true || wasDeleted === true) found.push({ type, id, isGone: isThere !== true });
    isPartial ||= isThere === undefined;
    // Each look may read the whole store, in a turn of its own where that is short.
    await nextTurn();
  }
  if (found.length > 0 || isPartial) return { found, mayBeGone: false, isPartial };
  let mayBeGone = false;
  for (const type of types) {
    const { kind } = await presenceOf(visit, type, id, orgIn(visit));
    if (kind === "gone") found.push({ type, id, isGone: true });
    mayBeGone ||= kind === "unseen";
    await nextTurn();
  }
  return { found, mayBeGone, isPartial };
}

/** Returns the words of every type that has a card, for a menu of types. */
export function typeMenu(): { readonly type: string; readonly text: string }[] {
  return CARD_TYPES.filter((type) => type !== "user" && Object.hasOwn(CHECKABLE, type))
    .map((type) => ({ type, text: typeWords(type) }));
}
