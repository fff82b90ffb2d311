// Explanations of one answer: the reasons of a yes, or the ways that a no lacks, each with its facts and rules.
import type { z } from "zod";
import { breadthOf } from "../../reasons/missing-order.ts";
import { whatEnded } from "../../reasons/what-ended.ts";
import type { TupleKey } from "../../tuples/tuple.ts";
import type { explainAnswer } from "../reference/reason-schemas.ts";
import { EXPLANATIONS_SHOWN } from "./console-limits.ts";
import { Actor, NamedThing, Rules, Sentence, When } from "./page-parts.tsx";
import type { Visit } from "./visit.ts";

/** The answer of `POST /explain`. */
export type Explanation = z.infer<typeof explainAnswer>;
/** One reason of a yes. */
export type ReasonShown = Extract<Explanation, { allowed: true }>["reasons"][number];
type MissingShown = Extract<Explanation, { allowed: false }>["missing"][number];
type Present = ReasonShown["tuples"][number];
type Absent = MissingShown["absent"][number];
type EventBehind = NonNullable<Present["since"]>;

/** Returns the part of a sentence after a word: the reason without the question that it repeats. */
export function after(word: string, text: string): string {
  const at = text.indexOf(` ${word} `);
  if (at < 0) return text;
  const rest = text.slice(at + word.length + 2);
  return rest.endsWith(".") ? rest : `${rest}.`;
}

/** Returns the parts of "a, b and c": the sentences of a reason list facts like this. */
function clausesOf(list: string): string[] {
  const parts = list.replace(/\.$/, "").split(/, (?!and )/);
  const last = parts.pop() ?? "";
  const at = last.lastIndexOf(" and ");
  return [...parts, ...(at < 0 || last[at - 1] === "," ? [last] : [last.slice(0, at), last.slice(at + 5)])];
}

/** Shows a sentence: one fact in a line, several as a list, and what follows a semicolon below. */
export function Said({ visit, opening, text }: { visit: Visit; opening: string; text: string }) {
  const semicolon = text.indexOf("; ");
  const clauses = clausesOf(semicolon < 0 ? text : text.slice(0, semicolon));
  const rest = semicolon < 0 ? "" : text.slice(semicolon + 2);
  return (
    <div class="said">
      {clauses.length === 1 ? <p>{opening} <Sentence visit={visit} text={clauses[0]!} />.</p> : (
        <>
          <p>{opening}</p>
          <ul>{clauses.map((clause) => <li><Sentence visit={visit} text={clause} /></li>)}</ul>
        </>
      )}
      {rest === "" ? null
        : <p>{rest.slice(0, 1).toUpperCase()}<Sentence visit={visit} text={rest.slice(1)} /></p>}
    </div>
  );
}

/** Shows the reasons of a yes. */
export function Reasons({ visit, reasons }: { visit: Visit; reasons: readonly ReasonShown[] }) {
  return (
    <>
      <ol class="reasons">
        {reasons.slice(0, EXPLANATIONS_SHOWN).map(({ text, rules, tuples }) => (
          <li>
            <Said visit={visit} opening="Because" text={after("because", text)} />
            <NewestFact visit={visit} tuples={tuples} />
            <Rules numbers={rules} />
            <details>
              <summary>The facts behind it ({tuples.length})</summary>
              <FactList visit={visit} facts={tuples} />
            </details>
          </li>
        ))}
      </ol>
      <More of={reasons.length} />
    </>
  );
}

/**
 * Names the newest of the facts behind a reason, by when its event happened. Says nothing where that of a fact is
 * unknown. It is not since when the answer is yes: events may be recorded late, and a `but not` may have held.
 */
function NewestFact({ visit, tuples }: { visit: Visit; tuples: readonly Present[] }) {
  const events = tuples.flatMap(({ since }) => (since === null || since.time === null ? [] : [since]));
  const [first, ...others] = events;
  if (first === undefined || events.length < tuples.length) return null;
  const at = ({ time }: EventBehind): number => Date.parse(time!);
  const newest = others.reduce((last, event) => (at(event) > at(last) ? event : last), first);
  return <p class="quiet">Its newest fact: <EventLine visit={visit} event={newest} /></p>;
}

/**
 * Shows the ways that a no lacks: what ended, then ways that events open, those first that change least for others,
 * then those that none opens.
 */
export function MissingWays({ visit, missing }: { visit: Visit; missing: readonly MissingShown[] }) {
  const breadth = ({ absent, against = [] }: MissingShown): number => breadthOf([...absent, ...against]);
  const open = missing.filter(({ events }) => events.length > 0).sort((a, b) => breadth(a) - breadth(b));
  const hasEnded = ({ absent }: MissingShown): number => Number(absent.some(({ ended }) => ended !== undefined));
  const closed = missing.filter(({ events }) => events.length === 0).sort((a, b) => hasEnded(b) - hasEnded(a));
  return (
    <>
      <WhatEnded visit={visit} missing={missing} />
      {open.length === 0 ? null : <h2>What would make it a yes</h2>}
      <WayList visit={visit} ways={open} kind="open" />
      {closed.length === 0 ? null : <h2>Ways that stay closed</h2>}
      <WayList visit={visit} ways={closed} kind="closed" />
    </>
  );
}

