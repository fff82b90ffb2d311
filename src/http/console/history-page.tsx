// The history of a thing: the events about it, newest first, applied and refused ones.
import { EVENT_DESCRIPTIONS } from "../../events/descriptions.ts";
import type { Refused, Reply } from "./console-api.ts";
import { ENTRIES_SHOWN, EVENTS_PER_PAGE, FACTS_PER_EVENT, FACTS_PER_HISTORY } from "./console-limits.ts";
import { address, splitName } from "./console-links.ts";
import { Empty, NamedThing, Refusal, Several, Thing, When } from "./page-parts.tsx";
import { hasCard, typeWords } from "./relation-words.ts";
import { readPresentFacts, usersOf, type StoredFacts } from "./stored-facts.tsx";
import { ThingFrame } from "./thing-frame.tsx";
import { statusOf, type Page, type Visit } from "./visit.ts";

interface Tuple {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}

/** An event as `GET /history` answers it. */
interface PastEvent {
  readonly type: string;
  readonly actor: string | null;
  readonly source: string | null;
  readonly id: string | null;
  readonly org: string | null;
  readonly revision: number | null;
  readonly time: string | null;
  readonly recorded: string;
  readonly outcome: "applied" | "refused";
  readonly code?: string;
  readonly changes: { readonly write: readonly Tuple[]; readonly delete: readonly Tuple[] };
}

interface History {
  readonly events: readonly PastEvent[];
  readonly continuation_token: string;
}

const DAY_MS = 86_400_000;
/** The ranges that a page offers: name, days back (undefined: everything), words. */
const RANGES: readonly (readonly [string, number | undefined, string])[] = [
  ["week", 7, "Last 7 days"], ["month", 30, "Last 30 days"], ["all", undefined, "Everything"],
];

/** Returns the history tab of a thing. */
export async function historyPage(visit: Visit, type: string, id: string): Promise<Page> {
  const title = `History of ${type} ${id}`;
  const found = await orgsOf(visit, type, id);
  const mayReadAll = visit.may("admin");
  if (!found.ok && visit.query["org"] === undefined && !mayReadAll) {
    return {
      title, status: statusOf(found.status),
      content: <ThingFrame visit={visit} type={type} id={id} tab="history"><Refusal refused={found} /></ThingFrame>,
    };
  }
  const orgs = found.ok ? found.body : [];
  const org = visit.query["org"] ?? (mayReadAll ? undefined : orgs[0]);
  const needsOrg = found.ok && orgs.length === 0 && !mayReadAll;
  const form = needsOrg ? <OrgForm visit={visit} type={type} id={id} org={org} /> : null;
  if (form !== null && (org ?? "") === "") {
    return { title, content: <ThingFrame visit={visit} type={type} id={id} tab="history">{form}</ThingFrame> };
  }
  const history = await readHistory(visit, type, id, org);
  return {
    title, ...(history.ok ? {} : { status: statusOf(history.status) }),
    content: (
      <ThingFrame visit={visit} type={type} id={id} tab="history">
        {form}
        <Ranges visit={visit} type={type} id={id} orgs={orgs} org={org} />
        {history.ok ? <EventList visit={visit} type={type} id={id} history={history.body} org={org} />
          : <Refusal refused={history as Refused} />}
      </ThingFrame>
    ),
  };
}

function readHistory(visit: Visit, type: string, id: string, org: string | undefined): Promise<Reply<History>> {
  const { outcome, token } = visit.query;
  const about = type === "user" ? { user: id } : type === "org" ? {} : { object: `${type}:${id}` };
  const query = {
    ...about, org: type === "org" ? id : org, since: sinceOf(visit), until: untilOf(visit), outcome,
    page_size: String(EVENTS_PER_PAGE), continuation_token: token,
  };
  return visit.presentApi.get<History>(address(["history"], query));
}

/** Returns the end of the history: the state as of a time counts the events of that very millisecond. */
function untilOf({ asOf }: Visit): string | undefined {
  return asOf === undefined ? undefined : new Date(Date.parse(asOf) + 1).toISOString();
}

/**
 * Returns the begin of the range that the query names. A token of a later page belongs to the begin of the first one,
 * so the address of a later page has it.
 */
