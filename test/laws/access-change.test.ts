// Law: the access change of a dry run is the difference of all answers before and after.
import fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { DryRun } from "../../src/events/dry-run.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Receipt } from "../../src/events/event.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { checkableOf } from "../../src/policy/checkable.ts";
import type { AccessChange } from "../../src/reasons/access-answer.ts";
import type { AccessLimits } from "../../src/reasons/access-limits.ts";
import { accessOf } from "../../src/sidecar/access-of.ts";
import { StateLock } from "../../src/sidecar/state-lock.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { typeOf } from "../../src/tuples/tuple.ts";
import { emailHash, MODEL } from "../world/world.ts";
import { beyond, PEOPLE, printed, setOf, type Yes } from "./answers.ts";
import { Draw } from "./draw.ts";
import { DRAWN } from "./drawn-events.ts";
import { covered, holdsAsync } from "./law.ts";
import { manyTied } from "./long-events.ts";
import { OWN_NOTES, UNLINKING } from "./own-notes.ts";
import { Pools } from "./pools.ts";
import { FOUNDING, Play, sequences } from "./sequence.ts";

/** Every user, and the one who stands for anybody. */
const ALL = [...PEOPLE, "user:*"];
const TYPES = [...EVENTS.keys()];
/** Number of draws of an event of one type until one of them has an effect. */
const TRIES = 60;

/** Things that events of some types need and a short sequence rarely makes. */
const RARE: readonly { readonly type: string; readonly data: object }[] = [
  { type: "platform.admin_granted", data: { user: "u7" } },
  { type: "member.added", data: { org: "o1", user: "u6", hats: ["coach"] } },
  { type: "member.deactivated", data: { org: "o1", user: "u6" } },
  { type: "member.added", data: { org: "o2", user: "u1", hats: ["coach", "athlete"] } },
  { type: "artifact.created", data: { artifact: "practice_plan:f1", org: "o2" } },
  { type: "artifact.finalized", data: { artifact: "practice_plan:f1" } },
  { type: "artifact.created", data: { artifact: "game_brief:f2", org: "o2" } },
  { type: "activity.recorded", data: { activity: "v1", athlete: "a1" } },
  { type: "activity.comment_added", data: { comment: "k1", activity: "v1", author: "u4" } },
  { type: "invite.created", data: { invite: "i1", org: "o1", team: "t1" } },
  { type: "invite.created", data: { invite: "i2", org: "o1", hat: "admin", email: "new@example.org" } },
];

/** Every yes of these users on these objects, each by a check of its own. */
function yesses(tuples: TupleSet, now: number, objects: Iterable<string>): Set<Yes> {
  const found = new Set<Yes>();
  const context = { current_time: new Date(now).toISOString() };
  for (const object of objects) {
    for (const relation of checkableOf(typeOf(object)) ?? []) {
      for (const user of ALL) {
        const answer = check(MODEL, tuples, { user, relation, object, context });
        if ("error" in answer) throw new Error(`${user} ${relation} ${object}: ${answer.error.message}`);
        if (answer.allowed) found.add(`${user} ${relation} ${object}`);
      }
    }
  }
  return found;
}

const objectsOf = (tuples: TupleSet): string[] => [...tuples.read({})].map(({ object }) => object);

/** Answers that only the first set has; of those that anybody has, only the one for `user:*`. */
function apart(has: ReadonlySet<Yes>, lacks: ReadonlySet<Yes>): Yes[] {
  const found = new Set(beyond(has, lacks));
  return [...found].filter((yes) => yes.startsWith("user:* ")
    || !found.has(`user:* ${yes.slice(yes.indexOf(" ") + 1)}`)).sort();
}

const told = (entries: AccessChange["gained"]): Yes[] =>
  entries.map(({ user, relation, object }) => `${user} ${relation} ${object}`).sort();

/** Decides events on trial, with at most `write` tuples in one write; the tuples are as before afterwards. */
function tryOut({ world }: Play, events: readonly Envelope[], write: number): (Receipt | Refusal)[] {
  const around = { system: true, clock: world.now, emailHash };
  const run = new DryRun(world.view, around, { all: 20_000, write });
  const outcomes = events.map((envelope) => {
    for (;;) {
      const outcome = run.decide(DomainEvent.sent(envelope));
      if (outcome !== undefined) return outcome;
    }
  });
  run.suspend();
  run.end();
  return outcomes;
}

/** Limits small enough that a search of a small world rests, switches often, and lists objects. */
function smallLimits(draw: Draw): Partial<AccessLimits> {
  if (draw.chance(20)) return {};
  return {
    stepsPerPart: draw.pick([1, 50, 2000]), questionsPerSwitch: draw.pick([1, 7, 100]),
    fewObjects: draw.pick([0, 1, 3]), fewUsers: draw.pick([0, 1, 4]), stepsPerObject: draw.pick([0, 10, 100, 2000]),
  };
}

