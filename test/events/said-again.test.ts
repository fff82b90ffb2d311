// Every event sent again, by its sender and by the system: an event that changes nothing is unchanged, not an error.
import { expect, test } from "vitest";
import { EVENTS } from "../../src/events/table.ts";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";

type Said = readonly [actor: string | undefined, type: string, data: Record<string, unknown>];

/** The sender is refused if the event ended the right to send it and left nothing behind. */
const GONE: ReadonlySet<string> = new Set(["note.deleted", "activity.comment_deleted", "artifact.deleted"]);
/** Events that are refused a second time, because a revoked invite is reported as revoked. */
const TOLD: Readonly<Record<string, string>> = { "invite.revoked": "invite_revoked" };

const SEASON: readonly Said[] = [
  ["root", "platform.superadmin_granted", { user: "rob" }],
  ["root", "platform.superadmin_revoked", { user: "rob" }],
  ["root", "platform.admin_granted", { user: "rob" }],
  ["root", "platform.admin_revoked", { user: "rob" }],
  ["nina", "org.created", { org: "new", kind: "club", owner: "nina" }],
  ["adam", "member.added", { org: "fc", user: "mia" }],
  ["adam", "member.added", { org: "fc", user: "moe", hats: ["athlete"], professional_area: "S&C" }],
  ["adam", "member.hats_changed", { org: "fc", user: "mia", hats: ["office", "coach"] }],
  ["adam", "member.professional_area_set", { org: "fc", user: "mia", professional_area: "medical" }],
  ["mia", "member.professional_area_set", { org: "fc", user: "mia", professional_area: null }],
  ["adam", "role.created", { org: "fc", role: "aide", scope: "org", keys: ["athletes.create"] }],
  ["adam", "role.updated", { org: "fc", role: "aide", keys: ["athletes.create", "roster.view"] }],
  ["adam", "member.role_assigned", { org: "fc", user: "mia", role: "aide" }],
  ["adam", "role.created", { org: "fc", role: "mate", scope: "athlete", keys: ["goals.read"] }],
  ["adam", "role.deleted", { org: "fc", role: "mate" }],
  ["adam", "member.deactivated", { org: "fc", user: "mia" }],
  ["adam", "member.reactivated", { org: "fc", user: "mia" }],
  ["adam", "team.created", { team: "gold", org: "fc", head_coach: "dora" }],
  ["adam", "team.head_coach_changed", { team: "gold", head_coach: "cora" }],
  ["cora", "team_assignment.started", { assignment: "g1", team: "gold", coach: "dora" }],
  ["cora", "team_assignment.role_changed", { assignment: "g1", role: "viewer" }],
  ["dora", "team_assignment.ended", { assignment: "g1" }],
  ["adam", "team.head_coach_changed", { team: "gold", head_coach: null }],
  ["cora", "athlete.created", { athlete: "b1", org: "fc" }],
  ["adam", "athlete.created", { athlete: "b2", org: "fc", team: "gold", user: "moe", coach: "dora" }],
  ["adam", "athlete.unlinked", { athlete: "b2", user: "moe" }],
  ["adam", "athlete.linked", { athlete: "b2", user: "moe" }],
  ["adam", "team.athlete_removed", { team: "gold", athlete: "b2" }],
  ["adam", "team.athlete_added", { team: "gold", athlete: "b2" }],
  ["adam", "team.athlete_moved", { athlete: "b2", from: "gold", to: "red" }],
  ["adam", "coaching.started", { coaching: "d1", athlete: "a1", coach: "dora", team: "red", role: "viewer" }],
  ["adam", "coaching.role_changed", { coaching: "d1", role: "specialist" }],
  ["adam", "coaching.overrides_set", { coaching: "d1", overrides: { "notes.write": true, "sessions.read": false } }],
  ["dora", "note.created", { note: "n1", athlete: "a1", author: "dora", under: "coaching:d1" }],
  ["dora", "note.visibility_changed", { note: "n1", visible_to_athlete: true }],
  ["dora", "note.shared", { note: "n1", user: "ofra" }],
  ["dora", "note.unshared", { note: "n1", user: "ofra" }],
  ["dora", "note.deleted", { note: "n1" }],
  ["dora", "coaching.ended", { coaching: "d1" }],
  ["ida", "coaching.ended", { coaching: "c1" }],
  ["ida", "activity.recorded", { activity: "r1", athlete: "a1" }],
  ["asta", "activity.comment_added", { comment: "k1", activity: "r1", author: "asta" }],
  ["asta", "activity.comment_deleted", { comment: "k1" }],
  ["ida", "activity.deleted", { activity: "r1" }],
  ["adam", "artifact.created", { artifact: "practice_plan:p1", org: "fc", generated: true }],
  ["adam", "artifact.finalized", { artifact: "practice_plan:p1" }],
  ["adam", "artifact.reopened", { artifact: "practice_plan:p1" }],
  ["adam", "artifact.deleted", { artifact: "practice_plan:p1" }],
  ["asta", "artifact.created", { artifact: "spot:s1", org: "fc" }],
  ["asta", "artifact.deleted", { artifact: "spot:s1" }],
  ["adam", "invite.created", { invite: "l1", org: "fc", team: "red" }],
  ["zed", "invite.redeemed", { invite: "l1", user: "zed" }],
  ["adam", "invite.revoked", { invite: "l1" }],
  ["adam", "invite.created", { invite: "m1", org: "fc", hat: "athlete", athlete: "a2", email: "x@example.org" }],
  ["adam", "invite.resent", { invite: "m1" }],
  ["zoe", "invite.redeemed", { invite: "m1", user: "zoe", email: "X@example.org " }],
  ["adam", "athlete.deleted", { athlete: "b1" }],
  ["adam", "team.deleted", { team: "gold" }],
];

