// A batch on every store: each event is decided on a state that has the ones before it, whatever their orgs.
import { expect, test } from "vitest";
import type { Envelope } from "../../src/events/event.ts";
import { Club, eventOf, tell } from "./club.ts";
import { describeOnEachGround } from "./grounds.ts";

/** How often each batch is sent, with other names each time: an order that is left to luck shows. */
const TIMES = 4;

let fresh = 0;

/** A batch of events, what shall become of each, and what holds after it: `user relation object` or its opposite. */
interface Batch {
  readonly events: readonly Envelope[];
  readonly told: readonly string[];
  readonly after?: readonly [holds: boolean, user: string, relation: string, object: string];
}

/** Batches of two clubs `g` and `h`, each led by its owner; `n` makes the names new. */
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
  "a sequence goes on from org to org": (g, h, n) => {
    const stream = (sequence: string): Partial<Envelope> => ({ source: "/batch", subject: `s${n}`, sequence });
    return {
      events: [
        eventOf("team.created", { team: `five${n}`, org: h }, stream("5")),
        eventOf("team.created", { team: `four${n}`, org: g }, stream("4")),
        eventOf("team.created", { team: `six${n}`, org: g }, stream("6")),
      ],
      told: ["applied", "stale_event", "applied"],
    };
  },
};

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

  test("a dry run's token is of the state it was tried on", async () => {
    const club = await Club.found(ground);
    const event = eventOf("member.added", { org: "fc", user: "dry" });
    for (const dryRun of [true, true, false, true]) {
      const outcome = await club.submit(event, dryRun);
      if (!("token" in outcome)) throw new Error(outcome.refused);
      const asked = { higher: false, token: outcome.token };
      expect(await club.check("olga", "admin", "org:fc", asked)).toBe(true);
    }
    await club.close();
  });
});
