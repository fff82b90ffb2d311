// Worlds written as text: tuples, users who get a yes and users who get a no; and common parts of such texts.
import { ATHLETE_KEYS, relationOf } from "../../src/policy/permission-keys.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import type { Expectation, SmallWorld } from "./plain-model.ts";

/** A world of tuples `object#relation@user` and of expectations `user relation object`, one per line. */
export function world(name: string, tuples: string, yes: string, no: string): SmallWorld {
  const lines = (text: string): string[] => text.trim().split("\n").map((line) => line.trim()).filter(Boolean);
  const tuple = (line: string): Tuple => {
    const [, object = "", relation = "", user = ""] = /^([^#]+)#([^@]+)@(.+)$/.exec(line) ?? [];
    return { object, relation, user };
  };
  const asked = (expected: boolean) => (line: string): Expectation[] => {
    const [user = "", relations = "", object = ""] = line.split(" ");
    return relations.split(",").map((relation) => ({ user: `user:${user}`, relation, object, expected }));
  };
  const expectations = [...lines(yes).flatMap(asked(true)), ...lines(no).flatMap(asked(false))];
  return { name, tuples: lines(tuples).map(tuple), expectations };
}

/** Every athlete key, as relations. */
export const KEYS: readonly string[] = ATHLETE_KEYS.map(relationOf);

/** PM8: the access of an athlete's own account to itself, as relations. */
export const OWN: readonly string[] = ATHLETE_KEYS
  .filter((key) => key.endsWith(".read") || key === "wellness.submit" || key === "activities.upload").map(relationOf);

/** A superadmin of the platform of an org, as tuples. */
export const superadminOf = (org: string, user: string): string => `org:${org}#platform@platform:main
  platform:main#superadmin@user:${user}`;

/** An active member of an org with a hat, as tuples. */
export const memberOf = (org: string, hat: string, user: string): string => `org:${org}#member@user:${user}
  org:${org}#${hat}_hat@user:${user}`;

/** An active coach of an org, as tuples. */
export const coachOf = (org: string, user: string): string => memberOf(org, "coach", user);

/** An active coaching row as its own tuples, without the athlete's pointer to it. */
export const rowOf = (row: string, coach: string, athlete: string): string => `coaching:${row}#coach@user:${coach}
  coaching:${row}#athlete@athlete:${athlete}
  coaching:${row}#active_on@athlete:${athlete}`;

/** An active team assignment as its own tuples, without the team's pointers to it. */
export const assignmentOf = (assignment: string, coach: string, team: string): string =>
  `team_assignment:${assignment}#coach@user:${coach}
  team_assignment:${assignment}#team@team:${team}
  team_assignment:${assignment}#active_on@team:${team}`;

/** The tuples of an object that is about an athlete of an org. */
export const about = (object: string, org: string, athlete: string): string => `${object}#org@org:${org}
  ${object}#athlete@athlete:${athlete}`;

/** A note about an athlete of org o, as tuples. */
export const noteOf = (note: string, author: string, athlete: string): string => `${about(`note:${note}`, "o", athlete)}
  note:${note}#author@user:${author}`;
