// The event of a row: by the record in its write, which may have several rows, or in the first write of the event.
import { describe, expect, test } from "vitest";
import { EventKeys } from "../../src/history/event-keys.ts";
import { PARTS_READ_FOR_AN_EVENT } from "../../src/history/history-limits.ts";
import { IndexedLog } from "../../src/history/indexed-log.ts";
import type { LogDelta, ReadLog } from "../../src/history/log-delta.ts";
import { IndexFault } from "../../src/history/posting-file.ts";
import type { PostingIndex } from "../../src/history/posting-index.ts";
import { RowEvents } from "../../src/history/row-events.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";

const SEED = 5;
const at = (n: number, org = "fc"): Tuple => ({ object: `ledger:org/${org}`, relation: "at", user: `value:${n}` });
const member = (name: string): Tuple => ({ object: "org:fc", relation: "member", user: `user:${name}` });
const record = (type: string, revision: number): Tuple => ({
  object: `event:${revision}`, relation: "applied",
  user: `value:${["applied", type, "", "fc", revision, 0, "c"].join("|>")}`,
});
const PENDING: Tuple = { object: "ledger:org/fc", relation: "pending", user: "event:1" };

/** A log of rows, and its index. */
class Rows {
  readonly rows: LogDelta[] = [];
  readonly read: ReadLog = (from, limit) => this.rows.slice(from - 1, from - 1 + limit);

  /** Adds a row; `isLast`: it completes its event. */
  add(writes: readonly Tuple[], deletes: readonly Tuple[], isLast = true): void {
    const seq = this.rows.length + 1;
    this.rows.push({ seq, at: seq, writes, deletes, events: (this.rows.at(-1)?.events ?? 0) + (isLast ? 1 : 0) });
  }

  index(): IndexedLog<LogDelta> {
    return new IndexedLog<LogDelta>({
      source: "rows", last: () => this.rows.length, rows: this.read,
      keysOf: new EventKeys(this.read, createTupleSet(), SEED).of, markOf: ({ seq }) => seq,
    }, { path: ":memory:", failed: (error) => expect.fail(String(error)) });
  }

  /** The type of the event of each row. */
  typesBy(index: Pick<IndexedLog<LogDelta>, "ready" | "faulty">): (string | undefined)[] {
    const events = new RowEvents({ log: this.read, index, seed: SEED });
    return this.rows.map(({ seq }) => events.eventOf(seq)?.type);
  }
}

const NONE = { ready: () => undefined, faulty: () => false };

describe("the event of a row", () => {
  test("is that of the write which the row is a part of", async () => {
    const rows = new Rows();
    const many = Array.from({ length: 240 }, (_, n) => member(`m${n}`));
    rows.add([member("first")], []);
    rows.add([at(1), record("org.created", 1)], []);
    rows.add([], [at(1), ...many.slice(0, 99)], false);
    rows.add([], [member("first")], false);
    rows.add(many.slice(100, 200), [], false);
    rows.add([...many.slice(200), at(2), record("team.moved", 2)], []);
    rows.add([at(3), record("member.added", 3), member("ann")], [at(2)]);
    const index = rows.index();
    await index.whole();
    const types = [undefined, "org.created", ...Array<string>(4).fill("team.moved"), "member.added"];
    expect([rows.typesBy(index), rows.typesBy(NONE)]).toEqual([types, types]);

    let reads = 0;
    const log: ReadLog = (from, limit) => {
      reads++;
      return rows.read(from, limit);
    };
    const events = new RowEvents({ log, index, seed: SEED });
    const first = events.eventOf(3);
    const before = reads;
    expect([first?.type, events.eventOf(3), reads]).toEqual(["team.moved", first, before]);
    await index.stop();
  });

  test("is that of the first of its writes, whatever other orgs write in between", async () => {
    const rows = new Rows();
    rows.add([at(1), record("org.created", 1)], []);
    rows.add([at(2), record("team.deleted", 2), PENDING], [at(1)]);
    for (let n = 1; n <= 700; n++) rows.add([at(n, "other")], n === 1 ? [] : [at(n - 1, "other")]);
    rows.add([at(3)], [at(2), member("a")]);
    rows.add([at(4)], [at(3), member("b"), PENDING]);
    rows.add([at(5), record("member.removed", 5)], [at(4), member("c")]);
    const index = rows.index();
    await index.whole();
    const last = ["team.deleted", "team.deleted", "member.removed"];
    expect(rows.typesBy(index).slice(702)).toEqual(last);
    // Without the index all rows are read, but no more of them than writes with it.
    expect(rows.typesBy(NONE).slice(702)).toEqual([undefined, undefined, "member.removed"]);
    await index.stop();
  });

  test("is sought in 600 writes, and without the index after a fault of it", async () => {
    expect(PARTS_READ_FOR_AN_EVENT).toBe(600);
    const rows = new Rows();
    rows.add([at(1), record("org.deleted", 1), PENDING], []);
    for (let n = 2; n <= PARTS_READ_FOR_AN_EVENT + 2; n++) rows.add([at(n)], [at(n - 1), member(`m${n}`)], false);
    const index = rows.index();
    await index.whole();
    for (const by of [index, NONE]) {
      expect(rows.typesBy(by).slice(-2)).toEqual(["org.deleted", undefined]);
    }
    const faults: unknown[] = [];
    const broken = {
      ready: () => ({
        *newest() {
          yield 600;
          throw new IndexFault("damaged");
        },
      }) as unknown as PostingIndex,
      faulty: (error: unknown) => faults.push(error) > 0,
    };
    expect(new RowEvents({ log: rows.read, index: broken, seed: SEED }).eventOf(601)?.type).toBe("org.deleted");
    expect(faults).toEqual([new IndexFault("damaged")]);
    await index.stop();
  });
});
