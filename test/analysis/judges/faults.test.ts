// Faults seeded into the analysis: for each, brute force finds a pair of models on which its verdict is wrong.
import { describe, expect, test } from "vitest";
import { compareModels, type RelationComparison, type Verdict } from "../../../src/analysis/compare-models.ts";
import { buildModel, compileModel, type AuthorizationModelJson, type Model } from "../../../src/engine.ts";
import { Draw } from "../../laws/draw.ts";
import { written } from "../../../src/analysis/written-world.ts";
import { bruteExample, isTrue } from "./brute-judge.ts";
import { drawPair, type Pair } from "./edited-models.ts";
import { ModelReader } from "./formula.ts";
import { groundOf, termOf } from "./ground-tuples.ts";
import { contestsBetween } from "./model-contests.ts";
import { loadWith, type Fault } from "./seeded-faults.ts";

const FAULTS: readonly Fault[] = [
  { name: "an intersection that keeps its first operand", file: "unroll.ts",
    from: ".map((b) => both(a, b))), at);", to: ".map(() => a)), at);" },
  { name: "a union without its last operand", file: "unroll.ts",
    from: "union.child.flatMap(", to: "union.child.slice(0, -1).flatMap(" },
  { name: "no negations", file: "unroll.ts", from: "if (ways.length === 0) return way;", to: "return way;" },
  { name: "usersets without their members", file: "unroll.ts",
    from: ", ...way.tuples.map((tuple) => renamedTuple(tuple, to))],", to: "]," },
  { name: "one variable for the objects of two operands", file: "unroll.ts",
    from: "(i <= OBJECT ? i : a.types.length + i - 2)", to: "(i <= OBJECT ? i : Math.min(i, a.types.length - 1))" },
  { name: "a wildcard taken for a named user", file: "unroll.ts",
    from: "to.wildcard ? WILDCARD : USER", to: "USER" },
  { name: "conditions that do not count", file: "unroll.ts",
    from: 'condition: to.condition ?? ""', to: 'condition: ""' },
  { name: "the first parent type alone", file: "unroll.ts",
    from: "restrictionsOf(type, tupleset).flatMap(", to: "restrictionsOf(type, tupleset).slice(0, 1).flatMap(" },
  { name: "ways dropped for a larger one", file: "minimal-ways.ts",
    from: "if (kept.some((other) => isContained(other.way, way, table))) continue;",
    to: "if (kept.some((other) => isContained(way, other.way, other.table))) continue;" },
  { name: "ways dropped whatever they must avoid", file: "minimal-ways.ts",
    from: "if (smaller.negations.every(({ name, object }) => avoided.has(`${name} ${found[object]}`))) return true;",
    to: "if (avoided !== undefined && found !== undefined) return true;" },
  { name: "no search beyond the frozen way", file: "counterexample.ts",
    from: "for (const { ways, object } of negations) {",
    to: "for (const { ways, object } of negations.slice(0, 0)) {" },
  { name: "the subtracted ways of one negation alone", file: "counterexample.ts",
    from: "for (const way of ways) {\n        if", to: "for (const way of ways.slice(0, 1)) {\n        if" },
  { name: "a match with a negation taken for a proof", file: "counterexample.ts",
    from: "if (way.negations.length === 0) return NONE;", to: "return NONE;" },
  { name: "the way's own negations ignored in the search", file: "counterexample.ts",
    from: "of this.#avoided.entries()) {", to: "of [...this.#avoided.entries()].slice(0, 0)) {" },
  { name: "examples made smaller than they can be", file: "small-example.ts",
    from: "isPossible(each) && isExample(each)", to: "isPossible(each)" },
  { name: "one way of several", file: "compare-models.ts",
    from: "left.ways.map((way) => findCounterexample", to: "left.ways.slice(0, 1).map((way) => findCounterexample" },
  { name: "relations that use an edited one left out", file: "touched-relations.ts",
    from: "for (const place of usersOf(model, changed)) touched.add(place);", to: "usersOf(model, changed);" },
];

