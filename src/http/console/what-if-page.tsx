// Tries an event without sending it, and shows the gains and losses of access.
import { EVENT_DESCRIPTIONS } from "../../events/descriptions.ts";
import { EVENTS } from "../../events/table.ts";
import { typeNamedBy } from "../../history/refused-events.ts";
import { jsonSchemaOf, type EventField, type JsonSchema } from "../reference/event-schemas.ts";
import type { Refused, Reply } from "./console-api.ts";
import { ENTRIES_SHOWN } from "./console-limits.ts";
import { shownFields } from "./console-query.ts";
import { ChangedFacts } from "./past-event.tsx";
import { AccessList, AccessSummary } from "./access-change.tsx";
import { Empty, Refusal } from "./page-parts.tsx";
import { statusOf, type Page, type Visit } from "./visit.ts";

interface Tuple {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}

/** The receipt of a dry run; `access`, who gains and who loses, is there for an event that would apply. */
interface DryRun {
  readonly status: "applied" | "unchanged" | "duplicate";
  readonly changes?: { readonly write: readonly Tuple[]; readonly delete: readonly Tuple[] };
  readonly access?: { readonly gained: readonly Tuple[]; readonly lost: readonly Tuple[]; readonly complete: boolean };
}

const TITLE = "What if?";

const EVENTS_NEEDED: Refused = {
  ok: false, status: 403, code: "scope_missing", detail: "to try events, an API key needs the scope events",
};

/** Returns the page. It only asks for dry runs: nothing is sent, whatever the address says. */
export async function whatIfPage(visit: Visit): Promise<Page> {
  if (!visit.may("events")) {
    return { title: TITLE, status: 403, content: <><h1>{TITLE}</h1><Refusal refused={EVENTS_NEEDED} /></> };
  }
  const type = EVENTS.has(visit.query["type"] ?? "") ? visit.query["type"]! : undefined;
  if (type === undefined) return { title: TITLE, content: <><h1>{TITLE}</h1><TypeForm visit={visit} /></> };
  const isFilled = visit.query["try"] !== undefined;
  const result = isFilled ? await tryEvent(visit, type) : undefined;
  return {
    title: `What if: ${type}`, ...(result?.ok === false ? { status: statusOf(result.status) } : {}),
    content: (
      <>
        <h1>What if <code>{type}</code>?</h1>
        <p class="lead">{EVENT_DESCRIPTIONS[type]?.does} Nothing is sent: this only tries it
          {visit.asOf === undefined ? "" : ", on the present state"}.</p>
        <EventForm visit={visit} type={type} />
        {result === undefined ? null : result.ok ? <Outcome visit={visit} run={result.body} />
          : <Refusal refused={result} title="The event would be refused" />}
      </>
    ),
  };
}

function TypeForm({ visit }: { visit: Visit }) {
  return (
    <form class="ask" method="get" action="/ui/what-if">
      {visit.asOf === undefined ? null : <input type="hidden" name="as_of" value={visit.asOf} />}
      <div>
        <label for="event-type">Which event?</label>
        <select id="event-type" name="type">
          {[...EVENTS.keys()].map((type) => <option value={type}>{type}</option>)}
        </select>
      </div>
      <button type="submit">Fill it in</button>
    </form>
  );
}

/** The CloudEvents source of an event that is only tried. */
const SOURCE = "/console";

function EventForm({ visit, type }: { visit: Visit; type: string }) {
  const value = (name: string): string | undefined => visit.query[name];
  return (
    <form class="ask event" method="get" action="/ui/what-if">
      <input type="hidden" name="type" value={type} />
      <input type="hidden" name="try" value="1" />
      <div>
        <label for="event-actor">actor</label>
        <input id="event-actor" name="actor" value={value("actor")} required={!visit.may("events:system")}
          autocomplete="off" autocapitalize="none" spellcheck={false} aria-describedby="event-actor-means" />
        <p class="quiet" id="event-actor-means">Who does it.{" "}
          {visit.may("events:system") ? "Empty: the system itself. " : ""}
          It needs {(EVENT_DESCRIPTIONS[type]?.actor ?? "").replaceAll("`", "")}.</p>
      </div>
      {shownFields(type).map((field) => <FieldInput field={field} value={value(`f.${field.name}`)} />)}
      <div>
        <label for="event-source">source</label>
        <input id="event-source" name="source" value={value("source") ?? SOURCE} autocomplete="off"
          autocapitalize="none" spellcheck={false} aria-describedby="event-source-means" />
        <p class="quiet" id="event-source-means">A key that may send as certain sources only needs one of them here.</p>
      </div>
      <button type="submit">Try it</button>
    </form>
  );
}

