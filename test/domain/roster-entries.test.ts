// Single entries: a member, an athlete, a team.
import { expect, test } from "vitest";
import { memberEntry } from "../../src/domain/directory.ts";
import { athleteEntry, teamEntry } from "../../src/domain/roster-entries.ts";
import { club } from "../world/club.ts";
import { whole } from "../turns/whole.ts";

test("a member is the same entry as in the people list; a stranger and an unknown org have none", () => {
  const world = club();
  const { members } = world.people("fc")!;
  expect(members.length).toBeGreaterThan(5);
  for (const member of members) expect(memberEntry(world.tuples, "fc", member.user)).toEqual(member);
  expect(memberEntry(world.tuples, "fc", "gus")).toMatchObject({ status: "inactive" });
  expect([memberEntry(world.tuples, "fc", "xena"), memberEntry(world.tuples, "none", "olga")])
    .toEqual([undefined, undefined]);
});

test("an athlete has its org, its account and its teams, without deleted teams; a deleted one has no entry", () => {
  const world = club();
  const entry = (id: string) => whole(athleteEntry(world.tuples, id));
  expect(entry("a1")).toEqual({ athlete: "a1", org: "fc", account: "ida", teams: ["red"] });
  world.system("team.athlete_added", { team: "blue", athlete: "a1" });
  expect(entry("a1")?.teams).toEqual(["blue", "red"]);
  expect(entry("x1")).toEqual({ athlete: "x1", org: "xo", account: null, teams: [] });
  world.system("team.deleted", { team: "blue" });
  expect(entry("a1")?.teams).toEqual(["red"]);
  world.system("athlete.deleted", { athlete: "a1" });
  expect([entry("a1"), entry("none")]).toEqual([undefined, undefined]);
});

test("a team has its org, its head coach and its athletes, without deleted ones; a deleted team has no entry", () => {
  const world = club();
  const entry = (id: string) => whole(teamEntry(world.tuples, id));
  expect(entry("red")).toEqual({ team: "red", org: "fc", head_coach: "hana", athletes: ["a1", "a2"] });
  expect(entry("blue")).toEqual({ team: "blue", org: "fc", head_coach: null, athletes: ["a3"] });
  world.system("athlete.deleted", { athlete: "a2" });
  world.system("team.head_coach_changed", { team: "red", head_coach: null });
  expect(entry("red")).toEqual({ team: "red", org: "fc", head_coach: null, athletes: ["a1"] });
  world.system("team.deleted", { team: "red" });
  expect([entry("red"), entry("none")]).toEqual([undefined, undefined]);
});
