// Random questions about a world: about what its tuples name, and about what they do not.
import type { Tuple } from "../../src/engine.ts";
import { typeOf } from "../../src/tuples/tuple.ts";
import type { Draw } from "../laws/draw.ts";
import type { Check, Question } from "./compare.ts";

/** What questions are drawn from. */
export interface Material {
  /** Relations of each type, as often as they shall be asked about. */
  readonly relations: ReadonlyMap<string, readonly string[]>;
  readonly objects: readonly string[];
  /** Users as a check has them: objects, usersets, wildcards. */
  readonly users: readonly string[];
  /** Filters of list-users. */
  readonly filters: readonly string[];
}

/** The objects and users that tuples name. */
export function namedBy(tuples: readonly Tuple[]): { objects: string[]; users: string[] } {
  const objects = new Set(tuples.map((tuple) => tuple.object));
  for (const { user } of tuples) if (!user.endsWith(":*")) objects.add(user.split("#")[0]!);
  return { objects: [...objects], users: [...new Set(tuples.map((tuple) => tuple.user))] };
}

/** How many of each kind to ask. */
export interface Counts {
  readonly checks: number;
  readonly listObjects: number;
  readonly listUsers: number;
}

/**
 * Draws questions. `isYes` answers a check beforehand: of the checks about half shall be yes, where that many are
 * found, for most drawn at random are no.
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
  // Lists start from a check, so that many of them have something to list.
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
