// A dry run on live tuples: undone and applied again, restarted if others interfere, bounded in size.
import { expect, test } from "vitest";
import { decideEvent, type Step } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { DryRun } from "../../src/events/dry-run.ts";
import { readTokens } from "../../src/ledger/revision-token.ts";
import { sizeOf as sizeOfDelta } from "../../src/tuples/delta.ts";
import { indexOf } from "../../src/memory/indexed-tuple-set.ts";
import { printed } from "../laws/answers.ts";
import { holds } from "../laws/law.ts";
import { Play, sequences } from "../laws/sequence.ts";
import { emailHash, START, World } from "../world/world.ts";

const AROUND = { system: true, clock: START, emailHash };
const tell = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

/** The outcome of an event, after all of its writes. */
function take(rehearsal: DryRun, event: Envelope): Receipt | Refusal {
  for (;;) {
    const outcome = rehearsal.decide(DomainEvent.sent(event));
    if (outcome !== undefined) return outcome;
  }
}

const added = (user: string): Envelope =>
  ({ id: `add-${user}`, source: "/dry", type: "member.added", data: { org: "o", user } });

/** Number of names for which a world's tuples have a number. */
const namesOf = ({ tuples }: World): number => [...indexOf(tuples).names.all()].length;

function stage(): World {
  const world = new World();
  world.system("org.created", { org: "o", kind: "club", owner: "olga" });
  return world;
}

test("a dry run gives events the outcomes that they have one after the other, and leaves no trace", () => {
  holds(sequences(20, 50), 25, (seeds) => {
    const play = new Play();
    const before = printed(play.world.tuples.read({}));
    const names = namesOf(play.world);
    const sent = new Play();
    // A dry run has writes of 500 tuples. Smaller ones would take an event of 100 tuples or more to another revision.
    sent.world.maxTuples = 500;
    const events = seeds.map((seed) => {
      const event = sent.next(seed);
      sent.send(event);
      sent.world.now = START;
      return event;
    });
    const rehearsal = new DryRun(play.world.view, AROUND);
    const outcomes = events.map((event, n) => {
      if (n % 7 === 3) {
        rehearsal.suspend();
        expect(printed(play.world.tuples.read({}))).toEqual(before);
        expect(rehearsal.proceed(1)).toBe(true);
      }
      return take(rehearsal, event);
    });
    expect(printed(play.world.tuples.read({})).filter((line) => !line.includes("|>"))).toEqual(
      printed(sent.world.tuples.read({})).filter((line) => !line.includes("|>")));
    rehearsal.suspend();
    while (!rehearsal.end());
    expect(printed(play.world.tuples.read({}))).toEqual(before);
    expect(play.world.tuples.size).toBe(before.length);
    expect(namesOf(play.world), "it leaves no name behind").toBe(names);
    const again = new Play();
    expect(outcomes.map(tell)).toEqual(events.map((event) => {
      const { type, data, ...more } = event;
      const step = again.world.send(type, data, more);
      return isRefusal(step) ? step.refused : step.status;
    }));
  });
});

test("tokens are of the org's real revision, whatever the earlier events would add", () => {
  const world = stage();
  const rehearsal = new DryRun(world.view, AROUND);
  const founding: Envelope =
    { id: "p", source: "/dry", type: "org.created", data: { org: "p", kind: "club", owner: "pia" } };
  const outcomes = [added("a"), added("b"), founding, added("a"), added("c")].map((each) => take(rehearsal, each));
  rehearsal.suspend();
  expect(outcomes.map(tell)).toEqual(["applied", "applied", "applied", "duplicate", "applied"]);
  expect(outcomes.map((outcome) => readTokens((outcome as Receipt).token))).toEqual(
    [["o", 1], ["o", 1], ["p", 0], ["o", 1], ["o", 1]].map(([org, revision]) => [{ org, revision }]));
});

test("if others changed a tuple of an event, nothing is applied and the dry run must start again", () => {
  const world = stage();
  const rehearsal = new DryRun(world.view, AROUND);
  for (const user of ["a", "b"]) expect(tell(take(rehearsal, added(user)))).toBe("applied");
  rehearsal.suspend();
  world.system("member.added", { org: "o", user: "b" });
  const before = printed(world.tuples.read({}));
  for (const run of [1, 2, 3]) expect(rehearsal.proceed(run)).toBe(false);
  expect(printed(world.tuples.read({}))).toEqual(before);
});

test("if an org in it has changed, a run starts again the first few times, and later continues", () => {
  const world = stage();
  world.system("org.created", { org: "p", kind: "club", owner: "pia" });
  const decided = (envelope: Envelope, outcome: string): DryRun => {
    const rehearsal = new DryRun(world.view, AROUND);
    expect(tell(take(rehearsal, envelope))).toBe(outcome);
    rehearsal.suspend();
    return rehearsal;
  };
  // A refusal is also a decision: it may be a different one by now.
  const refused: Envelope = { ...added("a"), type: "member.deactivated" };
  const ofO = [decided(added("a"), "applied"), decided(refused, "unknown_entity")];
  const ofP = decided({ ...added("a"), data: { org: "p", user: "a" } }, "applied");
  world.system("member.added", { org: "o", user: "b" });
  for (const rehearsal of ofO) {
    expect([1, 2].map((run) => rehearsal.proceed(run))).toEqual([false, false]);
    expect(rehearsal.proceed(3)).toBe(true);
    rehearsal.suspend();
  }
  expect(ofP.proceed(1)).toBe(true);
  ofP.suspend();
});

