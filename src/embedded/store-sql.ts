// The embedded store's SQL: its prepared statements, and pages of tuples by a filter.
import type Database from "libsql";
import type { Connection } from "./store-file.ts";
import { decodeTuple, textOf, type TupleRow } from "./row-text.ts";
import { TIME_MODULUS } from "./store-state.ts";
import type { TupleFilter } from "../tuples/tuple-set.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { TUPLES_OF_A_SCAN, TUPLES_READ_AT_A_TIME } from "./embedded-limits.ts";

/** Tuples with the time each was written, in milliseconds since 1970; `cursor` is empty at the end. */
export interface TuplePage {
  readonly tuples: ReadonlyArray<{ readonly tuple: Tuple; readonly at: number }>;
  readonly cursor: string;
}

/** The statements of a connection, prepared once. */
export type Statements = Readonly<Record<"begin" | "commit" | "rollback" | "state" | "setState" | "getMeta" | "setMeta"
  | "log" | "someLog" | "latestLog" | "firstLog" | "insertLog" | "tuple" | "insertTuples" | "deleteTuples" | "many"
  | "scan" | "lookUp" | "checkpoint", Database.Statement>>;

/**
 * Prepares the statements. A row is an array of its columns; texts are bytes. `many` returns the last id and JSON of
 * [id, tuple][]. `scan` returns the last id, bytes with a line of `id,tuple` for each row, and the sum of their times.
 * `lookUp` counts the ids of a range that are found one by one. It runs from the last to the first, because SQLite
 * steps to the next row without a search.
 */
export function prepare(db: Connection): Statements {
  return {
    begin: db.prepare("begin immediate"),
    commit: db.prepare("commit"),
    rollback: db.prepare("rollback"),
    state: db.prepare("select seq, next, count, sum, seed from state").raw(),
    setState: db.prepare("update state set seq = ?, next = ?, count = ?, sum = ?"),
    getMeta: db.prepare("select cast(value as blob) from meta where name = ?").raw(),
    setMeta: db.prepare("insert into meta values (?, ?) on conflict (name) do update set value = excluded.value"),
    log: db.prepare("select seq, at, cast(body as blob), sum from log where seq >= ? order by seq limit ?").raw(),
    someLog: db.prepare(`select seq, at, cast(body as blob), sum from log
      where seq in (select value from json_each(?)) order by seq desc`).raw(),
    latestLog: db.prepare(`select max(seq), max(at) from
      (select seq, at from log where seq >= ? order by seq limit ?)`).raw(),
    firstLog: db.prepare("select seq from log where seq >= ? and at >= ? order by seq limit 1").raw(),
    insertLog: db.prepare("insert into log values (?, ?, ?, ?)"),
    tuple: db.prepare("select cast(body as blob), at from tuples where id = ?").raw(),
    insertTuples: db.prepare("insert into tuples select ?1 + key, ?2, value from json_each(?3)"),
    deleteTuples: db.prepare("delete from tuples where id in (select value from json_each(?))"),
    many: db.prepare(`select max(id), cast('[' || group_concat('[' || id || ',' || body || ']') || ']' as blob)
      from (select id, body from tuples where id > ? order by id limit ${TUPLES_READ_AT_A_TIME})`).raw(),
    scan: db.prepare(`select max(id), cast(group_concat(id || ',' || body, char(10)) as blob), sum(at % ${TIME_MODULUS})
      from (select id, at, body from tuples where id > ? order by id limit ${TUPLES_OF_A_SCAN})`).raw(),
    lookUp: db.prepare(`select count(*) from (select id from tuples where id > ? and id <= ? order by id desc
      limit ${TUPLES_OF_A_SCAN}) s cross join tuples t on t.id = s.id`).raw(),
    checkpoint: db.prepare("pragma wal_checkpoint(truncate)").raw(),
  };
}

/** Reads tuples in the order of their ids, after an id: the last id (null: there are no more), and [id, tuple][]. */
export function readMany({ many }: Statements, after: number): [number | null, [number, TupleRow][]] {
  const [last, body] = many.get(after) as [number | null, Uint8Array | null];
  return [last, body === null ? [] : JSON.parse(textOf(body)) as [number, TupleRow][]];
}

/** Throws if a statement changed another number of rows than it must. */
export function assertRows(changed: number, expected: number): void {
  if (changed !== expected) throw new Error(`${changed} rows changed, not ${expected}`);
}

/** The rows a page looks at: `most` of them, by their ids, which end at `last`. */
interface Range {
  readonly most: number;
  readonly last: number;
}

/**
 * Reads a page of the tuples that match a filter, in the order of their ids. The cursor is the id of the last tuple
 * returned, or of the last one looked at.
 */
export function readPage(
  db: Connection, filter: TupleFilter, size: number, cursor: string, { most, last }: Range,
): TuplePage | undefined {
  if (!Number.isSafeInteger(size) || size < 1) throw new Error(`a page holds 1 tuple or more, not ${size}`);
  if (!/^(?:[1-9]\d{0,14})?$/.test(cursor)) return undefined;
  const [conditions, values] = conditionsOf(filter);
  const end = Math.min(Number(cursor) + most, last);
  const sql = ["select id, at, cast(body as blob) from tuples where id > ? and id <= ?", ...conditions].join(" and ");
  const rows = db.prepare(`${sql} order by id limit ?`).raw()
    .all(Number(cursor), end, ...values, size + 1) as [number, number, Uint8Array][];
  const tuples = rows.slice(0, size)
    .map(([, at, body]) => ({ tuple: decodeTuple(JSON.parse(textOf(body)) as TupleRow), at }));
  if (rows.length > size) return { tuples, cursor: String(rows[size - 1]?.[0]) };
  return { tuples, cursor: end < last ? String(end) : "" };
}

/**
 * Returns the SQL conditions of a filter, and their values. A tuple's row begins with its object, so an object or a
 * type is found by comparing the beginning of the row. The other parts are searched for in the text before the row is
 * parsed.
 */
function conditionsOf({ object, objectType, relation, user }: TupleFilter): [string[], (string | number)[]] {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const begin = (start: string): void => {
    conditions.push("substr(body, 1, ?) = ?");
    values.push([...start].length, start);
  };
  const equal = (column: number, value: string): void => {
    conditions.push(`instr(body, ?) > 0 and body ->> ${column} = ?`);
    values.push(JSON.stringify(value), value);
  };
  if (object !== undefined) begin(`[${JSON.stringify(object)},`);
  if (objectType !== undefined) begin(`[${JSON.stringify(`${objectType}:`).slice(0, -1)}`);
  if (relation !== undefined) equal(1, relation);
  if (user !== undefined) equal(2, user);
  return [conditions, values];
}
