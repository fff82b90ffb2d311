// Compares two tuples, conditions included.
import { canonical } from "../tuples/digest.ts";
import type { Tuple } from "../tuples/tuple.ts";

/** Returns true for equal tuples with equal conditions, and for two absent ones. OpenFGA keeps no order of keys. */
export function isSame(a: Tuple | undefined, b: Tuple | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.condition === undefined || b.condition === undefined) return a.condition === b.condition;
  return a.condition.name === b.condition.name && canonical(a.condition.context) === canonical(b.condition.context);
}
