// A group of events of the embedded store: each counts once, and the whole group is undone, whatever fails.
import { expect, test } from "vitest";
import { Group, isBehind, isUnfinished } from "../../src/embedded/embedded-group.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { sizeOf } from "../../src/tuples/delta.ts";
import type { Part } from "../../src/embedded/stored-row-changes.ts";
import { MAX_TUPLES_PER_DELTA } from "../../src/tuples/store.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printed } from "../laws/answers.ts";
import { START, World } from "../world/world.ts";

let sent = 0;
const event = (type: string, data: object): Envelope => ({ id: `g${++sent}`, source: "/group", type, data });
const added = (user: string): Envelope => event("member.added", { org: "o", user });

/** A club. Commits are kept, or refused with `fails`. */
function stage({ fails = false, maxTuples = undefined as number | undefined, tuples = undefined as TupleSet | undefined,
  world = club() } = {}) {
  const commits: (readonly Part[])[] = [];
  const told: string[] = [];
  const commit = (deltas: readonly Part[]) => {
    if (fails) throw new Error("disk full");
    commits.push(deltas);
    return { ok: true as const };
  };
  const parts = {
    view: tuples === undefined ? world.view : { ...world.view, tuples }, store: { commit }, now: () => START,
    emailHash: (email: string) => email, failed: () => told.push("failed"), broken: () => told.push("broken"),
    ...(maxTuples === undefined ? {} : { maxTuples }),
  };
  return { world, commits, told, group: () => new Group(parts), state: () => printed(world.tuples.read({})) };
}

function club(): World {
  const world = new World();
  world.system("org.created", { org: "o", kind: "club", owner: "olga" });
  return world;
}

const tell = (outcome: ReturnType<Group["decide"]>): string => (isBehind(outcome) ? "behind"
  : isUnfinished(outcome) ? "unfinished" : isRefusal(outcome) ? outcome.refused : outcome.status);

/** Each delta, and whether its event has more of them. */
const counted = (deltas: readonly Part[]): [size: number, more: boolean][] =>
  deltas.map((delta) => [sizeOf(delta), delta.more === true]);

test("an event of many tuples is several deltas in its commit, and counts once", () => {
  const { world, commits, group } = stage();
  world.system("team.created", { team: "t", org: "o" });
  for (let n = 0; n < 120; n++) world.system("invite.created", { invite: `i${n}`, org: "o", team: "t" });
  const one = group();
  for (const each of [added("a"), event("team.deleted", { team: "t" }), added("b")]) {
    expect(tell(one.decideOrRefuse({ event: DomainEvent.sent(each), system: true }))).toBe("applied");
  }
  expect(one.commit()).toBeUndefined();
  const deltas = counted(commits[0]!);
  expect(deltas.length).toBeGreaterThan(4);
  expect(Math.max(...deltas.map(([size]) => size))).toBe(MAX_TUPLES_PER_DELTA);
  expect(deltas.map(([, more]) => more)).toEqual([false, ...deltas.slice(3).map(() => true), false, false]);
});

test("an event of several writes counts with the last of them", () => {
  const { world, commits, group } = stage({ maxTuples: 20 });
  world.system("team.created", { team: "t", org: "o" });
  for (let n = 0; n < 20; n++) world.system("invite.created", { invite: `i${n}`, org: "o", team: "t" });
  const first = group();
  const deleting = event("team.deleted", { team: "t" });
  expect(tell(first.decide({ event: DomainEvent.sent(deleting), system: true }))).toBe("unfinished");
  expect(first.commit()).toBeUndefined();
  expect(tell(group().decide({ event: DomainEvent.sent(deleting), system: true }))).toBe("behind");
  for (let more = true; more;) {
    const next = group();
    more = next.continueOrg("o")!.more;
    expect(next.commit()).toBeUndefined();
  }
  expect(tell(group().decide({ event: DomainEvent.sent(deleting), system: true }))).toBe("duplicate");
  expect(commits.length).toBeGreaterThan(2);
  expect(commits.map((deltas) => counted(deltas).map(([, more]) => more)))
    .toEqual(commits.map((_, n) => [n < commits.length - 1]));
});

/** A world's tuple set that refuses one change, as if an event had been decided on a wrong state. */
function refusing(tuples: TupleSet, refused: "delete" | "add", object: string): TupleSet {
  const set = Object.create(tuples) as TupleSet;
  for (const call of ["add", "delete", "has", "get", "users", "objects", "read"] as const) {
    const original = tuples[call].bind(tuples) as (key: { object: string }) => unknown;
    Object.assign(set, { [call]: call !== refused ? original
      : (key: { object: string }) => key.object !== object && original(key) });
  }
  return set;
}

test.each([["add", "role_entry:o/q"], ["delete", "ledger:org/o"]] as const)(
  "an event that breaks an invariant when it %ss a tuple leaves none of its own tuples", (refused, object) => {
    const world = club();
    const { group, told, state } = stage({ world, tuples: refusing(world.tuples, refused, object), fails: true });
    const before = state();
    const one = group();
    const isFirstTaken = refused === "add";
    const outcome = one.decideOrRefuse({ event: DomainEvent.sent(added("a")), system: true });
    expect(tell(outcome)).toBe(isFirstTaken ? "applied" : "store_unavailable");
    const between = state();
    const broken = event("role.created", { org: "o", role: "q", scope: "org", keys: ["org.manage"] });
    expect(tell(one.decideOrRefuse({ event: DomainEvent.sent(broken), system: true }))).toBe("store_unavailable");
    expect(state()).toEqual(between);
    if (isFirstTaken) {
      expect(tell(one.decideOrRefuse({ event: DomainEvent.sent(added("b")), system: true }))).toBe("applied");
      expect(one.commit()).toBe("the store cannot be written");
    }
    expect(state()).toEqual(before);
    expect(told).not.toContain("broken");
  });
