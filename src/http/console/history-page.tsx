// The history of a thing: the events about it, newest first, applied and refused ones.
import type { Refused, Reply } from "./console-api.ts";
import { EVENTS_PER_PAGE, FACTS_PER_EVENT, FACTS_PER_HISTORY } from "./console-limits.ts";
import { address } from "./console-links.ts";
import { Empty, Refusal, Thing } from "./page-parts.tsx";
import { PastEventItem, type History } from "./past-event.tsx";
import { typeWords } from "./relation-words.ts";
import { readPresentFacts, usersOf, type StoredFacts } from "./stored-facts.tsx";
import { ThingFrame } from "./thing-frame.tsx";
import { statusOf, untilOf, type Page, type Visit } from "./visit.ts";

const DAY_MS = 86_400_000;
/** The ranges that a page offers: name, days back (undefined: everything), words. */
const RANGES: readonly (readonly [string, number | undefined, string])[] = [
  ["week", 7, "Last 7 days"], ["month", 30, "Last 30 days"], ["all", undefined, "Everything"],
];

/** Returns the history tab of a thing. */
export async function historyPage(visit: Visit, type: string, id: string): Promise<Page> {
  const title = `History of ${type} ${id}`;
  const pageOf = (content: Page["content"], status?: number): Page => ({
    title, ...(status === undefined ? {} : { status: statusOf(status) }),
    content: <ThingFrame visit={visit} type={type} id={id} tab="history">{content}</ThingFrame>,
  });
  const found = await orgsOf(visit, type, id);
  const mayReadAll = visit.may("admin");
  const asked = (visit.query["org"] ?? "").trim().replace(/^org:/, "");
  if (!found.ok && asked === "" && !mayReadAll) return pageOf(<Refusal refused={found} />, found.status);
  const orgs = found.ok ? found.body : [];
  const org = type === "org" ? id : asked !== "" ? asked : mayReadAll ? undefined : orgs[0];
  const choice = <OrgChoice visit={visit} type={type} id={id} orgs={found.ok ? orgs : undefined} org={org} />;
  if (org === undefined && !mayReadAll) return pageOf(choice);
  const history = await readHistory(visit, type, id, org);
  const missing = history.ok && history.body.events.length === 0 ? await noSuchOrg(visit, org) : undefined;
  const refused = missing ?? (history.ok ? undefined : history);
  return pageOf(
    <>
      {choice}
      <Ranges visit={visit} type={type} id={id} orgs={orgs} org={org} />
      {refused !== undefined ? <Refusal refused={refused} /> : history.ok
        ? <EventList visit={visit} type={type} id={id} history={history.body} org={org} /> : null}
    </>, refused?.status);
}

/** Returns a refusal for an org that does not exist, so that a mistyped one is not one without events. */
async function noSuchOrg(visit: Visit, org: string | undefined): Promise<Refused | undefined> {
  if (org === undefined) return undefined;
  const facts = await readPresentFacts(visit, { object: `org:${org}` }, 1);
  return facts.ok && facts.body.tuples.length === 0
    ? { ok: false, status: 404, code: "unknown_entity", detail: `there is no org ${org}` } : undefined;
}

function readHistory(visit: Visit, type: string, id: string, org: string | undefined): Promise<Reply<History>> {
  const { outcome, token } = visit.query;
  const about = type === "user" ? { user: id } : type === "org" ? {} : { object: `${type}:${id}` };
  const query = {
    ...about, org, since: sinceOf(visit), until: untilOf(visit), outcome,
    page_size: String(EVENTS_PER_PAGE), continuation_token: token,
  };
  return visit.presentApi.get<History>(address(["history"], query));
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

/**
 * Says which org's events the page shows. A key without the scope `admin` reads one org at a time, and may name
 * another: a refused attempt stands in the history of the org that it was tried in, and so do the events of a deleted
 * thing.
 */
function OrgChoice({ visit, type, id, orgs, org }: {
  visit: Visit; type: string; id: string; orgs: readonly string[] | undefined; org: string | undefined;
}) {
  if (type === "org") return null;
  const { range, outcome } = visit.query;
  const name = org === undefined ? null : <Thing visit={visit} type="org" id={org} />;
  if (visit.may("admin")) {
    return name === null ? <p>The events of all orgs.</p> : (
      <p>Only the events of {name}.{" "}
        <a href={visit.links.thing(type, id, "history", { range, outcome })}>Show those of all orgs</a></p>
    );
  }
  return (
    <>
      <p id="history-org-means">
        {name === null ? null : <>Only the events of {name}. </>}Your key reads the history of one org at a time
        {orgs === undefined ? "." : orgs.length > 0 ? ": what was tried in another org is in the history of that one."
          : `, and no org of this ${typeWords(type)} is known now. Name the org that it was in.`}</p>
      <form class="ask" method="get" action={address(["ui", type, id, "history"])}>
        {Object.entries({ range, outcome, as_of: visit.asOf }).map(([field, value]) =>
          (value === undefined ? null : <input type="hidden" name={field} value={value} />))}
        <div>
          <label for="history-org">Org</label>
          <input id="history-org" name="org" value={org} required autocomplete="off" autocapitalize="none"
            spellcheck={false} aria-describedby="history-org-means" />
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
      <Empty title={org === undefined || type === "org" ? "No event matches." : `No event of org ${org} matches.`}>
        <a href={visit.links.thing(type, id, "history", { org: type === "org" ? undefined : org })}>Show everything
          {org === undefined || type === "org" ? "" : ` of org ${org}`}</a>
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
