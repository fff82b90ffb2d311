// The drawn sequences themselves: they apply every type of event, and about half of all events.
import { expect, test } from "vitest";
import { EVENTS } from "../../src/events/table.ts";
import { DRAWN } from "./drawn-events.ts";
import { covered, holds } from "./law.ts";
import { Play, sequences, type Tally } from "./sequence.ts";

test("every type of event is drawn, applied and refused", () => {
  expect(Object.keys(DRAWN).sort()).toEqual([...EVENTS.keys()].sort());
  const tally: Tally = new Map();
  holds(sequences(100, 100), 500, (seeds) => void new Play(tally).all(seeds));
  const rows = [...EVENTS.keys()].map((type) => {
    const outcomes = tally.get(type) ?? new Map();
    const total = [...outcomes.values()].reduce((sum: number, count: number) => sum + count, 0);
    return { type, total, applied: outcomes.get("applied") ?? 0, outcomes };
  });
  for (const { type, total, applied, outcomes } of rows) {
    const others = [...outcomes].filter(([outcome]) => outcome !== "applied").sort((a, b) => b[1] - a[1])
      .map(([outcome, count]) => `${outcome} ${count}`).join(", ");
    console.log(`${type}: ${applied} of ${total} applied; ${others}`);
  }
  covered(() => {
    for (const { type, total, applied } of rows) {
      expect(applied, `${type} applied`).toBeGreaterThan(0);
      expect(total - applied, `${type} not applied`).toBeGreaterThan(0);
    }
  });
  const share = rows.reduce((sum, row) => sum + row.applied, 0) / rows.reduce((sum, row) => sum + row.total, 0);
  console.log(`${Math.round(share * 100)} % of all events applied`);
  covered(() => expect(share).toBeGreaterThan(0.3));
});

test("the same seeds make the same sequence", () => {
  holds(sequences(10, 20), 10, (seeds) => {
    expect(new Play().all(seeds).sent).toEqual(new Play().all(seeds).sent);
  });
});
