// Pages of a history at their limits, and while its index is late or damaged.
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { HistoryFilter, HistoryPage } from "../../src/history/event-history.ts";
import { EventKeys } from "../../src/history/event-keys.ts";
import {
  HISTORY_MS_PER_TURN, HISTORY_STEPS_PER_TURN, MAX_EVENTS_LOOKED_AT, MAX_TUPLES_PER_PAGE, REFUSED_EVENTS_PER_STEP,
} from "../../src/history/history-limits.ts";
import { IndexedLog } from "../../src/history/indexed-log.ts";
import type { LogDelta, ReadLog } from "../../src/history/log-delta.ts";
import { LogHistory, type HistoryParts } from "../../src/history/log-history.ts";
import { IndexFault } from "../../src/history/posting-file.ts";
import type { PostingIndex } from "../../src/history/posting-index.ts";
import { RefusedEvents, type RefusedEvent } from "../../src/history/refused-events.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";

interface Made {
  readonly type?: string;
  readonly user?: string;
  readonly tuples?: number;
}

/** A log whose rows are events, each made of a few facts. */
class MadeLog {
  readonly made: Made[] = [];
  readonly tuples = createTupleSet();

  readonly read: ReadLog = (from, limit) => {
    const rows: LogDelta[] = [];
    for (let seq = from; seq <= this.made.length && rows.length < limit; seq++) rows.push(this.#row(seq));
    return rows;
  };

  history(index?: Pick<IndexedLog<LogDelta>, "whole" | "faulty">, more: Partial<HistoryParts> = {}): LogHistory {
    return new LogHistory({
      log: this.read, some: (numbers) => numbers.map((seq) => this.#row(seq)), last: () => this.made.length,
      firstSince: async () => 1, recordedAt: async (seq) => seq, refused: new RefusedEvents(), tuples: this.tuples,
      now: () => 0, emailHash: undefined,
      index: (index ?? { whole: async () => undefined, faulty: () => false }) as IndexedLog<LogDelta>, seed: 5, ...more,
    });
  }

  index(): IndexedLog<LogDelta> {
    const keysOf = new EventKeys(this.read, this.tuples, 5).of;
    return new IndexedLog<LogDelta>({
      source: "made", last: () => this.made.length, rows: this.read, keysOf, markOf: ({ seq }) => seq,
    }, { path: ":memory:", failed: (error) => { throw error; } });
  }

  #row(seq: number): LogDelta {
    const { type = "member.added", user = "ann", tuples = 1 } = this.made[seq - 1]!;
    const at = (n: number) => ({ object: "ledger:org/fc", relation: "at", user: `value:${n}` });
    const facts = ["applied", type, "", "fc", seq, 0, "c"].join("|>");
    return {
      seq, at: seq, events: seq, deletes: seq === 1 ? [] : [at(seq - 1)],
      writes: [
        at(seq), { object: `event:${seq}`, relation: "applied", user: `value:${facts}` },
        ...Array.from({ length: tuples }, (_, n) =>
          ({ object: `team:${seq}-${n}`, relation: "x", user: `user:${user}` })),
      ],
    };
  }
}

const places = ({ events }: HistoryPage): (number | null)[] => events.map(({ revision }) => revision);

async function pageOf(history: LogHistory, filter: HistoryFilter, place?: string): Promise<HistoryPage> {
  return (await history.page(filter, 100, place))!;
}

test("a page without an index looks at 20,000 events, and the next continues there", async () => {
  const log = new MadeLog();
  log.made.push({ type: "org.created" });
  for (let n = 1; n < MAX_EVENTS_LOOKED_AT; n++) log.made.push({});
  expect(await pageOf(log.history(), { type: "org.created" })).toMatchObject({ next: undefined, events: [{}] });
  log.made.push({});
  const first = await pageOf(log.history(), { type: "org.created" });
  expect([first.events, first.next]).toEqual([[], expect.any(String)]);
  const second = await pageOf(log.history(), { type: "org.created" }, first.next);
  expect([places(second), second.next]).toEqual([[1], undefined]);
});

test("a page ends with the event that brings it to 10,000 tuples, however many follow", async () => {
  const log = new MadeLog();
  for (const tuples of [3, 4, 1, MAX_TUPLES_PER_PAGE - 2, 2 * MAX_TUPLES_PER_PAGE]) log.made.push({ tuples });
  const pages: (number | null)[][] = [];
  for (let place: string | undefined; ;) {
    const page = await pageOf(log.history(), {}, place);
    pages.push(places(page));
    if (page.next === undefined) break;
    place = page.next;
  }
  expect(pages).toEqual([[5], [4, 3, 2], [1]]);
});

test("an event whose record an earlier build wrote has no source and no id", async () => {
  const log = new MadeLog();
  log.made.push({});
  expect((await pageOf(log.history(), {})).events).toMatchObject([{ type: "member.added", source: null, id: null }]);
});

test("a page of exactly all events is the last one", async () => {
  const log = new MadeLog();
  for (let n = 0; n < 100; n++) log.made.push({});
  expect((await pageOf(log.history(), {})).next).toBeUndefined();
  log.made.push({});
  const first = await pageOf(log.history(), {});
  expect(places(first)).toHaveLength(100);
  expect(places(await pageOf(log.history(), {}, first.next))).toEqual([1]);
});

test("a late index is not waited for; a damaged one is made again, and the page is complete", async () => {
  const log = new MadeLog();
  for (let n = 0; n < 50; n++) log.made.push({ user: n % 7 === 0 ? "ben" : "ann" });
  const expected = [50, 43, 36, 29, 22, 15, 8, 1];
  const late = { whole: () => new Promise<undefined>(() => {}), faulty: () => false };
  expect(places(await pageOf(log.history(late), { user: "ben" }))).toEqual(expected);

  const index = log.index();
  expect(places(await pageOf(log.history(index), { user: "ben" }))).toEqual(expected);
  let faults = 0;
  const damaged = {
    whole: async () => ({
      newest: function* () {
        yield 50;
        yield 43;
        throw new IndexFault("damaged");
      },
    }) as unknown as PostingIndex,
    faulty: (error: unknown) => ++faults > 0 && error instanceof IndexFault,
  };
  expect(places(await pageOf(log.history(damaged), { user: "ben" }))).toEqual(expected);
  expect(faults).toBe(1);
  await index.stop();
});

const refusedOf = (number: number): RefusedEvent => ({
  number, after: 1, type: "member.added", actor: "ann", isHashed: false, source: "/s", id: `e${number}`,
  code: "actor_not_allowed", org: "fc", about: ["user:ben"], time: 0, at: number,
});

/** Calls `seen` in each turn of the event loop until a page is there, and once after it. */
async function duringPage(page: Promise<unknown>, seen: () => void): Promise<void> {
  let isDone = false;
  const done = page.then(() => {
    isDone = true;
  });
  while (!isDone) {
    seen();
    await nextTurn();
  }
  seen();
  await done;
}

test("a turn ends after 5 ms, however few rows it read", async () => {
  const log = new MadeLog();
  for (let n = 0; n < 60; n++) log.made.push({});
  let [read, before, most] = [0, 0, 0];
  const some: HistoryParts["some"] = function* (numbers) {
    for (const row of numbers.flatMap((seq) => log.read(seq, 1))) {
      for (const until = performance.now() + 2; performance.now() < until;);
      read++;
      yield row;
    }
  };
  await duringPage(pageOf(log.history(undefined, { some }), { type: "org.created" }), () => {
    most = Math.max(most, read - before);
    before = read;
  });
  expect([HISTORY_MS_PER_TURN, read]).toEqual([5, 60]);
  expect(most).toBeLessThanOrEqual(HISTORY_MS_PER_TURN / 2 + 1);
});

test("refused events that are not asked for are looked at over several turns", async () => {
  expect([HISTORY_STEPS_PER_TURN, REFUSED_EVENTS_PER_STEP]).toEqual([200, 200]);
  const log = new MadeLog();
  log.made.push({});
  const refused = new RefusedEvents();
  for (let number = 1; number < 100_000; number++) refused.add(refusedOf(number));
  const turns = async (filter: HistoryFilter): Promise<number> => {
    let count = 0;
    await duringPage(pageOf(log.history(undefined, { refused }), filter), () => count++);
    return count;
  };
  const [all, few] = [await turns({ outcome: "refused", user: "nobody" }), await turns({ outcome: "refused" })];
  expect(all - few).toBeGreaterThanOrEqual(2);
});

test("refused events are listed once, also while the oldest are dropped", () => {
  const refused = new RefusedEvents({ events: 10, characters: Infinity });
  for (let number = 1; number <= 10; number++) refused.add(refusedOf(number));
  const listed: number[] = [];
  for (const { number } of refused.newest(Infinity)) {
    listed.push(number);
    if (number === 9) for (let more = 11; more <= 16; more++) refused.add(refusedOf(more));
  }
  expect(listed).toEqual([10, 9, 8, 7]);
  expect([...refused.newest(15)].map(({ number }) => number)).toEqual([14, 13, 12, 11, 10, 9, 8, 7]);
});

test("a place of another kind is none", async () => {
  const log = new MadeLog();
  for (const place of ["", "1", "1.2.3", "-1.2", "a.b", `${"9".repeat(16)}.1`]) {
    expect(await log.history().page({}, 1, place)).toBeUndefined();
  }
});
