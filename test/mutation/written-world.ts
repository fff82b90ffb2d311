// Worlds written as text: tuples, who gets a yes, and who gets a no.
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

/** An active coach of an org, as tuples. */
export const coachOf = (org: string, user: string): string => `org:${org}#member@user:${user}
  org:${org}#coach_hat@user:${user}`;
