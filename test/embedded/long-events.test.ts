// Long events on the embedded store: one write per turn, other orgs' events in between, and none lost by a crash.
import { expect, test } from "vitest";
import type { Envelope } from "../../src/ledger/envelope.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { World } from "../world/world.ts";
import { Draw } from "../laws/draw.ts";
import { covered, holdsAsync } from "../laws/law.ts";
import { sequences } from "../laws/sequence.ts";
import { counting } from "./counting.ts";
import { APPLY, event, founded, isPending, stage, tell, TRY, turn } from "./stage.ts";
import { MAX_STEPS_PER_TURN } from "../../src/domain/event-limits.ts";

/** Number of open links to a team: its deletion takes about thirty writes of 20 tuples. */
const LINKS = 300;
const deactivated = (org: string, user: string): Envelope => event("member.deactivated", { org, user });
const added = (org: string, user: string): Envelope => event("member.added", { org, user });

test("between two writes of a long event other orgs' events are accepted; those of its own org wait", async () => {
  const of = stage({ maxTuples: 20 });
  const { world, send, commits } = of;
  const long = await founded(of, "a", LINKS);
  await founded(of, "b", 0);
  for (const org of ["a", "b"]) await send(added(org, "carl"));
  const order: string[] = [];
  const noted = async (name: string, envelope: Envelope): Promise<void> => {
    order.push(`${name} ${await send(envelope)}`);
  };
  commits.length = 0;
  const all = [noted("long", long)];
  while (!isPending(world, "a")) await turn();
  all.push(noted("own", deactivated("a", "carl")), noted("other", deactivated("b", "carl")));
  while (order.length === 0) await turn();
  expect(order).toEqual(["other applied"]);
  expect(commits.length).toBeLessThanOrEqual(4);
  for (let n = 0; order.length === n + 1 && n < 5; n++) await noted("other", added("b", `u${n}`));
  expect(order).toEqual(Array(6).fill("other applied"));
  expect(isPending(world, "a")).toBe(true);
  await Promise.all(all);
  expect(order.slice(6)).toEqual(["long applied", "own applied"]);
  expect(of.stored()).toEqual(of.state());
});

test("long events of two orgs take turns, and dry runs of a third continue in between", async () => {
  const of = stage({ maxTuples: 20 });
  const [one, two] = [await founded(of, "a", LINKS), await founded(of, "b", LINKS)];
  await founded(of, "c", 0);
  const done: string[] = [];
  const ends = [one, two].map(async (each) => done.push(await of.send(each)));
  while (!isPending(of.world, "a") || !isPending(of.world, "b")) await turn();
  expect(tell(await of.intake.submit(added("c", "u"), TRY))).toBe("applied");
  const waits = of.intake.submit(added("b", "u"), TRY);
  expect([isPending(of.world, "a"), isPending(of.world, "b"), done]).toEqual([true, true, []]);
  expect(tell(await waits)).toBe("applied");
  expect(isPending(of.world, "b")).toBe(false);
  await Promise.all(ends);
  expect(done).toEqual(["applied", "applied"]);
});

test("an event about an object of a waiting event also waits, and so do the later events of its batch", async () => {
  const of = stage({ maxTuples: 20 });
  const long = await founded(of, "a", LINKS);
  for (const org of ["b", "c"]) await founded(of, org, 0);
  const first = of.send(long);
  while (!isPending(of.world, "a")) await turn();
  const made = of.send(event("athlete.created", { org: "a", athlete: "new" }));
  const linked = of.send(event("coaching.started", { coaching: "row", athlete: "new", coach: "a-owner" }));
  const batch = of.intake.submitAll([added("a", "x"), added("b", "x"), deactivated("a", "x")], APPLY);
  const behind = of.send(deactivated("b", "x"));
  expect(await of.send(added("c", "y"))).toBe("applied");
  expect(isPending(of.world, "a")).toBe(true);
  expect(await Promise.all([first, made, linked, behind])).toEqual(Array(4).fill("applied"));
  expect((await Promise.all(batch)).map(tell)).toEqual(["applied", "applied", "applied"]);
});

/** A random event about an org, with names that only its own events use. */
function drawn(draw: Draw, org: string, made: { teams: number; links: number }): Envelope {
  const user = `u${draw.below(4)}`;
  const team = (n: number): string => `${org}-t${n}`;
  switch (draw.below(7)) {
    case 0:
      return event("team.created", { org, team: team(made.teams++) });
    case 1:
      return event("team.deleted", { team: draw.chance(80) ? team(draw.below(made.teams)) : "never-made" });
    case 2:
      return deactivated(org, user);
    case 3:
      return event("member.reactivated", { org, user });
    case 4:
      return event("athlete.created", { org, athlete: `${org}-a${made.links++}`, team: team(made.teams - 1) });
    case 5:
      return event("team.athlete_removed", { team: team(made.teams - 1), athlete: `${org}-a${made.links - 1}` });
    default:
      return added(org, user);
  }
}

