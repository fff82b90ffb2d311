// A staged delta: applied and undone repeatedly, completely or not at all, with the conditions of its deleted tuples.
import { expect, test } from "vitest";
import { holds } from "../laws/law.ts";
import { Play, sequences } from "../laws/sequence.ts";
import { StagedDelta } from "../../src/memory/staged-delta.ts";
import { createTupleSet, indexOf, takeOver } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";

const timed: Tuple =
  { object: "doc:1", relation: "viewer", user: "user:a", condition: { name: "c", context: { x: 1 } } };
const plain: Tuple = { object: "doc:1", relation: "viewer", user: "group:g#member" };
const fresh: Tuple = { object: "doc:2", relation: "viewer", user: "user:b", condition: { name: "c", context: {} } };

function setOf(...tuples: readonly Tuple[]): TupleSet {
  const set = createTupleSet();
  for (const tuple of tuples) set.add(tuple);
  return set;
}

const state = (set: TupleSet): string[] =>
  [...set.read({})].map((tuple) => `${printTuple(tuple)} ${JSON.stringify(tuple.condition)}`).sort();

/** Number of names that a set has a number for. */
const namesOf = (set: TupleSet): number => [...indexOf(set).names.all()].length;

test("undoes everything that it applied, including conditions, any number of times", () => {
  const set = setOf(timed, plain);
  const before = state(set);
  const names = namesOf(set);
  const staged = new StagedDelta(set, { deletes: [{ ...timed }, plain], writes: [fresh] });
  expect(staged.size).toBe(3);
  expect(namesOf(set)).toBe(names + 2);
  for (let times = 0; times < 3; times++) {
    expect(staged.apply()).toBe(true);
    expect(state(set)).toEqual(state(setOf(fresh)));
    expect(set.objects("doc", "viewer", "user:b")).toEqual(["doc:2"]);
    staged.undo();
    expect(state(set)).toEqual(before);
  }
  staged.end();
  expect(state(set)).toEqual(before);
  expect(set.users("doc:2", "viewer")).toEqual([]);
  expect(namesOf(set)).toBe(names);
});

test("if other tuples took the place of the set's, nothing is applied", () => {
  const set = setOf(timed, plain);
  const staged = new StagedDelta(set, { deletes: [timed], writes: [fresh] });
  takeOver(set, setOf(timed, plain));
  const before = state(set);
  const names = namesOf(set);
  expect(staged.apply()).toBe(false);
  staged.end();
  expect(state(set)).toEqual(before);
  expect(namesOf(set)).toBe(names);
});

test("if a tuple is not as expected, nothing is applied", () => {
  const set = setOf(timed, plain);
  const deletesGone = new StagedDelta(set, { deletes: [timed, fresh], writes: [] });
  const writesThere = new StagedDelta(set, { deletes: [timed], writes: [fresh, plain] });
  const before = state(set);
  expect([deletesGone.apply(), writesThere.apply()]).toEqual([false, false]);
  expect(state(set)).toEqual(before);
  set.delete(plain);
  expect(writesThere.apply()).toBe(true);
  writesThere.undo();
  expect(state(set)).toEqual(state(setOf(timed)));
});

test("a tuple that others write again with another condition comes back with that one", () => {
  const set = setOf(timed);
  const staged = new StagedDelta(set, { deletes: [timed], writes: [] });
  expect(staged.apply()).toBe(true);
  staged.undo();
  const other = { ...timed, condition: { name: "c", context: { x: 2 } } };
  set.delete(timed);
  set.add(other);
  expect(staged.apply()).toBe(true);
  staged.undo();
  expect(state(set)).toEqual(state(setOf(other)));
});

test("staged on any state, the difference of two worlds is applied and undone", () => {
  holds(sequences(10, 30), 20, (seeds) => {
    const [one, other] = [new Play().world.tuples, new Play().all(seeds).world.tuples];
    const [before, after] = [state(one), state(other)];
    const lines = (set: TupleSet): [string, Tuple][] =>
      [...set.read({})].map((tuple) => [`${printTuple(tuple)} ${JSON.stringify(tuple.condition)}`, tuple]);
    const here = new Set(before);
    const there = new Set(after);
    const names = namesOf(one);
    const staged = new StagedDelta(one, {
      deletes: lines(one).filter(([line]) => !there.has(line)).map(([, tuple]) => tuple),
      writes: lines(other).filter(([line]) => !here.has(line)).map(([, tuple]) => tuple),
    });
    expect(staged.apply()).toBe(true);
    expect(state(one)).toEqual(after);
    staged.undo();
    expect(state(one)).toEqual(before);
    staged.end();
    expect(state(one)).toEqual(before);
    expect(namesOf(one)).toBe(names);
  });
});
