// The bodies of reasons are made in parts: finding the event behind a tuple reads the log.
import { expect, test } from "vitest";
import { StoreOrigins } from "../../src/embedded/store-origins.ts";
import { ORIGIN_ROWS_AT_A_TIME, ROWS_READ_FOR_AN_EVENT } from "../../src/embedded/embedded-limits.ts";
import { Pace, partsBy } from "../../src/reasons/pace.ts";
import { MS_PER_REASON_PART } from "../../src/reasons/reasons-limits.ts";
import { bodiesOf, missingBody, Origins, reasonBody } from "../../src/http/reason-bodies.ts";

const tuple = (n: number) => ({ user: `user:u${n}`, relation: "member", object: "org:fc" });

/** Origins that count their searches. */
function counting() {
  const asked: string[] = [];
  const origins = {
    writtenBy: ({ user }: { user: string }) => void asked.push(user),
    endedBy: ({ user }: { user: string }) => void asked.push(`-${user}`),
  };
  // Each search takes as long as a part.
  let clock = 0;
  const pace = new Pace(partsBy(() => clock += MS_PER_REASON_PART));
  return { asked, origins: new Origins(origins, pace) };
}

test("a part of slow searches seeks the event of one tuple, and the event of a tuple is sought once", () => {
  const { asked, origins } = counting();
  const reasons = [[tuple(1), tuple(2)], [tuple(2), tuple(3)]].map((tuples) => ({ rules: [], text: "", tuples }));
  const work = bodiesOf(reasons, reasonBody, origins);
  for (let before = 0; work.next().done !== true; before = asked.length) {
    expect(asked.length).toBeLessThanOrEqual(before + 1);
  }
  expect(asked).toEqual(["user:u1", "user:u2", "user:u3"]);
});

test("so does a part of a way to a yes", () => {
  const { asked, origins } = counting();
  const way = { rules: [], text: "", present: [tuple(1)], absent: [tuple(2)], against: [tuple(3)], events: [] };
  const work = bodiesOf([way], missingBody, origins);
  for (let before = 0; work.next().done !== true; before = asked.length) {
    expect(asked.length).toBeLessThanOrEqual(before + 1);
  }
  expect(asked).toEqual(["user:u1", "-user:u2", "user:u3"]);
});

test("quick searches share a part", () => {
  let clock = 0;
  const found = { writtenBy: () => void clock++, endedBy: () => undefined };
  const origins = new Origins(found, new Pace(partsBy(() => clock)));
  const reasons = [{ rules: [], text: "", tuples: Array.from({ length: 9 }, (_, n) => tuple(n)) }];
  let parts = 1;
  for (const work = bodiesOf(reasons, reasonBody, origins); work.next().done !== true;) parts++;
  expect(parts).toBe(1 + Math.floor(9 / MS_PER_REASON_PART));
});

test.each([[1, 1], [2, 2], [3, 2], [4, 3], [31, 5], [32, 6], [ROWS_READ_FOR_AN_EVENT + 1, 34]])(
  "an event in row %i of its time is found by %i reads of the log, and none reads more than the limit",
  (place, expected) => {
    let reads = 0;
    const store = {
      lastDelta: 1000, rowTimes: { writtenAt: () => 5, endedAt: () => undefined },
      logTimes: { latest: (from: number) => [from, 5] },
      logRows: (from: number, limit: number) => {
        reads++;
        expect(limit).toBeLessThanOrEqual(ORIGIN_ROWS_AT_A_TIME);
        return Array.from({ length: limit }, (_, i) => [from + i, 5, [[], [[
          "org:fc", "member", from + i === place ? "user:u1" : "user:other"]], 1]]);
      },
    };
    const found: unknown[] = [];
    const rowEvents = { eventOf: (seq: number) => void found.push(seq) };
    const origins = new StoreOrigins(store as never, { originNow: () => undefined }, rowEvents);
    origins.writtenBy(tuple(1));
    expect([found, reads]).toEqual([[place], expected]);
    // The rows are small, so they are kept, up to a number of them.
    if (place < 100) origins.writtenBy(tuple(1));
    expect(reads).toBe(expected);
  });
