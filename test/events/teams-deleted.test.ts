// Deleting a team or an athlete with much over it: in many writes, nothing left, nothing gained on the way (S17).
import { describe, expect, test } from "vitest";
import { decideEvent, continueEvent } from "../../src/events/decide-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { findInvite, reservationOf, statusOf } from "../../src/domain/invites.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { idOf } from "../../src/tuples/tuple.ts";
import { assist, athlete, club, coaches, headless, team } from "../world/rows.ts";
import type { World } from "../world/world.ts";

const SIZES = [6, 7, 8, 9, 10, 12, 20, 100];

/** A team with assistants, athletes, notes and invites, and athletes with rows, teams, an account, a reservation. */
function crowded(): World {
  const world = club();
  team(world, "u9");
  team(world, "u10", "cora");
  assist(world, "s1", "u9", "carl");
  athlete(world, "a1", "u9", "u10");
  athlete(world, "a2", "u9");
  coaches(world, "c1", "carl", "a1");
  coaches(world, "c2", "cora", "a1", "viewer");
  coaches(world, "c3", "cora", "a2");
  world.system("athlete.linked", { athlete: "a1", user: "ann" });
  for (const [note, author, under] of [["n1", "carl", "team_assignment:s1"], ["n2", "cora", "coaching:c2"]] as const) {
    world.as(author, "note.created", { note, athlete: "a1", author, under, visible_to_athlete: true });
  }
  for (let n = 0; n < 12; n++) world.as("ada", "invite.created", { invite: `link${n}`, org: "club", team: "u9" });
  world.as("ada", "invite.created", { invite: "mail", org: "club", team: "u9", email: "x@example.org" });
  world.as("ada", "invite.created", { invite: "elsewhere", org: "club", team: "u10" });
  const reserved = { invite: "reserved", org: "club", hat: "athlete", athlete: "a2", email: "y@example.org" };
  world.as("ada", "invite.created", reserved);
  return world;
}

/** Every answer that is yes, of the people and relations that matter here. */
function yeses(world: World): Set<string> {
  const people = ["hugo", "carl", "cora", "ann", "ada", "sue", "stranger"];
  const asked = [
    ...["can_view", "current_coach", "sessions_read", "notes_write", "account", "can_place"]
      .flatMap((relation) => ["athlete:a1", "athlete:a2"].map((object) => [relation, object] as const)),
    ...["can_view", "coach", "athlete", "can_manage"]
      .flatMap((relation) => ["team:u9", "team:u10"].map((object) => [relation, object] as const)),
    ...["note:n1", "note:n2"].map((object) => ["can_read", object] as const),
    ...["invite:link0", "invite:link11", "invite:mail", "invite:elsewhere", "invite:reserved"]
      .map((object) => ["can_redeem", object] as const),
    ["athletes_create", "org:club"] as const, ["teams_create", "org:club"] as const,
  ];
  return new Set(people.flatMap((user) => asked
    .filter(([relation, object]) => world.can(user, relation, object))
    .map(([relation, object]) => `${user} ${relation} ${object}`)));
}

/** Applies an event write by write; after each, nobody may have gained anything. Answers the number of writes. */
function deleteStepwise(world: World, type: string, data: unknown, maxTuples: number): number {
  const around = { system: true, clock: world.now, maxTuples };
  let before = yeses(world);
  let step = decideEvent({ id: "the-end", source: "/test", type, data }, world.view, around);
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
      expect(left.filter((yes) => yes.startsWith("hugo") && !yes.includes("can_redeem"))).toEqual([]);
      expect(left).toContain("carl can_view athlete:a1");
      for (const id of [...Array.from({ length: 12 }, (_, n) => `link${n}`), "mail"]) {
        expect(statusOf(findInvite(world.tuples, id)!, world.now), id).toBe("revoked");
        expect(world.can("stranger", "can_redeem", `invite:${id}`), id).toBe(false);
      }
      expect(world.can("stranger", "can_redeem", "invite:elsewhere")).toBe(true);
      world.unchanged("ada", "team.deleted", { team: "u9" });
    });
  }

  test("S17 of a deleted team only the org's own rights are left, and each coach's over their own ended row", () => {
    const world = crowded();
    world.as("hugo", "team.deleted", { team: "u9" });
    const rows = [...world.tuples.read({ objectType: "team_assignment", relation: "team", user: "team:u9" })]
      .map(({ object }) => ({ id: idOf(object), coach: idOf(world.tuples.users(object, "coach")[0]!) }));
    expect(rows.map(({ coach }) => coach).sort()).toEqual(["carl", "hugo"]);
    world.unchanged("ada", "team.deleted", { team: "u9" });
    for (const actor of ["hugo", "carl", "cora", "ann", "rita", "nobody"]) {
      world.refused("actor_not_allowed", actor, "team.deleted", { team: "u9" });
    }
    for (const { id: assignment, coach } of rows) {
      for (const actor of ["ada", coach]) world.unchanged(actor, "team_assignment.ended", { assignment });
      for (const actor of ["hugo", "carl", "cora", "ann", "rita", "nobody"].filter((each) => each !== coach)) {
        world.refused("actor_not_allowed", actor, "team_assignment.ended", { assignment });
      }
    }
    world.system("member.hats_changed", { org: "club", user: "carl", hats: ["athlete"] });
    world.refused("actor_not_allowed", "carl", "team_assignment.ended", { assignment: "s1" });
  });

  test("S17 an invitation that expired is not revived for a deleted team", () => {
    const world = club();
    headless(world, "u9");
    world.as("ada", "invite.created", { invite: "old", org: "club", team: "u9", email: "x@example.org" });
    world.now += 15 * 24 * 3600 * 1000;
    expect(statusOf(findInvite(world.tuples, "old")!, world.now)).toBe("expired");
    world.as("ada", "team.deleted", { team: "u9" });
    world.refused("invite_revoked", "ada", "invite.resent", { invite: "old" });
  });
});

