// The suite that every implementation of the intake passes about atomic batches: all of a batch applies, or none of it.
import fc from "fast-check";
import { expect } from "vitest";
import type { AtomicRefusal, Receipt } from "../../src/events/event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { ledgerOf } from "../../src/ledger/event-record.ts";
import { holdsAsync } from "../laws/law.ts";
import type { Ground } from "../world/grounds.ts";
import { after as withToken, Club, eventOf, NEWEST } from "../world/running-club.ts";
import { describeCases, type Cases, type Skips } from "./cases.ts";
import { member } from "./identity.case.ts";

/** Maximum number of tuples of a batch, by whether the store is embedded. */
const MOST = { embedded: 1000, openfga: 100 } as const;
/** More links than a write of OpenFGA can hold tuples. */
const LINKS = 600;
/** Number of batches that are sent at once, and of events in each. */
const SENDERS = 8;
const EVENTS_EACH = 4;

type Outcome = Promise<readonly Receipt[] | AtomicRefusal>;

function together(club: Club, events: readonly Envelope[], dryRun = false): Outcome {
  return club.sidecar.intake.submitTogether(events, { system: true, dryRun });
}

/** The statuses of the receipts, or the index and the code of the refusal. */
async function told(outcome: Outcome): Promise<readonly string[]> {
  const all = await outcome;
  return "refusal" in all ? [String(all.index), all.refusal.refused] : all.map(({ status }) => status);
}

/** Events of one org that a batch makes, each of which needs the ones before it. */
function foundingOf(org: string): Envelope[] {
  return [
    eventOf("org.created", { org, kind: "club", owner: `${org}-owner` }),
    eventOf("member.added", { org, user: `${org}-coach` }),
    eventOf("team.created", { team: `${org}-team`, org, head_coach: `${org}-coach` }),
    eventOf("athlete.created", { athlete: `${org}-athlete`, org, team: `${org}-team` }),
  ];
}

/** Events of the org `fc`, good and bad, in any order: many only apply after another. */
const anyEvent = fc.oneof(
  fc.constantFrom("p", "q", "cora").map((user) => ["member.added", { org: "fc", user }] as const),
  fc.constantFrom("p", "q", "nobody").map((user) => ["member.deactivated", { org: "fc", user }] as const),
  fc.constantFrom("p", "q").map((user) => ["member.reactivated", { org: "fc", user }] as const),
  fc.constantFrom("t1", "t2").chain((team) => fc.constantFrom(
    ["team.created", { team, org: "fc" }] as const, ["team.deleted", { team }] as const,
    ["team.athlete_added", { team, athlete: "a1" }] as const,
    ["team.athlete_removed", { team, athlete: "a1" }] as const)),
  fc.constantFrom("p", "q").map((coach) =>
    ["coaching.started", { coaching: `a1.${coach}`, athlete: "a1", coach }] as const),
  fc.constantFrom("p", "q").map((coach) => ["coaching.ended", { coaching: `a1.${coach}` }] as const),
);

