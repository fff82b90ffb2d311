// The event of a row: by the record in its write, which may have several rows, or in the first write of the event.
import { describe, expect, test } from "vitest";
import { EventKeys } from "../../src/history/event-keys.ts";
import { PARTS_READ_FOR_AN_EVENT, ROWS_READ_WITHOUT_INDEX } from "../../src/history/history-limits.ts";
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
    // Without the index rows are read one by one, the other org's as well.
    expect(rows.typesBy(NONE).slice(702)).toEqual([undefined, undefined, "member.removed"]);
    await index.stop();
  });

  test("is sought in 600 writes by the index, and in 100 rows without it or after a fault of it", async () => {
    expect([PARTS_READ_FOR_AN_EVENT, ROWS_READ_WITHOUT_INDEX]).toEqual([600, 100]);
    const rows = new Rows();
    rows.add([at(1), record("org.deleted", 1), PENDING], []);
    for (let n = 2; n <= PARTS_READ_FOR_AN_EVENT + 2; n++) rows.add([at(n)], [at(n - 1), member(`m${n}`)], false);
    const index = rows.index();
    await index.whole();
    expect(rows.typesBy(index).slice(-2)).toEqual(["org.deleted", undefined]);
    const plainly = ["org.deleted", undefined];
    expect(rows.typesBy(NONE).slice(ROWS_READ_WITHOUT_INDEX, ROWS_READ_WITHOUT_INDEX + 2)).toEqual(plainly);
    const faults: unknown[] = [];
    const broken = {
      ready: () => ({
        *newest() {
          yield 100;
          throw new IndexFault("damaged");
        },
      }) as unknown as PostingIndex,
      faulty: (error: unknown) => faults.push(error) > 0,
    };
    const events = new RowEvents({ log: rows.read, index: broken, seed: SEED });
    expect([events.eventOf(101)?.type, events.eventOf(102)]).toEqual(plainly);
    expect(faults).toEqual([new IndexFault("damaged"), new IndexFault("damaged")]);
    await index.stop();
  });

  test("that is not found without the index is not sought again until the index is complete", async () => {
    const rows = new Rows();
    rows.add([at(1), record("org.deleted", 1), PENDING], []);
    for (let n = 2; n <= 300; n++) rows.add([at(n)], [at(n - 1), member(`m${n}`)], false);
    const index = rows.index();
    await index.whole();
    let [reads, isComplete] = [0, false];
    const log: ReadLog = (from, limit) => {
      const read = rows.read(from, limit);
      reads += read.length;
      return read;
    };
    const ready = (): PostingIndex | undefined => isComplete ? index.ready() : undefined;
    const events = new RowEvents({ log, index: { ready, faulty: () => false }, seed: SEED });
    const seek = (seq: number): [type: string | undefined, reads: number] => {
      const before = reads;
      return [events.eventOf(seq)?.type, reads - before];
    };
    expect([seek(300), seek(300)]).toEqual([[undefined, 101], [undefined, 0]]);
    isComplete = true;
    expect([seek(300), seek(300)]).toEqual([["org.deleted", 300], ["org.deleted", 0]]);
    await index.stop();
  });

  test("that does not exist is not sought again, once no row can follow that completes the write", () => {
    const rows = new Rows();
    let reads = 0;
    const log: ReadLog = (from, limit) => {
      reads++;
      return rows.read(from, limit);
    };
    const events = new RowEvents({ log, index: NONE, seed: SEED });
    for (let n = 1; n < 100; n++) rows.add([member(`m${n}`)], []);
    rows.add([], [member("m1")], false);
    for (const [seq, isFinal] of [[1, true], [84, true], [85, false], [100, false]] as const) {
      expect([seq, events.eventOf(seq)]).toEqual([seq, undefined]);
      const before = reads;
      expect([seq, events.eventOf(seq), reads === before]).toEqual([seq, undefined, isFinal]);
    }
    rows.add([at(1), record("org.created", 1)], []);
    expect(rows.rows.map(({ seq }) => events.eventOf(seq)?.type).slice(98))
      .toEqual([undefined, "org.created", "org.created"]);
  });
});
