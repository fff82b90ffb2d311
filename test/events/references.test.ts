// S8: what an event names is there and of its org; of two refusals, the one that comes first.
import { describe, test } from "vitest";
import { club } from "../world/club.ts";

test("S8 references across orgs are refused, in every direction", () => {
  const world = club();
  world.refused("wrong_org", "root", "team.athlete_added", { team: "red", athlete: "x1" });
  world.refused("wrong_org", undefined, "team.athlete_moved", { athlete: "a1", from: "red", to: "xt" });
  world.refused("wrong_org", undefined, "coaching.started",
    { coaching: "q", athlete: "a1", coach: "hana", team: "xt" });
  world.refused("not_a_coach", "adam", "coaching.started", { coaching: "q", athlete: "a1", coach: "xena" });
  world.refused("not_a_coach", "adam", "team_assignment.started", { assignment: "q", team: "red", coach: "xena" });
  world.refused("not_an_athlete", "adam", "athlete.linked", { athlete: "a2", user: "xena" });
  world.refused("wrong_org", undefined, "note.created",
    { note: "q", athlete: "a1", author: "xena", under: "coaching:cx" });
  world.refused("wrong_org", "adam", "invite.created", { invite: "q", org: "fc", team: "xt" });
  world.refused("wrong_org", "adam", "invite.created",
    { invite: "q", org: "fc", hat: "athlete", team: "red", athlete: "x1" });
  world.refused("wrong_org", "adam", "artifact.created", { artifact: "dev_card:q", org: "fc", athlete: "x1" });
  world.as("otto", "role.created", { org: "xo", role: "theirs", scope: "athlete", keys: ["sessions.read"] });
  world.refused("unknown_entity", "adam", "coaching.role_changed", { coaching: "c1", role: "theirs" });
  world.refused("invalid_event", "adam", "coaching.role_changed", { coaching: "c1", role: "xo/theirs" });
});

describe("entities before wrong_org", () => {
  test("an unknown object is reported before one of another org, wherever each is in the payload", () => {
    const world = club();
    const link = { invite: "i", org: "fc", hat: "athlete" };
    world.refused("unknown_entity", undefined, "invite.created", { ...link, team: "xt", athlete: "none" });
    world.refused("unknown_entity", undefined, "invite.created", { ...link, team: "none", athlete: "x1" });
    world.refused("unknown_entity", undefined, "invite.created", { ...link, team: "xt", role: "none" });
    world.refused("wrong_org", undefined, "invite.created", { ...link, team: "xt", athlete: "a2" });
    const row = { coaching: "c9", athlete: "a1", coach: "dora" };
    world.refused("unknown_entity", undefined, "coaching.started", { ...row, team: "xt", role: "none" });
    world.refused("wrong_org", undefined, "coaching.started", { ...row, team: "xt" });
    world.refused("unknown_entity", undefined, "team.athlete_moved", { athlete: "none", from: "red", to: "xt" });
    world.refused("wrong_org", undefined, "team.athlete_moved", { athlete: "a1", from: "red", to: "xt" });
  });
});

describe("of two refusals", () => {
  test("exceeds_own_permissions comes before the last admin, the last admin before the last Owner", () => {
    const world = club();
    world.system("member.deactivated", { org: "fc", user: "adam" });
    world.system("role.created", { org: "fc", role: "hr", scope: "org", keys: ["org.members.manage"] });
    world.system("member.added", { org: "fc", user: "hr", hats: ["office"], role: "hr" });
    world.refused("exceeds_own_permissions", "hr", "member.deactivated", { org: "fc", user: "olga" });
    world.refused("last_admin", "olga", "member.deactivated", { org: "fc", user: "olga" });
    const coach = { org: "fc", user: "olga", hats: ["coach"] };
    world.refused("last_admin", "olga", "member.hats_changed", { ...coach, role: "coach" });
    world.refused("last_owner", "olga", "member.role_assigned", { org: "fc", user: "olga", role: "admin" });
    world.system("member.reactivated", { org: "fc", user: "adam" });
    world.refused("exceeds_own_permissions", "adam", "member.deactivated", { org: "fc", user: "olga" });
    world.refused("last_owner", "root", "member.deactivated", { org: "fc", user: "olga" });
    world.refused("last_owner", "olga", "member.hats_changed", coach);
    world.unchanged("hr", "member.added", { org: "fc", user: "olga", hats: ["admin", "coach"], role: "owner" });
    world.unchanged("hr", "member.role_assigned", { org: "fc", user: "olga", role: "owner" });
  });

  test("unchanged comes before exceeds_own_permissions, and that before every other guard", () => {
    const world = club();
    const keys = ["org.members.manage", "org.roles.manage"];
    world.system("role.created", { org: "fc", role: "hr", scope: "org", keys });
    world.system("member.added", { org: "fc", user: "hr", hats: ["office"], role: "hr" });
    world.unchanged("hr", "member.added", { org: "fc", user: "adam", hats: ["admin"] });
    world.unchanged("hr", "member.hats_changed", { org: "fc", user: "adam", hats: ["admin"] });
    world.refused("exceeds_own_permissions", "hr", "member.hats_changed", { org: "fc", user: "adam", hats: ["coach"] });
    world.refused("exceeds_own_permissions", "hr", "member.added", { org: "fc", user: "gus", hats: ["admin"] });
    world.refused("member_inactive", "hr", "member.added", { org: "fc", user: "gus" });
    const more = { org: "fc", role: "viewer", keys: ["teams.create"] };
    world.refused("exceeds_own_permissions", "hr", "role.updated", more);
    world.refused("exceeds_own_permissions", "hr", "role.created", { ...more, scope: "athlete" });
    world.refused("role_locked", "adam", "role.updated", { org: "fc", role: "owner", keys: [] });
    world.refused("role_locked", "adam", "role.deleted", { org: "fc", role: "owner" });
    world.refused("system_role", "adam", "role.deleted", { org: "fc", role: "viewer" });
    world.refused("exceeds_own_permissions", "root", "member.added", { org: "fc", user: "new", hats: ["admin"] });
  });
});
