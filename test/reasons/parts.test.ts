// Explanations of a no are made in parts: in between, the state is as stored, and other questions may be asked.
import { expect, test, vi } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { partsWithContextual } from "../../src/checks/contextual.ts";
import type { Parts } from "../../src/checks/parts.ts";
import { indexOf } from "../../src/memory/indexed-tuple-set.ts";
import { withEvents } from "../../src/reasons/event-ways.ts";
import { Pace, partsBy } from "../../src/reasons/pace.ts";
import { MS_PER_REASON_PART, STEPS_PER_REASON_PART } from "../../src/reasons/reasons-limits.ts";
import { explain, explainInParts } from "../../src/reasons/explain.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { club } from "../world/club.ts";
import { MODEL } from "../world/policy.ts";

/** Steps of the pieces of one trial, which is not cut: three events with their senders, in a small club. */
const LARGEST = 3000;
const original = Pace.prototype.add;

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
  const work = explainInParts(MODEL, tuples, request, undefined, { part: { steps: 1, ms: 0, now: () => 0 } });
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
    undefined, { part: { steps: 1, ms: 0, now: () => 0 } });
  expect(work.next().done).toBe(false);
  other.next();
  expect(indexOf(tuples).names.find(NEW[0]!)).not.toBe(0);
  work.return({ allowed: false, missing: [] });
  expect(indexOf(tuples).names.find(NEW[0]!)).toBe(0);
});

test(`a part takes ${STEPS_PER_REASON_PART} steps and ${MS_PER_REASON_PART} ms, whichever is more`, () => {
  const isDueAfter = (steps: number, ms: number): boolean => {
    let clock = 50;
    const pace = new Pace(partsBy(() => clock));
    pace.add(steps);
    clock += ms;
    return pace.rest().next().done === false;
  };
  expect([[999, 2], [1000, 1.9], [1000, 2], [999, 9], [9000, 1]].map(([steps, ms]) => isDueAfter(steps!, ms!)))
    .toEqual([false, false, true, false, false]);
});

test("a part of slow code ends after its steps and its last piece of work", () => {
  let clock = 0;
  const slow = partsBy(() => clock += MS_PER_REASON_PART);
  const world = club();
  for (let n = 0; n < 8; n++) world.system("team.created", { team: `more${n}`, org: "fc" });
  const context = { current_time: new Date(world.now).toISOString() };
  const request = { user: "user:nobody", relation: "sessions_read", object: "athlete:a1", context };
  const pieces: number[] = [];
  const add = vi.spyOn(Pace.prototype, "add").mockImplementation(function (this: Pace, steps: number) {
    pieces.push(steps);
    return original.call(this, steps);
  });
  try {
    const measured = <T>(work: Parts<T>): readonly [parts: number, value: T] => {
      for (let parts = 1; ; parts++) {
        pieces.length = 0;
        const part = work.next();
        // The piece that ends a part is not cut: all before it fit.
        const before = pieces.slice(0, -1).reduce((sum, steps) => sum + steps, 0);
        expect(before).toBeLessThan(STEPS_PER_REASON_PART + LARGEST);
        if (part.done === true) return [parts, part.value];
      }
    };
    const [searched, found] = measured(explainInParts(MODEL, world.tuples, request, undefined, { part: slow }));
    if (!("missing" in found)) throw new Error("not a no");
    const trial = { model: MODEL, view: world.view, clock: world.now, request };
    const [tried] = measured(withEvents(trial, found.missing, slow));
    expect([searched > 5, tried > 5]).toEqual([true, true]);
  } finally {
    add.mockRestore();
  }
});