function again(world: World, actor: string | undefined, type: string, data: unknown): string {
  const outcome = world.send(type, data, actor === undefined ? {} : { actor });
  return "refused" in outcome ? outcome.refused : outcome.status;
}

test("an event that changes nothing is unchanged when it is sent again, by its sender and by the system", () => {
  const world = club();
  for (const [actor, type, data] of SEASON) {
    if (type !== "invite.resent") expect(again(world, actor, type, data), type).toBe("applied");
    const told = TOLD[type] ?? "unchanged";
    const size = world.tuples.size;
    expect(again(world, actor, type, data), `${type} by ${actor}`).toBe(GONE.has(type) ? "actor_not_allowed" : told);
    // The system can also send a redeemer's event, since it names the same user. An invite from the system has no maker
    // (S19).
    const bySystem = type === "invite.resent" ? "applied" : told;
    expect(again(world, undefined, type, data), `${type} by the system`).toBe(bySystem);
    expect(world.tuples.size - size, type).toBeLessThanOrEqual(4);
  }
});

test("every event is in the season", () => {
  const told = new Set(SEASON.map(([, type]) => type));
  expect([...EVENTS.keys()].filter((type) => !told.has(type))).toEqual([]);
});

test("a deleted activity can be deleted again by its former deleters, and by nobody else", () => {
  const world = club();
  world.as("ida", "activity.recorded", { activity: "r1", athlete: "a1" });
  world.as("hana", "activity.deleted", { activity: "r1" });
  for (const actor of ["ida", "hana", "asta", "adam"]) world.unchanged(actor, "activity.deleted", { activity: "r1" });
  for (const actor of ["dora", "pat", "otto", "zed"]) {
    world.refused("actor_not_allowed", actor, "activity.deleted", { activity: "r1" });
  }
  world.refused("already_exists", "ida", "activity.recorded", { activity: "r1", athlete: "a1" });
});

type Sent = readonly [type: string, data: object];

/** How an id is used, freed and used again; and whether the second object is there. */
interface Freed {
  readonly made: Sent;
  readonly deleted: Sent;
  readonly taken: Sent;
  readonly isThere: (world: World) => boolean;
}

/** Objects of `fc` whose ids are free once they are deleted, and the same ids in the other org. */
const FREED: Readonly<Record<string, Freed>> = {
  note: {
    made: ["note.created", { note: "n", athlete: "a1", author: "cora", under: "coaching:c1" }],
    deleted: ["note.deleted", { note: "n" }],
    taken: ["note.created", { note: "n", athlete: "x1", author: "xena", under: "coaching:cx" }],
    isThere: (world: World) => world.can("xena", "can_read", "note:n"),
  },
  comment: {
    made: ["activity.comment_added", { comment: "k", activity: "here", author: "cora" }],
    deleted: ["activity.comment_deleted", { comment: "k" }],
    taken: ["activity.comment_added", { comment: "k", activity: "there", author: "xena" }],
    isThere: (world: World) => world.can("xena", "can_view", "activity_comment:k"),
  },
  artifact: {
    made: ["artifact.created", { artifact: "game_brief:g", org: "fc" }],
    deleted: ["artifact.deleted", { artifact: "game_brief:g" }],
    taken: ["artifact.created", { artifact: "game_brief:g", org: "xo" }],
    isThere: (world: World) => world.can("otto", "can_edit", "game_brief:g"),
  },
};

test.each([
  ["note", "note.deleted", { note: "n" }],
  ["note", "note.visibility_changed", { note: "n", visible_to_athlete: true }],
  ["note", "note.shared", { note: "n", user: "ofra" }],
  ["note", "note.unshared", { note: "n", user: "ofra" }],
  ["comment", "activity.comment_deleted", { comment: "k" }],
  ["artifact", "artifact.deleted", { artifact: "game_brief:g" }],
  ["artifact", "artifact.finalized", { artifact: "game_brief:g" }],
] as const)("a resend is a duplicate when the %s's id has gone to another org: %s", (object, type, data) => {
  const { made, deleted, taken, isThere } = FREED[object]!;
  for (const writer of [undefined, "one of several sidecars"]) {
    const world = club();
    world.writer = writer;
    world.system("activity.recorded", { activity: "here", athlete: "a1" });
    world.system("activity.recorded", { activity: "there", athlete: "x1" });
    world.system(...made);
    if (type === "note.unshared") world.system("note.shared", data);
    world.system(type, data, { id: "resent" });
    expect(world.system(type, data, { id: "resent" }).status).toBe("duplicate");
    if (type !== deleted[0]) world.system(...deleted);
    world.system(...taken);
    expect(isThere(world)).toBe(true);
    expect(world.system(type, data, { id: "resent" }).status).toBe("duplicate");
    expect(isThere(world)).toBe(true);
  }
});
