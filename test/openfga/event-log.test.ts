// The log of events on OpenFGA: its pieces, its times and places, and the events of one Write.
import { expect, test } from "vitest";
import { marksOf } from "../../src/ledger/change-marks.ts";
import { recordTextsIn } from "../../src/ledger/event-record.ts";
import { EventLog } from "../../src/openfga/follow/event-log.ts";
import type { FeedWrite } from "../../src/openfga/follow/feed.ts";
import { EVENT_CHUNKS_KEPT, EVENTS_PER_CHUNK } from "../../src/openfga/openfga-limits.ts";
import type { Tuple, TupleKey } from "../../src/tuples/tuple.ts";
import { recordOf } from "./event-records.ts";

const member = (name: string): TupleKey => ({ object: "org:fc", relation: "member", user: `user:${name}` });
const at = (n: number): TupleKey => ({ object: "ledger:org/fc", relation: "at", user: `value:${n}` });

/** The Write of a revision, with the tuples of its events. */
function write(revision: number, time: number, writes: readonly Tuple[], deletes: readonly TupleKey[] = []): FeedWrite {
  return {
    stamp: `t${time}.${revision}`, at: time, steps: [{ ledger: "ledger:org/fc", from: revision - 1, to: revision }],
    writes: [at(revision), ...writes], deletes: [...(revision === 1 ? [] : [at(revision - 1)]), ...deletes],
  };
}

/** The members that each row of a log writes and deletes. */
const membersIn = (log: EventLog): string[][] => log.read(1, 10).map(({ writes, deletes }) =>
  [...writes, ...deletes].filter(({ object }) => object === "org:fc").map(({ user }) => user));

test("rows are read as they were added, in whatever pieces, and found by time and place", () => {
  const log = new EventLog();
  const count = (EVENT_CHUNKS_KEPT + 2) * EVENTS_PER_CHUNK + 3;
  // The clock goes back once.
  const timeOf = (n: number): number => (n === 100 ? 500 : n * 10);
  for (let n = 1; n <= count; n++) {
    expect(log.last).toBe(n - 1);
    log.add(write(n, timeOf(n), [recordOf(`e${n}`, n), member(`m${n}`)]));
  }
  expect(log.last).toBe(count);
  for (const [from, limit] of [[1, 3], [EVENTS_PER_CHUNK, 2], [count - 1, 10], [1, count], [count + 1, 5]] as const) {
    const rows = log.read(from, limit);
    expect(rows.map(({ seq }) => seq)).toEqual(
      Array.from({ length: Math.max(0, Math.min(limit, count + 1 - from)) }, (_, i) => from + i));
    for (const { seq, writes } of rows) expect(writes).toContainEqual(member(`m${seq}`));
  }
  expect([...log.some([count, 70, 2])].map(({ seq }) => seq)).toEqual([count, 70, 2]);
  for (const n of [1, 63, 64, 65, 99, 101, 5000, count]) {
    expect(log.latestUpTo(n)).toBe(n * 10);
    expect([n, log.firstSince(n * 10), log.firstSince(n * 10 - 9)]).toEqual([n, n, n === 101 ? 101 : n]);
    expect(log.numberOf(log.read(n, 1)[0]!.place, timeOf(n))).toBe(n);
  }
  expect(log.numberOf("t1000.1/0", 1000)).toBeUndefined();
  expect(log.firstSince(count * 10 + 1)).toBe(count + 1);
  expect(log.numberOf(log.read(100, 1)[0]!.place, timeOf(100))).toBe(100);
});

test("the events of one Write are separate rows, each with the tuples that have its marks", () => {
  const log = new EventLog();
  const of = (id: string, revision: number, name: string): Tuple =>
    recordOf(id, revision, { marks: marksOf({ writes: [member(name)], deletes: [member(`${name}-before`)] }) });
  const unchanged = recordOf("three", 4, { status: "unchanged" });
  log.add(write(4, 10, [of("two", 3, "ben"), of("one", 2, "ann"), unchanged, member("ann"), member("ben")],
    [member("ben-before"), member("ann-before")]));
  expect(membersIn(log)).toEqual([["user:ann", "user:ann-before"], ["user:ben", "user:ben-before"], []]);
  expect(log.read(1, 10).map(({ place }) => place)).toEqual(["t10.4/0", "t10.4/1", "t10.4/2"]);
});

