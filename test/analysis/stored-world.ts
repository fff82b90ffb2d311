// Stored tuples as a world of the analysis: each name a number, and only the tuples whose condition is met.
import { matchesOf, type TupleTable } from "../../src/analysis/matching.ts";
import { printShape, WILDCARD, type Pattern, type Way } from "../../src/analysis/way.ts";
import type { Model, Tuple } from "../../src/engine.ts";
import { tupleRefusal } from "../../src/model/admits.ts";
import { parseEntity } from "../../src/tuples/entity.ts";

/** A world with the number of each name. It is faulty if a condition cannot be evaluated. */
export interface NumberedWorld extends Pattern {
  readonly numbers: ReadonlyMap<string, number>;
  readonly isFaulty: boolean;
}

/** The world of tuples under a request's context. Leaves out those that the model refuses or whose condition fails. */
export function worldOf(
  model: Model, stored: readonly Tuple[], context: Readonly<Record<string, unknown>>,
): NumberedWorld {
  const numbers = new Map<string, number>();
  const types: string[] = [];
  const number = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, types.push(parseEntity(name).type) - 1);
    return types.length - 1;
  };
  let isFaulty = false;
  const tuples = stored.flatMap((tuple) => {
    const { object, relation, user, condition } = tuple;
    const who = parseEntity(user);
    number(object);
    if (who.kind !== "wildcard") number(who.object);
    if (tupleRefusal(model, tuple, true) !== undefined) return [];
    if (condition !== undefined) {
      const outcome = model.conditions.get(condition.name)!.evaluate(context, condition);
      if (typeof outcome !== "boolean") isFaulty = true;
      if (outcome !== true) return [];
    }
    const userRelation = who.kind === "wildcard" ? "*" : who.relation;
    const shape = printShape({ type: parseEntity(object).type, relation, userType: who.type, userRelation,
      condition: condition?.name ?? "" });
    return [{ shape, object: number(object), user: who.kind === "wildcard" ? WILDCARD : number(who.object) }];
  });
  return { types, tuples, numbers, isFaulty };
}

/** Whether a way gives its relation in a world, with what it must avoid. */
export function matchesAt(way: Way, table: TupleTable, user: number, object: number): boolean {
  for (const match of matchesOf(way, table, [user, object])) {
    if (way.negations.every((each) => !each.ways.some((subtracted) =>
      matchesAt(subtracted, table, user, match[each.object]!)))) return true;
  }
  return false;
}
