// Deltas on trial: a stack that is undone to a mark, suspended, resumed or kept, whole deltas at a time.
import { expect, test } from "vitest";
import { createTupleSet, indexOf } from "../../src/memory/indexed-tuple-set.ts";
import { TentativeDeltas } from "../../src/memory/tentative-deltas.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { printed } from "../laws/answers.ts";

const timed: Tuple =
  { object: "doc:1", relation: "viewer", user: "user:a", condition: { name: "c", context: { x: 1 } } };
const [b, c, d] = ["b", "c", "d"].map((name): Tuple => ({ object: "doc:1", relation: "viewer", user: `user:${name}` }));

function stage() {
  const set = createTupleSet();
  set.add(timed);
  const deltas = new TentativeDeltas(set);
  deltas.apply({ writes: [b!], deletes: [] });
  deltas.apply({ writes: [c!], deletes: [timed, b!] });
  return { set, deltas };
}

const users = (set: TupleSet): string[] => set.users("doc:1", "viewer").sort();
const namesOf = (set: TupleSet): number => [...indexOf(set).names.all()].length;

test("the deltas above a mark are undone, the last one first; the others stay", () => {
  const { set, deltas } = stage();
  const mark = deltas.count;
  deltas.apply({ writes: [d!], deletes: [c!] });
  deltas.apply({ writes: [c!], deletes: [d!] });
  deltas.undoTo(mark);
  expect([users(set), deltas.count]).toEqual([["user:c"], mark]);
  deltas.undoTo(0);
  expect(printed(set.read({}))).toEqual(printed([timed]));
  expect(namesOf(set)).toBe(2);
});

test("suspended deltas leave no trace and are resumed in order; where one no longer fits, none is", () => {
  const { set, deltas } = stage();
  deltas.suspend();
  expect(printed(set.read({}))).toEqual(printed([timed]));
  expect(deltas.resume()).toBe(true);
  expect(users(set)).toEqual(["user:c"]);
  deltas.apply({ writes: [d!], deletes: [c!] });
  deltas.suspend();
  expect(printed(set.read({}))).toEqual(printed([timed]));
  expect(deltas.resume()).toBe(true);
  deltas.undoTo(2);
  expect(users(set)).toEqual(["user:c"]);
  deltas.suspend();
  set.add(c!);
  expect(deltas.resume()).toBe(false);
  expect(users(set)).toEqual(["user:a", "user:c"]);
});

test("applying returns the inverse, with the conditions of what was deleted", () => {
  const set = createTupleSet();
  set.add(timed);
  const inverse = new TentativeDeltas(set).apply({ writes: [b!], deletes: [{ ...b!, user: timed.user }] });
  expect(inverse).toEqual({ writes: [timed], deletes: [b] });
});

test("a delta that does not fit is not applied, and the error names its tuple", () => {
  const { set, deltas } = stage();
  const [names, count] = [namesOf(set), deltas.count];
  expect(() => deltas.apply({ writes: [d!, c!], deletes: [] })).toThrow(/ doc:1#viewer@user:c$/);
  expect(() => deltas.apply({ writes: [], deletes: [c!, d!] })).toThrow(/ doc:1#viewer@user:d$/);
  expect([users(set), namesOf(set), deltas.count]).toEqual([["user:c"], names, count]);
});

test("released deltas are permanent; a large stack is released in turns", () => {
  const { set, deltas } = stage();
  expect(deltas.release(1)).toBe(false);
  expect(deltas.release(1)).toBe(true);
  deltas.undoTo(0);
  expect([users(set), deltas.count]).toEqual([["user:c"], 0]);
  set.delete(c!);
  expect(namesOf(set)).toBe(0);
});
