// Events of notes: who may write, flag, share and delete them, and who then reads them (NP1-NP9).
import { describe, expect, test } from "vitest";
import { decideEvent, continueEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";

const NOTE = { note: "n1", athlete: "a1", author: "asta", under: "team_assignment:as1" };

/** The club, with asta's note n1 about a1 under her assignment. */
function withNote(more: object = {}): World {
  const world = club();
  world.as("asta", "note.created", { ...NOTE, ...more });
  return world;
}

const readers = (world: World, note = "note:n1"): string[] =>
  ["olga", "adam", "hana", "asta", "cora", "dora", "ofra", "ida", "xena", "otto", "root", "pat", "nobody"]
    .filter((user) => world.can(user, "can_read", note));

describe("note.created", () => {
  test("NP1 NP2 NP5 NP6 NP7 author, admins, row coaches and the team's coaches read it; the athlete does not", () => {
    expect(readers(withNote())).toEqual(["olga", "adam", "hana", "asta", "cora", "root", "pat"]);
  });

  test("NP3 NP4 the athlete reads a note created with the flag", () => {
    expect(readers(withNote({ visible_to_athlete: true }))).toContain("ida");
  });

  test("NP6 a note under a row held for a team is the team's; under a plain row it is not", () => {
    const world = club();
    world.as("cora", "note.created", { note: "n2", athlete: "a1", author: "cora", under: "coaching:c1" });
    expect(readers(world, "note:n2")).toEqual(["olga", "adam", "cora", "root", "pat"]);
    world.system("coaching.started", { coaching: "c2", athlete: "a1", coach: "cora", team: "red" });
    world.as("cora", "note.created", { note: "n3", athlete: "a1", author: "cora", under: "coaching:c2" });
    expect(readers(world, "note:n3")).toEqual(["olga", "adam", "hana", "asta", "cora", "root", "pat"]);
    world.system("team.athlete_removed", { team: "red", athlete: "a1" });
    expect(readers(world, "note:n3")).toEqual(["olga", "adam", "cora", "root", "pat"]);
  });

  test("NP6 a note written while the athlete is not on the row's team opens to the team when the athlete joins", () => {
    const world = club();
    world.system("coaching.started", { coaching: "c2", athlete: "a1", coach: "cora", team: "red" });
    world.system("team.athlete_removed", { team: "red", athlete: "a1" });
    world.as("cora", "note.created", { note: "n3", athlete: "a1", author: "cora", under: "coaching:c2" });
    expect(world.can("hana", "can_read", "note:n3")).toBe(false);
    world.system("team.athlete_added", { team: "red", athlete: "a1" });
    expect(world.can("hana", "can_read", "note:n3")).toBe(true);
  });

  test("the actor is the author and holds notes.write on the athlete", () => {
    const world = club();
    world.refused("actor_not_allowed", "hana", "note.created", NOTE);
    world.refused("actor_not_allowed", "root", "note.created", NOTE);
    world.refused("actor_not_allowed", "dora", "note.created", { ...NOTE, author: "dora" });
    world.refused("actor_not_allowed", "asta", "note.created", { ...NOTE, athlete: "a3" });
    world.refused("actor_not_allowed", "asta", "note.created", { ...NOTE, athlete: "nobody" });
    world.system("coaching.role_changed", { coaching: "c1", role: "viewer" });
    world.refused("actor_not_allowed", "cora", "note.created", { ...NOTE, author: "cora", under: "coaching:c1" });
    expect(world.system("note.created", NOTE).status).toBe("applied");
  });

  test("a repetition is unchanged; with any other content the id is taken", () => {
    const world = withNote();
    world.unchanged("asta", "note.created", NOTE);
    world.unchanged(undefined, "note.created", { ...NOTE, visible_to_athlete: false });
    world.refused("already_exists", "asta", "note.created", { ...NOTE, visible_to_athlete: true });
    world.refused("already_exists", "asta", "note.created", { ...NOTE, athlete: "a2" });
    const theirs = { note: "n1", athlete: "x1", author: "xena", under: "coaching:cx" };
    world.refused("already_exists", "xena", "note.created", theirs);
    world.as("asta", "note.shared", { note: "n1", user: "dora" });
    world.system("team_assignment.ended", { assignment: "as1" });
    world.unchanged(undefined, "note.created", NOTE);
  });

  test("S8 the athlete and the relationship exist, in one org", () => {
    const world = club();
    world.refused("unknown_entity", undefined, "note.created", { ...NOTE, athlete: "nobody" });
    world.refused("unknown_entity", undefined, "note.created", { ...NOTE, under: "coaching:none" });
    world.refused("wrong_org", undefined, "note.created", { ...NOTE, author: "xena", under: "coaching:cx" });
    world.refused("wrong_org", undefined, "note.created", { ...NOTE, athlete: "x1" });
    world.system("athlete.deleted", { athlete: "a1" });
    world.refused("unknown_entity", undefined, "note.created", NOTE);
  });

  test("the relationship is the author's, active, and reaches the athlete", () => {
    const world = club();
    world.refused("relationship_mismatch", "asta", "note.created", { ...NOTE, under: "coaching:c1" });
    world.refused("relationship_mismatch", "hana", "note.created", { ...NOTE, author: "hana" });
    world.system("coaching.started", { coaching: "c3", athlete: "a3", coach: "cora" });
    const cora = { note: "n1", athlete: "a1", author: "cora" };
    world.refused("relationship_mismatch", "cora", "note.created", { ...cora, under: "coaching:c3" });
    world.system("coaching.started", { coaching: "c4", athlete: "a3", coach: "asta" });
    world.refused("relationship_mismatch", "asta", "note.created", { ...NOTE, athlete: "a3" });
    world.system("coaching.ended", { coaching: "c1" });
    world.system("coaching.started", { coaching: "c5", athlete: "a1", coach: "cora" });
    world.refused("relationship_ended", "cora", "note.created", { ...cora, under: "coaching:c1" });
    expect(world.as("cora", "note.created", { ...cora, under: "coaching:c5" }).status).toBe("applied");
    world.system("team.deleted", { team: "red" });
    // The system may import earlier notes.
    world.system("note.created", { ...NOTE, note: "n9" });
    expect(world.can("cora", "can_read", "note:n9")).toBe(false);
  });

  test("S7 the author is an active member with the coach hat", () => {
    const world = club();
    world.system("member.hats_changed", { org: "fc", user: "asta", hats: ["office"] });
    world.refused("not_a_coach", undefined, "note.created", NOTE);
    world.system("member.deactivated", { org: "fc", user: "asta" });
    world.refused("member_inactive", undefined, "note.created", NOTE);
  });

  test.each([
    ["athlete:a1"], ["coaching:"], ["coaching:not an id"], ["team_assignment"], ["note:n1"],
    [`coaching:${"x".repeat(129)}`],
  ])("under %s is no relationship", (under) => {
    club().refused("invalid_event", undefined, "note.created", { ...NOTE, under });
  });

  test("the longest ids fit a seat", () => {
    const world = club();
    const [team, athlete] = ["t".repeat(128), "a".repeat(128)];
    world.system("team.created", { team, org: "fc", head_coach: "hana", assignment: "hd2" });
    world.system("athlete.created", { athlete, org: "fc", team });
    world.as("hana", "note.created", { note: "n".repeat(128), athlete, author: "hana", under: "team_assignment:hd2" });
    world.system("team_assignment.started", { assignment: "as2", team, coach: "asta" });
    expect(world.can("asta", "can_read", `note:${"n".repeat(128)}`)).toBe(true);
    world.refused("invalid_event", "hana", "note.created", { ...NOTE, note: "n".repeat(129) });
  });
});

describe("note.visibility_changed", () => {
  test("NP3 S1 the flag opens the note to the athlete's account, even after the relationship has ended", () => {
    const world = withNote();
    world.as("asta", "note.visibility_changed", { note: "n1", visible_to_athlete: true });
    expect(world.can("ida", "can_read", "note:n1")).toBe(true);
    world.unchanged("asta", "note.visibility_changed", { note: "n1", visible_to_athlete: true });
    world.system("team_assignment.ended", { assignment: "as1" });
    expect(readers(world)).toEqual(["olga", "adam", "asta", "ida", "root", "pat"]);
    world.as("asta", "note.visibility_changed", { note: "n1", visible_to_athlete: false });
    expect(world.can("ida", "can_read", "note:n1")).toBe(false);
    world.unchanged("asta", "note.visibility_changed", { note: "n1", visible_to_athlete: false });
  });

  test("NP2 NP9 only the author flags, while active", () => {
    const world = withNote();
    const data = { note: "n1", visible_to_athlete: true };
    for (const actor of ["olga", "adam", "hana", "cora", "ida", "root", "pat"]) {
      world.refused("actor_not_allowed", actor, "note.visibility_changed", data);
    }
    world.refused("actor_not_allowed", "asta", "note.visibility_changed", { ...data, note: "n0" });
    world.refused("unknown_entity", undefined, "note.visibility_changed", { ...data, note: "n0" });
    world.system("member.deactivated", { org: "fc", user: "asta" });
    world.refused("actor_not_allowed", "asta", "note.visibility_changed", data);
    world.system("note.visibility_changed", data);
    expect(world.can("ida", "can_read", "note:n1")).toBe(true);
  });
});

describe("note.shared and note.unshared", () => {
  test("NP9 a share opens the note to a member of the staff at any time, and can be withdrawn", () => {
    const world = withNote();
    world.system("team_assignment.ended", { assignment: "as1" });
    for (const user of ["dora", "ofra", "adam", "asta"]) world.as("asta", "note.shared", { note: "n1", user });
    expect(readers(world)).toEqual(["olga", "adam", "asta", "dora", "ofra", "root", "pat"]);
    world.unchanged("asta", "note.shared", { note: "n1", user: "dora" });
    world.as("asta", "note.unshared", { note: "n1", user: "dora" });
    expect(world.can("dora", "can_read", "note:n1")).toBe(false);
    world.unchanged("asta", "note.unshared", { note: "n1", user: "dora" });
    world.unchanged("asta", "note.unshared", { note: "n1", user: "nobody" });
  });

  test("NP9 strangers, members of another org and athletes are not shareable, deactivated members inactive", () => {
    const world = withNote();
    for (const user of ["nobody", "xena", "ida", "root"]) {
      world.refused("not_shareable", "asta", "note.shared", { note: "n1", user });
    }
    world.refused("member_inactive", "asta", "note.shared", { note: "n1", user: "gus" });
    world.system("member.added", { org: "fc", user: "both", hats: ["coach", "athlete"] });
    world.as("asta", "note.shared", { note: "n1", user: "both" });
    expect(world.can("both", "can_read", "note:n1")).toBe(true);
  });

  test("NP3 NP9 a share counts while its member is active and on the staff; it can always be withdrawn", () => {
    const world = withNote();
    world.as("asta", "note.shared", { note: "n1", user: "dora" });
    world.system("member.hats_changed", { org: "fc", user: "dora", hats: ["athlete"] });
    expect(world.can("dora", "can_read", "note:n1")).toBe(false);
    world.system("member.hats_changed", { org: "fc", user: "dora", hats: ["coach"] });
    world.system("member.deactivated", { org: "fc", user: "dora" });
    expect(world.can("dora", "can_read", "note:n1")).toBe(false);
    world.as("asta", "note.unshared", { note: "n1", user: "dora" });
    world.system("member.reactivated", { org: "fc", user: "dora" });
    expect(world.can("dora", "can_read", "note:n1")).toBe(false);
  });

  test("NP2 NP9 only the author shares and withdraws", () => {
    const world = withNote();
    world.as("asta", "note.shared", { note: "n1", user: "dora" });
    for (const actor of ["olga", "adam", "hana", "dora", "ida", "root", "pat"]) {
      world.refused("actor_not_allowed", actor, "note.shared", { note: "n1", user: "ofra" });
      world.refused("actor_not_allowed", actor, "note.unshared", { note: "n1", user: "dora" });
    }
    world.refused("actor_not_allowed", "asta", "note.shared", { note: "n0", user: "ofra" });
    world.refused("unknown_entity", undefined, "note.shared", { note: "n0", user: "ofra" });
    world.refused("unknown_entity", undefined, "note.unshared", { note: "n0", user: "ofra" });
  });

  test("NP9 flags and shares stand while the author is deactivated; S3 the author's own reading does not", () => {
    const world = withNote({ visible_to_athlete: true });
    world.as("asta", "note.shared", { note: "n1", user: "ofra" });
    world.system("member.deactivated", { org: "fc", user: "asta" });
    expect(readers(world)).toEqual(["olga", "adam", "hana", "cora", "ofra", "ida", "root", "pat"]);
  });
});

describe("note.deleted", () => {
  test("NP9 the author deletes; nothing of the note remains, and its id is free", () => {
    const world = club();
    const size = world.tuples.size;
    world.as("asta", "note.created", { ...NOTE, visible_to_athlete: true });
    world.as("asta", "note.shared", { note: "n1", user: "ofra" });
    for (const actor of ["olga", "hana", "ofra", "ida", "root"]) {
      world.refused("actor_not_allowed", actor, "note.deleted", { note: "n1" });
    }
    world.as("asta", "note.deleted", { note: "n1" });
    expect(readers(world)).toEqual([]);
    expect(world.tuples.size - size).toBe(3); // The records of the three events.
    world.refused("actor_not_allowed", "asta", "note.deleted", { note: "n1" });
    world.unchanged(undefined, "note.deleted", { note: "n1" });
    world.as("xena", "note.created", { note: "n1", athlete: "x1", author: "xena", under: "coaching:cx" });
    expect(readers(world)).toEqual(["xena", "otto", "root", "pat"]);
  });

  test("a note with more shares than fit in one write takes several, and the id is free only after the last", () => {
    const world = withNote();
    const users = Array.from({ length: 30 }, (_, i) => `m${i}`);
    for (const user of users) {
      world.system("member.added", { org: "fc", user, hats: ["coach"] });
      world.as("asta", "note.shared", { note: "n1", user });
    }
    world.maxTuples = 12;
    const around = { system: true, clock: world.now, maxTuples: 12 };
    const envelope = { id: "cut", source: "/test", type: "note.deleted", actor: "asta", data: { note: "n1" } };
    for (let step = decideEvent(DomainEvent.sent(envelope), world.view, around); ;) {
      if (isRefusal(step)) throw new Error(step.detail);
      applyDelta(world.tuples, step.delta);
      if (!step.more) break;
      if ([...world.tuples.read({ object: "note:n1" })].length > 0) {
        const theirs = { note: "n1", athlete: "x1", author: "xena", under: "coaching:cx" };
        world.refused("already_exists", "xena", "note.created", theirs);
      }
      step = continueEvent("fc", world.view, around)!;
    }
    expect(users.filter((user) => world.can(user, "can_read", "note:n1"))).toEqual([]);
    expect([...world.tuples.read({ object: "note:n1" })]).toEqual([]);
    expect([...world.tuples.read({ object: "claim:note/n1" })]).toEqual([]);
    world.maxTuples = 100;
    world.as("asta", "note.created", NOTE);
    expect(world.can("m0", "can_read", "note:n1")).toBe(false);
  });
});

test("S17 author, shares and admins keep the notes of a deleted athlete", () => {
  const world = withNote({ visible_to_athlete: true });
  world.as("asta", "note.shared", { note: "n1", user: "ofra" });
  world.system("athlete.deleted", { athlete: "a1" });
  expect(readers(world)).toEqual(["olga", "adam", "asta", "ofra", "root", "pat"]);
  world.as("asta", "note.unshared", { note: "n1", user: "ofra" });
  world.as("asta", "note.deleted", { note: "n1" });
});

test("NP8 a coach who returns by a new row does not reopen the former row's notes to others", () => {
  const world = withNote();
  world.system("team_assignment.ended", { assignment: "as1" });
  expect(readers(world)).toEqual(["olga", "adam", "asta", "root", "pat"]);
  world.system("team_assignment.started", { assignment: "as2", team: "red", coach: "asta" });
  expect(readers(world)).toEqual(["olga", "adam", "asta", "root", "pat"]);
});
