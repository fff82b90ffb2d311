// The suite that every implementation of the sidecar port passes: the outcomes of events, case by case.
import { expect } from "vitest";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { MAX_EVENT_BYTES } from "../../src/http/http-limits.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { describeCases, type Cases, type Skips } from "./cases.ts";
import { after, ANY, Club, eventOf, NEWEST, tell } from "../world/running-club.ts";
import { START } from "../world/world.ts";
import type { Ground } from "../world/grounds.ts";
import { expectMarked, IDENTITY, member } from "./identity.case.ts";

/** Number of senders and of their events in one case. */
const SENDERS = 16;
const EVENTS_EACH = 6;
/** More links than a write can hold tuples. */
const LINKS = 120;

/** Every change from the beginning, oldest first, one line each. */
async function changesOf(club: Club): Promise<string[]> {
  const all: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await club.sidecar.changes(cursor, 50);
    if (page.changes.length === 0) return all;
    all.push(...page.changes.map(({ operation, tuple }) => `${operation} ${printTuple(tuple)}`));
    cursor = page.cursor;
  }
}

const CASES: Cases = {
  "an applied event is in answers, tuples and changes; the receipt counts tuples of access": async (club) => {
    const before = (await club.read()).length;
    const receipt = await club.system("coaching.started", { coaching: "c1", athlete: "a2", coach: "dora" });
    expect(await club.check("dora", "can_view", "athlete:a2")).toBe(true);
    const access = (await club.read({ object: "coaching:c1" })).length;
    expect(receipt).toMatchObject({ status: "applied", deleted: 0 });
    expect(receipt.written).toBeGreaterThanOrEqual(access);
    expect((await club.read()).length).toBeGreaterThan(before + receipt.written);
    expect(await changesOf(club)).toContain("write coaching:c1#coach@user:dora");
  },

  "what holds already is unchanged, and marked": async (club) => {
    const event = member("cora");
    expect(tell(await club.submit(event))).toBe("unchanged");
    expect(tell(await club.submit(event))).toBe("duplicate");
    expectMarked(club, [event]);
  },

  "ids may begin with _ or -": async (club) => {
    await club.system("org.created", { org: "-o", kind: "club", owner: "_own" });
    const own = { actor: "_own" };
    expect(await club.send("member.added", { org: "-o", user: "__proto__" }, own)).toBe("applied");
    expect(await club.send("team.created", { team: "-t", org: "-o", head_coach: "__proto__" }, own)).toBe("applied");
    expect(await club.send("athlete.created", { athlete: "_a", org: "-o", team: "-t" }, own)).toBe("applied");
    expect(await club.check("__proto__", "can_view", "athlete:_a")).toBe(true);
    expect(await club.users("team:-t", "coach")).toEqual(["user:__proto__"]);
    expect(await club.send("team_assignment.ended", { assignment: "-t.__proto__" }, own)).toBe("applied");
    expect(await club.check("__proto__", "can_view", "athlete:_a")).toBe(false);
    expect(await club.send("member.added", { org: "-o", user: "--" }, own)).toBe("invalid_event");
  },

  "a refused event leaves nothing, and may be sent again": async (club) => {
    const before = await club.state();
    const event = eventOf("athlete.created", { athlete: "later", org: "fc", team: "not-yet" });
    expect(tell(await club.submit(event))).toBe("unknown_entity");
    expect(await club.state()).toEqual(before);
    await club.system("team.created", { team: "not-yet", org: "fc" });
    expect(tell(await club.submit(event))).toBe("applied");
  },

  "refusals are told by their codes": async (club) => {
    const tries: readonly (readonly [string, Envelope, boolean?])[] = [
      ["unknown_event_type", eventOf("member.promoted", {})],
      ["invalid_event", eventOf("member.added", { org: "fc", user: "x", hat: "coach" })],
      ["actor_required", member("x"), false],
      ["actor_not_allowed", { ...member("x"), actor: "dora" }],
      ["actor_not_allowed", { ...member("x", "none"), actor: "olga" }],
      ["unknown_entity", member("x", "none")],
      ["last_admin", eventOf("member.deactivated", { org: "fc", user: "olga" })],
      ["already_exists", eventOf("team.created", { team: "red", org: "fc", head_coach: "dora" })],
      ["not_a_coach", eventOf("coaching.started", { coaching: "q", athlete: "a1", coach: "ida" })],
      ["already_exists", eventOf("member.added", { org: "fc", user: "cora", hats: ["admin"] })],
    ];
    const before = await club.state();
    for (const [code, event, system] of tries) {
      expect(tell(await club.submit(event, false, system ?? true)), JSON.stringify(event.data)).toBe(code);
    }
    expect(await club.state()).toEqual(before);
  },

  "an actor may what the model lets them, on the state as it is now": async (club) => {
    await club.system("member.added", { org: "fc", user: "adam", hats: ["admin"] });
    expect(await club.send("team.created", { team: "adams", org: "fc" }, { actor: "adam" })).toBe("applied");
    expect(await club.send("member.deactivated", { org: "fc", user: "adam" }, { actor: "olga" })).toBe("applied");
    expect(await club.send("team.created", { team: "adams2", org: "fc" }, { actor: "adam" })).toBe("actor_not_allowed");
  },

  "a dry run tells what would be and does nothing": async (club) => {
    const before = await club.state();
    const event = eventOf("coaching.started", { coaching: "dry", athlete: "a1", coach: "dora" });
    const dry = await club.submit(event, true);
    expect(dry).toMatchObject({ status: "applied", dry_run: true });
    expect(await club.state()).toEqual(before);
    expect(club.replica()).toEqual(before);
    const { token: _, dry_run: __, changes, ...counted } = dry as Extract<typeof dry, { token: string }>;
    expect(changes?.write).toContainEqual({ object: "coaching:dry", relation: "coach", user: "user:dora" });
    expect(await club.submit(event)).toMatchObject(counted);
    expect(tell(await club.submit({ ...event, id: `${event.id}-2` }, true))).toBe("unchanged");
  },

  "events sent at once are each applied once, in one order": async (club) => {
    const revision = revisionOf(club);
    const events = Array.from({ length: SENDERS }, (_, s) =>
      Array.from({ length: EVENTS_EACH }, (_, n) => member(`m${s}-${n}`)));
    const outcomes = await Promise.all(events.map(async (own) => {
      const told: string[] = [];
      for (const event of own) told.push(tell(await club.submit(event)));
      return told;
    }));
    expect(outcomes.flat()).toEqual(events.flat().map(() => "applied"));
    expectMarked(club, events.flat());
    expect(revisionOf(club) - revision).toBe(SENDERS * EVENTS_EACH);
    expect(club.replica()).toEqual(await club.state());
  },

  "an event may be about what the one before it makes, without waiting for its answer": async (club) => {
    const outcomes = await Promise.all([
      eventOf("org.created", { org: "quick", kind: "club", owner: "quinn" }),
      eventOf("team.created", { team: "qt", org: "quick", head_coach: "quinn" }),
      eventOf("athlete.created", { athlete: "qa", org: "quick", team: "qt" }),
      eventOf("team.athlete_removed", { team: "qt", athlete: "qa" }),
    ].map((event) => club.submit(event)));
    expect(outcomes.map(tell)).toEqual(Array(4).fill("applied"));
  },

  "of two who would each leave an org without an admin, one is refused": async (club) => {
    await club.system("org.created", { org: "duo", kind: "club", owner: "una" });
    await club.system("member.added", { org: "duo", user: "dan", hats: ["admin"], role: "owner" });
    const outcomes = await Promise.all(["una", "dan"].map((user) =>
      club.send("member.deactivated", { org: "duo", user })));
    expect(outcomes.sort()).toEqual(["applied", "last_admin"]);
    expect(await club.users("org:duo", "admin")).toHaveLength(1);
  },

  "a bad event between good ones takes none of them down": async (club) => {
    const good = Array.from({ length: 6 }, (_, n) => member(`good-${n}`));
    const bad = member("x", "none");
    const [first, ...rest] = await Promise.all([bad, ...good].map((event) => club.submit(event)));
    expect([tell(first!), ...rest.map(tell)]).toEqual(["unknown_entity", ...good.map(() => "applied")]);
    expectMarked(club, good);
    expectMarked(club, [bad], 0);
  },

  "an event of more tuples than one write holds may be as long as a request": async (club) => {
    await club.system("team.created", { team: "wide", org: "fc" });
    await Promise.all(Array.from({ length: LINKS }, (_, n) =>
      club.system("invite.created", { invite: `wide-${n}`, org: "fc", hat: "coach", team: "wide" })));
    // Blanks of three bytes take nine in a tuple.
    const id = "\u3000".repeat(MAX_EVENT_BYTES / 3 - 1_000);
    const event = { ...eventOf("team.deleted", { team: "wide" }), id };
    expect(await club.submit(event)).toMatchObject({ status: "applied" });
    expect(tell(await club.submit(event))).toBe("duplicate");
    expect((await club.state()).filter((line) => line.includes("#pending@") || line.includes("#payload@"))).toEqual([]);
    expect(await club.check("x", "can_redeem", "invite:wide-0")).toBe(false);
  },

  "an event of more tuples than one write holds ends whole, with one receipt": async (club) => {
    await club.system("team.created", { team: "big", org: "fc" });
    await Promise.all(Array.from({ length: LINKS }, (_, n) =>
      club.system("invite.created", { invite: `big-${n}`, org: "fc", hat: "coach", team: "big" })));
    const event = eventOf("team.deleted", { team: "big" });
    const dry = await club.submit(event, true);
    const receipt = await club.submit(event);
    expect(receipt).toMatchObject({ status: "applied" });
    if (isRefusal(receipt) || isRefusal(dry)) throw new Error("refused");
    expect(receipt.deleted).toBeGreaterThanOrEqual(LINKS);
    expect([receipt.written, receipt.deleted]).toEqual([dry.written, dry.deleted]);
    expect(tell(await club.submit(event))).toBe("duplicate");
    expect((await club.state()).filter((line) => line.includes("#pending@") || line.includes("#payload@"))).toEqual([]);
    expect(await club.check("x", "can_redeem", "invite:big-0")).toBe(false);
  },

  "of an email address nothing is kept but a hash": async (club) => {
    await club.system("invite.created", { invite: "mail", org: "fc", hat: "coach", email: "Pia@Example.org" });
    const redeem = (email: string, user: string) =>
      club.send("invite.redeemed", { invite: "mail", user, email }, { actor: user });
    const kept = [...await club.state(), ...await changesOf(club)].join("\n").toLowerCase();
    expect(kept).not.toMatch(/pia(@|%40)|example\.org/);
    expect(await redeem("else@example.org", "eve")).toBe("email_mismatch");
    expect(await redeem(" pia@example.ORG ", "pia")).toBe("applied");
  },
};

