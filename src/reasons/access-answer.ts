// The answer of a search for changes of access, with the names of users and objects, in a fixed order.
import type { EntityNames } from "../memory/entity-names.ts";
import type { TupleKey } from "../tuples/tuple.ts";
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

/** Returns the answer that lists these changes. */
export function accessChangeOf(changes: readonly Changed[], names: EntityNames, complete: boolean): AccessChange {
  const of = (kind: boolean): TupleKey[] => changes.filter(({ gained }) => gained === kind)
    .map(({ question: { user, relation, object } }) =>
      ({ user: names.text(user), relation: relation.name, object: names.text(object) }))
    .sort(inOrder);
  return { gained: of(true), lost: of(false), complete };
}

function inOrder(a: TupleKey, b: TupleKey): number {
  return compare(a.user, b.user) || compare(a.object, b.object) || compare(a.relation, b.relation);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
