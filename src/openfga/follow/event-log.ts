// A log of the changes on OpenFGA, in memory: a row for each event or foreign Write; older rows are compressed.
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { isBookkeeping, value } from "../../domain/object-names.ts";
import { ledgerOf, recordTextsIn } from "../../ledger/event-record.ts";
import { splitByMarks } from "../../ledger/change-marks.ts";
import { readRecord, type EventRecord } from "../../ledger/record-text.ts";
import type { LogDelta } from "../../history/log-delta.ts";
import { createTupleSet } from "../../memory/indexed-tuple-set.ts";
import { isSame } from "../same-tuple.ts";
import { isRevision, type FeedWrite } from "./feed.ts";
import { EVENT_CHUNKS_KEPT, EVENTS_PER_CHUNK } from "../openfga-limits.ts";
import { join, type Delta } from "../../tuples/delta.ts";
import type { Tuple, TupleKey } from "../../tuples/tuple.ts";

/** A row, and the place of its Write in the feed: the same on every sidecar. */
export interface EventRow extends LogDelta {
  /** Time of the Write with every digit, and the number of the row among those of the Write. */
  readonly place: string;
}

/** The rows in the order in which they were added. */
export class EventLog {
  /** Each holds EVENTS_PER_CHUNK rows. */
  readonly #chunks: Uint8Array[] = [];
  /** Latest time up to the end of each chunk, in milliseconds since 1970. */
  readonly #times: number[] = [];
  #recent: EventRow[] = [];
  /** By number; the one used last is at the end. */
  readonly #kept = new Map<number, readonly EventRow[]>();
  #latest = 0;
  /** The tuples after the newest row. Records of events, which nothing looks up in the past, are left out. */
  readonly tuples = createTupleSet();

  /** Number of the newest row; 0 before the first. */
  get last(): number {
    return this.#chunks.length * EVENTS_PER_CHUNK + this.#recent.length;
  }

  /** Adds a Write of Sideline's: a row for each event in it. */
  add(write: FeedWrite): void {
    if (write.steps.length === 0) return;
    for (const [n, delta] of partsOf(write).entries()) this.#push(write, n, delta);
  }

  /**
   * Adds a foreign Write, with what it changed: a row for the tuples that it gave another condition, as they were, and
   * one for all others. The order of the orgs is Sideline's, so bookkeeping in such a Write is left out.
   */
  addForeign(write: FeedWrite): void {
    const there = (key: TupleKey): Tuple | undefined => this.tuples.get(key.object, key.relation, key.user);
    const writes = write.writes.filter((tuple) => !isBookkeeping(tuple.object) && !isSame(there(tuple), tuple));
    const deletes = write.deletes.filter((key) => !isBookkeeping(key.object) && there(key) !== undefined);
    const replaced = writes.filter((tuple) => there(tuple) !== undefined)
      .map(({ object, relation, user }) => ({ object, relation, user }));
    const rows = [{ writes: [], deletes: replaced }, { writes, deletes }];
    for (const [n, row] of rows.entries()) if (row.writes.length + row.deletes.length > 0) this.#push(write, n, row);
  }

  /** Reads at most `limit` rows in order, starting at a number. */
  readonly read = (from: number, limit: number): readonly EventRow[] => {
    const rows: EventRow[] = [];
    for (let seq = from; seq <= this.last && rows.length < limit;) {
      const chunk = Math.floor((seq - 1) / EVENTS_PER_CHUNK);
      const start = seq - 1 - chunk * EVENTS_PER_CHUNK;
      const some = this.#rowsOf(chunk).slice(start, start + limit - rows.length);
      rows.push(...some);
      seq += some.length;
    }
    return rows;
  };

  /** Reads the rows with some numbers, in the order of the numbers. Each may take some milliseconds to unpack. */
  *some(numbers: readonly number[]): Generator<EventRow, void> {
    for (const seq of numbers) yield* this.read(seq, 1);
  }

