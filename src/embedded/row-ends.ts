// When relationship rows ended, and athletes and teams were deleted: a table that each commit keeps.
import { ROW_TYPES } from "../domain/relationship-rows.ts";
import type { Delta } from "../tuples/delta.ts";
import { typeOf } from "../tuples/tuple.ts";
import type { Connection } from "./store-file.ts";

/** Types whose objects end with their tuple `org`. */
const ROSTER_TYPES = ["athlete", "team"];

/**
 * The table is made by the first commit that ends something. An earlier release ignores it, so it lacks what ended
 * under such a release: the time of that end is unknown. Rows never start again and ids stay taken, so an entry never
 * becomes wrong.
 */
const TABLE = "create table if not exists ends (object text primary key, at integer not null) strict, without rowid";

/** The ends that a store knows, by object. */
export class RowEnds {
  readonly #db: Connection;
  #find: ReturnType<Connection["prepare"]> | undefined;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Notes what deltas end at a time (milliseconds since 1970). Runs in the transaction that writes the deltas. */
  note(deltas: readonly Delta[], at: number): void {
    const ended = deltas.flatMap(endedBy);
    if (ended.length === 0) return;
    this.#db.exec(TABLE);
    this.#db.prepare("insert or ignore into ends select value, ? from json_each(?)").run(at, JSON.stringify(ended));
  }

  /** Returns when a row or a roster entry ended, in milliseconds since 1970; undefined if that is not known. */
  endOf(object: string): number | undefined {
    this.#find ??= this.#prepare();
    return (this.#find?.get(object) as [number] | undefined)?.[0];
  }

  #prepare(): ReturnType<Connection["prepare"]> | undefined {
    const there = this.#db.prepare("select 1 from sqlite_schema where name = 'ends'").raw().get();
    return there === undefined ? undefined : this.#db.prepare("select at from ends where object = ?").raw();
  }
}

/** Returns the rows that a delta ends, and those that it writes as ended; and the athletes and teams it deletes. */
function endedBy({ writes, deletes }: Delta): string[] {
  const ended = deletes.filter(({ object, relation }) =>
    (relation === "active_on" && isRow(object)) || (relation === "org" && ROSTER_TYPES.includes(typeOf(object))));
  const born = writes.filter(({ object, relation }) => relation === "coach" && isRow(object)
    && !writes.some((other) => other.relation === "active_on" && other.object === object));
  return [...ended, ...born].map(({ object }) => object);
}

function isRow(object: string): boolean {
  return ROW_TYPES.includes(typeOf(object));
}