const CASES: Cases = {
  "events that need one another apply as a whole, in order, in an org that the batch makes": async (club) => {
    const receipts = await together(club, foundingOf("made"));
    if ("refusal" in receipts) throw new Error(receipts.refusal.detail);
    expect(receipts.map(({ type, status }) => [type, status])).toEqual(
      ["org.created", "member.added", "team.created", "athlete.created"].map((type) => [type, "applied"]));
    const how = withToken(receipts.at(-1)!.token);
    expect(how.positions).toEqual([{ org: "made", revision: 4 }]);
    expect(await club.check("made-coach", "sessions_read", "athlete:made-athlete", how)).toBe(true);
    expect(club.replica()).toEqual(await club.state());
  },

  "a refused event refuses the batch, by its index, and nothing of it is left": async (club) => {
    const before = await club.state();
    const events = [
      member("whole-1"), eventOf("team.created", { team: "whole", org: "fc" }),
      eventOf("member.deactivated", { org: "fc", user: "olga" }), member("whole-2"),
    ];
    expect(await told(together(club, events))).toEqual(["2", "last_admin"]);
    expect(await club.state()).toEqual(before);
    expect(club.replica()).toEqual(before);
    expect(await club.check("whole-1", "coach", "org:fc", NEWEST)).toBe(false);
    expect(await told(together(club, [events[0]!, events[1]!, events[3]!]))).toEqual(Array(3).fill("applied"));
  },

  "a batch that is sent again is its duplicates; one that was applied in part is completed": async (club) => {
    const events = foundingOf("again");
    const [first, second] = events;
    for (const event of [first!, second!]) expect(isRefusal(await club.submit(event))).toBe(false);
    expect(await told(together(club, events))).toEqual(["duplicate", "duplicate", "applied", "applied"]);
    expect(await told(together(club, events))).toEqual(Array(4).fill("duplicate"));
    const unchanged = eventOf("member.added", { org: "again", user: "again-coach" });
    const missing = eventOf("note.deleted", { note: "never-was" });
    const more = [missing, unchanged, eventOf("member.added", { org: "again", user: "late" })];
    expect(await told(together(club, more))).toEqual(["unchanged", "unchanged", "applied"]);
    expect(await told(together(club, more))).toEqual(["duplicate", "duplicate", "duplicate"]);
    // It stays a duplicate once the object exists: a retry after a time-out must not delete what came later.
    await club.system("coaching.started", { coaching: "kept-row", athlete: "again-athlete", coach: "again-coach" });
    await club.system("note.created",
      { note: "never-was", athlete: "again-athlete", author: "again-coach", under: "coaching:kept-row" });
    expect(await told(together(club, more))).toEqual(["duplicate", "duplicate", "duplicate"]);
    expect(await club.send("note.deleted", missing.data as object, { id: missing.id, source: missing.source }))
      .toBe("duplicate");
    expect(await club.check("again-coach", "can_read", "note:never-was", NEWEST)).toBe(true);
    expect(await told(together(club, [missing]))).toEqual(["duplicate"]);
  },

  "an event that says something else under a used id is a conflict": async (club) => {
    const event = member("conflict-1");
    const other = { ...event, data: { org: "fc", user: "conflict-2" } };
    expect(await told(together(club, [event, other]))).toEqual(["1", "event_conflict"]);
    expect(await told(together(club, [event, event]))).toEqual(["applied", "duplicate"]);
  },

  "an event of another org is refused; a duplicate of another org stops nothing": async (club) => {
    const away = eventOf("org.created", { org: "away", kind: "club", owner: "anna" });
    expect(await told(together(club, [member("two-orgs"), away]))).toEqual(["1", "wrong_org"]);
    expect(await club.check("two-orgs", "coach", "org:fc", NEWEST)).toBe(false);
    const superadmin = eventOf("platform.superadmin_granted", { user: "zed" });
    expect(await told(together(club, [member("two-orgs"), superadmin]))).toEqual(["1", "wrong_org"]);
    await club.submit(away);
    expect(await told(together(club, [member("two-orgs"), away]))).toEqual(["applied", "duplicate"]);
    expect(await told(together(club, [away, member("dup-first")]))).toEqual(["duplicate", "applied"]);
    expect(await told(together(club, [eventOf("member.added", { org: "away", user: "amy" }), member("x")]))).toEqual(
      ["1", "wrong_org"]);
  },

  "an actor acts by the rights that the events before it in the batch left": async (club) => {
    const as = (actor: string, type: string, data: object): Envelope => eventOf(type, data, { actor });
    expect(await told(together(club, [
      eventOf("member.added", { org: "fc", user: "adam", hats: ["admin"] }),
      as("adam", "team.created", { team: "adams", org: "fc" }),
      eventOf("member.deactivated", { org: "fc", user: "adam" }),
    ]))).toEqual(Array(3).fill("applied"));
    expect(await told(together(club, [
      eventOf("member.reactivated", { org: "fc", user: "adam", hats: ["admin"] }),
      eventOf("member.deactivated", { org: "fc", user: "adam" }),
      as("adam", "team.created", { team: "adams-2", org: "fc" }),
    ]))).toEqual(["2", "actor_not_allowed"]);
  },

  "a dry run answers what the batch would do, and does nothing": async (club) => {
    const before = await club.state();
    const events = foundingOf("dry");
    const dry = await together(club, events, true);
    if ("refusal" in dry) throw new Error(dry.refusal.detail);
    expect(await club.state()).toEqual(before);
    expect(club.replica()).toEqual(before);
    expect(dry.map(({ dry_run: dryRun }) => dryRun)).toEqual(Array(4).fill(true));
    const real = await together(club, events);
    if ("refusal" in real) throw new Error(real.refusal.detail);
    expect(real.map(({ token: _, ...rest }) => rest)).toEqual(
      dry.map(({ token: _, dry_run: __, changes: ___, ...rest }) => rest));
    expect(await told(together(club, [member("dry-1"), member("x", "none")], true))).toEqual(["1", "unknown_entity"]);
  },

  "a batch has as many tuples as one write of the store, and no more": async (club, ground) => {
    const most = ground.name === "embedded" ? MOST.embedded : MOST.openfga;
    const batchOf = (name: string, n: number): Envelope[] =>
      Array.from({ length: n }, (_, i) => member(`${name}-${i}`));
    // On OpenFGA all events of a batch share the two tuples of the org's revision.
    const before = new Set(await club.state());
    await club.submit(member("probe"));
    const after = new Set(await club.state());
    const each = [...after].filter((line) => !before.has(line)).length
      + [...before].filter((line) => !after.has(line)).length;
    const shared = ground.name === "embedded" ? 0 : 2;
    const n = Math.floor((most - shared) / (each - shared));
    expect(await told(together(club, batchOf("over", n + 1)))).toEqual([String(n), "batch_too_large"]);
    expect(await club.check("over-0", "coach", "org:fc", NEWEST)).toBe(false);
    expect(await told(together(club, batchOf("fits", n)))).toEqual(Array(n).fill("applied"));
    expect(await club.check(`fits-${n - 1}`, "coach", "org:fc", NEWEST)).toBe(true);
  },

  "an event that needs several writes by itself does not fit a batch": async (club) => {
    await club.system("team.created", { team: "wide-batch", org: "fc" });
    await Promise.all(Array.from({ length: LINKS }, (_, n) =>
      club.system("invite.created", { invite: `wide-batch-${n}`, org: "fc", hat: "coach", team: "wide-batch" })));
    const events = [member("before-wide"), eventOf("team.deleted", { team: "wide-batch" })];
    expect(await told(together(club, events))).toEqual(["1", "batch_too_large"]);
    expect(await club.check("before-wide", "coach", "org:fc", NEWEST)).toBe(false);
    expect(await club.check("x", "can_redeem", "invite:wide-batch-0")).toBe(true);
    expect(club.replica()).toEqual(await club.state());
  },

  "a batch waits for an unfinished event of its org, and is decided on the state after it": async (club) => {
    await club.system("team.created", { team: "long-first", org: "fc" });
    await Promise.all(Array.from({ length: LINKS }, (_, n) =>
      club.system("invite.created", { invite: `long-first-${n}`, org: "fc", hat: "coach", team: "long-first" })));
    const long = club.submit(eventOf("team.deleted", { team: "long-first" }));
    // One turn later the first of its writes may have been made, and the last has not.
    await new Promise((turn) => setImmediate(turn));
    const gone = eventOf("team.athlete_added", { team: "long-first", athlete: "a1" });
    const [batch, refused, outcome] = await Promise.all(
      [told(together(club, [member("after-long")])), told(together(club, [member("x1"), gone])), long]);
    expect([isRefusal(outcome), batch]).toEqual([false, ["applied"]]);
    expect(refused).toEqual(["1", "unknown_entity"]);
    expect(club.replica()).toEqual(await club.state());
  },

  "batches and events that are sent at once each apply whole, in one order": async (club) => {
    const batches = Array.from({ length: SENDERS }, (_, s) => [
      ...Array.from({ length: EVENTS_EACH }, (_, n) => member(`at-once-${s}-${n}`)),
      // Every other batch is refused by its last event.
      ...(s % 2 === 0 ? [] : [member("x", "none")]),
    ]);
    const singles = Array.from({ length: SENDERS }, (_, s) => member(`alone-${s}`));
    const [outcomes, alone] = await Promise.all([
      Promise.all(batches.map((events) => told(together(club, events)))),
      Promise.all(singles.map((event) => club.submit(event))),
    ]);
    expect(alone.map((outcome) => isRefusal(outcome))).toEqual(Array(SENDERS).fill(false));
    for (const [s, outcome] of outcomes.entries()) {
      const isGood = s % 2 === 0;
      expect(outcome).toEqual(isGood ? Array(EVENTS_EACH).fill("applied") : [String(EVENTS_EACH), "unknown_entity"]);
      for (let n = 0; n < EVENTS_EACH; n++) {
        expect(await club.check(`at-once-${s}-${n}`, "coach", "org:fc", NEWEST)).toBe(isGood);
      }
    }
    expect(club.replica()).toEqual(await club.state());
  },

  "a batch is what its events are one after the other, or nothing": async (club) => {
    await holdsAsync(fc.array(anyEvent, { minLength: 1, maxLength: 6 }), 20, async (drawn) => {
      const events = drawn.map(([type, data]) => eventOf(type, data));
      const before = await club.state();
      const alone = await Promise.all(club.sidecar.intake.submitAll(events, { system: true, dryRun: true }));
      const refused = alone.findIndex(isRefusal);
      const whole = await together(club, events);
      if (refused >= 0) {
        expect(whole).toEqual({ index: refused, refusal: expect.objectContaining(
          { refused: (alone[refused] as { refused: string }).refused }) });
        expect(await club.state()).toEqual(before);
        return;
      }
      const counts = (receipts: readonly Receipt[]): unknown[] =>
        receipts.map(({ status, written, deleted, rows }) => [status, written, deleted, rows]);
      expect(counts(whole as readonly Receipt[])).toEqual(counts(alone as readonly Receipt[]));
      expect(club.replica()).toEqual(await club.state());
    }, 200);
  },
};

