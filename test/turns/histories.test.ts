// Law: ended rows, closed invites and other orgs' data cost a write almost nothing: a look-up or two each.
import { describe, expect, test } from "vitest";
import { decideEvent, continueEvent, type Step } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { countedView } from "../../src/domain/counted-view.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { emailHash, World } from "../world/world.ts";

/** Maximum number of tuples in one write. */
const ROOM = 20;
/** Number of entries in a history. */
const MANY = 300;

type Sent = readonly [type: string, data: object, actor?: string];

/**
 * A history with a number of entries, an event over it, and the steps that one more entry may cost each of its writes.
 */
interface Case {
  readonly history: (world: World, count: number) => void;
  readonly event: Sent;
  readonly each: number;
  /** Outcome of the event; default: applied. */
  readonly outcome?: string;
}

function stage(): World {
  const world = new World();
  world.system("org.created", { org: "o", kind: "club", owner: "olga" });
  world.system("org.created", { org: "q", kind: "club", owner: "quin" });
  for (const user of ["kim", "lou"]) world.system("member.added", { org: "o", user, hats: ["coach"] });
  world.system("member.added", { org: "o", user: "abe", hats: ["admin"] });
  world.system("member.added", { org: "o", user: "ann", hats: ["athlete"] });
  world.system("team.created", { team: "t", org: "o" });
  world.system("athlete.created", { athlete: "a", org: "o" });
  world.system("role.created", { org: "o", role: "row-role", scope: "athlete", keys: [] });
  world.system("role.created", { org: "o", role: "org-role", scope: "org", keys: [] });
  world.system("member.added", { org: "q", user: "kim", hats: ["coach"] });
  world.system("team.created", { team: "u", org: "q" });
  return world;
}

function times(count: number, make: (n: number) => void): void {
  for (let n = 0; n < count; n++) make(n);
}

const closedInvites = (fixed: object) => (world: World, count: number): void => times(count, (n) => {
  world.system("invite.created", { invite: `i${n}`, org: "o", ...fixed });
  world.system("invite.revoked", { invite: `i${n}` });
});

/** Rows of Kim over athlete `a` that have ended. */
const endedRows = (world: World, count: number): void => times(count, (n) => {
  const past = { coach: "kim", role: "row-role", ended: true };
  world.system("coaching.started", { coaching: `past-${n}`, athlete: "a", ...past });
  world.system("team_assignment.started", { assignment: `past-${n}`, team: "t", ...past });
});

/** Rows of Kim in another org, which anyone who founds an org can give them. */
const elsewhere = (world: World, count: number): void => {
  world.system("athlete.created", { athlete: "b", org: "q" });
  times(count, (n) => {
    world.system("coaching.started", { coaching: `q-${n}`, athlete: "b", coach: "kim" });
    world.system("team_assignment.started", { assignment: `q-${n}`, team: "u", coach: "kim" });
  });
};

const withRow = (history: Case["history"]) => (world: World, count: number): void => {
  history(world, count);
  world.system("coaching.started", { coaching: "now", athlete: "a", coach: "kim" });
};

const admins = (world: World, count: number): void => times(count, (n) => {
  world.system("member.added", { org: "o", user: `admin-${n}`, hats: ["admin"] });
});

const seats = (world: World, count: number): void => times(count, (n) => {
  world.system("team.created", { team: `t${n}`, org: "o" });
  world.system("team.athlete_added", { team: `t${n}`, athlete: "a" });
});

const linked = (history: Case["history"]) => (world: World, count: number): void => {
  history(world, count);
  world.system("athlete.linked", { athlete: "a", user: "ann" });
};

const coachLink = (world: World): void => {
  world.as("olga", "invite.created", { invite: "link", org: "o", hat: "coach", team: "t" });
};

