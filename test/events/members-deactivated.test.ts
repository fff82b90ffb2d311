// member.deactivated and member.reactivated: all access ends at once and returns, except the link (PR8).
import { describe, expect, it, test } from "vitest";
import { decideEvent, continueEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { claimForGood } from "../../src/events/ids.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { memberOf, professionalAreaOf } from "../../src/domain/members.ts";
import { startAssignment, startCoaching } from "../../src/domain/row-changes.ts";
import { link, linkedAthlete, addToTeam } from "../../src/domain/seats.ts";
import { applyDelta, Draft } from "../../src/tuples/delta.ts";
import { club } from "../world/club.ts";
import { START, World } from "../world/world.ts";

/**
 * Org `o` owned by `own`: admin `ada`; coach `carl`, head coach of team `t1` and on a row over athlete `a`; `lin`,
 * coach and athlete, linked to athlete `row`, who is on the first `teams` teams.
 */
function world(teams = 2): World {
  const w = new World();
  w.system("org.created", { org: "o", kind: "club", owner: "own" });
  w.system("member.added", { org: "o", user: "ada", hats: ["admin"] });
  w.system("member.added", { org: "o", user: "carl", hats: ["coach"], professional_area: "S&C" });
  w.system("member.added", { org: "o", user: "lin", hats: ["coach", "athlete"] });
  const draft = new Draft(w.tuples);
  for (const object of ["athlete:a", "athlete:row"]) {
    claimForGood(draft, object, "o");
    draft.write(object, "org", "org:o");
  }
  for (let n = 1; n <= teams; n++) draft.write(`team:t${n}`, "org", "org:o");
  startAssignment(draft, { id: "ta", org: "o", coach: "carl", team: "t1", role: "head_coach", head: true }, 1);
  startCoaching(draft, { id: "c", org: "o", coach: "carl", athlete: "a", team: undefined, role: "head_coach" });
  link(draft, "row", "lin", Infinity);
  for (let n = 1; n <= teams; n++) addToTeam(draft, "row", `t${n}`);
  applyDelta(w.tuples, draft.delta());
  return w;
}

const who = (user: string): object => ({ org: "o", user });

/** Carl's access in the org, by each kind of path. */
const CARLS: readonly (readonly [relation: string, object: string])[] = [
  ["member", "org:o"], ["coach", "org:o"], ["enter_coach", "org:o"], ["library_contribute", "org:o"],
  ["athletes_create", "org:o"], ["teams_create", "org:o"], ["head_coach", "team:t1"], ["can_manage", "team:t1"],
  ["sessions_read", "athlete:a"], ["current_coach", "athlete:a"], ["can_view", "athlete:row"],
  ["can_end", "coaching:c"],
];

describe("member.deactivated", () => {
  it("PR8 S3 S7 ends all access in the org with one tuple, and keeps the history", () => {
    const w = world();
    for (const [relation, object] of CARLS) expect(w.can("carl", relation, object), relation).toBe(true);
    const before = memberOf(w.tuples, "o", "carl");
    const step = w.as("ada", "member.deactivated", who("carl"));
    expect(step.delta.deletes.filter((t) => !t.object.startsWith("ledger:")))
      .toEqual([{ object: "org:o", relation: "member", user: "user:carl" }]);
    for (const [relation, object] of CARLS) expect(w.can("carl", relation, object), relation).toBe(false);
    expect(memberOf(w.tuples, "o", "carl")).toEqual({ ...before, active: false });
    expect(professionalAreaOf(w.tuples, "o", "carl")).toBe("S&C");
    w.unchanged("ada", "member.deactivated", who("carl"));
  });

  it("PR8 reactivation restores hats, role and rows", () => {
    const w = world();
    w.as("ada", "member.deactivated", who("carl"));
    w.as("ada", "member.reactivated", who("carl"));
    for (const [relation, object] of CARLS) expect(w.can("carl", relation, object), relation).toBe(true);
    w.unchanged("ada", "member.reactivated", who("carl"));
  });

  it("PR8 the roster link is deleted, and reactivation does not restore it", () => {
    const w = world();
    expect(w.can("lin", "account", "athlete:row")).toBe(true);
    expect(w.can("lin", "athlete", "team:t2")).toBe(true);
    w.as("ada", "member.deactivated", who("lin"));
    w.as("ada", "member.reactivated", who("lin"));
    expect(w.can("lin", "athlete", "org:o")).toBe(true);
    expect(w.can("lin", "account", "athlete:row")).toBe(false);
    expect(w.can("lin", "athlete", "team:t2")).toBe(false);
    expect(linkedAthlete(w.tuples, "o", "lin")).toBeUndefined();
  });

  it("PR11 ends nothing in another org", () => {
    const w = world();
    w.system("org.created", { org: "p", kind: "club", owner: "carl" });
    w.as("ada", "member.deactivated", who("carl"));
    expect(w.can("carl", "org_billing_manage", "org:p")).toBe(true);
    w.refused("actor_not_allowed", "ada", "member.deactivated", { org: "p", user: "carl" });
  });

  it("needs org.members.manage, a member and an org", () => {
    const w = world();
    for (const actor of ["carl", "stranger"]) {
      w.refused("actor_not_allowed", actor, "member.deactivated", who("lin"));
    }
    for (const type of ["member.deactivated", "member.reactivated"]) {
      w.refused("unknown_entity", "ada", type, who("stranger"));
      w.refused("unknown_entity", undefined, type, { org: "p", user: "carl" });
      w.refused("actor_not_allowed", "ada", type, { org: "p", user: "carl" });
      w.refused("invalid_event", "ada", type, { ...who("carl"), hat: "coach" });
    }
    w.as("ada", "member.deactivated", who("lin"));
    w.refused("actor_not_allowed", "lin", "member.reactivated", who("lin"));
    w.refused("actor_not_allowed", "carl", "member.reactivated", who("lin"));
  });

  it("S22 PR9 S6 active members deactivate themselves, but not the only admin or Owner", () => {
    const w = world();
    w.as("carl", "member.deactivated", who("carl"));
    for (const [relation, object] of CARLS) expect(w.can("carl", relation, object), relation).toBe(false);
    w.refused("actor_not_allowed", "carl", "member.deactivated", who("carl"));
    w.refused("actor_not_allowed", "carl", "member.reactivated", who("carl"));
    w.refused("actor_not_allowed", "lin", "member.deactivated", who("ada"));
    w.refused("last_owner", "own", "member.deactivated", who("own"));
    w.as("lin", "member.deactivated", who("lin"));
    expect(linkedAthlete(w.tuples, "o", "lin")).toBeUndefined();
    // Ada's role has every org key, and nobody else's right matters.
    w.as("ada", "member.deactivated", who("ada"));
    w.refused("last_admin", "own", "member.deactivated", who("own"));
    w.as("own", "member.reactivated", who("ada"));
  });

  it("PR9 S6 the only admin is not deactivated, nor the only Owner with the admin hat", () => {
    const w = world();
    w.refused("last_owner", "own", "member.deactivated", who("own"));
    w.refused("last_owner", undefined, "member.deactivated", who("own"));
    w.as("own", "member.deactivated", who("ada"));
    w.refused("last_admin", "own", "member.deactivated", who("own"));
    w.refused("last_admin", undefined, "member.deactivated", who("own"));
    w.as("own", "member.reactivated", who("ada"));
    w.as("own", "member.role_assigned", { org: "o", user: "ada", role: "owner" });
    w.as("own", "member.deactivated", who("own"));
    w.refused("last_admin", "ada", "member.deactivated", who("ada"));
    // A deactivated admin does not count, whatever hat is kept for later.
    w.refused("actor_not_allowed", "own", "member.reactivated", who("own"));
  });
});

describe("a deactivation that needs several writes", () => {
  it.each([8, 9, 12, 100])("ends access with the first one and finishes the rest (%i tuples a write)", (maxTuples) => {
    const w = world(30);
    const around = { system: true, clock: START, maxTuples };
    const data = who("lin");
    const event = { id: "d", source: "/s", type: "member.deactivated", actor: "ada", data };
    let step = decideEvent(DomainEvent.sent(event), w.view, around);
    let writes = 0;
    for (;;) {
      if (isRefusal(step)) throw new Error(step.detail);
      applyDelta(w.tuples, step.delta);
      writes++;
      for (const object of ["athlete:row", "team:t1", "team:t30"]) {
        expect(w.can("lin", object === "athlete:row" ? "account" : "athlete", object)).toBe(false);
      }
      expect(w.can("lin", "member", "org:o")).toBe(false);
      if (!step.more) break;
      step = continueEvent("o", w.view, around) ?? { ...step, more: false };
    }
    expect(writes === 1).toBe(maxTuples === 100);
    expect(linkedAthlete(w.tuples, "o", "lin")).toBeUndefined();
    for (let n = 1; n <= 30; n++) expect(w.tuples.users(`team:t${n}`, "athlete_account")).toEqual([]);
    expect(w.tuples.users("ledger:org/o", "pending")).toEqual([]);
    w.unchanged("ada", "member.deactivated", data);
  });
});

describe("a deactivated member", () => {
  const gus = { org: "fc", user: "gus" };
  test.each<[type: string, data: Record<string, unknown>]>([
    ["member.added", gus], ["member.added", { ...gus, hats: ["office"] }],
    ["member.hats_changed", { ...gus, hats: ["office"] }], ["member.hats_changed", { ...gus, hats: ["coach"] }],
    ["member.role_assigned", { ...gus, role: "front_desk" }], ["member.role_assigned", { ...gus, role: "coach" }],
    ["member.professional_area_set", { ...gus, professional_area: "S&C" }],
    ["member.professional_area_set", { ...gus, professional_area: null }],
    ["team.created", { team: "t", org: "fc", head_coach: "gus" }],
    ["team.head_coach_changed", { team: "red", head_coach: "gus" }],
    ["team_assignment.started", { assignment: "n", team: "red", coach: "gus" }],
    ["athlete.created", { athlete: "n", org: "fc", coach: "gus" }],
    ["athlete.created", { athlete: "n", org: "fc", user: "gus" }],
    ["athlete.linked", { athlete: "a2", user: "gus" }],
    ["coaching.started", { coaching: "n", athlete: "a1", coach: "gus" }],
    ["note.shared", { note: "n1", user: "gus" }],
    ["activity.comment_added", { comment: "n", activity: "r1", author: "gus" }],
    ["artifact.created", { artifact: "drill:n", org: "fc", creator: "gus" }],
    ["note.created", { note: "n", athlete: "a1", author: "gus", under: "coaching:cg" }],
    ["invite.redeemed", { invite: "li", user: "gus" }],
  ])("is reported as such: %s %o", (type, data) => {
    const world = club();
    world.system("member.reactivated", gus);
    world.system("coaching.started", { coaching: "cg", athlete: "a1", coach: "gus" });
    world.system("note.created", { note: "n1", athlete: "a1", author: "cora", under: "coaching:c1" });
    world.system("activity.recorded", { activity: "r1", athlete: "a1" });
    world.system("invite.created", { invite: "li", org: "fc", hat: "office" });
    world.as("adam", "member.deactivated", gus);
    world.refused("member_inactive", undefined, type, data);
    world.refused(type === "invite.redeemed" ? "member_inactive" : "actor_not_allowed", "gus", type, data);
  });
});
