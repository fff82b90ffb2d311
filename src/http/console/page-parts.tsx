// Parts that the console's pages share: ids, sentences, rules, times, and what a page shows in place of a list.
import type { Child, PropsWithChildren } from "hono/jsx";
import type { Refused } from "./console-api.ts";
import { splitName } from "./console-links.ts";
import { asOfWords } from "./page-time.ts";
import { hasCard, relationWords, typeWords } from "./relation-words.ts";
import { RULE_WORDS } from "./rule-words.ts";
import type { Visit } from "./visit.ts";

/**
 * Shows a thing by its id, as a link to its card, and to the operator's app where it has a page for it. `isPlain`
 * leaves out the kind of thing, `isInside` the link to the app.
 */
export function Thing({ visit, type, id, isPlain = false, isInside = false }: {
  visit: Visit; type: string; id: string; isPlain?: boolean; isInside?: boolean;
}) {
  const outside = isInside || !hasCard(type, id) ? undefined : visit.links.outside(type, id);
  const kind = isPlain ? null : <span class="kind">{typeWords(type)} </span>;
  return (
    <span class="thing">
      {hasCard(type, id) ? <a href={visit.links.thing(type, id)}>{kind}<b>{id}</b></a> : <>{kind}<b>{id}</b></>}
      {outside === undefined ? null
        : <a class="outside" href={outside} rel="noreferrer" aria-label={`Open ${typeWords(type)} ${id} in the app`}>
          ↗</a>}
    </span>
  );
}

/** Shows a thing by its full name, `type:id`. */
export function NamedThing({ visit, name, isPlain = false }: { visit: Visit; name: string; isPlain?: boolean }) {
  const split = splitName(name);
  return split === undefined ? <b>{name}</b>
    : <Thing visit={visit} type={split.type} id={split.id} isPlain={isPlain} />;
}

/** A run of the characters of names. */
const RUN = /[A-Za-z0-9_.|@+~/:-]+/g;

/** Returns the type and the id in a run of characters, without the full stop of a sentence; undefined for no name. */
function nameIn(run: string): { readonly type: string; readonly id: string } | undefined {
  const [type = "", rest = ""] = run.split(":");
  let end = rest.length;
  while (end > 0 && "./".includes(rest[end - 1]!)) end--;
  return end === 0 || !/^[a-z][a-z_]*$/.test(type) ? undefined : { type, id: rest.slice(0, end) };
}

/** Shows a sentence in which each `type:id` is a link, and each name between backticks is code. */
export function Sentence({ visit, text }: { visit: Visit; text: string }) {
  const pieces = text.split("`");
  return <>{pieces.map((piece, i) => (i % 2 === 1 ? <code>{piece}</code> : <Linked visit={visit} text={piece} />))}</>;
}

function Linked({ visit, text }: { visit: Visit; text: string }) {
  const parts: Child[] = [];
  let at = 0;
  for (const { 0: run, index } of text.matchAll(RUN)) {
    const found = nameIn(run);
    if (found === undefined) continue;
    const { type, id } = found;
    parts.push(text.slice(at, index), <Thing visit={visit} type={type} id={id} isPlain={type === "user"} isInside />);
    at = index + type.length + 1 + id.length;
  }
  return <>{parts}{text.slice(at)}</>;
}

/** Shows who sent an event; null for the system. */
export function Actor({ visit, id }: { visit: Visit; id: string | null }) {
  return id === null ? <>the system</> : <Thing visit={visit} type="user" id={id} isPlain isInside />;
}

/** Returns the verb of a sentence about the time looked at. */
export function canAt({ asOf }: Visit): "can" | "could" {
  return asOf === undefined ? "can" : "could";
}

/** Shows what a relation lets somebody do, with the thing as a link: "read note n1". */
export function Doing({ visit, relation, type, id }: { visit: Visit; relation: string; type: string; id: string }) {
  const { before, after } = relationWords(type, relation);
  return <>{before} <Thing visit={visit} type={type} id={id} />{after === "" ? "" : ` ${after}`}</>;
}

