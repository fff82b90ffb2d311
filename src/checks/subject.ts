// The subject of a question: a user in the form of integers, which evaluation compares.
import { userFault } from "../model/admits.ts";
import type { Model, ReachRow, Relation, Type } from "../model/rewrite.ts";
import { parseEntity } from "../tuples/entity.ts";
import {
  isUserset, plainKind, UNKNOWN_OBJECT, UNKNOWN_USER, usersetKind, wildcardKind,
  type EntityId, type UserKind, type EntityNames,
} from "../memory/entity-names.ts";

export interface Subject {
  readonly id: EntityId;
  readonly facet: UserKind;
  /** The places that its paths reach. */
  readonly reach: ReachRow;
  /** The wildcard that covers it (a wildcard covers itself). 0 for a userset, or when no tuple names the wildcard. */
  readonly wildcard: EntityId;
  readonly wildcardFacet: UserKind;
  /** Marks of the subject and of its wildcard: see EntityNames.userMarks. */
  readonly marks: number;
  readonly wildcardMarks: number;
  /** For a userset: its object and relation. The userset has that relation to that object by definition. */
  readonly object: EntityId;
  readonly userset: Relation | undefined;
}

/** Returns the subject for an id that tuples name, or undefined when the model lacks its type or relation. */
export function subjectOfId(model: Model, names: EntityNames, id: EntityId): Subject | undefined {
  const facet = names.facetOf(id);
  const type = model.typeOf[names.typeOf(id)];
  if (facet === 0 || type === undefined) return undefined;
  if (!isUserset(facet)) {
    return plainSubject(model, names, id, type, facet);
  }
  const userset = model.relationOf[facet >> 2];
  if (userset === undefined) return undefined;
  return {
    id, facet, reach: model.reach.ofUserset(userset), wildcard: 0, wildcardFacet: 0, marks: names.userMarks(id),
    wildcardMarks: 0, object: names.objectOf(id), userset,
  };
}

function plainSubject(model: Model, names: EntityNames, id: EntityId, type: Type, facet: UserKind): Subject {
  const wildcard = names.wildcards[type.symbol] ?? 0;
  const marks = names.userMarks(id);
  const wildcardMarks = names.userMarks(wildcard);
  return {
    id, facet, reach: model.reach.ofMarks(type, marks | wildcardMarks), wildcard,
    wildcardFacet: wildcardKind(type.symbol), marks, wildcardMarks, object: 0, userset: undefined,
  };
}

/**
 * Returns the subject for a user's string, or the reason why the string is invalid. `object` is the object of the
 * question: a userset that no tuple names may still be over it.
 */
export function subjectOf(model: Model, names: EntityNames, user: string, object: string): Subject | string {
  const id = names.find(user);
  if (id !== 0) {
    const subject = subjectOfId(model, names, id);
    if (subject !== undefined) return subject;
  }
  const fault = userFault(model, user);
  if (fault !== undefined) return fault;
  const parsed = parseEntity(user);
  const type = model.types.get(parsed.type)!;
  if (parsed.kind !== "userset") {
    const facet = parsed.kind === "object" ? plainKind(type.symbol) : wildcardKind(type.symbol);
    return plainSubject(model, names, UNKNOWN_USER, type, facet);
  }
  const userset = type.relations.get(parsed.relation)!;
  const known = names.find(parsed.object);
  return {
    id: UNKNOWN_USER, facet: usersetKind(userset.symbol), reach: model.reach.ofUserset(userset), wildcard: 0,
    wildcardFacet: 0, marks: 0, wildcardMarks: 0,
    object: known !== 0 ? known : parsed.object === object ? UNKNOWN_OBJECT : -1, userset,
  };
}
