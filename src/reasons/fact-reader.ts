// Reads the tuples that fit a pattern: stored and contextual ones, with their conditions, within a number of steps.
import { WILDCARD } from "../analysis/way.ts";
import { ABSENT, type TupleIndex } from "../memory/tuple-index.ts";
import type { EntityId } from "../memory/entity-names.ts";
import { findRelation, findType } from "../memory/symbols.ts";
import type { Context } from "../model/condition.ts";
import type { Model } from "../model/rewrite.ts";
import type { Tuple, TupleCondition } from "../tuples/tuple.ts";
import type { CompiledPattern } from "./compiled-ways.ts";
import { MAX_LOOKUP_TUPLES, MAX_REASON_STEPS } from "./reasons-limits.ts";

/** An end of a tuple: the id of a stored entity, or a number below 0 for one that no tuple names; 0: free. */
export type End = number;

/** Whether a tuple exists; `failed`: it does, but its condition is not met. */
export type Presence = "present" | "failed" | "absent";

/** Thrown when a search has used up its steps. */
export class OutOfSteps extends Error {}

const NO_FITS: readonly End[] = [];

/** Ids of entities are smaller. */
const ENDS = 2 ** 32;

/** Reads the facts for one question. */
export class FactReader {
  /** True once a look-up or a search was cut short. */
  isCut = false;
  readonly #model: Model;
  readonly #index: TupleIndex;
  readonly #all: readonly TupleIndex[];
  readonly #context: Context | undefined;
  readonly #named: string[] = [""];
  readonly #new = new Map<string, End[]>();
  readonly #lists = new Map<number, readonly End[]>();
  #steps = 0;

  /** `index` may have the stored tuples behind it; `context` is that of the question. */
  constructor(model: Model, index: TupleIndex, context: Context | undefined) {
    this.#model = model;
    this.#index = index;
    this.#all = index.behind === undefined ? [index] : [index, index.behind];
    this.#context = context;
  }