function FieldInput({ field, value }: { field: EventField; value: string | undefined }) {
  const id = `event-field-${field.name}`;
  return (
    <div>
      <label for={id}>{field.name}</label>
      <input id={id} name={`f.${field.name}`} value={value} required={field.isRequired} autocomplete="off"
        autocapitalize="none" spellcheck={false} aria-describedby={`${id}-means`} />
      <p class="quiet" id={`${id}-means`}>{field.means.replaceAll("`", "")}
        {field.isRequired ? "" : " Optional."}</p>
    </div>
  );
}

function tryEvent(visit: Visit, type: string): Promise<Reply<DryRun>> {
  const { actor = "", source = "" } = visit.query;
  const event = {
    specversion: "1.0", id: "what-if", source: source.trim() === "" ? SOURCE : source.trim(), type,
    ...(idIn("actor", actor) === "" ? {} : { actor: idIn("actor", actor) }), data: dataOf(visit, type),
  };
  return visit.presentApi.post<DryRun>("/events?dry_run=access", event);
}

/** Types of fields that hold a bare id, next to those that a history looks for. */
const TYPES: Readonly<Record<string, string>> = { actor: "user", org: "org", invite: "invite" };

/** Returns what a field was given, without spaces around it; an id may stand with its type, as `user:carl`. */
function idIn(field: string, text: string): string {
  const type = TYPES[field] ?? typeNamedBy(field);
  const id = text.trim();
  return type !== undefined && id.startsWith(`${type}:`) ? id.slice(type.length + 1).trim() : id;
}

/** Reads the event's data from the query. A field that was left empty is left out. */
function dataOf({ query }: Visit, type: string): Record<string, unknown> {
  const { properties = {} } = jsonSchemaOf(EVENTS.get(type)!.data, "input") as {
    properties?: Record<string, JsonSchema>;
  };
  const given = shownFields(type).map(({ name }) => [name, idIn(name, query[`f.${name}`] ?? "")] as const)
    .filter(([, text]) => text !== "");
  return Object.fromEntries(given.map(([name, text]) => [name, valueOf(text, properties[name] ?? {})]));
}

/** Reads one value by its schema: a list may be written with commas, anything but a text as JSON. */
function valueOf(text: string, schema: JsonSchema): unknown {
  const kinds = kindsOf(schema);
  if (text === "null" && kinds.includes("null")) return null;
  if (kinds.includes("array") && !text.startsWith("[")) return text.split(",").map((each) => each.trim());
  if (kinds.includes("string") || (kinds.length === 0 && !/^[{[]/.test(text))) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function kindsOf(schema: JsonSchema): string[] {
  const { type, anyOf = [] } = schema as { type?: string | string[]; anyOf?: JsonSchema[] };
  return [...(type === undefined ? [] : [type].flat()), ...anyOf.flatMap(kindsOf)];
}

function Outcome({ visit, run }: { visit: Visit; run: DryRun }) {
  const { access, changes } = run;
  if (run.status !== "applied") {
    return <Empty title={run.status === "unchanged" ? "Nothing would change." : "This event was applied before."} />;
  }
  return (
    <>
      <h2>It would apply</h2>
      {access === undefined ? null : (
        <>
          <AccessSummary kind="lost" entries={access.lost} isComplete={access.complete} />
          <AccessSummary kind="gained" entries={access.gained} isComplete={access.complete} />
          <AccessList visit={visit} kind="gained" entries={access.gained} />
          <AccessList visit={visit} kind="lost" entries={access.lost} />
          {access.complete ? null : <p class="notice">There are more gains and losses than these.</p>}
        </>
      )}
      {changes === undefined ? null : (
        <details open={access === undefined}>
          <summary>{`The facts it would change (${changes.write.length + changes.delete.length})`}</summary>
          <ChangedFacts visit={visit} written={changes.write} deleted={changes.delete}
            most={2 * ENTRIES_SHOWN} />
        </details>
      )}
    </>
  );
}
