// Answers made in parts are of one state: an explanation supposes tuples only while nobody else is reading it.
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { listObjects, listObjectsInParts } from "../../src/checks/list-objects.ts";
import { listUsers, listUsersInParts } from "../../src/checks/list-users.ts";
import { endOf, type Parts } from "../../src/checks/parts.ts";
import { createApp } from "../../src/http/app.ts";
import { indexOf } from "../../src/memory/indexed-tuple-set.ts";
import { explainInParts } from "../../src/reasons/explain.ts";
import { withEvents } from "../../src/reasons/event-ways.ts";
import { policyNotes } from "../../src/reasons/policy-notes.ts";
import { StateLock } from "../../src/sidecar/state-lock.ts";
import { inTurns, inTurnsAlone, onOneState } from "../../src/sidecar/turns.ts";
import { sidecarOf, TUPLES } from "../http/world.ts";
import { Draw } from "../laws/draw.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { club } from "../world/club.ts";
import { MODEL, POLICY } from "../world/policy.ts";

const NOTES = policyNotes(POLICY);
const USERS = ["cora", "olga", "dora", "gus", "nobody"];
const OBJECTS = [["athlete:a1", "sessions_read"], ["note:n1", "can_read"], ["org:fc", "member"],
  ["athlete:a1", "can_view"], ["team:red", "sessions_read"]] as const;

/** A club with a note, lists of it in small parts, and explanations. */
function stage(draw: Draw) {
  const world = club();
  world.system("note.created", { note: "n1", athlete: "a1", author: "cora", under: "coaching:c1" });
  const { tuples, view, now: clock } = world;
  const context = { current_time: new Date(clock).toISOString() };
  const parts = { atOnce: 1, stepsPerPart: 1 + draw.below(40) };
  const [object, relation] = draw.pick(OBJECTS);
  const explanation = function* (): Parts<number> {
    const request = { user: `user:${draw.pick(USERS)}`, relation, object, context };
    const small = { steps: 1 + draw.below(300), ms: 0, now: () => 0 };
    const found = yield* explainInParts(MODEL, tuples, request, NOTES, { part: small });
    if (!("missing" in found)) return 0;
    return (yield* withEvents({ model: MODEL, view, clock, request }, found.missing, small)).length;
  };
  const [ofObject, through] = draw.pick(OBJECTS);
  const users = { object: ofObject, relation: through, userFilter: { type: "user", relation: "" }, context };
  const objects = { user: `user:${draw.pick(USERS)}`, relation: through, type: ofObject.split(":")[0]!, context };
  const list: { readonly whole: () => object; readonly inParts: () => Parts<object> } = draw.chance(50)
    ? { whole: () => listUsers(MODEL, tuples, users), inParts: () => listUsersInParts(MODEL, tuples, users, parts) }
    : {
      whole: () => listObjects(MODEL, tuples, objects),
      inParts: () => listObjectsInParts(MODEL, tuples, objects, parts),
    };
  return { tuples, explanation, list };
}

/** The members of a list in an order of their own, since the order of a list may change. */
const membersOf = (answer: object): string[] => Object.values(answer).flat().map((each) => JSON.stringify(each)).sort();

test("lists in parts are those of the state, with explanations at the same time", async () => {
  console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
  const draw = new Draw(SEED);
  let ways = 0;
  for (let run = 0; run < runsOr(60, 2_000); run++) {
    const { tuples, explanation, list } = stage(draw);
    const lock = new StateLock();
    const whole = membersOf(list.whole());
    const asked = [
      inTurnsAlone(explanation, lock, setImmediate),
      ...Array.from({ length: 3 }, () => inTurns(() => onOneState(tuples, list.inParts()), lock, setImmediate)),
      inTurnsAlone(explanation, lock, setImmediate),
    ];
    for (const answer of await Promise.all(asked)) {
      if (typeof answer === "number") ways += answer;
      else expect(membersOf(answer)).toEqual(whole);
    }
  }
  expect(ways).toBeGreaterThan(100);
});

describe("an explanation of a no", () => {
  const body = JSON.stringify({ tuple_key: { user: "user:nobody", relation: "viewer", object: "doc:2" } });

  test("waits until nobody else is reading the state", async () => {
    const sidecar = sidecarOf();
    const log = { error: (fields: object) => expect.fail(JSON.stringify(fields)) };
    const app = createApp(sidecar, { keys: undefined, log });
    const { version } = indexOf(sidecar.tuples);
    let release = (): void => {};
    sidecar.lock.hold((end) => {
      release = end;
    });
    const headers = { "content-type": "application/json" };
    const asked = app.request("/explain", { method: "POST", headers, body });
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect(indexOf(sidecar.tuples).version).toBe(version);
    release();
    expect(await (await asked).json()).toMatchObject({ allowed: false });
    expect(indexOf(sidecar.tuples).version).toBeGreaterThan(version);
  });
});

test("reasons of a list only read the state: a no has no ways there", () => {
  const { model, tuples } = sidecarOf();
  const { version } = indexOf(tuples);
  const request = { user: "user:nobody", relation: "viewer", object: "doc:2" };
  expect(endOf(explainInParts(model, tuples, request, undefined, { isRead: true })))
    .toEqual({ allowed: false, missing: [], truncated: true });
  expect(indexOf(tuples).version).toBe(version);
});

describe("an answer in parts", () => {
  test("fails if the tuples change in between, also if they are restored, and releases what it holds", () => {
    const { tuples } = sidecarOf();
    let isReleased = false;
    const work = function* (): Parts<string> {
      try {
        yield;
        return "done";
      } finally {
        isReleased = true;
      }
    };
    const [still, moved] = [onOneState(tuples, work()), onOneState(tuples, work())];
    expect([still.next(), moved.next(), still.next()]).toEqual([
      { done: false, value: undefined }, { done: false, value: undefined }, { done: true, value: "done" },
    ]);
    isReleased = false;
    tuples.delete(TUPLES[0]!);
    tuples.add(TUPLES[0]!);
    expect(() => moved.next()).toThrow("the tuples changed while an answer was made from them");
    expect(isReleased).toBe(true);
  });
});