describe("athlete.deleted in several writes", () => {
  for (const maxTuples of SIZES) {
    test(`S17 in writes of ${maxTuples} tuples: rows, places, the link end; notes stay with author, admins`, () => {
      const world = crowded();
      const writes = deleteStepwise(world, "athlete.deleted", { athlete: "a1" }, maxTuples);
      expect(writes > 1).toBe(maxTuples < 15);
      const left = [...yeses(world)];
      expect(left.filter((yes) => yes.includes("athlete:a1") || yes.startsWith("ann"))
        .filter((yes) => !yes.includes("can_redeem"))).toEqual([]);
      for (const [note, author] of [["note:n1", "carl"], ["note:n2", "cora"]] as const) {
        const readers = left.filter((yes) => yes.includes(note)).map((yes) => yes.split(" ")[0]);
        expect(readers).toEqual([author, "ada", "sue"]);
      }
      expect(world.can("carl", "athletes_create", "org:club"), "S12").toBe(false);
      expect(world.can("cora", "athletes_create", "org:club"), "S12").toBe(true);
      for (const of of ["athlete:a1#team", "athlete:a1#link", "seat:u9/a1#team", "seat:u10/a1#team"]) {
        const [object, relation] = of.split("#") as [string, string];
        expect(world.tuples.users(object, relation), of).toEqual([]);
      }
      expect(world.tuples.users("team:u9", "athlete_account")).toEqual([]);
      world.unchanged("ada", "athlete.deleted", { athlete: "a1" });
    });
  }

  test("S17 an invite that reserves the athlete is revoked", () => {
    const world = crowded();
    world.refused("athlete_already_linked", "ada", "athlete.linked", { athlete: "a2", user: "abe" });
    world.refused("athlete_already_linked", undefined, "athlete.linked", { athlete: "a2", user: "abe" });
    expect(reservationOf(world.tuples, "a2", world.now)?.id).toBe("reserved");
    world.as("ada", "athlete.deleted", { athlete: "a2" });
    expect(reservationOf(world.tuples, "a2", world.now)).toBeUndefined();
    expect(world.can("stranger", "can_redeem", "invite:reserved")).toBe(false);
  });

  test("PR10 a reservation ends with its invite: revoked, or expired to the millisecond", () => {
    const world = crowded();
    world.now += 14 * 24 * 3600 * 1000 - 1;
    world.refused("athlete_already_linked", "ada", "athlete.linked", { athlete: "a2", user: "abe" });
    world.now += 1;
    world.as("ada", "athlete.linked", { athlete: "a2", user: "abe" });
    const other = crowded();
    other.as("ada", "invite.revoked", { invite: "reserved" });
    other.as("ada", "athlete.linked", { athlete: "a2", user: "abe" });
  });
});

describe("links over many teams in several writes", () => {
  for (const maxTuples of [6, 7, 8, 100]) {
    test(`PR10 linking and unlinking in writes of ${maxTuples} tuples reaches every team`, () => {
      const world = club();
      const teams = Array.from({ length: 15 }, (_, n) => `t${n}`);
      for (const id of teams) headless(world, id);
      athlete(world, "a1", ...teams);
      world.maxTuples = maxTuples;
      const on = (): number => teams.filter((id) => world.can("ann", "athlete", `team:${id}`)).length;
      world.as("ada", "athlete.linked", { athlete: "a1", user: "ann" });
      expect(on()).toBe(15);
      world.as("ada", "athlete.unlinked", { athlete: "a1", user: "ann" });
      expect(on()).toBe(0);
      expect(world.can("ann", "account", "athlete:a1")).toBe(false);
    });
  }
});