function sinceOf({ query, now, asOf }: Visit): string | undefined {
  if (query["token"] !== undefined) return query["since"];
  const days = RANGES.find(([name]) => name === query["range"])?.[1];
  const end = asOf === undefined ? now : Date.parse(asOf);
  return days === undefined ? undefined : new Date(end - days * DAY_MS).toISOString();
}

/** Returns the orgs whose history may name a thing: a key without the scope `admin` reads one org at a time. */
async function orgsOf(visit: Visit, type: string, id: string): Promise<Reply<string[]>> {
  if (type === "org") return { ok: true, body: [id] };
  if (type === "user") {
    const path = `/users/${encodeURIComponent(id)}/workspaces`;
    const spaces = await visit.presentApi.get<{ orgs: { org: string }[] }>(path);
    return spaces.ok ? { ok: true, body: spaces.body.orgs.map(({ org }) => org) } : spaces;
  }
  if (type === "role") return { ok: true, body: [id.split("/")[0] ?? ""] };
  const facts = await readPresentFacts(visit, { object: `${type}:${id}` });
  if (!facts.ok) return facts;
  const own = orgsIn(facts.body);
  if (own.length > 0) return { ok: true, body: own };
  for (const over of [...usersOf(facts.body, "athlete"), ...usersOf(facts.body, "team")]) {
    const above = await readPresentFacts(visit, { object: over, relation: "org" });
    if (!above.ok) return above;
    if (above.body.tuples.length > 0) return { ok: true, body: orgsIn(above.body) };
  }
  return { ok: true, body: [] };
}

/** Returns the ids of the orgs that some facts name. */
function orgsIn(facts: StoredFacts): string[] {
  return usersOf(facts, "org").map((name) => name.slice("org:".length));
}

function Ranges({ visit, type, id, orgs, org }: {
  visit: Visit; type: string; id: string; orgs: readonly string[]; org: string | undefined;
}) {
  const { range = "all", outcome } = visit.query;
  const to = (query: Record<string, string | undefined>): string =>
    visit.links.thing(type, id, "history", { range, outcome, org: type === "org" ? undefined : org, ...query });
  const item = (text: string, isHere: boolean, query: Record<string, string | undefined>) =>
    <li><a href={to(query)} aria-current={isHere ? "true" : undefined}>{text}</a></li>;
  return (
    <div class="filters">
      <ul aria-label="Time">{RANGES.map(([name, , text]) => item(text, name === range, { range: name }))}</ul>
      <ul aria-label="Outcome">
        {item("Applied and refused", outcome === undefined, { outcome: undefined })}
        {item("Applied", outcome === "applied", { outcome: "applied" })}
        {item("Refused", outcome === "refused", { outcome: "refused" })}
      </ul>
      {type === "org" || orgs.length < 2 ? null : (
        <ul aria-label="Org">{orgs.map((each) => item(`org ${each}`, each === org, { org: each }))}</ul>
      )}
    </div>
  );
}

/** Asks for the org of a thing that is in none, such as a deleted one: its events are still in the org's history. */
function OrgForm({ visit, type, id, org }: { visit: Visit; type: string; id: string; org: string | undefined }) {
  const { range, outcome } = visit.query;
  return (
    <>
      <p id="history-org-means">Your key reads the history of one org at a time, and no org of this {typeWords(type)} is
        known now. Name the org that it was in.</p>
      <form class="ask" method="get" action={address(["ui", type, id, "history"])}>
        {Object.entries({ range, outcome, as_of: visit.asOf }).map(([name, value]) =>
          (value === undefined ? null : <input type="hidden" name={name} value={value} />))}
        <div>
          <label for="history-org">Org</label>
          <input id="history-org" name="org" value={org} required autocomplete="off" spellcheck={false}
            aria-describedby="history-org-means" />
        </div>
        <button type="submit" class="second">Show</button>
      </form>
    </>
  );
}

function EventList({ visit, type, id, history, org }: {
  visit: Visit; type: string; id: string; history: History; org: string | undefined;
}) {
  const { events, continuation_token: token } = history;
  if (events.length === 0) {
    return (
      <Empty title="No event matches.">
        <a href={visit.links.thing(type, id, "history", { org: type === "org" ? undefined : org })}>Show everything</a>
      </Empty>
    );
  }
  const { range, outcome } = visit.query;
  let room = FACTS_PER_HISTORY;
  const entries = events.map((event) => {
    const facts = Math.min(room, FACTS_PER_EVENT, event.changes.write.length + event.changes.delete.length);
    room -= facts;
    return { event, facts };
  });
  const next = { range, outcome, org: type === "org" ? undefined : org, since: sinceOf(visit), token };
  return (
    <>
      <ol class="history">
        {entries.map(({ event, facts }) =>
          <PastEventItem visit={visit} event={event} around={`${type}:${id}`} facts={facts} />)}
      </ol>
      {token === "" ? null
        : <p><a rel="next" href={visit.links.thing(type, id, "history", next)}>Earlier events</a></p>}
    </>
  );
}

