// S14, S15, S16, PM6, AC3, AC5: nobody gathers other coaches' athletes, or gets around an ended row or an override.
import { expect, test } from "vitest";
import { club, fails, works } from "./club.ts";

test("S14 a team of one's own does not gather other coaches' athletes", async () => {
  const at = await club();
  await fails(at, "actor_not_allowed", "mal", "team.created", { team: "mine", org: "fc" });
  // A row as Head Coach lets mal create teams and athletes (PM4), but not place the others' athletes there.
  await works(at, "adam", "athlete.created", { athlete: "own", org: "fc", coach: "mal" });
  await works(at, "mal", "team.created", { team: "mine", org: "fc", head_coach: "mal" });
  for (const athlete of ["a1", "a2", "a3", "x1", "none"]) {
    await fails(at, "actor_not_allowed", "mal", "team.athlete_added", { team: "mine", athlete });
  }
  // Not even the own one, on no team of mal's yet: `can_place` is the head coach's of a team the athlete is on.
  await fails(at, "actor_not_allowed", "mal", "team.athlete_added", { team: "mine", athlete: "own" });
  await fails(at, "actor_not_allowed", "mal", "team.athlete_moved", { athlete: "a1", from: "red", to: "mine" });
  await fails(at, "actor_not_allowed", "mal", "team.athlete_moved", { athlete: "own", from: "mine", to: "red" });
  await fails(at, "actor_not_allowed", "mal", "athlete.created", { athlete: "new", org: "fc", team: "red" });
  await fails(at, "actor_not_allowed", "mal", "athlete.created", { athlete: "new", org: "fc", coach: "cora" });
  await fails(at, "actor_not_allowed", "mal", "athlete.created", { athlete: "new", org: "fc", user: "ida" });
  await fails(at, "already_exists", "mal", "athlete.created", { athlete: "a1", org: "fc" });
  await fails(at, "already_exists", "mal", "athlete.created", { athlete: "a1", org: "fc", team: "mine" });
  await fails(at, "actor_not_allowed", "mal", "team.created", { team: "more", org: "fc", head_coach: "hana" });
  await fails(at, "actor_not_allowed", "mal", "team_assignment.started",
    { assignment: "m1", team: "red", coach: "mal" });
  await fails(at, "actor_not_allowed", "mal", "team.head_coach_changed", { team: "red", head_coach: "mal" });
  await fails(at, "actor_not_allowed", "mal", "coaching.started", { coaching: "m2", athlete: "a1", coach: "mal" });
  expect(await at.objects("mal", "can_view", "athlete")).toEqual(["athlete:own"]);
});

test("S14 a head coach takes no athlete off a colleague, from either end", async () => {
  const at = await club();
  await fails(at, "actor_not_allowed", "hana", "team.athlete_added", { team: "red", athlete: "a3" });
  await fails(at, "actor_not_allowed", "hana", "team.athlete_moved", { athlete: "a3", from: "blue", to: "red" });
  await fails(at, "actor_not_allowed", "hana", "team.athlete_moved", { athlete: "a3", from: "red", to: "red" });
  await fails(at, "actor_not_allowed", "hana", "team.athlete_moved", { athlete: "a1", from: "red", to: "blue" });
  await fails(at, "actor_not_allowed", "hana", "team.athlete_removed", { team: "blue", athlete: "a3" });
  await fails(at, "actor_not_allowed", "hana", "team.deleted", { team: "blue" });
  await fails(at, "actor_not_allowed", "hana", "invite.created", { invite: "i", org: "fc", team: "red" });
  // A row over the athlete is not a place on a team: cora cannot move a3 to walk around the override.
  await works(at, "cora", "team.created", { team: "cteam", org: "fc", head_coach: "cora" });
  await fails(at, "actor_not_allowed", "cora", "team.athlete_added", { team: "cteam", athlete: "a3" });
  await fails(at, "actor_not_allowed", "cora", "coaching.overrides_set", { coaching: "c1", overrides: {} });
  await fails(at, "actor_not_allowed", "cora", "coaching.role_changed", { coaching: "c1", role: "viewer" });
  await fails(at, "actor_not_allowed", "cora", "coaching.started", { coaching: "c9", athlete: "a3", coach: "cora" });
  expect(await at.can("cora", "sessions_read", "athlete:a3")).toBe(false);
});

test("AC3 S12 an assistant stays one, whatever the role is widened to", async () => {
  const at = await club();
  await works(at, "adam", "role.created", {
    org: "fc", role: "wide", scope: "athlete",
    keys: ["athletes.create", "teams.create", "premium.grant", "sessions.read"],
  });
  await works(at, "hana", "team_assignment.role_changed", { assignment: "ar", role: "wide" });
  expect(await at.can("asta", "sessions_read", "athlete:a1")).toBe(true);
  for (const [relation, object] of [
    ["athletes_create", "org:fc"], ["teams_create", "org:fc"], ["premium_grant", "athlete:a1"],
    ["can_place", "athlete:a1"], ["can_edit_membership", "team:red"], ["can_assign_coaches", "team:red"],
  ] as const) expect(await at.can("asta", relation, object), relation).toBe(false);
  await fails(at, "actor_not_allowed", "asta", "athlete.created", { athlete: "new", org: "fc" });
  await fails(at, "actor_not_allowed", "asta", "team_assignment.role_changed",
    { assignment: "ar", role: "assistant_coach" });
  await fails(at, "role_scope_mismatch", "hana", "team_assignment.role_changed",
    { assignment: "ar", role: "head_coach" });
  await fails(at, "role_scope_mismatch", "adam", "team_assignment.started",
    { assignment: "as2", team: "red", coach: "mal", role: "head_coach" });
  await fails(at, "role_scope_mismatch", "adam", "team_assignment.role_changed", { assignment: "hr", role: "wide" });
  await fails(at, "actor_not_allowed", "asta", "team_assignment.ended", { assignment: "hr" });
});

