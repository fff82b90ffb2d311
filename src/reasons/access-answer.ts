// The answer of a search for changes of access, with the names of users and objects, in a fixed order.
import type { Parts } from "../checks/parts.ts";
import { sortedBy } from "../domain/sorted.ts";
import type { EntityNames } from "../memory/entity-names.ts";
import type { TupleKey } from "../tuples/tuple.ts";
import { ACCESS_ENTRIES_PER_PART } from "./access-limits.ts";
import type { Question } from "./changed-tuples.ts";

/** The answers that change, sorted by user, object and relation. `complete` is false if some may be missing. */
export interface AccessChange {
  readonly gained: readonly TupleKey[];
  readonly lost: readonly TupleKey[];
  readonly complete: boolean;
}

/** A question whose answer differs: `gained` if it is yes in the state after. */
export interface Changed {
  readonly question: Question;
  readonly gained: boolean;
}

/** Returns the answer that lists these changes, in parts. */
export function* accessChangeOf(
  changes: readonly Changed[], names: EntityNames, complete: boolean,
): Parts<AccessChange> {
  const [gained, lost]: [TupleKey[], TupleKey[]] = [[], []];
  for (const [i, { question: { user, relation, object }, gained: isGained }] of changes.entries()) {
    if (i % ACCESS_ENTRIES_PER_PART === 0) yield;
    const entry = { user: names.text(user), relation: relation.name, object: names.text(object) };
    (isGained ? gained : lost).push(entry);
  }
  const inParts = (entries: readonly TupleKey[]): Parts<readonly TupleKey[]> =>
    sortedBy(entries, inOrder, ACCESS_ENTRIES_PER_PART);
  return { gained: yield* inParts(gained), lost: yield* inParts(lost), complete };
}

function inOrder(a: TupleKey, b: TupleKey): number {
  return compare(a.user, b.user) || compare(a.object, b.object) || compare(a.relation, b.relation);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