/** Shows an event; `around` is the thing whose history this is, `facts` the number of facts to list. */
function PastEventItem({ visit, event, around, facts }: {
  visit: Visit; event: PastEvent; around: string; facts: number;
}) {
  const { write, delete: deleted } = event.changes;
  const concerned = concernedBy(event).filter((name) => name !== around);
  return (
    <li class={event.outcome}>
      <p>
        <code class="type">{event.type}</code> by {event.actor === null ? "the system"
          : <Thing visit={visit} type="user" id={event.actor} isPlain isInside />}
        {event.org === null || around === `org:${event.org}` ? null
          : <> in <Thing visit={visit} type="org" id={event.org} /></>}
        {event.outcome === "refused" ? <span class="chip no">refused: {event.code}</span> : null}
      </p>
      <p class="quiet">{EVENT_DESCRIPTIONS[event.type]?.does ?? ""}{" "}
        {concerned.length === 0 ? null
          : <Several of={concerned.map((name) => <NamedThing visit={visit} name={name} />)} />}</p>
      <p class="quiet">Recorded <When time={event.recorded} />
        {event.time === null || event.time === event.recorded ? null : <>, happened <When time={event.time} /></>}
        {event.source === null ? null : <>, sent by <code>{event.source}</code></>}
        {event.id === null ? null : <> as <code>{event.id}</code></>}</p>
      {write.length + deleted.length === 0 ? null : (
        <details>
          <summary>{`What it changed (${write.length + deleted.length})`}</summary>
          <ChangedFacts visit={visit} written={write} deleted={deleted} most={facts} />
        </details>
      )}
    </li>
  );
}

/** Shows the facts that an event wrote and deleted, at most `most`: half of each kind where both have more. */
export function ChangedFacts({ visit, written, deleted, most }: {
  visit: Visit; written: readonly Tuple[]; deleted: readonly Tuple[]; most: number;
}) {
  const taken = Math.min(deleted.length, Math.max(most - written.length, Math.floor(most / 2)));
  const added = Math.min(written.length, most - taken);
  const more = written.length + deleted.length - added - taken;
  return (
    <>
      {added + taken === 0 ? null : <ul class="tuples">
        {written.slice(0, added).map((tuple) => <ChangedFact visit={visit} tuple={tuple} sign="+" />)}
        {deleted.slice(0, taken).map((tuple) => <ChangedFact visit={visit} tuple={tuple} sign="−" />)}
      </ul>}
      {more === 0 ? null : <p class="quiet">{`And ${more} more.`}</p>}
    </>
  );
}

/** Number of things that an event in a list names. */
const CONCERNED_SHOWN = 4;

/** Returns the things that an event changed, but roles and the org itself. */
function concernedBy({ changes }: PastEvent): string[] {
  const some = [...changes.write.slice(0, ENTRIES_SHOWN), ...changes.delete.slice(0, ENTRIES_SHOWN)];
  const names = some.flatMap(({ object, user }) => [object, user]);
  return [...new Set(names)].filter((name) => {
    const { type, id } = splitName(name) ?? { type: "", id: "" };
    return hasCard(type, id) && !["org", "role"].includes(type) && !name.includes("#");
  }).slice(0, CONCERNED_SHOWN);
}

/** Shows a fact that an event wrote (+) or deleted (−). */
function ChangedFact({ visit, tuple, sign }: { visit: Visit; tuple: Tuple; sign: "+" | "−" }) {
  return (
    <li class={sign === "+" ? "added" : "taken"}>
      <span class="sign" aria-hidden="true">{sign}</span>
      <span class="unseen">{sign === "+" ? "written: " : "deleted: "}</span>
      <NamedThing visit={visit} name={tuple.user} /> <code>{tuple.relation}</code>{" "}
      <NamedThing visit={visit} name={tuple.object} />
    </li>
  );
}
