// An event of a history: who did what, or tried to, what it names, and the facts that it changed.
import type { z } from "zod";
import { EVENT_DESCRIPTIONS } from "../../events/descriptions.ts";
import type { historyAnswer } from "../reference/history-operation.ts";
import { ENTRIES_SHOWN } from "./console-limits.ts";
import { splitName } from "./console-links.ts";
import { Actor, NamedThing, Several, Thing, When } from "./page-parts.tsx";
import { hasCard } from "./relation-words.ts";
import type { Visit } from "./visit.ts";

/** A page of the answer of `GET /history`. */
export type History = z.infer<typeof historyAnswer>;
/** An event of it. */
export type PastEvent = History["events"][number];
type Tuple = PastEvent["changes"]["write"][number];

/** Shows an event; `around` is the thing whose history this is, `facts` the number of facts to list. */
export function PastEventItem({ visit, event, around, facts }: {
  visit: Visit; event: PastEvent; around: string; facts: number;
}) {
  const { write, delete: deleted } = event.changes;
  return (
    <li class={event.outcome}>
      {event.outcome === "refused" ? <Attempt visit={visit} event={event} around={around} />
        : <Deed visit={visit} event={event} around={around} />}
      <p class="quiet">{event.outcome === "refused" ? "Refused" : "Recorded"} <When time={event.recorded} />
        {event.time === null || event.time === event.recorded ? null
          : <>, {event.outcome === "refused" ? "dated" : "happened"} <When time={event.time} /></>}
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

/** An event, and the thing whose history lists it. */
interface Listed {
  readonly visit: Visit;
  readonly event: PastEvent;
  readonly around: string;
}

/** Says what an applied event did. */
function Deed({ visit, event, around }: Listed) {
  const concerned = concernedBy(event).filter((name) => name !== around);
  return (
    <>
      <p>
        <code class="type">{event.type}</code> by <Actor visit={visit} id={event.actor} />
        <Where visit={visit} event={event} around={around} />
      </p>
      <p class="quiet">{EVENT_DESCRIPTIONS[event.type]?.does ?? ""}{" "}
        {concerned.length === 0 ? null
          : <Several of={concerned.map((name) => <NamedThing visit={visit} name={name} />)} />}</p>
    </>
  );
}

/** Says what somebody tried, about whom and what: nothing of it happened. */
function Attempt({ visit, event, around }: Listed) {
  const { type, code, about = [] } = event;
  const does = EVENT_DESCRIPTIONS[type]?.does ?? "";
  return (
    <>
      <p>
        <Actor visit={visit} id={event.actor} /> tried <code class="type">{type}</code>
        {about.length === 0 ? null
          : <> about <Several of={about.map((name) => <NamedThing visit={visit} name={name} />)} /></>}
        <Where visit={visit} event={event} around={around} />{" "}
        <span class="chip no">refused: {code}</span>
      </p>
      <p class="quiet">Nothing changed.
        {does === "" ? null : ` Such an event ${does.slice(0, 1).toLowerCase()}${does.slice(1)}`}</p>
    </>
  );
}

/** Shows the org of an event, but in the history of that org. */
function Where({ visit, event: { org }, around }: Listed) {
  return org === null || around === `org:${org}` ? null : <> in <Thing visit={visit} type="org" id={org} /></>;
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
