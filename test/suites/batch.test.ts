// A batch on every store: each event is decided on the state after the ones before it, whatever their orgs.
import { expect, test } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { after, Club, eventOf, tell } from "../world/running-club.ts";
import { describeOnEachGround } from "../world/grounds.ts";

/** Number of times each batch is sent, with new names each time, so that an order left to chance shows. */
const TIMES = 4;

let fresh = 0;

/** A batch of events, their expected outcomes, and its results: `user relation object` or its opposite. */
interface Batch {
  readonly events: readonly Envelope[];
  readonly told: readonly string[];
  readonly after?: readonly [holds: boolean, user: string, relation: string, object: string];
}

/** Batches of two clubs `g` and `h`, each led by its owner; `n` makes the names unique. */
const BATCHES: Readonly<Record<string, (g: string, h: string, n: number) => Batch>> = {
  "who has lost the platform's right has no right in an org": (_, h, n) => ({
    events: [
      eventOf("platform.superadmin_granted", { user: `super${n}` }),
      eventOf("team.created", { team: `first${n}`, org: h }, { actor: `super${n}` }),
      eventOf("platform.superadmin_revoked", { user: `super${n}` }),
      eventOf("team.created", { team: `second${n}`, org: h }, { actor: `super${n}` }),
    ],
    told: ["applied", "applied", "applied", "actor_not_allowed"],
  }),
  "a note that is deleted, made anew in another org and deleted again is gone": (g, h, n) => ({
    events: [
      eventOf("athlete.created", { athlete: `ah${n}`, org: h, coach: `${h}-owner` }),
      eventOf("athlete.created", { athlete: `ag${n}`, org: g, coach: `${g}-owner` }),
      eventOf("note.created",
        { note: `n${n}`, athlete: `ah${n}`, author: `${h}-owner`, under: `coaching:ah${n}.${h}-owner` }),
      eventOf("note.deleted", { note: `n${n}` }),
      eventOf("note.created",
        { note: `n${n}`, athlete: `ag${n}`, author: `${g}-owner`, under: `coaching:ag${n}.${g}-owner` }),
      eventOf("note.deleted", { note: `n${n}` }),
    ],
    told: Array<string>(6).fill("applied"), after: [false, `${g}-owner`, "can_read", `note:n${n}`],
  }),
  "what is ended before it began begins all the same": (_, h, n) => ({
    events: [
      eventOf("athlete.created", { athlete: `x${n}`, org: h }),
      eventOf("coaching.ended", { coaching: `c${n}` }),
      eventOf("coaching.started", { coaching: `c${n}`, athlete: `x${n}`, coach: `${h}-owner` }),
    ],
    told: ["applied", "unknown_entity", "applied"], after: [true, `${h}-owner`, "current_coach", `athlete:x${n}`],
  }),
  "an id is the first org's that takes it": (g, h, n) => ({
    events: [
      eventOf("athlete.created", { athlete: `y${n}`, org: h }),
      eventOf("athlete.created", { athlete: `y${n}`, org: g }),
    ],
    told: ["applied", "already_exists"], after: [true, `${h}-owner`, "can_view", `athlete:y${n}`],
  }),
  "each org has its own sequence of a source and subject": (g, h, n) => {
    const stream = (sequence: string): Partial<Envelope> => ({ source: "/batch", subject: `s${n}`, sequence });
    return {
      events: [
        eventOf("team.created", { team: `five${n}`, org: h }, stream("5")),
        eventOf("team.created", { team: `four${n}`, org: g }, stream("4")),
        eventOf("team.created", { team: `three${n}`, org: g }, stream("3")),
        eventOf("team.created", { team: `ten${n}`, org: h }, stream("10")),
      ],
      told: ["applied", "applied", "stale_event", "applied"],
    };
  },
};

/** The part of an outcome that a dry run and the real one share. */
function withoutTokens(outcome: Receipt | Refusal): object {
  if (isRefusal(outcome)) return outcome;
  const { token: _, dry_run: __, changes: ___, ...rest } = outcome;
  return rest;
}

describeOnEachGround("a batch", (ground) => {
  test.each(Object.entries(BATCHES))("%s", async (_, made) => {
    const club = new Club(ground);
    await club.open();
    for (const org of ["g", "h"]) await club.system("org.created", { org, kind: "club", owner: `${org}-owner` });
    for (let times = 0; times < TIMES; times++) {
      const { events, told, after } = made("g", "h", ++fresh);
      const outcomes = await Promise.all(club.sidecar.intake.submitAll(events, { system: true, dryRun: false }));
      expect(outcomes.map(tell)).toEqual(told);
      if (after !== undefined) expect(await club.check(after[1], after[2], after[3])).toBe(after[0]);
    }
    expect(club.replica()).toEqual(await club.state());
    await club.close();
  });

  test.each(Object.entries(BATCHES))("as a dry run reports its real effect, and leaves nothing: %s",
    async (_, made) => {
      const club = new Club(ground);
      await club.open();
      for (const org of ["g", "h"]) await club.system("org.created", { org, kind: "club", owner: `${org}-owner` });
      const { events, told } = made("g", "h", ++fresh);
      const batch = [...events, events[0]!, { ...events[0]!, type: "member.promoted" }];
      const before = await club.state();
      const dry = await Promise.all(club.sidecar.intake.submitAll(batch, { system: true, dryRun: true }));
      expect(dry.map(tell)).toEqual([...told, "duplicate", "unknown_event_type"]);
      expect(await club.state()).toEqual(before);
      expect(club.replica()).toEqual(before);
      const sent = await Promise.all(club.sidecar.intake.submitAll(batch, { system: true, dryRun: false }));
      expect(dry.map(withoutTokens)).toEqual(sent.map(withoutTokens));
      await club.close();
    });

  test("a dry run builds on itself: a member added by one event coaches by the next", async () => {
    const club = await Club.found(ground);
    const batch = [
      eventOf("member.added", { org: "fc", user: "newcomer" }),
      eventOf("coaching.started", { coaching: "dry-row", athlete: "a1", coach: "newcomer" }),
      eventOf("org.created", { org: "dry-org", kind: "club", owner: "dee" }),
      eventOf("team.created", { team: "dry-team", org: "dry-org", head_coach: "dee" }, { actor: "dee" }),
    ];
    for (let times = 0; times < 2; times++) {
      const dry = await Promise.all(club.sidecar.intake.submitAll(batch, { system: true, dryRun: true }));
      expect(dry.map(tell)).toEqual(Array(4).fill("applied"));
      expect(dry[1]).toMatchObject({ rows: ["coaching:dry-row"], dry_run: true });
    }
    expect(await club.check("newcomer", "coach", "org:fc")).toBe(false);
    expect(await club.check("dee", "member", "org:dry-org")).toBe(false);
    // A token of the dry run is of an existing state.
    const dry = await Promise.all(club.sidecar.intake.submitAll(batch, { system: true, dryRun: true }));
    for (const outcome of dry) {
      if (!("token" in outcome)) throw new Error(outcome.refused);
      expect(await club.check("olga", "admin", "org:fc", after(outcome.token))).toBe(true);
    }
    await club.close();
  });

  test("a dry run's token is of the state on which it ran", async () => {
    const club = await Club.found(ground);
    const event = eventOf("member.added", { org: "fc", user: "dry" });
    for (const dryRun of [true, true, false, true]) {
      const outcome = await club.submit(event, dryRun);
      if (!("token" in outcome)) throw new Error(outcome.refused);
      const asked = after(outcome.token);
      expect(await club.check("olga", "admin", "org:fc", asked)).toBe(true);
    }
    await club.close();
  });
});
