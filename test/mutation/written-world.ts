// Worlds written as text: tuples, who gets a yes, and who gets a no; and what such texts often have.
import { ATHLETE_KEYS, relationOf } from "../../src/model/keys.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import type { Expectation, SmallWorld } from "./plain-model.ts";

/** A world of tuples `object#relation@user` and of expectations `user relation object`, one a line. */
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

/** PM8: what an athlete's own account holds on itself, as relations. */
export const OWN: readonly string[] = ATHLETE_KEYS
  .filter((key) => key.endsWith(".read") || key === "wellness.submit" || key === "activities.upload").map(relationOf);

/** A superadmin of the platform that an org is on, as tuples. */
export const superadminOf = (org: string, user: string): string => `org:${org}#platform@platform:main
  platform:main#superadmin@user:${user}`;

/** An active member of an org with a hat, as tuples. */
export const memberOf = (org: string, hat: string, user: string): string => `org:${org}#member@user:${user}
  org:${org}#${hat}_hat@user:${user}`;

/** An active coach of an org, as tuples. */
export const coachOf = (org: string, user: string): string => memberOf(org, "coach", user);

/** A coaching row that is active, as its own tuples: the athlete's pointer to it is none of them. */
export const rowOf = (row: string, coach: string, athlete: string): string => `coaching:${row}#coach@user:${coach}
  coaching:${row}#athlete@athlete:${athlete}
  coaching:${row}#active_on@athlete:${athlete}`;

/** A team assignment that is active, as its own tuples: the team's pointers to it are none of them. */
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
