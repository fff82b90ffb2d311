// The invariants hold in every state, and the laws on every sampled transition, of an exhaustive exploration.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EVENTS } from "../../src/events/table.ts";
import { SEED } from "../laws/law.ts";
import { Exploration, type Result } from "./exploration.ts";
import { Explorer } from "./explorer.ts";
import { FoundStates } from "./found-states.ts";
import { REAL, WAIT } from "./move.ts";
import { SLICES } from "./slices.ts";
import { NAME } from "./shapes.ts";
import { Symmetry } from "./symmetry.ts";

/** Number of states over all slices. `npm run explore` finds more. */
const STATES = 20_000;

/** The small slices first: what they lack, the others explore in addition. */
const ORDERED = SLICES.toSorted((a, b) => a.moves.length - b.moves.length);

const results: Result[] = [];

const NAMED = ORDERED.map((slice) => [slice.name, slice] as const);

test.each(NAMED)("%s: every state and transition is sound", (_, slice) => {
  const missing = STATES - results.reduce((sum, { states }) => sum + states, 0);
  const bounds = { states: Math.ceil(missing / (SLICES.length - results.length)), sampled: 1, of: 1 };
  const result = new Exploration(slice, bounds, SEED).all();
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

test("a run that continues another one finds the states that one run finds, and has its counts", () => {
  const folder = mkdtempSync(join(tmpdir(), "sideline-explore-"));
  try {
    const slice = SLICES[0]!;
    const explored = (states: number, kept?: FoundStates): Exploration => {
      const run = new Exploration(slice, { states, sampled: 1, of: 3 }, SEED, kept);
      run.all();
      return run;
    };
    const earlier = explored(150, new FoundStates(folder, slice, ""));
    const again = explored(150, new FoundStates(folder, slice, ""));
    expect(again.result).toEqual(earlier.result);
    const continued = explored(400, new FoundStates(folder, slice, ""));
    const once = explored(400);
    expect(once.result.applied).toBeGreaterThan(earlier.result.applied);
    expect(continued.result).toEqual(once.result);
    expect(continued.byType).toEqual(once.byType);
    for (const state of [1, 149, 200, once.explorer.states - 1]) {
      expect(continued.explorer.trace(state)).toEqual(once.explorer.trace(state));
    }
    // Another version of the code begins again.
    expect([...new FoundStates(folder, slice, "other").read()]).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("exchanging names that a slice does not fix exchanges its moves", () => {
  for (const { name, moves, fixed } of SLICES) {
    const printed = new Set(moves.map((move) => JSON.stringify(move)));
    const names = new Set([...printed].flatMap((text) => text.match(NAME) ?? [])
      .filter((one) => !fixed.includes(one[0]!)));
    for (const a of names) {
      for (const b of names) {
        if (a >= b || a[0] !== b[0]) continue;
        const lost = [...printed].filter((text) =>
          !printed.has(text.replace(NAME, (one) => (one === a ? b : one === b ? a : one))));
        expect(lost.slice(0, 3), `${name}: ${a} and ${b}`).toEqual([]);
      }
    }
  }
});

test("states that differ in names have one key, and others have different keys", () => {
  const explorer = new Explorer(SLICES[0]!, REAL);
  while (explorer.states < 60) explorer.expand(() => undefined);
  const symmetry = new Symmetry("o", false);
  const keys = Array.from({ length: explorer.states }, (_, state) => {
    const { tuples } = explorer.goTo(state);
    const renamed = tuples.map((tuple) => JSON.parse(JSON.stringify(tuple)
      .replaceAll(/(?<![A-Za-z0-9])([uta])([12])(?![A-Za-z0-9])/g, (_, letter, n) => letter + (3 - Number(n)))));
    expect(symmetry.keyOf(renamed.reverse(), "0")).toBe(symmetry.keyOf(tuples, "0"));
    return symmetry.keyOf(tuples, "0");
  });
  expect(new Set(keys).size).toBe(explorer.states);
});
