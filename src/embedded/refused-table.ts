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

/** The refused events of a store. */
export class RefusedTable {
  readonly #db: Connection;
  readonly #transaction: (body: () => void) => void;

  /** `transaction` runs its argument in a transaction of the store. */
  constructor(db: Connection, transaction: (body: () => void) => void) {
    this.#db = db;
    this.#transaction = transaction;
  }

  /** Yields the events in order, some at a time. Throws on a damaged row. */
  *read(): Generator<readonly RefusedEvent[], void> {
    if (this.#db.prepare("select 1 from sqlite_schema where name = 'refused'").raw().get() === undefined) return;
    const some = this.#db.prepare(`select number, at, cast(body as blob) from refused where number > ? order by number
      limit ${REFUSED_EVENTS_READ_AT_A_TIME}`).raw();
    for (let after = 0; ;) {
      const rows = some.all(after) as [number, number, Uint8Array][];
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(eventOf);
      after = last[0];
    }
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

function eventOf([number, at, body]: readonly [number, number, Uint8Array]): RefusedEvent {
  const [after, type, actor, isHashed, source, id, code, org, time, about] = JSON.parse(textOf(body)) as Body;
  return { number, at, after, type, actor, isHashed, source, id, code, org, time, about };
}