/** Pairs that each fault is likely to get wrong, and random ones. */
function* pairs(): Generator<Pair> {
  const model = (v: string): AuthorizationModelJson => compileModel(`
    model
      schema 1.1
    type user
    type org
      relations
        define a: [user, user:*]
        define b: [user]
    type team
      relations
        define on: [org]
        define a: [user]
        define b: [user, user with soon]
    type note
      relations
        define on: [org, team]
        define a: [user]
        define b: [user, org#b]
        define c: [user]
        define v: ${v}
        define w: v or c
    condition soon(x: int) { x < 10 }`).json;
  const models = ["a", "b", "a or b", "a and b", "a but not b", "a but not c", "(a but not b) or (a and c)",
    "a or (a but not c)", "b from on", "a from on", "a from on and b from on", "a but not (b or c)",
    "b but not b from on", "(a but not b) but not c", "[user]", "[user with soon]", "[user:*]", "[org#a] and c",
    "a from on or b"].map(model);
  for (const before of models) for (const after of models) yield { before, after };
  for (let seed = 1; seed <= 40; seed++) yield drawPair(new Draw(seed));
}

/** Whether brute force refutes a verdict: a world where it says none, or an example that is none. */
function isWrong(verdict: Verdict | undefined, { before, after }: Pair, place: string, draw: Draw): boolean {
  const contests = contestsBetween(after, before, place);
  if (verdict?.outcome === "undecided") return false;
  if (verdict?.outcome === "found") {
    const { tuples, user, object } = written(verdict.example);
    const facts = tuples.map(groundOf);
    return !contests.map((contest) => ({ ...contest, user: termOf(user), object: termOf(object) }))
      .some((contest) => {
        const [left, right] = [after, before].map((json) =>
          new ModelReader(json).relation(contest.object, place.replace(/^.*#/, ""), contest.user));
        return isTrue(left!, facts, contest) && !isTrue(right!, facts, contest);
      });
  }
  return contests.some((contest) => Array.from({ length: 8 }, () => bruteExample(contest, draw))
    .some((example) => example !== undefined));
}

/** A pair with its compiled models and the verdicts of the analysis itself. */
interface Prepared {
  readonly pair: Pair;
  readonly before: Model;
  readonly after: Model;
  readonly real: readonly RelationComparison[];
}

const prepared = [...pairs()].map((pair): Prepared => {
  const [before, after] = [buildModel(pair.before), buildModel(pair.after)];
  return { pair, before, after, real: compareModels(before, after).relations };
});

/** Returns the number of the first pair on which an analysis is caught, or undefined. */
function caughtAt(compare: typeof compareModels): number | undefined {
  const draw = new Draw(1);
  for (const [n, { pair, before, after, real }] of prepared.entries()) {
    let relations;
    try {
      relations = compare(before, after).relations;
    } catch {
      // The evaluator refuses an example of the faulty analysis.
      return n;
    }
    for (const { place, gain } of real) {
      const faulty = relations.find((each) => each.place === place)?.gain;
      // Brute force is asked where the faulty analysis has a verdict of its own.
      if (JSON.stringify(faulty) !== JSON.stringify(gain) && isWrong(faulty, pair, place, draw)) return n;
    }
  }
  return undefined;
}

describe("a fault in the analysis is caught", () => {
  test("and the analysis itself is not", () => {
    const draw = new Draw(2);
    for (const { pair, real } of prepared) {
      for (const { place, gain } of real) {
        expect(isWrong(gain, pair, place, draw), JSON.stringify({ place, pair })).toBe(false);
      }
    }
  });

  test.each(FAULTS.map((fault) => [fault.name, fault] as const))("%s", async (_, fault) => {
    const { compareModels: faulty, remove } = await loadWith(fault);
    try {
      expect(caughtAt(faulty)).toBeGreaterThanOrEqual(0);
    } finally {
      remove();
    }
  });
});
