// The law on escalation excuses the return of a coach only from the keys that the coach's own active rows give.
import { expect, test } from "vitest";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { ANSWER_LAWS } from "./answer-laws.ts";
import type { Transition } from "./explorer.ts";
import { Snapshot } from "./snapshot.ts";

const law = ANSWER_LAWS.find(({ name }) => name.startsWith("nobody gives a key"))!;

const written = (texts: readonly string[]): Tuple[] => texts.map((text) => {
  const [object = "", relation = ""] = text.split(/[#@]/, 2);
  return { object, relation, user: text.slice(object.length + relation.length + 2) };
});

/** u2 manages members and reactivates the coach u1. */
const ORG = [
  "org:o#member@user:u2", "org:o#office_hat@user:u2", "role:o/manager#holder@user:u2",
  "org:o#org_members_manage@role:o/manager#holder", "org:o#coach_hat@user:u1",
];
const HELD = ["org:o#athletes_create_by_row@role:o/r1#row_holder", "role:o/r1#row_holder@user:u1"];
const rowOn = (row: string, over: string): string[] =>
  [`${row}#coach@user:u1`, `${row}#role@role:o/r1`, `${row}#active_on@${over}`];
const ATHLETE_ROW = rowOn("coaching:c1", "athlete:a1");
const TEAM_ROW = rowOn("team_assignment:s1", "team:t1");

/** The faults of the reactivation of u1, with these tuples before it and others that only the state after it has. */
function faults(before: readonly string[], after: readonly string[] = []): string[] {
  return faultsOf("member.reactivated", [...ORG, ...before], ["org:o#member@user:u1", ...after]);
}

/** The faults of an event about u1 that adds some tuples to others. */
function faultsOf(type: string, before: readonly string[], added: readonly string[]): string[] {
  const [old, fresh] = [before, [...before, ...added]].map((texts) => new Snapshot(written(texts), 0));
  const move = { type, data: { org: "o", user: "u1" }, actor: "u2" };
  return law.check({ before: old, after: fresh, move, step: { org: "o" } } as unknown as Transition);
}

test("a key of an active row may come back", () => {
  expect(faults([...HELD, ...ATHLETE_ROW])).toEqual([]);
  expect(faults([...HELD, ...TEAM_ROW, "team:t1#head_assignment@team_assignment:s1"])).toEqual([]);
});

test("a key that no active row gives may not", () => {
  const [byRole, teams] = [["org:o#front_desk_role@role:o/f#holder", "role:o/f#holder@user:u1"],
    ["org:o#teams_create_by_row@role:o/r2#row_holder", "role:o/r2#row_holder@user:u1"]];
  const fault = ["u2 gives u1 athletes_create org:o"];
  expect(faults([...HELD])).toEqual(fault);
  expect(faults([...ATHLETE_ROW, ...byRole])).toEqual(fault);
  expect(faults(HELD, ATHLETE_ROW)).toEqual(fault);
  expect(faults([...HELD, ...TEAM_ROW])).toEqual(fault);
  expect(faults([...HELD, ...ATHLETE_ROW, ...teams])).toEqual(["u2 gives u1 teams_create org:o"]);
});

test("so it is when the coach hat comes back", () => {
  const [member, hat] = ["org:o#member@user:u1", "org:o#coach_hat@user:u1"];
  const without = [...ORG.filter((text) => text !== hat), member, ...HELD];
  expect(faultsOf("member.hats_changed", [...without, ...ATHLETE_ROW], [hat])).toEqual([]);
  expect(faultsOf("member.hats_changed", without, [hat])).toEqual(["u2 gives u1 athletes_create org:o"]);
  // A coach who stays one does not come back.
  const key = "org:o#teams_create_by_row@role:o/r1#row_holder";
  expect(faultsOf("member.hats_changed", [...without, ...ATHLETE_ROW, hat], [key]))
    .toEqual(["u2 gives u1 teams_create org:o"]);
});

test("an invite that links may give the places that the athlete has", () => {
  const invited = ANSWER_LAWS.find(({ name }) => name.startsWith("redeeming gives no place"))!;
  const held = [...ORG.filter((text) => !text.includes("u1")), "invitation:i1#invited_by@user:u2",
    "athlete:a1#org@org:o", "team:t1#org@org:o"];
  const link = ["athlete:a1#link@user:u1", "team:t1#athlete_account@user:u1", "org:o#member@user:u1",
    "org:o#athlete_hat@user:u1"];
  const place = "athlete:a1#team@team:t1";
  const faultsWith = (before: readonly string[], added: readonly string[]): string[] => {
    const [old, fresh] = [before, [...before, ...added]].map((texts) => new Snapshot(written(texts), 0));
    const move = { type: "invite.redeemed", data: { invite: "i1", user: "u1" } };
    return invited.check({ before: old, after: fresh, move, step: { org: "o" } } as unknown as Transition);
  };
  expect(faultsWith([...held, place], link)).toEqual([]);
  expect(faultsWith(held, [...link, place])).toContain("u2 gives u1 athlete team:t1");
});