function revisionOf(club: Club): number {
  const [at] = club.sidecar.tuples.users("ledger:org/fc", "at");
  return Number(at?.slice("value:".length) ?? 0);
}

/** Cases that open and close their own sidecars. */
const LIVES: typeof CASES = {
  "what was acknowledged is there after a restart, and so is what it was": async (_, ground) => {
    const name = `again-${process.pid}`;
    const club = await Club.found(ground, { name });
    const event = member("kept");
    expect(tell(await club.submit(event))).toBe("applied");
    const [state, { id, modelId }] = [await club.state(), club.sidecar.info];
    await club.close();
    await club.open({ name });
    expect(await club.state()).toEqual(state);
    expect(club.replica()).toEqual(state);
    expect(club.sidecar.info).toMatchObject({ id, modelId });
    expect(tell(await club.submit(event))).toBe("duplicate");
    expect(tell(await club.submit({ ...event, data: { org: "fc", user: "other" } }))).toBe("event_conflict");
    expect(await club.check("kept", "coach", "org:fc", NEWEST)).toBe(true);
    await club.close();
  },

  "a closed sidecar takes no events, and says so": async (_, ground) => {
    const club = await Club.found(ground);
    await club.close();
    expect(tell(await club.submit(member("late")))).toBe("store_unavailable");
  },

  "a sidecar beside it on the same store sees each event by its token, and takes part": async (club, ground) => {
    const name = `beside-${process.pid}`;
    const one = await Club.found(ground, { name });
    const two = new Club(ground);
    await two.open({ name });
    for (let n = 0; n < 4; n++) {
      const { token } = await one.system("member.added", { org: "fc", user: `b${n}` });
      expect(await two.check(`b${n}`, "coach", "org:fc", after(token))).toBe(true);
      const left = await two.system("member.deactivated", { org: "fc", user: `b${n}` });
      expect(await one.check(`b${n}`, "coach", "org:fc", after(left.token))).toBe(false);
      // An object that one sidecar has just made exists for the other, which has not read of it yet.
      await one.system("artifact.created", { artifact: `drill:d${n}`, org: "fc", creator: "cora" });
      expect(await two.send("artifact.deleted", { artifact: `drill:d${n}` })).toBe("applied");
    }
    await expect.poll(() => one.check("b3", "coach", "org:fc", ANY)).toBe(false);
    expect([...one.warned, ...two.warned, ...club.warned]).toEqual([]);
    await Promise.all([one.close(), two.close()]);
  },
};

/** Declares the suite's tests for one implementation. `skips`: cases it cannot pass, title to reason. */
export function describeIntake(ground: Ground, skips?: Skips): void {
  describeCases(`the intake, ${ground.name}`, ground, { ...CASES, ...IDENTITY, ...LIVES }, skips, (club) => {
    expect(club.warned).toEqual([]);
    expect(club.now).toBe(START);
  });
}
