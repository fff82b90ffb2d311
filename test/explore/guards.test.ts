// Removing any one guard of the event code breaks an invariant or a law, or changes only which answer is given.
import { afterAll, beforeAll, expect, test } from "vitest";
import { Draw } from "../laws/draw.ts";
import { FULL, SEED } from "../laws/law.ts";
import { ANSWER_ONLY } from "./answer-only-guards.ts";
import { copyWithSwitches, type GuardCopy } from "./guard-copy.ts";
import { GuardSearch, printVerdict } from "./guard-removal.ts";
import { SLICES } from "./slices.ts";

/** Number of guards drawn for a run; the full form removes every one. */
const DRAWN = 10;

/** Number of states whose moves are tried in each slice, in rounds: most guards break something early. */
const ROUNDS = [4, 25, 120];

let copy: GuardCopy;
beforeAll(async () => {
  copy = await copyWithSwitches();
});
afterAll(() => copy.remove());

/** Searches for the effects of removing guards, by number. */
function searched(wanted: readonly number[], rounds: readonly number[] = ROUNDS): GuardSearch {
  const search = new GuardSearch(copy, wanted, { tries: 12, further: 2 });
  for (const expanded of rounds) {
    for (const slice of SLICES) search.search(slice, expanded);
  }
  return search;
}

test("every refusal, every call of a guard and every part of a right has a switch", () => {
  expect(copy.guards.length).toBeGreaterThan(280);
  expect(new Set(copy.guards.map(({ name }) => name)).size).toBe(copy.guards.length);
  const names = copy.guards.map(({ name }) => name);
  expect(Object.keys(ANSWER_ONLY).filter((name) => !names.includes(name))).toEqual([]);
});

test("removing a guard breaks something, unless it only chooses the answer", () => {
  const draw = new Draw(SEED);
  const guards = copy.guards.filter(({ name }) => !(name in ANSWER_ONLY));
  const wanted = FULL ? guards : draw.sample(guards, DRAWN);
  const { verdicts } = searched(wanted.map(({ number }) => number));
  for (const { name, number } of wanted) console.log(printVerdict(name, verdicts.get(number)!));
  const unproved = wanted.filter(({ number }) => verdicts.get(number)!.broken === undefined);
  expect(unproved.map(({ name }) => name)).toEqual([]);
});

test("a guard that is said to choose only the answer breaks nothing", () => {
  const all = copy.guards.filter(({ name }) => name in ANSWER_ONLY);
  const listed = FULL ? all : new Draw(SEED).sample(all, DRAWN);
  const { verdicts } = searched(listed.map(({ number }) => number), FULL ? ROUNDS : ROUNDS.slice(0, 1));
  const needed = listed.filter(({ number }) => verdicts.get(number)!.broken !== undefined);
  expect(needed.map(({ name }) => name)).toEqual([]);
  // The first round reaches few states, in which not every guard is asked.
  const dead = listed.filter(({ number }) => FULL && verdicts.get(number)!.fired === 0);
  expect(dead.map(({ name }) => name)).toEqual([]);
});