/** Cases that open and close their own sidecars. */
const LIVES: Cases = {
  "sidecars that send batches to one org at once lose none, and split none": async (_, ground) => {
    const name = `batches-${process.pid}`;
    const one = await Club.found(ground, { name });
    const two = new Club(ground);
    await two.open({ name });
    const outcomes = await Promise.all([one, two].flatMap((club, c) => Array.from({ length: SENDERS }, (_, s) =>
      told(together(club, Array.from({ length: EVENTS_EACH }, (_, n) => member(`both-${c}-${s}-${n}`)))))));
    expect(outcomes).toEqual(outcomes.map(() => Array(EVENTS_EACH).fill("applied")));
    const users = await one.users("org:fc", "coach", NEWEST);
    const sent = [0, 1].flatMap((c) => Array.from({ length: SENDERS }, (_, s) =>
      Array.from({ length: EVENTS_EACH }, (_, n) => `user:both-${c}-${s}-${n}`)));
    expect(users).toEqual(expect.arrayContaining(sent.flat()));
    await expect.poll(() => two.replica()).toEqual(await one.state());
    expect(two.sidecar.tuples.users(ledgerOf("fc"), "at")).toHaveLength(1);
    expect([...one.warned, ...two.warned]).toEqual([]);
    await Promise.all([one.close(), two.close()]);
  },

  "a closed sidecar takes no batch": async (_, ground) => {
    const club = await Club.found(ground);
    await club.close();
    expect(await told(together(club, [member("late")]))).toEqual(["undefined", "store_unavailable"]);
  },
};

/** Declares the suite's tests for one implementation. `skips`: cases it cannot pass, title to reason. */
export function describeAtomic(ground: Ground, skips?: Skips): void {
  describeCases(`atomic batches, ${ground.name}`, ground, { ...CASES, ...LIVES }, skips, (club) => {
    expect(club.warned).toEqual([]);
  });
}