/** The tuples without revisions and records, because a long event moves its org by more than one revision. */
const essence = (lines: readonly string[]): string[] =>
  lines.filter((line) => !line.startsWith('["event:') && !/,"(?:at|since)",/.test(line));

test("each org's events have the outcomes that they have one after the other, whatever is sent", async () => {
  const seen = new Map<string, number>();
  let past = 0;
  await holdsAsync(sequences(30, 60), 12, async (seeds) => {
    const orgs = ["a", "b", "c"];
    const of = stage({ maxTuples: 20 });
    const reference = stage({ maxTuples: 100_000 });
    const made = new Map(orgs.map((org) => [org, { teams: 1, links: 0 }]));
    for (const org of orgs) {
      for (const each of [event("org.created", { org, kind: "club", owner: `${org}-owner` }),
        event("team.created", { org, team: `${org}-t0` }), ...Array.from({ length: 25 }, (_, n) =>
          event("invite.created", { invite: `${org}-i${n}`, org, team: `${org}-t0` }))]) {
        expect([await of.send(each), await reference.send(each)]).toEqual(["applied", "applied"]);
      }
    }
    const draw = new Draw(seeds[0] ?? 0);
    const batches: Envelope[][] = [];
    for (const seed of seeds) {
      const org = orgs[seed % 3]!;
      const envelope = drawn(new Draw(seed), org, made.get(org)!);
      if (draw.chance(40) && batches.length > 0) batches.at(-1)!.push(envelope);
      else batches.push([envelope]);
    }
    const outcomes: Promise<unknown>[] = [];
    let latest = -1;
    for (const batch of batches) {
      outcomes.push(...of.intake.submitAll(batch, APPLY).map(async (answer, n) => {
        const number = outcomes.length + n;
        const outcome = tell(await answer);
        if (number < latest) past++;
        latest = Math.max(latest, number);
        return outcome;
      }));
      if (draw.chance(50)) await turn();
    }
    const expected: string[] = [];
    for (const envelope of batches.flat()) expected.push(await reference.send(envelope));
    expect(await Promise.all(outcomes)).toEqual(expected);
    expect(essence(of.state())).toEqual(essence(reference.state()));
    expect(of.stored()).toEqual(of.state());
    for (const outcome of expected) seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
  });
  console.log(`${past} answered after a later one; ${JSON.stringify([...seen])}`);
  covered(() => expect(past).toBeGreaterThan(10));
});

test("a turn looks at a bounded number of events, however many wait for a long one", async () => {
  const world = new World();
  const counter = counting(world);
  const of = stage({ maxTuples: 20, world });
  const long = await founded(of, "a", LINKS);
  await founded(of, "b", 0);
  const first = of.send(long);
  while (!isPending(world, "a")) await turn();
  const waiting = of.intake.submitAll(Array.from({ length: 9000 }, (_, n) => added("a", `u${n % 100}`)), APPLY);
  const other = of.send(added("b", "u"));
  let answered = false;
  void other.then(() => (answered = true));
  const turns: number[] = [];
  for (let last = counter.steps(); !answered; last = counter.steps()) {
    await turn();
    turns.push(counter.steps() - last);
  }
  expect(isPending(world, "a")).toBe(true);
  expect(Math.max(...turns)).toBeLessThan(2 * MAX_STEPS_PER_TURN);
  expect(turns.length).toBeLessThan(30);
  expect([await first, await other]).toEqual(["applied", "applied"]);
  expect(new Set((await Promise.all(waiting)).map(tell))).toEqual(new Set(["applied", "unchanged"]));
});

test("an event about an unknown object waits for earlier events, not for long events that came later", async () => {
  const of = stage({ maxTuples: 20 });
  const longs = [await founded(of, "a", LINKS / 2), await founded(of, "b", LINKS), await founded(of, "c", LINKS)];
  const first = of.send(longs[0]!);
  while (!isPending(of.world, "a")) await turn();
  const unknown = of.send(event("coaching.ended", { coaching: "none" }));
  const later = longs.slice(1).map((long) => of.send(long));
  expect([await first, await unknown]).toEqual(["applied", "unknown_entity"]);
  expect(["a", "b", "c"].map((org) => isPending(of.world, org))).toEqual([false, true, true]);
  expect(await Promise.all(later)).toEqual(["applied", "applied"]);
});

/** Tuples of which some cannot be deleted while `isBroken`. */
function breakable(links: string): { tuples: (of: TupleSet) => TupleSet; isBroken: boolean } {
  const state = { isBroken: false, tuples: (of: TupleSet): TupleSet => {
    const set = Object.create(of) as TupleSet;
    for (const call of ["add", "delete", "has", "get", "users", "objects", "read"] as const) {
      const original = of[call].bind(of) as (key: { object: string }) => unknown;
      Object.assign(set, { [call]: call !== "delete" ? original
        : (key: { object: string }) => !(state.isBroken && key.object.includes(links)) && original(key) });
    }
    return set;
  } };
  return state;
}

