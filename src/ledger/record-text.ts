// The text of an event's record: its facts in a fixed order, with a separator that no fact contains.
import { NO_ROWS, type TouchedRows } from "../domain/touched-rows.ts";

/** The facts stored about an event: enough to recognize a redelivery, and for an audit trail. */
export interface EventRecord {
  readonly status: "applied" | "unchanged";
  readonly type: string;
  readonly actor: string | undefined;
  /** Org in whose order the event stands, or PLATFORM. */
  readonly org: string;
  /** Sidecar that wrote it, where several may write: if two decide an event identically, only one has the receipt. */
  readonly writer?: string | undefined;
  /** Time at which the event happened, in milliseconds since 1970 (S13). */
  readonly at: number;
  /** Digest of the event's content: distinguishes a redelivery from an id that was used twice. */
  readonly content: string;
  /** Relationship rows that the event started, promoted or ended. */
  readonly rows: TouchedRows;
  /** Its `source` and `id` as they are kept (`keptName`); undefined in a record of an earlier build. */
  readonly source?: string | undefined;
  readonly id?: string | undefined;
  /** Marks of the tuples that the event changes (`marksOf`), where events share writes. */
  readonly marks?: string | undefined;
}

/** Separator of a record's facts; no id, type or digest contains it. A comma, which no id contains, separates rows. */
export const SEPARATOR = "|>";

/** Returns a text in which no separator occurs, not even together with a neighbouring one. */
function withoutSeparator(text: string): string {
  return text.replaceAll("|", "|.");
}

/** Reads a fact that `withoutSeparator` printed. */
function originalOf(fact: string): string | undefined {
  return fact === "" ? undefined : fact.replaceAll("|.", "|");
}

/** Returns the facts in the text of a record. */
export function readMarker(text: string): EventRecord {
  const facts = text.split(SEPARATOR);
  const [status, type, actor, org, , at, content, , writer = "", rows = "", total = ""] = facts;
  const [source = "", id = "", marks = ""] = facts.slice(11);
  const names = rows === "" ? [] : rows.split(",");
  return {
    status: status as EventRecord["status"], type: type ?? "", actor: actor === "" ? undefined : actor,
    org: org ?? "", at: Number(at), content: content ?? "", writer: writer === "" ? undefined : writer,
    rows: names.length === 0 ? NO_ROWS : { names, total: total === "" ? names.length : Number(total) },
    source: originalOf(source), id: originalOf(id), marks: marks === "" ? undefined : marks,
  };
}

/** Returns the facts in the text of a record, and the revision of its org after the event's first write. */
export function readRecord(text: string): { readonly record: EventRecord; readonly revision: number } {
  return { record: readMarker(text), revision: Number(text.split(SEPARATOR)[4]) };
}

/**
 * Returns the facts of a record as one text, without empty facts at its end. The revision is that of the event's first
 * write: it makes the texts of two attempts differ, one of which may have failed (src/openfga). The eighth fact is
 * empty; an earlier build put a word there when an event needed several writes. Earlier builds ignore the last three.
 */
export function printMarker(m: EventRecord, revision: number): string {
  const { names, total } = m.rows;
  const facts = [
    m.status, m.type, m.actor ?? "", m.org, String(revision), String(m.at), m.content, "", m.writer ?? "",
    names.join(","), total > names.length ? String(total) : "", withoutSeparator(m.source ?? ""),
    withoutSeparator(m.id ?? ""), m.marks ?? "",
  ];
  while (facts.at(-1) === "") facts.pop();
  return facts.join(SEPARATOR);
}