/** Returns the same as a text, for a page's title. */
export function doingText(relation: string, type: string, id: string): string {
  const { before, after } = relationWords(type, relation);
  return `${before} ${typeWords(type)} ${id}${after === "" ? "" : ` ${after}`}`;
}

/** Shows rules: each number with its sentence. */
export function Rules({ numbers }: { numbers: readonly string[] }) {
  if (numbers.length === 0) return null;
  return (
    <ul class="rules" aria-label="Rules">
      {numbers.map((number) => <li><b class="rule">{number}</b> {RULE_WORDS[number] ?? "A rule of the policy."}</li>)}
    </ul>
  );
}

const READABLE = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
});

/** Returns a time in a readable form, in UTC. A text that is no time stays as it is. */
export function readableTime(time: string): string {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? time : `${READABLE.format(milliseconds).replace(" at ", ", ")} UTC`;
}

/** Shows in a heading which earlier time the page is of. */
export function AsOf({ visit: { asOf } }: { visit: Visit }) {
  return asOf === undefined ? null : <span class="as-of">{` ${asOfWords(asOf)}`}</span>;
}

/** Shows a time: readable, with the exact one behind it. */
export function When({ time, none = "unknown" }: { time: string | null | undefined; none?: string }) {
  if (time === null || time === undefined) return <span class="quiet">{none}</span>;
  return <time datetime={time} title={time}>{readableTime(time)}</time>;
}

/** Shows a field for an id. Phones would begin it with a capital letter. */
export function IdField({ id, name, label, value }: { id: string; name: string; label: string; value: string }) {
  return (
    <div>
      <label for={id}>{label}</label>
      <input id={id} name={name} value={value} required autocomplete="off" autocapitalize="none" spellcheck={false} />
    </div>
  );
}

/** Shows something in place of an empty list, with what to do next. */
export function Empty({ title, children }: PropsWithChildren<{ title: string }>) {
  return <div class="empty"><p><b>{title}</b></p>{children === undefined ? null : <p>{children}</p>}</div>;
}

/** Advice after a refusal, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  scope_missing: "Your API key lacks this right. Ask whoever keeps the key file for a key with it.",
  unknown_entity: "Check the id: upper and lower case count, and ids never change.",
  store_unavailable: "The store cannot answer at the moment. Load the page again shortly.",
  invalid_request: "Check what you entered.",
};

/** Shows why a question was not answered. */
export function Refusal({ refused, title }: { refused: Refused; title?: string }) {
  return (
    <div class="refused" role="alert">
      <p><b>{title ?? (refused.status === 404 ? "Not found" : "No answer")}</b></p>
      <p>{sentenceOf(refused.detail)}</p>
      <p class="quiet">{ADVICE[refused.code] ?? ""} <code>{refused.code}</code></p>
    </div>
  );
}

/** Makes a detail a sentence. One that begins with an id keeps its first letter. */
export function sentenceOf(text: string): string {
  const isWord = /^(?:the|there|this|an?|to|no|only|it)\s/.test(text);
  const start = isWord ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

/** Shows pairs of a label and its values. */
export function Facts({ children }: PropsWithChildren) {
  return <dl class="facts">{children}</dl>;
}

/** Shows one labelled value. */
export function Fact({ label, children }: PropsWithChildren<{ label: string }>) {
  return <div><dt>{label}</dt><dd>{children}</dd></div>;
}

/** Shows a table that scrolls by itself where the screen is narrow. */
export function Table({ label, head, children }: PropsWithChildren<{ label: string; head: readonly string[] }>) {
  return (
    <div class="wide" role="region" aria-label={label} tabindex={0}>
      <table>
        <thead><tr>{head.map((name) => <th scope="col">{name}</th>)}</tr></thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Shows values separated by commas, or a dash. */
export function Several({ of }: { of: readonly Child[] }) {
  if (of.length === 0) return <span class="quiet">none</span>;
  return <span class="several">{of.map((child, i) => <>{i === 0 ? "" : ", "}{child}</>)}</span>;
}