  /** Counts a step. Throws OutOfSteps when there are none left. */
  step(): void {
    if (++this.#steps <= MAX_REASON_STEPS) return;
    this.isCut = true;
    throw new OutOfSteps();
  }

  get steps(): number {
    return this.#steps;
  }

  /** Returns the end that stands for a name. */
  endOf(name: string): End {
    const found = this.#index.findNamed(name);
    if (found !== 0) return found;
    const known = this.#named.indexOf(name);
    return -(known > 0 ? known : this.#named.push(name) - 1);
  }

  /** Returns the end of the object of a type that would be new, by its number from 0. */
  newEnd(type: string, number: number): End {
    const known = this.#new.get(type) ?? [];
    this.#new.set(type, known);
    for (let i = known.length + 1; known.length <= number; i++) {
      const end = this.endOf(i === 1 ? `${type}:new` : `${type}:new.${i}`);
      // An object of this name may exist.
      if (end < 0 && !known.includes(end)) known.push(end);
    }
    return known[number]!;
  }

  /** Returns the name of an end that is not free. */
  nameOf(end: End): string {
    return end < 0 ? this.#named[-end]! : this.#index.names.text(end);
  }

  /** Whether a tuple exists between two ends, under whichever condition. */
  hasKey(pattern: CompiledPattern, object: End, user: End): boolean {
    const id = object < 0 || user < 0 ? 0 : this.#userId(pattern, user);
    return id !== 0 && this.#all.some((index) => index.find(object, pattern.relation, id) !== ABSENT);
  }

  /** Returns whether the tuple of a pattern exists between two ends. */
  presence(pattern: CompiledPattern, object: End, user: End): Presence {
    this.step();
    if (object < 0 || user < 0) return "absent";
    const id = this.#userId(pattern, user);
    if (id === 0) return "absent";
    let best: Presence = "absent";
    for (const index of this.#all) {
      const found = this.#stateOf(index, pattern, index.find(object, pattern.relation, id));
      if (found === "present") return found;
      if (found === "failed") best = found;
    }
    return best;
  }

  /** Returns the condition of a stored tuple of a pattern. */
  conditionOf(pattern: CompiledPattern, object: End, user: End): TupleCondition | undefined {
    const id = user < 0 || object < 0 ? 0 : this.#userId(pattern, user);
    for (const index of id === 0 ? [] : this.#all) {
      const number = index.find(object, pattern.relation, id);
      if (number > 0) return index.condition(number);
    }
    return undefined;
  }

  /**
   * Returns the other ends of the tuples of a pattern that exist and count, by one end: the user if the object is free,
   * otherwise the object.
   */
  fits(pattern: CompiledPattern, isObjectFree: boolean, end: End): readonly End[] {
    if (end < 0) return NO_FITS;
    const key = (pattern.shape * 2 + (isObjectFree ? 1 : 0)) * ENDS + end;
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const found = isObjectFree ? this.#fromUser(pattern, end) : this.#fromObject(pattern, end);
    this.#lists.set(key, found);
    return found;
  }

  /** Whether an object has any tuple of a pattern's relation with a user that is no userset. */
  hasAny({ relation }: CompiledPattern, object: End): boolean {
    return object > 0 && this.#all.some((index) => index.firstOfObject(object, relation, false) !== 0);
  }

  /** Whether a stored tuple has this object. */
  exists(object: End): boolean {
    return object > 0 && (this.#index.behind ?? this.#index).hasObject(object);
  }

  /** Returns the users of a relation of an object. */
  usersOf(object: End, relation: string): readonly End[] {
    const symbol = object > 0 ? findRelation(this.#index.names.typeOf(object), relation) : 0;
    const found: End[] = [];
    for (const index of symbol === 0 ? [] : this.#all) {
      for (let row = index.firstOfObject(object, symbol, false); row !== 0; row = index.nextOfObject(row)) {
        if (found.push(index.userOf(row)) === MAX_LOOKUP_TUPLES) return this.#cut(found);
      }
    }
    return found;
  }

  /** Returns the objects of a type on which a user has a relation by a tuple. */
  objectsOf(type: string, relation: string, user: End): readonly End[] {
    const symbol = user > 0 ? findRelation(findType(type), relation) : 0;
    const found: End[] = [];
    for (const index of symbol === 0 ? [] : this.#all) {
      for (let row = index.firstOfUser(user, symbol); row !== 0; row = index.nextOfUser(row)) {
        if (found.push(index.objectOf(row)) === MAX_LOOKUP_TUPLES) return this.#cut(found);
      }
    }
    return found;
  }

  #fromObject(pattern: CompiledPattern, object: EntityId): readonly End[] {
    const { names } = this.#index;
    const found: End[] = [];
    const isWanted = this.#kindTest(pattern);
    let read = 0;
    for (const index of this.#all) {
      const first = index.firstOfObject(object, pattern.relation, pattern.userset !== 0);
      for (let row = first; row !== 0; row = index.nextOfObject(row)) {
        if (++read > MAX_LOOKUP_TUPLES) return this.#cut(found);
        const user = index.userOf(row);
        if (!isWanted(names.facetOf(user)) || this.#stateOf(index, pattern, index.conditionOf(row)) !== "present") {
          continue;
        }
        found.push(names.objectOf(user));
      }
    }
    return found;
  }

  #fromUser(pattern: CompiledPattern, user: EntityId): readonly End[] {
    const id = this.#userId(pattern, user);
    const found: End[] = [];
    let read = 0;
    for (const index of id === 0 ? [] : this.#all) {
      const first = index.firstOfUser(id, pattern.relation);
      for (let row = first; row !== 0; row = index.nextOfUser(row)) {
        if (++read > MAX_LOOKUP_TUPLES) return this.#cut(found);
        if (this.#stateOf(index, pattern, index.conditionOfUsers(row)) !== "present") continue;
        found.push(index.objectOf(row));
      }
    }
    return found;
  }

  #cut<T>(found: readonly T[]): readonly T[] {
    this.isCut = true;
    return found;
  }

  /** Returns a test of user kinds: plain objects of the pattern's type, or usersets of its relation. */
  #kindTest({ userset, userType }: CompiledPattern): (facet: number) => boolean {
    const wanted = userset !== 0 ? userset * 4 + 3 : this.#model.types.get(userType)!.symbol * 4 + 1;
    return (facet) => facet === wanted;
  }

  /** Returns the id of a pattern's user, 0 if no tuple names it. */
  #userId({ userset, user: variable, userType }: CompiledPattern, user: End): EntityId {
    const { names } = this.#index;
    if (variable === WILDCARD) return names.wildcards[this.#model.types.get(userType)!.symbol] ?? 0;
    return userset === 0 ? user : names.findUserset(user, userset);
  }

  #stateOf(index: TupleIndex, { condition }: CompiledPattern, number: number): Presence {
    if (number === ABSENT) return "absent";
    const stored = index.condition(number);
    if ((stored?.name ?? "") !== condition) return "absent";
    if (stored === undefined) return "present";
    const compiled = this.#model.conditions.get(stored.name);
    const isMet = compiled?.refusal(stored.context, true) === undefined
      && compiled?.evaluate(this.#context, stored) === true;
    return isMet ? "present" : "failed";
  }

  /** Returns the tuple of a pattern between two ends, with its condition if it has one. */
  tuple(pattern: CompiledPattern, object: End, user: End): Tuple {
    const name = pattern.user === WILDCARD ? `${pattern.userType}:*` : this.nameOf(user) + pattern.suffix;
    const key = { user: name, relation: pattern.relationName, object: this.nameOf(object) };
    const condition = pattern.condition === "" ? undefined : this.conditionOf(pattern, object, user);
    return condition === undefined ? key : { ...key, condition };
  }
}