const isReceipt = (outcome: Receipt | Refusal): outcome is Receipt => !isRefusal(outcome);

/** Asserts that the access change of events is the difference of all answers. Returns the number of entries. */
async function expectDifference(play: Play, events: readonly Envelope[], draw: Draw): Promise<number> {
  const { world } = play;
  const before = printed(world.tuples.read({}));
  const was = setOf(world.tuples.read({}));
  const receipts = tryOut(play, events, draw.pick([500, 100, 20])).filter(isReceipt);
  const state = { lock: new StateLock(), model: MODEL, tuples: world.tuples, now: () => world.now };
  const change = await accessOf(state, receipts, 1, smallLimits(draw));
  if (change === undefined) throw new Error("nothing moved");
  expect(printed(world.tuples.read({})), "the state is as before").toEqual(before);
  for (const { type, data, ...attributes } of events) world.send(type, data, attributes);
  const objects = new Set([...objectsOf(was), ...objectsOf(world.tuples)]);
  const [had, has] = [yesses(was, world.now, objects), yesses(world.tuples, world.now, objects)];
  const asSent = JSON.stringify(events);
  expect(told(change.gained), `gained by ${asSent}`).toEqual(apart(has, had));
  expect(told(change.lost), `lost by ${asSent}`).toEqual(apart(had, has));
  expect(change.complete).toBe(true);
  return change.gained.length + change.lost.length;
}

/** An event of a type, one that has an effect if one of the draws has one. */
function effective(play: Play, type: string, draw: Draw): { readonly event: Envelope; readonly applied: boolean } {
  for (let tried = 1; ; tried++) {
    const data = DRAWN[type]!(draw, play.world.tuples, new Pools());
    const clean = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
    const event = { id: `a${tried}`, source: "/access", type, data: clean };
    const [outcome] = tryOut(play, [event], 500);
    const applied = isReceipt(outcome!) && outcome.status === "applied";
    if (tried === TRIES || applied) return { event, applied };
  }
}

test("the access change of a dry run is the difference of all answers before and after, for every event", async () => {
  /** Types that changed something, and those that changed an answer. */
  const effects = new Set<string>();
  const differences = new Set<string>();
  await holdsAsync(sequences(25, 55), 300, async (seeds) => {
    const play = new Play(new Map(), [...FOUNDING, ...OWN_NOTES, ...RARE]).all(seeds);
    const draw = new Draw(seeds[1]!);
    const { event, applied } = effective(play, TYPES[seeds[0]! % TYPES.length]!, draw);
    const others = [{ ...play.next(seeds[3]!), id: "b1" }, { ...play.next(seeds[2]!), id: "b2" }];
    const more = draw.chance(30) ? others : [];
    const entries = await expectDifference(play, [event, ...more], draw);
    if (applied) effects.add(event.type);
    if (more.length === 0 && entries > 0) differences.add(event.type);
  }, 5000);
  covered(() => expect(effects.size, [...effects].join()).toBeGreaterThan(TYPES.length - 8));
  covered(() => expect(differences.size, [...differences].join()).toBeGreaterThan(TYPES.length / 2));
});

/** The same notes, but u3 is an account of no athlete. */
const NOT_LINKED = OWN_NOTES.filter(({ type }) => type !== "athlete.linked" && type !== "athlete.unlinked")
  .map((event) => (event.type === "athlete.created" ? { ...event, data: { ...event.data as object, user: undefined } }
    : event));

test("a `but not` takes and gives: the mark of an account on notes about that athlete (S21)", async () => {
  for (const [n, event] of UNLINKING.entries()) {
    for (let seed = 0; seed < 4; seed++) {
      const play = new Play(new Map(), [...FOUNDING, ...OWN_NOTES]);
      await expectDifference(play, [{ ...event, id: `u${n}`, source: "/access" }], new Draw(seed));
    }
  }
  const linking = { id: "link", source: "/access", type: "athlete.linked", data: { athlete: "a2", user: "u3" } };
  const play = new Play(new Map(), [...FOUNDING, ...NOT_LINKED]);
  expect(play.world.can("u3", "can_read", "note:n4")).toBe(true);
  await expectDifference(play, [linking], new Draw(1));
  expect(play.world.can("u3", "can_read", "note:n4")).toBe(false);
});

test("the same where much depends on one person, team, role or athlete", async () => {
  await holdsAsync(fc.noShrink(fc.nat()), 60, async (seed) => {
    const draw = new Draw(seed);
    const play = new Play(new Map(), []);
    for (const tuple of manyTied().tuples.read({})) play.world.tuples.add(tuple);
    await expectDifference(play, [effective(play, draw.pick(TYPES), draw).event], draw);
  }, 1000);
});