test("a dry run changes a limited number of tuples; from the first event beyond the limit, nothing is tried", () => {
  const outcomesOf = (all: number, events: readonly Envelope[] = ["a", "b", "c"].map(added)) => {
    const rehearsal = new DryRun(stage().view, AROUND, { all, write: 500 });
    return events.map((event) => tell(take(rehearsal, event)));
  };
  const each = sizeOfDelta((decideEvent(DomainEvent.sent(added("a")), stage().view, AROUND) as Step).delta);
  expect(outcomesOf(3 * each)).toEqual(["applied", "applied", "applied"]);
  expect(outcomesOf(3 * each - 1)).toEqual(["applied", "applied", "batch_too_large"]);
  expect(outcomesOf(1)).toEqual(["batch_too_large", "batch_too_large", "batch_too_large"]);

  // Later events may depend on that one, and are not decided without it.
  const founding: Envelope =
    { id: "p", source: "/dry", type: "org.created", data: { org: "p", kind: "club", owner: "pia" } };
  const inIt: Envelope = { id: "in", source: "/dry", type: "member.added", data: { org: "p", user: "x" } };
  expect(outcomesOf(each, [added("a"), founding, inIt])).toEqual(["applied", "batch_too_large", "batch_too_large"]);
});

/** A stage with a team of open links, more than a write of 20 tuples can close. */
function linked(): World {
  const world = stage();
  world.system("team.created", { team: "t", org: "o" });
  for (let n = 0; n < 40; n++) {
    world.system("invite.created", { invite: `l${n}`, org: "o", hat: "coach", team: "t" });
  }
  return world;
}

const GONE: Envelope = { id: "gone", source: "/dry", type: "team.deleted", data: { team: "t" } };
const SMALL = { all: 20_000, write: 20 };

test("an event of several writes is tried write by write, and answered like a single write", () => {
  const world = linked();
  const before = printed(world.tuples.read({}));
  const rehearsal = new DryRun(world.view, AROUND, SMALL);
  let takes = 1;
  let outcome = rehearsal.decide(DomainEvent.sent(GONE));
  for (; outcome === undefined; takes++) {
    rehearsal.suspend();
    expect(printed(world.tuples.read({}))).toEqual(before);
    // Another org's events do not matter.
    world.as("pia", "org.created", { org: `p${takes}`, kind: "club", owner: "pia" });
    before.splice(0, before.length, ...printed(world.tuples.read({})));
    expect(rehearsal.proceed(1)).toBe(true);
    outcome = rehearsal.decide(DomainEvent.sent(GONE));
  }
  expect(takes).toBeGreaterThan(4);
  const whole = take(new DryRun(linked().view, AROUND, { all: 20_000, write: 5000 }), GONE) as Receipt;
  const lines = ({ changes }: Receipt): string[][] => [printed(changes!.write), printed(changes!.delete)];
  expect(lines(outcome as Receipt)).toEqual(lines(whole));
  expect({ ...outcome, changes: whole.changes }).toEqual(whole);
  const sent = linked().system("team.deleted", { team: "t" });
  expect(tell(take(rehearsal, { ...GONE, id: "again" }))).toBe("unchanged");
  expect(readTokens((outcome as Receipt).token)).toMatchObject([{ revision: sent.revision - 1 }]);
  rehearsal.suspend();
  while (!rehearsal.end());
  expect(printed(world.tuples.read({}))).toEqual(before);
});

test("if its org changes between two writes of an event, the dry run starts again: it shows one revision", () => {
  const world = linked();
  const rehearsal = new DryRun(world.view, AROUND, SMALL);
  expect(rehearsal.decide(DomainEvent.sent(GONE))).toBeUndefined();
  rehearsal.suspend();
  world.system("member.added", { org: "o", user: "late" });
  const before = printed(world.tuples.read({}));
  expect(rehearsal.proceed(9)).toBe(false);
  expect(printed(world.tuples.read({}))).toEqual(before);
});

test("an event that is too large for a dry run ends it at any point; nothing of it stays", () => {
  const world = linked();
  const before = printed(world.tuples.read({}));
  const rehearsal = new DryRun(world.view, AROUND, { all: 50, write: 20 });
  expect(tell(take(rehearsal, GONE))).toBe("batch_too_large");
  expect(tell(take(rehearsal, added("a")))).toBe("batch_too_large");
  rehearsal.suspend();
  while (!rehearsal.end());
  expect(printed(world.tuples.read({}))).toEqual(before);
});

test("an event that breaks an invariant halfway is undone, and the next is decided without it", () => {
  const world = linked();
  let fails = false;
  const tuples = new Proxy(world.tuples, {
    get(target, name) {
      if (fails && name === "objects") throw new Error("broken");
      const part = Reflect.get(target, name) as unknown;
      return typeof part === "function" ? (part as (...given: unknown[]) => unknown).bind(target) : part;
    },
    getPrototypeOf: (target) => Reflect.getPrototypeOf(target),
  });
  const rehearsal = new DryRun({ ...world.view, tuples }, AROUND, SMALL);
  expect(rehearsal.decide(DomainEvent.sent(GONE))).toBeUndefined();
  fails = true;
  expect(() => rehearsal.decide(DomainEvent.sent(GONE))).toThrow("broken");
  fails = false;
  expect(tell(take(rehearsal, added("a")))).toBe("applied");
  expect(world.tuples.has("team:t", "org", "org:o")).toBe(true);
});