/** Returns ways by what they have in common: the events that open them, or the rules that close them. */
function groupsOf(ways: readonly MissingShown[]): MissingShown[][] {
  const groups = new Map<string, MissingShown[]>();
  for (const way of ways) {
    const key = (way.events.length > 0 ? way.events.map(({ type }) => type) : way.rules).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [way]);
    else group.push(way);
  }
  return [...groups.values()];
}

function WayList({ visit, ways, kind }: { visit: Visit; ways: readonly MissingShown[]; kind: "open" | "closed" }) {
  if (ways.length === 0) return null;
  const groups = groupsOf(ways);
  const common = kind === "open" ? "by the same events" : "by the same rules";
  return (
    <>
      <ol class={`reasons missing ${kind}`}>
        {groups.slice(0, EXPLANATIONS_SHOWN).map(([first, ...others]) => (
          <li>
            <WayShown visit={visit} way={first!} />
            {others.length === 0 ? null : (
              <details>
                <summary>{`${others.length} more ${common}`}</summary>
                <ul class="reasons">
                  {others.slice(0, EXPLANATIONS_SHOWN).map((way) => <li><WayShown visit={visit} way={way} /></li>)}
                </ul>
                <More of={others.length} />
              </details>
            )}
          </li>
        ))}
      </ol>
      <More of={groups.length} />
    </>
  );
}

function WayShown({ visit, way }: { visit: Visit; way: MissingShown }) {
  const { text, rules, absent, present, against, events } = way;
  return (
    <>
      <Said visit={visit} opening="It would be a yes if" text={after("if", text)} />
      {events.length === 0 ? null : <EventsOfWay visit={visit} events={events} />}
      <details>
        <summary>{rules.length === 0 ? "The facts" : `Rules ${rules.join(", ")}, and the facts`}</summary>
        <Rules numbers={rules} />
        <FactList visit={visit} title="What is missing" facts={absent} />
        <FactList visit={visit} title="What takes it away" facts={against ?? []} />
        <FactList visit={visit} title="What is there already" facts={present} />
      </details>
    </>
  );
}

/** Says what ended, and with which event, where the store still knows: often the whole answer. */
function WhatEnded({ visit, missing }: { visit: Visit; missing: readonly MissingShown[] }) {
  const ended = whatEnded(missing);
  if (ended.length === 0) return null;
  return (
    <>
      <h2>What ended</h2>
      <ul class="changed taken">
        {ended.slice(0, EXPLANATIONS_SHOWN).map(({ tuple, thing, event }) => (
          <li>
            {thing === undefined ? <FactNames visit={visit} fact={tuple} /> : <NamedThing visit={visit} name={thing} />}
            {" "}by <EventLine visit={visit} event={event} />
          </li>
        ))}
      </ul>
    </>
  );
}

function EventsOfWay({ visit, events }: { visit: Visit; events: MissingShown["events"] }) {
  return (
    <ul class="events">
      {events.map(({ type, data, who }) => (
        <li>
          <code>{type}</code>{" "}
          {visit.may("events") ? <a href={visit.links.page(["what-if"], whatIfQuery(type, data))}>try it</a> : null}
          <span class="data">{Object.entries(data).map(([name, value]) => (
            <span><span class="quiet">{name}</span> <code>{shownValue(value)}</code></span>
          ))}</span>
          <span class="who">may be sent by {/^user:/.test(who) ? <Sentence visit={visit} text={who} /> : who}</span>
        </li>
      ))}
    </ul>
  );
}

function shownValue(value: unknown): string {
  return typeof value === "string" ? value : Array.isArray(value) ? value.join(", ") : JSON.stringify(value);
}

/** Returns the query of the page that tries an event with some data. */
function whatIfQuery(type: string, data: Readonly<Record<string, unknown>>): Record<string, string> {
  const fields = Object.entries(data).map(([name, value]) =>
    [`f.${name}`, typeof value === "string" ? value : JSON.stringify(value)]);
  return { type, ...Object.fromEntries(fields) };
}

/** Shows a fact by the names in it. */
function FactNames({ visit, fact: { user, relation, object } }: { visit: Visit; fact: TupleKey }) {
  return (
    <>
      <NamedThing visit={visit} name={user} /> <code>{relation}</code> <NamedThing visit={visit} name={object} />
    </>
  );
}

/** Shows facts, each with the event that wrote it. */
function FactList({ visit, title, facts }: {
  visit: Visit; title?: string; facts: readonly (Present | Absent)[];
}) {
  if (facts.length === 0) return null;
  return (
    <>
      {title === undefined ? null : <p class="quiet">{title}</p>}
      <ul class="tuples">
        {facts.map((fact) => (
          <li>
            <FactNames visit={visit} fact={fact} />
            {fact.condition === undefined ? null : <span class="quiet"> if {fact.condition.name}</span>}
            {"since" in fact && fact.since !== null
              ? <span class="quiet"> since <EventLine visit={visit} event={fact.since} /></span> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Shows an event in one line: its type, its actor and its time. */
function EventLine({ visit, event }: { visit: Visit; event: EventBehind }) {
  return (
    <>
      <code>{event.type}</code> from <Actor visit={visit} id={event.actor} /> on <When time={event.time} />
    </>
  );
}

function More({ of }: { of: number }) {
  if (of <= EXPLANATIONS_SHOWN) return null;
  return <p class="quiet">{`The first ${EXPLANATIONS_SHOWN} of ${of} are shown; POST /explain has all of them.`}</p>;
}
