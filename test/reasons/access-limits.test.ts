// Limits of a search for changes of access, each at n and n+1; and that the state is as before at every rest.
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import { TentativeDeltas } from "../../src/memory/tentative-deltas.ts";
import { accessChangeOf, type AccessChange, type Changed } from "../../src/reasons/access-answer.ts";
import { findAccessChange } from "../../src/reasons/access-change.ts";
import { AccessGraph } from "../../src/reasons/access-graph.ts";
import { ACCESS_ENTRIES_PER_PART, LIMITS, type AccessLimits } from "../../src/reasons/access-limits.ts";
import { checkableOf } from "../../src/policy/checkable.ts";
import { createTupleSet, indexOf } from "../../src/memory/indexed-tuple-set.ts";
import { accessOf } from "../../src/sidecar/access-of.ts";
import { StateLock } from "../../src/sidecar/state-lock.ts";
import { makeToken } from "../../src/ledger/revision-token.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import type { TupleKey } from "../../src/tuples/tuple.ts";
import { MODEL } from "../world/policy.ts";

const GRAPH = new AccessGraph(MODEL, checkableOf);
const TIME = "2026-03-01T12:00:00Z";

/** An org with a number of plans (three relations each) and drills (two each), which a superadmin has all of. */
function libraryOf(plans: number, drills: number): TupleSet {
  const tuples = createTupleSet();
  tuples.add({ object: "org:o", relation: "platform", user: "platform:main" });
  for (let i = 0; i < plans; i++) tuples.add({ object: `playbook_item:p${i}`, relation: "org", user: "org:o" });
  for (let i = 0; i < drills; i++) tuples.add({ object: `drill:d${i}`, relation: "org", user: "org:o" });
  return tuples;
}

const SUPERADMIN = { object: "platform:main", relation: "superadmin", user: "user:eve" };

/** Finds what making somebody a superadmin would change; `rested` is called at each rest. */
function granted(tuples: TupleSet, limits: Partial<AccessLimits> = {}, rested = (): void => {}): AccessChange {
  const trial = new TentativeDeltas(tuples);
  trial.apply({ writes: [SUPERADMIN], deletes: [] });
  trial.suspend();
  const states = { tuples, deltas: trial.deltas, after: () => void trial.resume(), before: () => trial.suspend() };
  const work = findAccessChange(MODEL, GRAPH, states, TIME, limits);
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
    rested();
  }
}

/** Number of entries without a plan or a drill. */
const BARE = granted(libraryOf(0, 0)).gained.length;

test(`an answer has at most ${LIMITS.entries} entries`, () => {
  const left = LIMITS.entries - BARE;
  const drills = left % 3 === 0 ? 0 : left % 3 === 2 ? 1 : 2;
  const full = granted(libraryOf((left - 2 * drills) / 3, drills));
  expect([full.gained.length, full.lost.length, full.complete]).toEqual([LIMITS.entries, 0, true]);
  const over = granted(libraryOf((left - 2 * drills) / 3 - 1, drills + 2));
  expect([over.gained.length, over.lost.length, over.complete]).toEqual([LIMITS.entries, 0, false]);
});

test("a search ends incomplete beyond its steps", () => {
  const library = libraryOf(100, 0);
  let most = LIMITS.steps;
  for (let least = 0; most - least > 1;) {
    const middle = Math.floor((least + most) / 2);
    if (granted(library, { steps: middle }).complete) most = middle;
    else least = middle;
  }
  const [enough, tooFew] = [granted(library, { steps: most }), granted(library, { steps: most - 1 })];
  expect([enough.complete, enough.gained.length]).toEqual([true, BARE + 300]);
  expect(tooFew.complete).toBe(false);
});

test("the state is as before at each rest, and after a search that is given up or fails", () => {
  const library = libraryOf(100, 0);
  let rests = 0;
  granted(library, { stepsPerPart: 100 }, () => {
    rests++;
    expect(library.has(SUPERADMIN.object, SUPERADMIN.relation, SUPERADMIN.user)).toBe(false);
  });
  expect(rests).toBeGreaterThan(10);
  for (let given = 1; given < 20; given++) {
    let left = given;
    expect(() => granted(library, { stepsPerPart: 100 }, () => {
      if (--left === 0) throw new Error("given up");
    })).toThrow("given up");
    expect(library.has(SUPERADMIN.object, SUPERADMIN.relation, SUPERADMIN.user)).toBe(false);
  }
});

/** A receipt of a dry run in which somebody would become a superadmin. */
function receiptOf(revision: number, writes = [SUPERADMIN]): Receipt {
  return {
    id: "e1", source: "/test", type: "platform.superadmin_granted", status: "applied", written: 1, deleted: 0,
    token: makeToken({ org: "platform", revision }), changes: { write: writes, delete: [] },
  };
}

test("a state that has moved is noticed: first by its revision, later by a change that does not fit", async () => {
  const tuples = libraryOf(1, 0);
  const state = { lock: new StateLock(), model: MODEL, tuples, now: () => 0 };
  expect((await accessOf(state, [receiptOf(0)]))?.gained.length).toBe(BARE + 3);
  expect(await accessOf(state, [receiptOf(1)], 2)).toBeUndefined();
  expect((await accessOf(state, [receiptOf(1)], 3))?.gained.length).toBe(BARE + 3);
  tuples.add(SUPERADMIN);
  expect(await accessOf(state, [receiptOf(0)], 3)).toBeUndefined();
  expect(await accessOf(state, [receiptOf(0, [{ ...SUPERADMIN, user: "user:zoe" }])], 3)).toBeDefined();
  expect(tuples.has("platform:main", "superadmin", "user:zoe")).toBe(false);
  await nextTurn();
  expect(state.lock.isFree).toBe(true);
});

test("the answer's entries are named and sorted in parts, in the order of a plain sort", () => {
  const names = createTupleSet();
  const { names: texts } = indexOf(names);
  const relation = MODEL.types.get("org")!.relations.get("member")!;
  const count = ACCESS_ENTRIES_PER_PART * 5;
  const changes = Array.from({ length: count }, (_, n): Changed => {
    const user = `user:u${(n * 7919) % count}`;
    names.add({ object: `org:o${n % 3}`, relation: "member", user });
    return { question: { user: texts.find(user), relation, object: texts.find(`org:o${n % 3}`) }, gained: n % 5 > 0 };
  });
  const work = accessChangeOf(changes, texts, true);
  let parts = 1;
  let part = work.next();
  for (; part.done !== true; part = work.next()) parts++;
  const { gained, lost } = part.value;
  expect([gained.length, lost.length]).toEqual([count * 0.8, count * 0.2]);
  const keyOf = ({ user, object }: TupleKey): string => `${user} ${object}`;
  for (const entries of [gained, lost]) {
    expect(entries.map(keyOf)).toEqual(entries.map(keyOf).sort());
    expect(new Set(entries.map(({ user }) => user)).size).toBe(entries.length);
  }
  // Naming, sorting four runs, and merging them twice.
  expect(parts).toBeGreaterThan(5 + 3 + 8);
});
