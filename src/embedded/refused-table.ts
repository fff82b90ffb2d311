// The table of refused events, next to the log: written in batches, and read when the store is opened.
import type { RefusedEvent } from "../history/refused-events.ts";
import type { Connection } from "./store-file.ts";
import { textOf } from "./row-text.ts";
import { REFUSED_EVENTS_READ_AT_A_TIME } from "./embedded-limits.ts";

/** The first refused event makes the table. An earlier release ignores it. */
const TABLE = "create table if not exists refused (number integer primary key, at integer not null, body text not null)"
  + " strict";

/** Facts of a refused event as a row of JSON. */
type Body = readonly [
  after: number, type: string, actor: string | null, isHashed: boolean, source: string, id: string,
  code: RefusedEvent["code"], org: string | null, time: number, about: readonly string[],
];

/** A row as SQLite returns it: a damaged value may have turned into a null. */
type Row = readonly [number: number, at: number | null, body: Uint8Array | null];

/** The refused events of a store. */
export class RefusedTable {
  readonly #db: Connection;
  readonly #transaction: (body: () => void) => void;

  /** `transaction` runs its argument in a transaction of the store. */
  constructor(db: Connection, transaction: (body: () => void) => void) {
    this.#db = db;
    this.#transaction = transaction;
  }

  /** Returns the highest number of an event on disk; 0 before the first. */
  get last(): number {
    if (!this.#isMade) return 0;
    const [last] = this.#db.prepare("select max(number) from refused").raw().get() as [number | null];
    return last ?? 0;
  }

  /** Yields the events in order, some at a time, and a SyntaxError in place of a damaged one. */
  *read(): Generator<readonly (RefusedEvent | SyntaxError)[], void> {
    if (!this.#isMade) return;
    const some = this.#db.prepare(`select number, cast(at as integer), cast(body as blob) from refused
      where number > ? order by number limit ${REFUSED_EVENTS_READ_AT_A_TIME}`).raw();
    for (let after = 0; ;) {
      const rows = some.all(after) as Row[];
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(eventOf);
      after = last[0];
    }
  }

  get #isMade(): boolean {
    return this.#db.prepare("select 1 from sqlite_schema where name = 'refused'").raw().get() !== undefined;
  }

  /** Adds events, and deletes those before the number `first`. They are on disk when this returns. */
  append(events: readonly RefusedEvent[], first: number): void {
    this.#transaction(() => {
      this.#db.exec(TABLE);
      const insert = this.#db.prepare("insert into refused values (?, ?, ?)");
      for (const event of events) insert.run(event.number, event.at, bodyOf(event));
      this.#db.prepare("delete from refused where number < ?").run(first);
    });
  }
}

function bodyOf({ after, type, actor, isHashed, source, id, code, org, time, about }: RefusedEvent): string {
  const body: Body = [after, type, actor, isHashed, source, id, code, org, time, about];
  return JSON.stringify(body);
}

function eventOf([number, at, bytes]: Row): RefusedEvent | SyntaxError {
  const body = bodyIn(bytes);
  if (body === undefined || at === null) return new SyntaxError(`the refused event ${number} is damaged`);
  const [after, type, actor, isHashed, source, id, code, org, time, about] = body;
  return { number, at, after, type, actor, isHashed, source, id, code, org, time, about };
}

/** Returns the facts in a body; undefined if it is damaged. */
function bodyIn(bytes: Uint8Array | null): Body | undefined {
  try {
    const body: unknown = JSON.parse(textOf(bytes ?? new Uint8Array()));
    return isBody(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isBody(body: unknown): body is Body {
  if (!Array.isArray(body)) return false;
  const [after, type, actor, isHashed, source, id, code, org, time, about] = body as unknown[];
  return typeof after === "number" && typeof time === "number" && typeof isHashed === "boolean"
    && [type, source, id, code].every((text) => typeof text === "string")
    && [actor, org].every((text) => text === null || typeof text === "string")
    && Array.isArray(about) && about.every((name) => typeof name === "string");
}