test("of events of an earlier build that share a Write, the first has all changes; a foreign one is none", () => {
  const log = new EventLog();
  log.add({ ...write(2, 10, [member("x")]), steps: [] });
  expect(log.last).toBe(0);
  log.add(write(3, 10, [recordOf("none", 1, { status: "unchanged" }), recordOf("two", 3), recordOf("one", 2),
    member("ann"), member("ben")], [member("cat")]));
  expect(membersIn(log)).toEqual([[], ["user:ann", "user:ben", "user:cat"], []]);
  expect(log.read(1, 10).map(({ writes }) => recordTextsIn(writes).length)).toEqual([1, 1, 1]);
});

test("each event of a Write is judged by its own marks, and each change stands in one row", () => {
  const log = new EventLog();
  const marked = (id: string, revision: number, names: readonly string[]): Tuple =>
    recordOf(id, revision, { marks: marksOf({ writes: names.map(member), deletes: [] }) });
  log.add(write(5, 10, [marked("one", 2, ["ann"]), marked("none", 3, []), recordOf("early", 4),
    marked("two", 5, ["ann", "ben"]), member("ann"), member("ben"), member("cat")], [member("dan")]));
  expect(membersIn(log)).toEqual([["user:ann"], [], ["user:cat", "user:dan"], ["user:ben"]]);
  log.add(write(7, 20, [marked("three", 6, []), marked("four", 7, ["eve"]), member("eve")], [member("ann")]));
  expect(membersIn(log).slice(4)).toEqual([["user:ann"], ["user:eve"]]);
  expect(log.tuples.users("org:fc", "member")).toEqual(["user:cat", "user:ben", "user:eve"]);
});

test("each event of one Write moves the revision of its own ledger", () => {
  const log = new EventLog();
  log.add(write(1, 10, [recordOf("zero", 1), member("zoe")]));
  log.add({
    stamp: "t20", at: 20, steps: [{ ledger: "ledger:org/fc", from: 1, to: 4 }], deletes: [at(1)],
    writes: [at(4), recordOf("three", 4, { status: "unchanged" }),
      recordOf("two", 3, { marks: marksOf({ writes: [], deletes: [] }) }),
      recordOf("one", 2, { marks: marksOf({ writes: [member("ann")], deletes: [] }) }), member("ann")],
  });
  const moves = log.read(1, 10).map(({ writes, deletes }) =>
    [deletes, writes].map((keys) => keys.filter(({ relation }) => relation === "at").map(({ user }) => user).join()));
  expect(moves).toEqual([["", "value:1"], ["value:1", "value:2"], ["value:2", "value:3"], ["value:3", "value:4"]]);
  expect(log.tuples.users("ledger:org/fc", "at")).toEqual(["value:4"]);
  expect(log.tuples.size).toBe(3);
});

test("a foreign Write is a row of what it changed, without bookkeeping", () => {
  const log = new EventLog();
  const when = (time: number, writes: readonly Tuple[], deletes: readonly TupleKey[] = []): FeedWrite =>
    ({ stamp: `f${time}`, at: time, steps: [], writes, deletes });
  const limited = { ...member("ann"), condition: { name: "before", context: { until: 1 } } };
  log.add(write(1, 10, [recordOf("one", 1), member("ann")]));
  log.addForeign(when(20, [member("ann"), at(9), recordOf("two", 9)], [member("ben"), at(1)]));
  expect(log.last).toBe(1);
  log.addForeign(when(30, [limited, member("cat")], []));
  log.addForeign(when(25, [], [member("ann"), member("ben")]));
  expect(log.read(2, 10).map(({ at: time, place, writes, deletes }) => [time, place, writes, deletes])).toEqual([
    [30, "f30/0", [], [member("ann")]], [30, "f30/1", [limited, member("cat")], []], [25, "f25/1", [], [member("ann")]],
  ]);
  expect([1, 2, 3, 4].map((seq) => log.latestUpTo(seq))).toEqual([10, 30, 30, 30]);
  expect(log.tuples.users("org:fc", "member")).toEqual(["user:cat"]);
});

test("marks are of a write of at most 100 tuples", () => {
  const all = Array.from({ length: 101 }, (_, n) => member(`m${n}`));
  expect(marksOf({ writes: all.slice(1), deletes: [] })).toHaveLength(500);
  expect(marksOf({ writes: all, deletes: [] })).toBe("");
  expect(marksOf({ writes: [], deletes: [] })).toBe("none");
});