test("an event that cannot be finished is no duplicate; its org waits and others continue until it can", async () => {
  const broken = breakable("invite:a-");
  const of = stage({ maxTuples: 20, tuples: broken.tuples });
  const long = await founded(of, "a", LINKS);
  await founded(of, "b", 0);
  const first = of.send(long);
  while (!isPending(of.world, "a")) await turn();
  broken.isBroken = true;
  const batch = of.intake.submitAll([added("a", "u"), added("b", "u")], APPLY);
  expect(await first).toBe("store_unavailable");
  const between = of.state();
  expect((await Promise.all(batch)).map(tell)).toEqual(["store_unavailable", "applied"]);
  expect(await of.send(long)).toBe("store_unavailable");
  expect(await of.send(added("a", "u"))).toBe("store_unavailable");
  expect(tell(await of.intake.submit(added("a", "u"), TRY))).toBe("store_unavailable");
  // An event about an unknown object does not wait for an event that makes no progress.
  expect(await of.send(event("coaching.ended", { coaching: "none" }))).toBe("unknown_entity");
  expect(of.state().length).toBeGreaterThan(between.length);
  broken.isBroken = false;
  expect(await of.send(long)).toBe("duplicate");
  expect(isPending(of.world, "a")).toBe(false);
  expect(await of.send(added("a", "u"))).toBe("applied");
  expect(of.stored()).toEqual(of.state());
  expect(of.told).not.toContain("broken");
});

test("a resend of an event that is being written is answered when all its writes are done", async () => {
  const of = stage({ maxTuples: 20 });
  const long = await founded(of, "a", LINKS);
  const first = of.send(long);
  while (!isPending(of.world, "a")) await turn();
  // By now the team no longer belongs to its org, so only the event's record shows whose event it is.
  const again = of.send(long);
  let isWhole = false;
  void first.then(() => (isWhole = true));
  expect([await again, isWhole]).toEqual(["duplicate", true]);
});

test("an event that a full disk interrupted continues with the next written event of any org", async () => {
  const of = stage({ maxTuples: 20 });
  const long = await founded(of, "a", LINKS);
  await founded(of, "b", 0);
  of.leave(2);
  expect(await of.send(long)).toBe("store_unavailable");
  expect(await of.send(added("b", "u"))).toBe("store_unavailable");
  expect(isPending(of.world, "a")).toBe(true);
  of.leave(Infinity);
  expect(await of.send(added("b", "u"))).toBe("applied");
  while (isPending(of.world, "a")) await turn();
  expect(await of.send(long)).toBe("duplicate");
  expect(of.stored()).toEqual(of.state());
});

/** Two orgs, each with an event that had only its first write when the process ended. */
async function stopped() {
  const of = stage({ maxTuples: 20 });
  const whole = stage({ maxTuples: 20 });
  const longs = [await founded(of, "a", LINKS), await founded(of, "b", LINKS)];
  for (const org of ["a", "b"]) await founded(whole, org, LINKS);
  for (const long of longs) await whole.send(long);
  const outcomes = longs.map((long) => of.send(long));
  while (!isPending(of.world, "a") || !isPending(of.world, "b")) await turn();
  of.leave(0);
  expect(await Promise.all(outcomes)).toEqual(["store_unavailable", "store_unavailable"]);
  const world = new World();
  of.store.load(world.tuples);
  expect(["a", "b"].map((org) => isPending(world, org))).toEqual([true, true]);
  return { world, store: of.store, longs, after: essence(whole.state()) };
}

test("at the start each remaining write of an unfinished event has its own turn and commit", async () => {
  const { world, store, after } = await stopped();
  const of = stage({ world, store, maxTuples: 20 });
  let isOver = false;
  const finished = of.intake.finishContinuations(["a", "b", "c"]).finally(() => (isOver = true));
  const seen: number[] = [];
  for (; !isOver; await turn()) seen.push(of.commits.length);
  expect(await finished).toBe(2);
  expect(of.commits.length).toBeGreaterThan(10);
  for (const deltas of of.commits) expect(deltas).toHaveLength(1);
  expect(new Set(seen).size).toBeGreaterThanOrEqual(of.commits.length);
  expect(essence(of.state())).toEqual(after);
  expect(of.stored()).toEqual(of.state());
  expect(await of.intake.finishContinuations(["a", "b"])).toBe(0);
});

test("if the disk takes nothing at the start, the next event finishes it", async () => {
  const { world, store, longs, after } = await stopped();
  const of = stage({ world, store, maxTuples: 20 });
  of.leave(0);
  expect(await of.intake.finishContinuations(["a", "b"])).toBe(0);
  expect(of.told).toEqual(["failed", "failed"]);
  of.leave(Infinity);
  expect(await of.send(longs[0]!)).toBe("duplicate");
  while (isPending(world, "b")) await turn();
  expect(essence(of.state())).toEqual(after);
});
