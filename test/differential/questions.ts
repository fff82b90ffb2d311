// Random questions about a world: about the objects in its tuples, and about others.
import type { Tuple } from "../../src/engine.ts";
import { typeOf } from "../../src/tuples/tuple.ts";
import type { Draw } from "../laws/draw.ts";
import type { Check, Question } from "./compare.ts";

/** Source of drawn questions. */
export interface Material {
  /** Relations of each type, repeated by how often they should be asked about. */
  readonly relations: ReadonlyMap<string, readonly string[]>;
  readonly objects: readonly string[];
  /** Users of a check: objects, usersets, wildcards. */
  readonly users: readonly string[];
  /** Filters of list-users. */
  readonly filters: readonly string[];
}

/** The objects and users in the tuples. */
export function namedBy(tuples: readonly Tuple[]): { objects: string[]; users: string[] } {
  const objects = new Set(tuples.map((tuple) => tuple.object));
  for (const { user } of tuples) if (!user.endsWith(":*")) objects.add(user.split("#")[0]!);
  return { objects: [...objects], users: [...new Set(tuples.map((tuple) => tuple.user))] };
}

/** Number of questions of each kind. */
export interface Counts {
  readonly checks: number;
  readonly listObjects: number;
  readonly listUsers: number;
}

/**
 * Draws questions. Most random checks are a no, so `isYes` answers each in advance, and half of the drawn checks are a
 * yes if enough of those are found.
 */
export function drawQuestions(
  material: Material, counts: Counts, draw: Draw, isYes: (question: Question) => boolean,
): Question[] {
  const { relations, users, filters } = material;
  const objects = material.objects.filter((object) => (relations.get(typeOf(object))?.length ?? 0) > 0);
  if (objects.length === 0) return [];
  const check = (): Check => {
    const object = draw.pick(objects);
    return { ask: "check", user: draw.pick(users), relation: draw.pick(relations.get(typeOf(object))!), object };
  };
  const found: Check[] = [];
  const wanted = counts.checks / 2;
  for (let i = 0; i < counts.checks * 40 && found.length < wanted; i++) {
    const question = check();
    if (isYes(question)) found.push(question);
  }
  // Lists start from a check, so that many of them are not empty.
  const yes = [...found];
  const start = (): Check => (yes.length > 0 && draw.chance(70) ? draw.pick(yes) : check());
  while (found.length < counts.checks) found.push(check());
  const lists: Question[] = [];
  for (let i = 0; i < counts.listObjects; i++) {
    const { user, relation, object } = start();
    lists.push({ ask: "list-objects", user, relation, type: typeOf(object) });
  }
  for (let i = 0; i < counts.listUsers; i++) {
    const { object, relation } = start();
    lists.push({ ask: "list-users", object, relation, filter: draw.pick(filters) });
  }
  return [...found, ...lists];
}