test("NP8 AC5 a row that ended stays ended: same id, other type of event, other org, new role, a return", async () => {
  const at = await club();
  await works(at, "hana", "team_assignment.ended", { assignment: "ar" });
  await works(at, "adam", "coaching.ended", { coaching: "c1" });
  const noAnswers = async () => {
    expect(await at.objects("asta", "can_view", "athlete")).toEqual([]);
    expect(await at.objects("cora", "can_view", "athlete")).toEqual([]);
  };
  await noAnswers();
  await fails(at, "relationship_ended", "hana", "team_assignment.started",
    { assignment: "ar", team: "red", coach: "asta" });
  await fails(at, "relationship_ended", "hana", "team_assignment.role_changed", { assignment: "ar", role: "viewer" });
  await fails(at, "actor_not_allowed", "asta", "team_assignment.started",
    { assignment: "ar", team: "red", coach: "asta" });
  await fails(at, "relationship_ended", "adam", "coaching.started", { coaching: "c1", athlete: "a3", coach: "cora" });
  await fails(at, "relationship_ended", "adam", "coaching.overrides_set", { coaching: "c1", overrides: {} });
  await fails(at, "relationship_ended", "adam", "coaching.role_changed", { coaching: "c1", role: "viewer" });
  await fails(at, "relationship_ended", "adam", "team.head_coach_changed",
    { team: "blue", head_coach: "cora", assignment: "ar" });
  await fails(at, "already_exists", "otto", "coaching.started", { coaching: "c1", athlete: "x1", coach: "xena" });
  await works(at, "adam", "member.deactivated", { org: "fc", user: "asta" });
  await works(at, "adam", "member.reactivated", { org: "fc", user: "asta" });
  await works(at, "adam", "member.hats_changed", { org: "fc", user: "cora", hats: ["office"] });
  await works(at, "adam", "member.hats_changed", { org: "fc", user: "cora", hats: ["coach"] });
  await noAnswers();
  expect(await at.can("cora", "can_read", "note:n1")).toBe(true);
});

test("NP8 S17 a deleted team, athlete or role comes back as something else, or not at all", async () => {
  const at = await club();
  await works(at, "adam", "role.created", { org: "fc", role: "scout", scope: "athlete", keys: ["goals.read"] });
  await works(at, "adam", "coaching.started", { coaching: "s1", athlete: "a1", coach: "mal", role: "scout" });
  await fails(at, "role_in_use", "adam", "role.deleted", { org: "fc", role: "scout" });
  await works(at, "adam", "coaching.ended", { coaching: "s1" });
  await works(at, "adam", "role.deleted", { org: "fc", role: "scout" });
  await works(at, "adam", "role.created", { org: "fc", role: "scout", scope: "athlete", keys: ["sessions.read"] });
  expect(await at.can("mal", "sessions_read", "athlete:a1")).toBe(false);
  await works(at, "hana", "team.deleted", { team: "red" });
  await fails(at, "already_exists", "adam", "team.created", { team: "red", org: "fc", head_coach: "hana" });
  await fails(at, "already_exists", "xena", "team.created", { team: "red", org: "xo" });
  await fails(at, "unknown_entity", "adam", "team.head_coach_changed", { team: "red", head_coach: "hana" });
  await fails(at, "relationship_ended", "adam", "team.head_coach_changed",
    { team: "blue", head_coach: "hana", assignment: "hr" });
  expect(await at.objects("asta", "can_view", "athlete")).toEqual([]);
  await works(at, "adam", "athlete.deleted", { athlete: "a3" });
  await fails(at, "already_exists", "adam", "athlete.created", { athlete: "a3", org: "fc", coach: "mal" });
  await fails(at, "already_exists", "xena", "athlete.created", { athlete: "a3", org: "xo" });
  expect(await at.users("athlete:a3", "can_view")).toEqual([]);
});

test("S8 references across orgs are refused, in every direction", async () => {
  const at = await club();
  await fails(at, "wrong_org", "root", "team.athlete_added", { team: "red", athlete: "x1" });
  await fails(at, "wrong_org", undefined, "team.athlete_moved", { athlete: "a1", from: "red", to: "xt" });
  await fails(at, "wrong_org", undefined, "coaching.started",
    { coaching: "q", athlete: "a1", coach: "hana", team: "xt" });
  await fails(at, "not_a_coach", "adam", "coaching.started", { coaching: "q", athlete: "a1", coach: "xena" });
  await fails(at, "not_a_coach", "adam", "team_assignment.started", { assignment: "q", team: "red", coach: "xena" });
  await fails(at, "not_an_athlete", "adam", "athlete.linked", { athlete: "a2", user: "xena" });
  await fails(at, "wrong_org", undefined, "note.created",
    { note: "q", athlete: "a1", author: "xena", under: "coaching:cx" });
  await fails(at, "wrong_org", "adam", "invite.created", { invite: "q", org: "fc", team: "xt" });
  await fails(at, "wrong_org", "adam", "invite.created",
    { invite: "q", org: "fc", hat: "athlete", team: "red", athlete: "x1" });
  await fails(at, "wrong_org", "adam", "artifact.created", { artifact: "dev_card:q", org: "fc", athlete: "x1" });
  await works(at, "otto", "role.created", { org: "xo", role: "theirs", scope: "athlete", keys: ["sessions.read"] });
  await fails(at, "unknown_entity", "adam", "coaching.role_changed", { coaching: "c1", role: "theirs" });
  await fails(at, "invalid_event", "adam", "coaching.role_changed", { coaching: "c1", role: "xo/theirs" });
});
