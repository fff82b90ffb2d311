// The judge of changes: minimal ones are those of which no part suffices, and the state is as stored between its parts.
import { expect, test } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { compileModel } from "../../src/model/compile.ts";
import { MatchJudge, type Change } from "../../src/reasons/match-judge.ts";
import { Pace } from "../../src/reasons/pace.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { Draw } from "../laws/draw.ts";
import { runsOr, SEED } from "../laws/law.ts";

const RELATIONS = ["a", "b", "c", "d", "e"];
const TUPLES = RELATIONS.map((relation): Tuple => ({ user: "user:ann", relation, object: "doc:1" }));

/** A random relation `r`: some of the terms, each of which needs some of the relations. */
function drawn(draw: Draw) {
  const terms = Array.from({ length: 1 + draw.below(4) }, () => 1 + draw.below(2 ** RELATIONS.length - 1));
  const text = terms.map((bits) => `(${RELATIONS.filter((_, i) => (bits >> i) % 2 === 1).join(" and ")})`).join(" or ");
  const model = compileModel(`model
  schema 1.1
type user
type doc
  relations
${RELATIONS.map((relation) => `    define ${relation}: [user]`).join("\n")}
    define r: ${text}
`);
  return { model, suffices: (bits: number): boolean => terms.some((term) => (bits & term) === term) };
}

test("changes judged together are minimal exactly where no part of one suffices", () => {
  console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
  const draw = new Draw(SEED);
  let [kept, dropped, parts] = [0, 0, 0];
  for (let run = 0; run < runsOr(300, 10_000); run++) {
    const { model, suffices } = drawn(draw);
    const tuples = createTupleSet();
    const request = { user: "user:ann", relation: "r", object: "doc:1" };
    const pace = new Pace({ steps: 1 + draw.below(40), ms: 0, now: () => 0 });
    const judge = new MatchJudge({ model, tuples, request, pace });
    const changes = new Map<Change, number>();
    for (let bits = 1; bits < 2 ** RELATIONS.length; bits++) {
      if (!suffices(bits) || draw.chance(30)) continue;
      const change = { absent: TUPLES.filter((_, i) => (bits >> i) % 2 === 1), against: [] };
      expect(judge.suffices(change)).toBe(true);
      changes.set(change, bits);
    }
    judge.end();
    const work = judge.minimal([...changes.keys()], draw.chance(80));
    for (let part = work.next(); ; part = work.next()) {
      if (part.done !== true) {
        parts++;
        expect([...tuples.read({})]).toEqual([]);
        continue;
      }
      judge.end();
      for (const [change, bits] of changes) {
        const isMinimal = RELATIONS.every((_, i) => (bits >> i) % 2 === 0 || !suffices(bits & ~(1 << i)));
        expect([change, part.value.has(change)]).toEqual([change, isMinimal]);
        if (isMinimal) kept++; else dropped++;
      }
      break;
    }
    expect([...tuples.read({})]).toEqual([]);
  }
  expect(Math.min(kept, dropped, parts)).toBeGreaterThan(100);
});

test("two changes with one tuple in common are minimal, although their other tuples suffice together", () => {
  const model = compileModel(`model
  schema 1.1
type user
type doc
  relations
    define x: [user]
    define a: [user]
    define b: [user]
    define r: (x and a) or (x and b) or (a and b)
`);
  const [x, a, b] = ["x", "a", "b"].map((relation): Tuple => ({ user: "user:ann", relation, object: "doc:1" }));
  const tuples = createTupleSet();
  const request = { user: "user:ann", relation: "r", object: "doc:1" };
  const judge = new MatchJudge({ model, tuples, request, pace: new Pace() });
  const changes = [[x!, a!], [x!, b!]].map((absent) => ({ absent, against: [] }));
  const found = judge.minimal(changes, true).next();
  judge.end();
  expect(found).toEqual({ done: true, value: new Set(changes) });
  expect(check(model, tuples, request)).toEqual({ allowed: false });
});

test("what stands against is back afterwards, and a change with it needs each of its tuples", () => {
  const model = compileModel(`model
  schema 1.1
type user
type doc
  relations
    define banned: [user]
    define a: [user]
    define b: [user]
    define r: (a or b) but not banned
`);
  const [banned, a, b] = ["banned", "a", "b"]
    .map((relation): Tuple => ({ user: "user:ann", relation, object: "doc:1" }));
  const tuples = createTupleSet();
  tuples.add(banned!);
  const request = { user: "user:ann", relation: "r", object: "doc:1" };
  const judge = new MatchJudge({ model, tuples, request, pace: new Pace() });
  const changes = [[a!], [a!, b!]].map((absent) => ({ absent, against: [banned!] }));
  expect([...changes.map((change) => judge.suffices(change)), judge.suffices({ absent: [a!], against: [] })])
    .toEqual([true, true, false]);
  judge.end();
  const found = judge.minimal(changes, false).next();
  judge.end();
  expect(found).toEqual({ done: true, value: new Set([changes[0]]) });
  expect([...tuples.read({})]).toEqual([banned]);
});
