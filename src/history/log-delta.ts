// The rows of a log of deltas, and the writes of events that they make up.
import { orgOfLedger, recordTextsIn } from "../ledger/event-record.ts";
import { readRecord, type EventRecord } from "../ledger/record-text.ts";
import { isBookkeeping, LEDGER_TYPE } from "../domain/object-names.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";
import type { Tuple, TupleKey } from "../tuples/tuple.ts";
import { MAX_ROWS_PER_STEP } from "./history-limits.ts";

/** A row of a log. */
export interface LogDelta {
  /** From 1. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly writes: readonly Tuple[];
  readonly deletes: readonly TupleKey[];
  /** Number of events that have all of their rows by then; undefined in rows of early releases. */
  readonly events: number | undefined;
}

/** Reads at most `limit` rows in order, starting at a number. */
export type ReadLog = (from: number, limit: number) => readonly LogDelta[];

/** One write of an event: one row of the log, or several where it is large. */
export interface LoggedStep {
  /** Number of its first row. */
  readonly first: number;
  /** Number and time of the row that moves the org's revision. */
  readonly seq: number;
  readonly at: number;
  /** Org (or PLATFORM) whose revision it moves. */
  readonly org: string;
  readonly writes: readonly Tuple[];
  readonly deletes: readonly TupleKey[];
  /** The event's record and the revision in it. Only one write of an event has it. */
  readonly marked: { readonly record: EventRecord; readonly revision: number } | undefined;
  /** Whether it is the first of several writes, or the last. */
  readonly begins: boolean;
  readonly ends: boolean;
}

/** Returns the write that a row is the place of; undefined for a row that moves no revision. */
export function stepAt(log: ReadLog, row: LogDelta): LoggedStep | undefined {
  const moved = row.writes.find(isRevision);
  if (moved === undefined) return undefined;
  // An undivided write also deletes the revision before. A divided one has its deletes in rows of their own.
  const isWhole = row.deletes.some(isRevision);
  const rows = isWhole ? [row] : [...rowsBefore(log, row), row, ...rowsAfter(log, row)];
  const writes = rows.flatMap((each) => each.writes);
  const deletes = rows.flatMap((each) => each.deletes);
  const isPending = (key: TupleKey): boolean => key.relation === "pending" && key.object === moved.object;
  const text = recordTextsIn(writes)[0] ?? "";
  return {
    first: rows[0]!.seq, seq: row.seq, at: row.at, org: orgOfLedger(moved.object), writes, deletes,
    marked: text === "" ? undefined : readRecord(text), begins: writes.some(isPending), ends: deletes.some(isPending),
  };
}

/** Returns the write that a row of access tuples is part of; undefined for a row of no event. */
export function stepOf(log: ReadLog, seq: number): LoggedStep | undefined {
  const isPlace = ({ writes }: LogDelta): boolean => writes.some(isRevision);
  const place = log(seq, 1).find(isPlace) ?? log(seq + 1, MAX_ROWS_PER_STEP).find(isPlace);
  const step = place === undefined ? undefined : stepAt(log, place);
  return step !== undefined && step.first <= seq ? step : undefined;
}

function isRevision({ object, relation }: TupleKey): boolean {
  return relation === "at" && object.startsWith(`${LEDGER_TYPE}:`);
}

/**
 * Returns the earlier rows of a divided write: rows of deletes, then full rows of writes. A row that completes an event
 * is not one of them, such as a row of a store file.
 */
function rowsBefore(log: ReadLog, row: LogDelta): LogDelta[] {
  const rows: LogDelta[] = [];
  let before: readonly LogDelta[] = [];
  for (let seq = row.seq - 1; seq >= Math.max(1, row.seq - MAX_ROWS_PER_STEP); seq--) {
    // The first write of an org looks like the end of a divided one: the rows before it are read two at a time.
    const from = Math.max(1, seq - 1);
    before = before[0]?.seq === seq ? [...log(from, seq - from), before[0]] : log(from, seq + 1 - from);
    const each = before.at(-1);
    if (each === undefined) break;
    const eventsBefore = seq === 1 ? 0 : before[0]!.events;
    const isOfAnother = each.writes.some(isRevision) || recordTextsIn(each.writes).length > 0
      || (each.events !== undefined && each.events !== eventsBefore);
    const follows = rows[0] ?? row;
    const fits = each.writes.length === 0
      ? follows.writes.length > 0 || each.deletes.length === MAX_TUPLES_PER_DELTA
      : each.deletes.length === 0 && follows.deletes.length === 0 && each.writes.length === MAX_TUPLES_PER_DELTA;
    if (isOfAnother || !fits) break;
    rows.unshift(each);
  }
  return rows;
}

/** Returns the later rows of a divided write: they hold bookkeeping alone. */
function rowsAfter(log: ReadLog, row: LogDelta): LogDelta[] {
  if (row.writes.length < MAX_TUPLES_PER_DELTA) return [];
  const rows: LogDelta[] = [];
  for (const each of log(row.seq + 1, MAX_ROWS_PER_STEP)) {
    const fits = each.deletes.length === 0 && !each.writes.some(isRevision)
      && each.writes.every(({ object }) => isBookkeeping(object));
    if (!fits) break;
    rows.push(each);
    if (each.writes.length < MAX_TUPLES_PER_DELTA) break;
  }
  return rows;
}
