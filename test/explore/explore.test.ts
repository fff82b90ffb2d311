// The invariants hold in every state, and the laws on every sampled transition, of an exhaustive exploration.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EVENTS } from "../../src/events/table.ts";
import { ROOT } from "../live/pins.ts";
import { SEED } from "../laws/law.ts";
import { Exploration, type Result } from "./exploration.ts";
import { INVARIANTS } from "./invariants.ts";
import { WAIT } from "./move.ts";
import { SLICES } from "./slices.ts";

/** Number of states over all slices, and in each: three slices have fewer in all. */
const STATES = 20_000;
const STATES_IN_SLICE = STATES / (SLICES.length - 3);

const results: Result[] = [];

const NAMED = SLICES.map((slice) => [slice.name, slice] as const);

test.each(NAMED)("%s: every state and transition is sound", (_, slice) => {
  const result = new Exploration(slice, { states: STATES_IN_SLICE, sampled: 1, of: 1 }, SEED).all();
  results.push(result);
  const { faults, ...counts } = result;
  console.log(JSON.stringify(counts));
  expect(faults.join("\n\n")).toBe("");
});

test("enough was explored", () => {
  const states = results.reduce((sum, result) => sum + result.states, 0);
  console.log(`${states} states, ${results.reduce((sum, { lawful }) => sum + lawful, 0)} transitions (seed ${SEED})`);
  expect(states).toBeGreaterThanOrEqual(STATES);
});

test("every type of event is played by some slice", () => {
  const played = new Set(SLICES.flatMap(({ founding, moves }) => [...founding, ...moves]).map(({ type }) => type));
  expect([...EVENTS.keys(), WAIT].filter((type) => !played.has(type))).toEqual([]);
});

describe("the invariants", () => {
  test("have names of their own, and the code that keeps each exists", () => {
    const names = INVARIANTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const missing = INVARIANTS.flatMap(({ keptBy }) => keptBy).filter((link) => {
      const [file = "", name = ""] = link.split("#");
      return !new RegExp(`\\b${name}\\b`).test(readFileSync(join(ROOT, "src", file), "utf8"));
    });
    expect(missing).toEqual([]);
  });
});
