// Earlier runs count in later ones: their violations, their states up to a kill, and the version of their code.
import {
  appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isExplored, unknownSlices, wanted } from "../../scripts/explore-wanted.mjs";
import { Exploration } from "./exploration.ts";
import { FoundStates, hashOf } from "./found-states.ts";
import { SLICES } from "./slices.ts";

const SLICE = SLICES.find(({ name }) => name === "program")!;
const SEED = 1;

/** The number of new states before the one that violates an invariant. */
let soundFor = Infinity;
vi.mock("./invariants.ts", () => ({ violations: () => (soundFor-- === 0 ? ["a violation"] : []) }));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sideline-found-"));
  soundFor = Infinity;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A run up to a number of states that starts from the folder. */
const run = (states: number): Exploration =>
  new Exploration(SLICE, { states, sampled: 1, of: 3 }, SEED, new FoundStates(folder, SLICE, ""));

/** Path of the file with the states. */
const file = (): string => join(folder, readdirSync(folder).find((name) => !name.includes("."))!);

test("a run reports the violations of an earlier one again, and stops", () => {
  soundFor = 600;
  const broken = run(900).all();
  expect(broken.states).toBeGreaterThanOrEqual(900);
  expect(broken.faults).toHaveLength(1);
  expect(broken.faults[0]).toMatch(/^a violation\n {4}\S/);

  soundFor = Infinity;
  const next = run(900);
  expect(next.isDone).toBe(true);
  const kept = next.all();
  expect(kept.faults).toEqual(broken.faults);
  // Its counts and its states are those of the expansions before the violation.
  const sound = new Exploration(SLICE, { states: 900, sampled: 1, of: 3 }, SEED);
  while (sound.explorer.expanded < kept.expanded) sound.step();
  expect(kept).toEqual({ ...sound.result, faults: broken.faults });
  expect(kept.states).toBeLessThanOrEqual(600);
  sound.step();
  expect(sound.explorer.states).toBeGreaterThan(600);
  expect(run(900).all()).toEqual(kept);
});

test("a violation is on disk at once, with the sound expansions before it", () => {
  soundFor = 20;
  const killed = run(900);
  while (killed.faults.length === 0) killed.step();
  const { faults, expanded } = run(900).result;
  expect(faults).toEqual(killed.faults);
  expect(expanded).toBe(killed.explorer.expanded - 1);
});

test("states that a killed run wrote after its counts are found again", () => {
  const whole = run(900).all();
  rmSync(folder, { recursive: true });
  run(300).all();
  appendFileSync(file(), Buffer.alloc(18 + 7, 1));
  expect(run(900).all()).toEqual(whole);
});

test("counts whose states are missing are dropped, but no violation is", () => {
  const whole = run(300).all();
  truncateSync(file(), 18);
  const empty = run(900).result;
  expect([empty.states, empty.expanded, empty.applied]).toEqual([1, 0, 0]);
  expect(run(300).all()).toEqual(whole);
  soundFor = 0;
  const { faults } = run(900).all();
  truncateSync(file(), 18);
  expect(run(900).result.faults).toEqual(faults);
});

test("every file of a build, and every file that it links to, is part of its hash", () => {
  const build = join(folder, "build");
  mkdirSync(join(build, "src/model"), { recursive: true });
  mkdirSync(join(folder, "linked"));
  writeFileSync(join(folder, "policy"), "type user");
  symlinkSync(join(folder, "policy"), join(build, "model.fga"));
  symlinkSync(join(folder, "linked"), join(build, "node_modules"));
  const hashes = [hashOf(build)];
  const changed = (change: () => void): void => {
    change();
    hashes.push(hashOf(build));
  };
  changed(() => writeFileSync(join(build, "src/model/a.js"), "1"));
  changed(() => writeFileSync(join(build, "src/model/a.js"), "2"));
  changed(() => writeFileSync(join(build, "src/model/b.js"), ""));
  changed(() => writeFileSync(join(folder, "policy"), "type team"));
  expect(new Set(hashes).size).toBe(hashes.length);
  writeFileSync(join(folder, "linked/package.js"), "1");
  expect(hashOf(build)).toBe(hashes.at(-1));
});

test.each([
  ["SIDELINE_EXPLORE_STATES", ["", " ", "x", "1e6x", "1.5", "0", "-1", "Infinity"], ["1", "1e6"]],
  ["SIDELINE_EXPLORE_PROCESSES", ["", "x", "0", "2.5"], ["1", "2"]],
  ["SIDELINE_TEST_SEED", ["", "x", "-1"], ["0", "151254126"]],
])("%s must be a whole number", (name, wrong, right) => {
  for (const text of wrong) expect(wanted([], { [name]: text }), text).toContain(`${name} must be a whole number`);
  for (const text of right) expect(wanted([], { [name]: text }), text).toBeTypeOf("object");
});

test("the arguments are a part and slices", () => {
  expect(wanted([], {})).toMatchObject({ part: undefined, slices: [], states: 1_000_000 });
  expect(wanted(["states", "a", "b"], { SIDELINE_EXPLORE_STATES: "1e3", SIDELINE_EXPLORE_PROCESSES: "3" }))
    .toEqual({ part: "states", slices: ["a", "b"], states: 1000, processes: 3 });
  expect(wanted(["a"], {})).toContain("no part a");
  expect(unknownSlices(["a", "c"], ["a", "b"])).toBe("there is no slice c: the slices are a, b");
  expect(unknownSlices(["b", "a"], ["a", "b"])).toBeUndefined();
});

test("a run has explored enough with all its states, or with every slice whole", () => {
  const results = (...some: [string, number, boolean][]) =>
    new Map(some.map(([name, states, isWhole]) => [name, { states, isWhole }]));
  expect(isExplored(["a", "b"], results(["a", 4, true], ["b", 6, false]), 10)).toBe(true);
  expect(isExplored(["a", "b"], results(["a", 4, true], ["b", 5, false]), 10)).toBe(false);
  expect(isExplored(["a", "b"], results(["a", 4, true], ["b", 5, true]), 10)).toBe(true);
  expect(isExplored(["a", "b"], results(["a", 4, true]), 10)).toBe(false);
  expect(isExplored([], results(), 10)).toBe(false);
});
