// Deleting a team or an athlete with many tuples: in many writes, nothing remains, nobody gains on the way (S17).
import { describe, expect, test } from "vitest";
import { decideEvent, continueEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { findInvite, reservationOf, statusOf } from "../../src/domain/invites.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { idOf } from "../../src/tuples/tuple.ts";
import { assist, athlete, coaches, headless, team } from "../world/rows.ts";
import { club, people } from "../world/club.ts";
import type { World } from "../world/world.ts";

const SIZES = [6, 7, 8, 9, 10, 12, 20, 100];

/** A team with assistants, athletes, notes and invites, and athletes with rows, teams, an account, a reservation. */
function crowded(): World {
  const world = people();
  team(world, "u9");
  team(world, "u10", "cora");
  assist(world, "s1", "u9", "asta");
  athlete(world, "a1", "u9", "u10");
  athlete(world, "a2", "u9");
  coaches(world, "c1", "asta", "a1");
  coaches(world, "c2", "cora", "a1", "viewer");
  coaches(world, "c3", "cora", "a2");
  world.system("athlete.linked", { athlete: "a1", user: "ida" });
  for (const [note, author, under] of [["n1", "asta", "team_assignment:s1"], ["n2", "cora", "coaching:c2"]] as const) {
    world.as(author, "note.created", { note, athlete: "a1", author, under, visible_to_athlete: true });
  }
  for (let n = 0; n < 12; n++) world.as("adam", "invite.created", { invite: `link${n}`, org: "fc", team: "u9" });
  world.as("adam", "invite.created", { invite: "mail", org: "fc", team: "u9", email: "x@example.org" });
  world.as("adam", "invite.created", { invite: "elsewhere", org: "fc", team: "u10" });
  const reserved = { invite: "reserved", org: "fc", hat: "athlete", athlete: "a2", email: "y@example.org" };
  world.as("adam", "invite.created", reserved);
  return world;
}

/** Every yes of the people and relations that matter here. */
function yeses(world: World): Set<string> {
  const people = ["hana", "asta", "cora", "ida", "adam", "root", "stranger"];
  const asked = [
    ...["can_view", "current_coach", "sessions_read", "notes_write", "account", "can_place"]
      .flatMap((relation) => ["athlete:a1", "athlete:a2"].map((object) => [relation, object] as const)),
    ...["can_view", "coach", "athlete", "can_manage"]
      .flatMap((relation) => ["team:u9", "team:u10"].map((object) => [relation, object] as const)),
    ...["note:n1", "note:n2"].map((object) => ["can_read", object] as const),
    ...["invite:link0", "invite:link11", "invite:mail", "invite:elsewhere", "invite:reserved"]
      .map((object) => ["can_redeem", object] as const),
    ["athletes_create", "org:fc"] as const, ["teams_create", "org:fc"] as const,
  ];
  return new Set(people.flatMap((user) => asked
    .filter(([relation, object]) => world.can(user, relation, object))
    .map(([relation, object]) => `${user} ${relation} ${object}`)));
}

/** Applies an event write by write; after each, nobody may have gained anything. Returns the number of writes. */
function deleteStepwise(world: World, type: string, data: unknown, maxTuples: number): number {
  const around = { system: true, clock: world.now, maxTuples };
  let before = yeses(world);
  let step = decideEvent(DomainEvent.sent({ id: "the-end", source: "/test", type, data }), world.view, around);
  for (let writes = 1; ; writes++) {
    if (isRefusal(step)) throw new Error(step.detail);
    applyDelta(world.tuples, step.delta);
    const after = yeses(world);
    for (const yes of after) expect(before.has(yes), yes).toBe(true);
    before = after;
    if (!step.more) return writes;
    step = continueEvent(step.org, world.view, around)!;
  }
}

describe("team.deleted in several writes", () => {
  for (const maxTuples of SIZES) {
    test(`S17 in writes of ${maxTuples} tuples: every row and every open invite ends`, () => {
      const world = crowded();
      const writes = deleteStepwise(world, "team.deleted", { team: "u9" }, maxTuples);
      expect(writes > 1).toBe(maxTuples < 40);
      const left = [...yeses(world)];
      expect(left.filter((yes) => yes.includes("team:u9"))).toEqual([]);
      expect(left.filter((yes) => yes.startsWith("hana") && !yes.includes("can_redeem"))).toEqual([]);
      expect(left).toContain("asta can_view athlete:a1");
      for (const id of [...Array.from({ length: 12 }, (_, n) => `link${n}`), "mail"]) {
        expect(statusOf(findInvite(world.tuples, id)!, world.now), id).toBe("revoked");
        expect(world.can("stranger", "can_redeem", `invite:${id}`), id).toBe(false);
      }
      expect(world.can("stranger", "can_redeem", "invite:elsewhere")).toBe(true);
      world.unchanged("adam", "team.deleted", { team: "u9" });
    });
  }

  test("S17 of a deleted team only the org's own rights remain, and each coach's over their own ended row", () => {
    const world = crowded();
    world.as("hana", "team.deleted", { team: "u9" });
    const rows = [...world.tuples.read({ objectType: "team_assignment", relation: "team", user: "team:u9" })]
      .map(({ object }) => ({ id: idOf(object), coach: idOf(world.tuples.users(object, "coach")[0]!) }));
    expect(rows.map(({ coach }) => coach).sort()).toEqual(["asta", "hana"]);
    world.unchanged("adam", "team.deleted", { team: "u9" });
    for (const actor of ["hana", "asta", "cora", "ida", "otto", "nobody"]) {
      world.refused("actor_not_allowed", actor, "team.deleted", { team: "u9" });
    }
    for (const { id: assignment, coach } of rows) {
      for (const actor of ["adam", coach]) world.unchanged(actor, "team_assignment.ended", { assignment });
      for (const actor of ["hana", "asta", "cora", "ida", "otto", "nobody"].filter((each) => each !== coach)) {
        world.refused("actor_not_allowed", actor, "team_assignment.ended", { assignment });
      }
    }
    world.system("member.hats_changed", { org: "fc", user: "asta", hats: ["athlete"] });
    world.refused("actor_not_allowed", "asta", "team_assignment.ended", { assignment: "s1" });
  });

  test("S17 an expired invitation is not revived for a deleted team", () => {
    const world = people();
    headless(world, "u9");
    world.as("adam", "invite.created", { invite: "old", org: "fc", team: "u9", email: "x@example.org" });
    world.now += 15 * 24 * 3600 * 1000;
    expect(statusOf(findInvite(world.tuples, "old")!, world.now)).toBe("expired");
    world.as("adam", "team.deleted", { team: "u9" });
    world.refused("invite_revoked", "adam", "invite.resent", { invite: "old" });
  });
});

describe("athlete.deleted in several writes", () => {
  for (const maxTuples of SIZES) {
    test(`S17 in writes of ${maxTuples} tuples: rows, places, the link end; notes stay with author, admins`, () => {
      const world = crowded();
      const writes = deleteStepwise(world, "athlete.deleted", { athlete: "a1" }, maxTuples);
      expect(writes > 1).toBe(maxTuples < 15);
      const left = [...yeses(world)];
      expect(left.filter((yes) => yes.includes("athlete:a1") || yes.startsWith("ida"))
        .filter((yes) => !yes.includes("can_redeem"))).toEqual([]);
      for (const [note, author] of [["note:n1", "asta"], ["note:n2", "cora"]] as const) {
        const readers = left.filter((yes) => yes.includes(note)).map((yes) => yes.split(" ")[0]);
        expect(readers).toEqual([author, "adam", "root"]);
      }
      expect(world.can("asta", "athletes_create", "org:fc"), "S12").toBe(false);
      expect(world.can("cora", "athletes_create", "org:fc"), "S12").toBe(true);
      for (const of of ["athlete:a1#team", "athlete:a1#link", "seat:u9/a1#team", "seat:u10/a1#team"]) {
        const [object, relation] = of.split("#") as [string, string];
        expect(world.tuples.users(object, relation), of).toEqual([]);
      }
      expect(world.tuples.users("team:u9", "athlete_account")).toEqual([]);
      world.unchanged("adam", "athlete.deleted", { athlete: "a1" });
    });
  }

  test("S17 an invite that reserves the athlete is revoked", () => {
    const world = crowded();
    world.refused("athlete_already_linked", "adam", "athlete.linked", { athlete: "a2", user: "abe" });
    world.refused("athlete_already_linked", undefined, "athlete.linked", { athlete: "a2", user: "abe" });
    expect(reservationOf(world.tuples, "a2", world.now)?.id).toBe("reserved");
    world.as("adam", "athlete.deleted", { athlete: "a2" });
    expect(reservationOf(world.tuples, "a2", world.now)).toBeUndefined();
    expect(world.can("stranger", "can_redeem", "invite:reserved")).toBe(false);
  });

  test("PR10 a reservation ends with its invite: revoked, or expired to the millisecond", () => {
    const world = crowded();
    world.now += 14 * 24 * 3600 * 1000 - 1;
    world.refused("athlete_already_linked", "adam", "athlete.linked", { athlete: "a2", user: "abe" });
    world.now += 1;
    world.as("adam", "athlete.linked", { athlete: "a2", user: "abe" });
    const other = crowded();
    other.as("adam", "invite.revoked", { invite: "reserved" });
    other.as("adam", "athlete.linked", { athlete: "a2", user: "abe" });
  });
});

describe("links over many teams in several writes", () => {
  for (const maxTuples of [6, 7, 8, 100]) {
    test(`PR10 linking and unlinking in writes of ${maxTuples} tuples reaches every team`, () => {
      const world = people();
      const teams = Array.from({ length: 15 }, (_, n) => `t${n}`);
      for (const id of teams) headless(world, id);
      athlete(world, "a1", ...teams);
      world.maxTuples = maxTuples;
      const on = (): number => teams.filter((id) => world.can("ida", "athlete", `team:${id}`)).length;
      world.as("adam", "athlete.linked", { athlete: "a1", user: "ida" });
      expect(on()).toBe(15);
      world.as("adam", "athlete.unlinked", { athlete: "a1", user: "ida" });
      expect(on()).toBe(0);
      expect(world.can("ida", "account", "athlete:a1")).toBe(false);
    });
  }
});

describe("S17 a deletion", () => {
  test("ends rows, links and invites, keeps notes and ids, and grants nobody anything", () => {
    const world = club();
    world.as("cora", "note.created", { note: "n", athlete: "a1", author: "cora", under: "coaching:c1",
      visible_to_athlete: true });
    world.as("cora", "note.shared", { note: "n", user: "ofra" });
    world.as("adam", "team.deleted", { team: "red" });
    world.unchanged(undefined, "team_assignment.ended", { assignment: "as1" });
    world.unchanged("asta", "team_assignment.ended", { assignment: "as1" });
    world.refused("relationship_ended", "adam", "team_assignment.role_changed", { assignment: "as1", role: "viewer" });
    const late = { assignment: "z", team: "red", coach: "dora" };
    world.refused("unknown_entity", undefined, "team_assignment.started", late);
    world.refused("already_exists", "adam", "team.created", { team: "red", org: "fc" });
    world.refused("already_exists", "otto", "team.created", { team: "red", org: "xo" });
    world.as("adam", "athlete.deleted", { athlete: "a1" });
    world.unchanged("cora", "coaching.ended", { coaching: "c1" });
    world.refused("relationship_ended", "adam", "coaching.overrides_set", { coaching: "c1", overrides: {} });
    world.refused("relationship_ended", "adam", "coaching.started", { coaching: "c1", athlete: "a2", coach: "cora" });
    world.refused("already_exists", "adam", "athlete.created", { athlete: "a1", org: "fc" });
    world.as("adam", "athlete.linked", { athlete: "a2", user: "ida" });
    const readers = ["cora", "ofra", "adam", "root", "pat", "hana", "asta", "ida", "dora"];
    const reading = readers.filter((user) => world.can(user, "can_read", "note:n"));
    expect(reading).toEqual(["cora", "ofra", "adam", "root", "pat"]);
    expect(["cora", "hana", "ida"].filter((user) => world.can(user, "can_view", "athlete:a1"))).toEqual([]);
  });
});

test("NP8 S17 a deleted team, athlete or role returns as something else, or not at all", () => {
  const world = club();
  world.as("adam", "role.created", { org: "fc", role: "scout", scope: "athlete", keys: ["goals.read"] });
  world.as("adam", "coaching.started", { coaching: "s1", athlete: "a1", coach: "dora", role: "scout" });
  world.refused("role_in_use", "adam", "role.deleted", { org: "fc", role: "scout" });
  world.as("adam", "coaching.ended", { coaching: "s1" });
  world.as("adam", "role.deleted", { org: "fc", role: "scout" });
  world.as("adam", "role.created", { org: "fc", role: "scout", scope: "athlete", keys: ["sessions.read"] });
  expect(world.can("dora", "sessions_read", "athlete:a1")).toBe(false);
  world.as("hana", "team.deleted", { team: "red" });
  world.refused("already_exists", "adam", "team.created", { team: "red", org: "fc", head_coach: "hana" });
  world.refused("already_exists", "xena", "team.created", { team: "red", org: "xo" });
  world.refused("unknown_entity", "adam", "team.head_coach_changed", { team: "red", head_coach: "hana" });
  world.refused("relationship_ended", "adam", "team.head_coach_changed",
    { team: "blue", head_coach: "hana", assignment: "hd1" });
  expect(world.objects("asta", "can_view", "athlete")).toEqual([]);
  world.as("adam", "athlete.deleted", { athlete: "a3" });
  world.refused("already_exists", "adam", "athlete.created", { athlete: "a3", org: "fc", coach: "dora" });
  world.refused("already_exists", "xena", "athlete.created", { athlete: "a3", org: "xo" });
  expect(world.users("athlete:a3", "can_view")).toEqual([]);
});