const CASES: Readonly<Record<string, Case>> = {
  "closed invites to a team that is deleted":
    { history: closedInvites({ hat: "coach", team: "t" }), event: ["team.deleted", { team: "t" }], each: 8 },
  "open invites to a team that is deleted": {
    history: (world, count) => times(count, (n) =>
      world.system("invite.created", { invite: `i${n}`, org: "o", hat: "coach", team: "t" })),
    event: ["team.deleted", { team: "t" }], each: 8,
  },
  "closed invites that named a row which is deleted": {
    history: closedInvites({ hat: "athlete", team: "t", athlete: "a" }), event: ["athlete.deleted", { athlete: "a" }],
    each: 8,
  },
  "closed invites that reserved a row which gets an account": {
    history: closedInvites({ hat: "athlete", team: "t", athlete: "a" }),
    event: ["athlete.linked", { athlete: "a", user: "ann" }], each: 8,
  },
  "closed invites that named a role which is deleted": {
    history: closedInvites({ hat: "admin", role: "org-role" }),
    event: ["role.deleted", { org: "o", role: "org-role" }], each: 8,
  },
  "expired invites that name a role which is deleted": {
    history: (world, count) => times(count, (n) => world.system("invite.created",
      { invite: `i${n}`, org: "o", hat: "admin", role: "org-role", expires_at: "2026-01-01T00:00:00Z" })),
    event: ["role.deleted", { org: "o", role: "org-role" }], each: 30,
  },
  "ended rows that name a role which is deleted":
    { history: endedRows, event: ["role.deleted", { org: "o", role: "row-role" }], each: 14 },
  "ended rows of a coach whose row ends":
    { history: withRow(endedRows), event: ["coaching.ended", { coaching: "now" }], each: 14 },
  "ended rows of a coach over an athlete who is deleted":
    { history: withRow(endedRows), event: ["athlete.deleted", { athlete: "a" }], each: 14 },
  "rows elsewhere of a coach whose row ends":
    { history: withRow(elsewhere), event: ["coaching.ended", { coaching: "now" }], each: 14 },
  "ended rows of a member who comes back without their rows": {
    history: (world, count) => {
      withRow(endedRows)(world, count);
      world.system("member.deactivated", { org: "o", user: "kim" });
    },
    // Two rows each; the first write looks twice, once for the receipt.
    event: ["member.reactivated", { org: "o", user: "kim", end_rows: true }], each: 24,
  },
  "rows of a member who comes back without them": {
    history: (world, count) => {
      times(count, (n) => world.system("coaching.started", { coaching: `r${n}`, athlete: "a", coach: "kim" }));
      world.system("member.deactivated", { org: "o", user: "kim" });
    },
    // The first write counts all of them, for the receipt.
    event: ["member.reactivated", { org: "o", user: "kim", end_rows: true }], each: 24,
  },
  "rows elsewhere of whoever redeems an invite": {
    history: (world, count) => {
      elsewhere(world, count);
      world.system("member.hats_changed", { org: "o", user: "kim", hats: ["office"] });
      coachLink(world);
    },
    event: ["invite.redeemed", { invite: "link", user: "kim" }, "kim"], each: 42,
  },
  "rows of whoever redeems an invite for another hat": {
    history: (world, count) => {
      times(count, (n) => world.system("coaching.started", { coaching: `r${n}`, athlete: "a", coach: "kim" }));
      world.as("olga", "invite.created", { invite: "link", org: "o", hat: "office" });
    },
    event: ["invite.redeemed", { invite: "link", user: "kim" }, "kim"], each: 14,
  },
  "admins, one of whom is deactivated":
    { history: admins, event: ["member.deactivated", { org: "o", user: "abe" }], each: 4 },
  "admins, one of whom gets another hat":
    { history: admins, event: ["member.hats_changed", { org: "o", user: "abe", hats: ["office"] }], each: 4 },
  "teams of an athlete who gets an account":
    { history: seats, event: ["athlete.linked", { athlete: "a", user: "ann" }], each: 16 },
  "teams of an athlete who loses their account":
    { history: linked(seats), event: ["athlete.unlinked", { athlete: "a", user: "ann" }], each: 16 },
  "teams of an athlete who is deleted":
    { history: linked(seats), event: ["athlete.deleted", { athlete: "a" }], each: 16 },
  "teams of an athlete whose account is deactivated":
    { history: linked(seats), event: ["member.deactivated", { org: "o", user: "ann" }], each: 16 },
  "orgs in which the account is linked as well": {
    history: (world, count) => times(count, (n) => {
      world.system("org.created", { org: `o${n}`, kind: "club", owner: "mal" });
      world.system("member.added", { org: `o${n}`, user: "ann", hats: ["athlete"] });
      world.system("athlete.created", { athlete: `x${n}`, org: `o${n}`, user: "ann" });
    }),
    event: ["athlete.linked", { athlete: "a", user: "ann" }], each: 10,
  },
  "assignments of the past, whose ids the default one passes over": {
    history: (world, count) => times(count, (n) => world.system("team_assignment.started",
      { assignment: n === 0 ? "t.kim" : `t.kim.${n + 1}`, team: "t", coach: "kim", ended: true })),
    event: ["team.head_coach_changed", { team: "t", head_coach: "kim" }], each: 24,
  },
  "assistants on a team that gets a head coach": {
    history: (world, count) => times(count, (n) => {
      world.system("member.added", { org: "o", user: `c${n}`, hats: ["coach"] });
      world.system("team_assignment.started", { assignment: `s${n}`, team: "t", coach: `c${n}` });
    }),
    event: ["team.head_coach_changed", { team: "t", head_coach: "kim" }], each: 10,
  },
  "coaches of an athlete who is created again": {
    history: (world, count) => times(count, (n) => {
      world.system("member.added", { org: "o", user: `c${n}`, hats: ["coach"] });
      world.system("coaching.started", { coaching: `r${n}`, athlete: "a", coach: `c${n}` });
    }),
    event: ["athlete.created", { athlete: "a", org: "o", coach: "kim" }], each: 10, outcome: "already_exists",
  },
  "readers of a note that is deleted": {
    history: (world, count) => {
      world.system("coaching.started", { coaching: "now", athlete: "a", coach: "kim" });
      world.system("note.created", { note: "n", athlete: "a", author: "kim", under: "coaching:now" });
      times(count, (n) => {
        world.system("member.added", { org: "o", user: `c${n}`, hats: ["coach"] });
        world.system("note.shared", { note: "n", user: `c${n}` });
      });
    },
    event: ["note.deleted", { note: "n" }, "kim"], each: 4,
  },
};