  /** Returns the number of the first row added after the feed reached a time (milliseconds since 1970). */
  firstSince(time: number): number {
    let chunk = 0;
    for (let high = this.#times.length; chunk < high;) {
      const middle = (chunk + high) >> 1;
      if (this.#times[middle]! < time) chunk = middle + 1;
      else high = middle;
    }
    const index = this.#rowsOf(chunk).findIndex(({ at }) => at >= time);
    return index < 0 ? this.last + 1 : chunk * EVENTS_PER_CHUNK + index + 1;
  }

  /** Returns the latest time of the rows up to one (milliseconds since 1970), which never goes back. */
  latestUpTo(seq: number): number {
    const chunk = Math.floor((seq - 1) / EVENTS_PER_CHUNK);
    const rows = this.#rowsOf(chunk).slice(0, seq - chunk * EVENTS_PER_CHUNK);
    return Math.max(this.#times[chunk - 1] ?? 0, ...rows.map(({ at }) => at));
  }

  /** Returns the number of the row with a place in the feed, stored at a time; undefined where there is none. */
  numberOf(place: string, at: number): number | undefined {
    const first = this.firstSince(at);
    for (const from of [first, Math.max(1, first - EVENTS_PER_CHUNK)]) {
      const row = this.read(from, 2 * EVENTS_PER_CHUNK).find((each) => each.place === place);
      if (row !== undefined) return row.seq;
    }
    return undefined;
  }

  #push(write: FeedWrite, n: number, { writes, deletes }: Delta): void {
    const at = write.at ?? this.#latest;
    this.#latest = Math.max(this.#latest, at);
    const seq = this.last + 1;
    // Each row is whole: none continues the one before it.
    this.#recent.push({ writes, deletes, seq, at, events: seq, place: `${write.stamp}/${n}` });
    if (this.#recent.length === EVENTS_PER_CHUNK) this.#compress();
    for (const key of deletes) this.tuples.delete(key);
    for (const tuple of writes) {
      if (isRecord(tuple)) continue;
      this.tuples.delete(tuple);
      this.tuples.add(tuple);
    }
  }

  #rowsOf(chunk: number): readonly EventRow[] {
    if (chunk >= this.#chunks.length) return this.#recent;
    const known = this.#kept.get(chunk);
    const rows = known ?? JSON.parse(inflateRawSync(this.#chunks[chunk]!).toString()) as readonly EventRow[];
    this.#kept.delete(chunk);
    this.#kept.set(chunk, rows);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= EVENT_CHUNKS_KEPT) break;
      this.#kept.delete(oldest);
    }
    return rows;
  }

  #compress(): void {
    // zlib's own result keeps 16 KiB of memory, however short it is.
    this.#chunks.push(new Uint8Array(deflateRawSync(JSON.stringify(this.#recent))));
    this.#times.push(this.#latest);
    this.#recent = [];
  }
}

/** Splits a Write into its events, in the order of their revisions. */
function partsOf({ writes, deletes }: FeedWrite): Delta[] {
  const records = writes.filter((tuple) => recordTextsIn([tuple]).some((text) => text !== ""));
  if (records.length < 2) return [{ writes, deletes }];
  const marked = records.map((tuple) => ({ tuple, ...readRecord(recordTextsIn([tuple])[0]!) }))
    .sort((a, b) => a.revision - b.revision);
  const moves = movesOf({ writes: writes.filter(isRevision), deletes: deletes.filter(isRevision) },
    marked.map(({ record, revision }) => ({ ledger: ledgerOf(record.org), revision })));
  const all = { writes: writes.filter((tuple) => !records.includes(tuple) && !isRevision(tuple)),
    deletes: deletes.filter((key) => !isRevision(key)) };
  const changes = changesOfEach(all, marked.map(({ record }) => record));
  return marked.map(({ tuple }, i) => join(join(moves[i]!, { writes: [tuple], deletes: [] }), changes[i]!));
}

/**
 * Divides the changes of a Write among its events, each change to the first event that has its mark. The others go to
 * the first event of an earlier build, which made no marks. No change stands in two rows: the later one, undone, would
 * bring back as of the first event what that event deleted.
 */
function changesOfEach(all: Delta, events: readonly EventRecord[]): Delta[] {
  let rest = all;
  const changes = events.map(({ marks = "" }): Delta => {
    const [own, others] = splitByMarks(rest, marks);
    rest = others;
    return own;
  });
  const unmarked = events.findIndex(({ marks, status }) => marks === undefined && status === "applied");
  const first = Math.max(unmarked, 0);
  changes[first] = join(changes[first]!, rest);
  return changes;
}

/** Returns the move of each event of a Write, which moves the revisions of its ledgers once for all of its events. */
function movesOf(moved: Delta, events: readonly { readonly ledger: string; readonly revision: number }[]): Delta[] {
  const last = new Map(moved.writes.map((tuple) => [tuple.object, tuple]));
  if (!events.every(({ ledger }) => last.has(ledger))) return events.map(() => moved);
  const at = new Map(moved.deletes.map((key) => [key.object, key]));
  return events.map(({ ledger, revision }, i) => {
    const isLast = !events.slice(i + 1).some((later) => later.ledger === ledger);
    const before = at.get(ledger);
    const own = isLast ? last.get(ledger)! : { object: ledger, relation: "at", user: value(String(revision)) };
    at.set(ledger, own);
    return { writes: [own], deletes: before === undefined ? [] : [before] };
  });
}

function isRecord({ object, relation }: TupleKey): boolean {
  return relation === "applied" && object.startsWith("event:");
}
