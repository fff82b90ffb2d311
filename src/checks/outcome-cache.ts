// The outcome cache: outcomes of relations that several other relations lead to. All evaluations share one table.
import type { EntityId } from "../memory/entity-names.ts";
import type { Outcome } from "./outcome.ts";

/** Number of places in the table, a power of two. A check caches about half a dozen outcomes. */
const PLACES = 64;

// Each place holds the relation, the object, and four times the turn plus the outcome.
const relations = new Int32Array(PLACES);
const objects = new Int32Array(PLACES);
const outcomes = new Float64Array(PLACES);
let turn = 0;

/** Begins a turn: one subject of one evaluation. Outcomes cached in one turn are not visible in another. */
export function nextTurn(): number {
  return ++turn;
}

/** Returns the outcome cached in this turn for a relation (its index) to an object, or undefined. */
export function recallOutcome(now: number, relation: number, object: EntityId): Outcome | undefined {
  const place = placeOf(relation, object);
  const outcome = outcomes[place]! - now * 4;
  return outcome >= 0 && outcome < 4 && relations[place] === relation && objects[place] === object
    ? outcome as Outcome : undefined;
}

/** Caches an outcome for this turn, until another outcome takes its place. */
export function rememberOutcome(now: number, relation: number, object: EntityId, outcome: Outcome): void {
  const place = placeOf(relation, object);
  relations[place] = relation;
  objects[place] = object;
  outcomes[place] = now * 4 + outcome;
}

function placeOf(relation: number, object: EntityId): number {
  return (Math.imul(object, 0x9e3779b1) + Math.imul(relation, 0x85ebca77)) >>> 26;
}
