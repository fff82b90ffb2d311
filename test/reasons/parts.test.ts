// Explanations of a no are made in parts: in between, the state is as stored, and other questions may be asked.
import { expect, test } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { partsWithContextual } from "../../src/checks/contextual.ts";
import type { Parts } from "../../src/checks/parts.ts";
import { indexOf } from "../../src/memory/indexed-tuple-set.ts";
import { explain, explainInParts } from "../../src/reasons/explain.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { club } from "../world/club.ts";
import { MODEL } from "../world/policy.ts";

const NEW = ["user:visitor", "user:passer"];

/** A question in two parts that is the only one to name a user. */
function naming(tuples: TupleSet): Parts<undefined> {
  const only = [{ user: NEW[0]!, relation: "coach", object: "coaching:x" }];
  return partsWithContextual(indexOf(tuples), only, function* () {
    yield;
    return undefined;
  });
}

test("in each rest the state is as stored, and questions that name the same users change nothing", () => {
  const world = club();
  world.system("note.created", { note: "n1", athlete: "a1", author: "cora", under: "coaching:c1" });
  const { tuples } = world;
  const stored = [...tuples.read({})].map(printTuple).sort();
  const request = { user: NEW[0]!, relation: "can_read", object: "note:n1" };
  const whole = explain(MODEL, tuples, request);

  const other = naming(tuples);
  other.next();
  const work = explainInParts(MODEL, tuples, request, undefined, { stepsPerPart: 1 });
  let rests = 0;
  for (let part = work.next(); ; part = work.next()) {
    if (part.done === true) {
      expect(part.value).toEqual(whole);
      break;
    }
    if (++rests === 2) other.next();
    // The next entity would take the id of the user if nothing held it.
    const more = [{ user: NEW[1]!, relation: "author", object: "note:n1" }];
    expect(check(MODEL, tuples, { ...request, contextualTuples: more })).toEqual({ allowed: false });
    if (rests < 20) expect([...tuples.read({})].map(printTuple).sort()).toEqual(stored);
  }
  expect(rests).toBeGreaterThan("missing" in whole ? whole.missing.length : Infinity);
});

test("an explanation that ends early holds no id any more", () => {
  const { tuples } = club();
  const other = naming(tuples);
  other.next();
  const work = explainInParts(MODEL, tuples, { user: NEW[0]!, relation: "can_view", object: "athlete:a1" },
    undefined, { stepsPerPart: 1 });
  expect(work.next().done).toBe(false);
  other.next();
  expect(indexOf(tuples).names.find(NEW[0]!)).not.toBe(0);
  work.return({ allowed: false, missing: [] });
  expect(indexOf(tuples).names.find(NEW[0]!)).toBe(0);
});
