// Finds the org in whose order a tuple stands, by names and by the tuples around it.
import { PLATFORM } from "../../ledger/envelope.ts";
import { PLATFORM_LEDGER } from "../../domain/object-names.ts";
import type { TupleSet } from "../../tuples/tuple-set.ts";
import { typeOf, type TupleKey } from "../../tuples/tuple.ts";
import { MAX_OBJECTS_SEEN } from "../openfga-limits.ts";

/**
 * Returns the org in whose order a tuple stands: the nearest one named by the tuple, by tuples of its object, or by
 * theirs. Returns the platform where none is named.
 */
export function orgOf(tuples: TupleSet, key: TupleKey): string {
  const seen = new Set<string>();
  const waiting = [key.object, withoutRelation(key.user)];
  for (let object = waiting.shift(); object !== undefined && seen.size < MAX_OBJECTS_SEEN; object = waiting.shift()) {
    const named = orgNamedBy(object);
    if (named !== undefined) return named;
    if (seen.has(object) || ["user", "value"].includes(typeOf(object))) continue;
    seen.add(object);
    for (const { user } of tuples.read({ object })) waiting.push(withoutRelation(user));
  }
  return PLATFORM;
}

function withoutRelation(user: string): string {
  return user.split("#", 1)[0]!;
}

/** Returns the org named by an object: `org:<org>`, `ledger:org/<org>`, `role:<org>/<role>` and the like. */
function orgNamedBy(object: string): string | undefined {
  if (object === PLATFORM_LEDGER) return PLATFORM;
  return /^(?:org:|ledger:org\/|(?:role|role_entry|membership):)([^/]+)/.exec(object)?.[1];
}
