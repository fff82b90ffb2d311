// Tuples and lists of a set in memory, as a source of tuples returns them.
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { TupleEnd } from "../memory/read-index.ts";
import { findRelation, findType } from "../memory/symbols.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";

/** Returns a tuple by its user; undefined if the set lacks it. */
export function tupleIn(set: TupleSet, object: string, relation: string, user: string): TupleEnd | undefined {
  const tuple = set.get(object, relation, user);
  return tuple === undefined ? undefined : { name: user, condition: tuple.condition };
}

/** Returns the users of a relation of an object: the usersets among them, or the others. */
export function usersIn(set: TupleSet, object: string, relation: string, usersets: boolean): TupleEnd[] {
  const index = indexOf(set);
  const { names } = index;
  const id = names.find(object);
  const symbol = id === 0 ? 0 : findRelation(names.typeOf(id), relation);
  const found: TupleEnd[] = [];
  if (symbol === 0) return found;
  for (let row = index.firstOfObject(id, symbol, usersets); row !== 0; row = index.nextOfObject(row)) {
    found.push({ name: names.text(index.userOf(row)), condition: index.condition(index.conditionOf(row)) });
  }
  return found;
}

/** Returns the objects of a type on which a user has a relation. */
export function objectsIn(set: TupleSet, type: string, relation: string, user: string): TupleEnd[] {
  const index = indexOf(set);
  const { names } = index;
  const id = names.find(user);
  const symbol = id === 0 ? 0 : findRelation(findType(type), relation);
  const found: TupleEnd[] = [];
  if (symbol === 0) return found;
  for (let row = index.firstOfUser(id, symbol); row !== 0; row = index.nextOfUser(row)) {
    found.push({ name: names.text(index.objectOf(row)), condition: index.condition(index.conditionOfUsers(row)) });
  }
  return found;
}
