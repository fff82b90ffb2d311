// Every named invariant of the stores that events make.
import type { Delta } from "../../src/tuples/delta.ts";
import { typeOf, type TupleKey } from "../../src/tuples/tuple.ts";
import { CLAIMED_INVARIANTS } from "./claimed-invariants.ts";
import { CONTENT_INVARIANTS } from "./content-invariants.ts";
import type { Facts } from "./facts.ts";
import { checkOf, type Invariant } from "./invariant.ts";
import { MEMBER_INVARIANTS } from "./member-invariants.ts";
import { ROSTER_INVARIANTS } from "./roster-invariants.ts";

/** All invariants, in the order of the policy's sections, then those that claims rely on. */
export const INVARIANTS: readonly Invariant[] = [
  ...MEMBER_INVARIANTS, ...ROSTER_INVARIANTS, ...CONTENT_INVARIANTS, ...CLAIMED_INVARIANTS,
];

const check = checkOf(INVARIANTS);

/**
 * Returns the violations in a state, each as `name: values`; none if every invariant holds. `delta`: the difference
 * from a state in which every invariant holds.
 */
export function violations(facts: Facts, delta?: Delta): string[] {
  return check(facts, delta && new Set([...delta.writes, ...delta.deletes].map(placeOf)));
}

const placeOf = ({ object, relation }: TupleKey): string => `${typeOf(object)}#${relation}`;
