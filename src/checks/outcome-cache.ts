// Settled: what an evaluation has found out already about relations that several others lead to; one table for all.
import type { EntityId } from "../memory/entity-names.ts";
import type { Outcome } from "./outcome.ts";

/** Places of the table, a power of two: a check settles about half a dozen outcomes. */
const PLACES = 64;

// Each place: relation, object, and the turn times four plus the outcome.
const relations = new Int32Array(PLACES);
const objects = new Int32Array(PLACES);
const outcomes = new Float64Array(PLACES);
let turn = 0;

/** A turn: one subject of one evaluation. What is settled in a turn is known in no other. */
export function nextTurn(): number {
  return ++turn;
}

/** The outcome settled in this turn for a relation (its index) of an object, or undefined. */
export function recallOutcome(now: number, relation: number, object: EntityId): Outcome | undefined {
  const place = placeOf(relation, object);
  const outcome = outcomes[place]! - now * 4;
  return outcome >= 0 && outcome < 4 && relations[place] === relation && objects[place] === object
    ? outcome as Outcome : undefined;
}

/** Keeps an outcome for this turn, as long as its place is not needed for another. */
export function rememberOutcome(now: number, relation: number, object: EntityId, outcome: Outcome): void {
  const place = placeOf(relation, object);
  relations[place] = relation;
  objects[place] = object;
  outcomes[place] = now * 4 + outcome;
}

function placeOf(relation: number, object: EntityId): number {
  return (Math.imul(object, 0x9e3779b1) + Math.imul(relation, 0x85ebca77)) >>> 26;
}