/** Steps of the longest write of an event over a history. */
function longestOf({ history, event: [type, data, actor], outcome = "applied" }: Case, count: number): number {
  const world = stage();
  history(world, count);
  world.now += 1000;
  const view = countedView(world.view);
  const around = { system: true, clock: world.now, maxTuples: ROOM, emailHash };
  const envelope = { id: "over", source: "/turns", type, data, ...(actor !== undefined && { actor }) };
  let longest = 0;
  let before = 0;
  let step: Step | Refusal | undefined = decideEvent(DomainEvent.sent(envelope), view, around);
  for (;;) {
    longest = Math.max(longest, view.steps() - before);
    const told = step === undefined ? "nothing" : isRefusal(step) ? step.refused : step.status;
    expect(told, type).toBe(outcome);
    if (step === undefined || isRefusal(step)) return longest;
    applyDelta(world.tuples, step.delta);
    if (!step.more) return longest;
    before = view.steps();
    step = continueEvent(step.org, view, around);
  }
}

describe("a write with twice as many entries", () => {
  test.each(Object.entries(CASES))("%s", (_, each) => {
    const [few, many] = [longestOf(each, MANY), longestOf(each, 2 * MANY)];
    expect((many - few) / MANY, `steps that one more costs; ${few} with ${MANY}`).toBeLessThanOrEqual(each.each);
  });
});
