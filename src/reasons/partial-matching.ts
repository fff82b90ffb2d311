// Matches one way against the tuples that exist and those that would have to, by depth-first search.
import { OBJECT, USER, WILDCARD } from "../analysis/way.ts";
import { THE_PLATFORM } from "../domain/object-names.ts";
import type { AcceptedSets } from "./accepted-sets.ts";
import type { CompiledPattern, CompiledWay } from "./compiled-ways.ts";
import type { End, FactReader } from "./fact-reader.ts";
import { isOpen, shortest } from "./find-proofs.ts";
import type { FixedFacts } from "./fixed-facts.ts";
import { MAX_ALTERNATIVES } from "./reasons-limits.ts";
import type { SupposedTuples } from "./supposed-tuples.ts";

/** A match: the ends of the way's variables, and the numbers of the tuples that are absent. */
export interface FoundMatch {
  readonly ends: readonly End[];
  readonly absent: readonly number[];
}

/** Everything that the ways of one search share. */
export interface SearchParts {
  readonly reader: FactReader;
  readonly facts: FixedFacts;
  readonly tuples: SupposedTuples;
  readonly accepted: AcceptedSets;
}

/** States of a pattern: to be placed, supposed absent with an end that is free, known to be present or absent. */
const REST = 0;
const SUPPOSED = 1;
const SETTLED = 2;

/** A new object of a type, or the entity that stands for one. */
interface Made {
  readonly type: string;
  readonly end: End;
}

/** A fixed fact of a new object: the user of one of its relations. */
interface Implied {
  readonly owner: End;
  readonly relation: string;
  readonly value: End;
}

/** The matches of one way with at most some number of absent tuples. Each choice is undone before the next. */
export class PartialMatching {
  readonly #search: SearchParts;
  readonly #way: CompiledWay;
  readonly #most: number;
  readonly #found: (match: FoundMatch) => void;
  /** By variable; 0: free. */
  readonly #ends: End[];
  /** By pattern. */
  readonly #states: number[];
  readonly #absent: number[] = [];
  readonly #absentKeys: number[] = [];
  readonly #made: Made[] = [];
  readonly #implied: Implied[] = [];
  /** Variables that were bound, and patterns that were settled with their state before, in order. */
  readonly #bindings: number[] = [];
  readonly #settlings: number[] = [];
  readonly #statesBefore: number[] = [];
  /** The variables of each type of which a way names one object. */
  readonly #alone: readonly (readonly number[])[];

  /** `found` gets each match. */
  constructor(search: SearchParts, way: CompiledWay, most: number, found: (match: FoundMatch) => void) {
    this.#search = search;
    this.#way = way;
    this.#most = most;
    this.#found = found;
    this.#ends = way.types.map(() => 0);
    this.#states = way.patterns.map(() => REST);
    this.#alone = [...search.facts.alone].map((type) => [...way.types.keys()].filter((i) => way.types[i] === type))
      .filter((variables) => variables.length > 1);
  }

  /** Finds the matches for a user and an object. */
  from(user: End, object: End): void {
    this.#ends[USER] = user;
    this.#ends[OBJECT] = object;
    this.#place();
  }

  /** Returns whether there is a match from here. */
  #place(): boolean {
    const [bound, settled] = [this.#bindings.length, this.#settlings.length];
    const [absent, implied] = [this.#absent.length, this.#implied.length];
    const isFound = this.#settle() && this.#branch();
    while (this.#bindings.length > bound) this.#ends[this.#bindings.pop()!] = 0;
    while (this.#settlings.length > settled) this.#states[this.#settlings.pop()!] = this.#statesBefore.pop()!;
    this.#absent.length = absent;
    this.#absentKeys.length = absent;
    this.#implied.length = implied;
    return isFound;
  }

  #branch(): boolean {
    const { patterns } = this.#way;
    const reachable = patterns.filter((pattern, i) => this.#states[i] === REST && this.#hasBoundEnd(pattern));
    if (reachable.length === 0) {
      if (this.#states.every((state) => state === SETTLED)) {
        this.#found({ ends: [...this.#ends], absent: [...this.#absent] });
        return true;
      }
      return this.#complete();
    }
    const { pattern, free, fits } = shortest(reachable, this.#ends, this.#search.reader);
    const number = patterns.indexOf(pattern);
    this.#states[number] = SETTLED;
    const isFound = this.#some(fits, free);
    const isFoundWithout = this.#absent.length < this.#most && this.#without(number, free);
    this.#states[number] = REST;
    return isFound || isFoundWithout;
  }

  /** Follows alternatives for a variable that lead to a match, up to a number of them. */
  #some(choices: readonly End[], variable: number, type?: string): boolean {
    const { reader } = this.#search;
    let used = 0;
    for (const end of choices) {
      reader.step();
      const isMade = type !== undefined && !this.#made.some((made) => made.end === end);
      if (isMade) this.#made.push({ type, end });
      this.#ends[variable] = end;
      if (this.#place()) used++;
      this.#ends[variable] = 0;
      if (isMade) this.#made.pop();
      if (used === MAX_ALTERNATIVES && choices.length > used) {
        reader.isCut = true;
        return true;
      }
    }
    return used > 0;
  }

  /** Supposes that the tuple of a pattern with one free end is absent. */
  #without(number: number, free: number): boolean {
    const { tuples } = this.#search;
    const pattern = this.#way.patterns[number]!;
    const { isGiven, isOnce, isDeleted, owned } = tuples.factsOf(pattern);
    if (isGiven) return false;
    const object = this.#ends[pattern.object]!;
    if (object !== 0 && tuples.isClosed(pattern, object)) return false;
    this.#states[number] = SUPPOSED;
    if (owned === undefined) {
      return isOnce && object === 0 && !isDeleted ? this.#withNew(free) : this.#place();
    }
    const known = this.#ownedEnds(pattern);
    const isOwner = (owned.of === "object") === (pattern.object === free);
    if (isOwner) {
      const isFound = this.#some(known, free);
      return this.#withNew(free) || isFound;
    }
    return known.length === 0 ? this.#place() : this.#some(known, free);
  }

  /** Gives a variable that no existing tuple leads to the entity that a fixed fact names, or a new object. */
  #complete(): boolean {
    const { patterns } = this.#way;
    const supposed = this.#patternsIn(SUPPOSED);
    for (const number of supposed) {
      const known = this.#ownedEnds(patterns[number]!);
      if (known.length > 0) return this.#some(known, this.#freeEnd(patterns[number]!));
    }
    return this.#withNew(this.#freeEnd(patterns[supposed[0] ?? this.#patternsIn(REST)[0]!]!));
  }

  #withNew(variable: number): boolean {
    return this.#some(this.#newEnds(variable), variable, this.#way.types[variable]!);
  }

  /** Returns the existing entities that a pattern's free end can stand for by the fact that the tuple goes with. */
  #ownedEnds(pattern: CompiledPattern): readonly End[] {
    const { reader, tuples } = this.#search;
    const { owned } = tuples.factsOf(pattern);
    if (owned === undefined) return [];
    const { relation, of } = owned;
    const [object, user] = [this.#ends[pattern.object]!, this.#ends[pattern.user]!];
    const [owner, value] = of === "object" ? [object, user] : [user, object];
    const known = this.#impliedUser(owner, relation);
    if (known !== undefined) return [known];
    if (owner !== 0) return reader.usersOf(owner, relation);
    const type = of === "object" ? pattern.place.slice(0, pattern.place.indexOf("#")) : pattern.userType;
    return reader.objectsOf(type, relation, value);
  }

  #impliedUser(owner: End, relation: string): End | undefined {
    return this.#implied.find((fact) => fact.owner === owner && fact.relation === relation)?.value;
  }

  /** Returns the new objects that a variable can stand for: those made before, and another one. */
  #newEnds(variable: number): End[] {
    const { reader, facts } = this.#search;
    const type = this.#way.types[variable]!;
    if (facts.alone.has(type)) {
      const known = type === "platform" ? reader.endOf(THE_PLATFORM) : this.#home();
      return [known ?? reader.endOf(`${type}:new`)];
    }
    const same = this.#made.filter((made) => made.type === type).map(({ end }) => end);
    for (let i = 0; ; i++) {
      const end = reader.newEnd(type, i);
      if (!same.includes(end)) return [...same, end];
    }
  }

  /** Returns the org of the first bound object that has one on record, even if it was deleted. */
  #home(): End | undefined {
    const { reader, facts } = this.#search;
    for (const object of this.#ends) {
      const home = object > 0 ? facts.homeOf(reader.nameOf(object)) : undefined;
      const [org] = home === undefined ? [] : reader.usersOf(reader.endOf(home), "org");
      if (org !== undefined) return org;
    }
    return undefined;
  }

  /** Decides the patterns without a free end. Returns false if no minimal set is to be found from here. */
  #settle(): boolean {
    if (!this.#unify()) return false;
    const before = this.#absent.length;
    if (!this.#settleThoseIn(REST) || !this.#settleThoseIn(SUPPOSED)) return false;
    return this.#absent.length === before || !this.#search.accepted.isDominated(this.#absentKeys);
  }

  #settleThoseIn(state: number): boolean {
    const { patterns } = this.#way;
    for (let number = 0; number < patterns.length; number++) {
      if (this.#states[number] !== state || isOpen(patterns[number]!, this.#ends)) continue;
      if (!this.#decide(patterns[number]!, state === REST)) return false;
      this.#settlings.push(number);
      this.#statesBefore.push(state);
      this.#states[number] = SETTLED;
    }
    return true;
  }

  /** Decides whether the tuple of a pattern is present or absent. Returns false if it can be neither. */
  #decide(pattern: CompiledPattern, mayExist: boolean): boolean {
    const { tuples } = this.#search;
    const tuple = tuples.of(pattern, this.#ends);
    const presence = tuples.presence(tuple);
    if (presence === "present") return mayExist;
    const key = tuples.key(tuple);
    if (this.#absentKeys.includes(key)) return true;
    if (presence === "absent" && !this.#mayBeAdded(tuple)) return false;
    this.#absent.push(tuple);
    this.#absentKeys.push(key);
    return this.#absent.length <= this.#most;
  }

  /** Whether a tuple could be written together with the absent ones. */
  #mayBeAdded(tuple: number): boolean {
    const { tuples } = this.#search;
    const addable = tuples.addable(tuple);
    if (addable === "never") return false;
    const pattern = tuples.pattern(tuple);
    const { isOnce, owned } = tuples.factsOf(pattern);
    const [object, user] = [tuples.object(tuple), tuples.user(tuple)];
    if (isOnce && this.#absent.some((other) =>
      tuples.object(other) === object && tuples.pattern(other).place === pattern.place)) return false;
    if (addable === "always" || owned === undefined) return true;
    const [owner, value] = owned.of === "object" ? [object, user] : [user, object];
    const known = this.#impliedUser(owner, owned.relation);
    if (known === undefined) this.#implied.push({ owner, relation: owned.relation, value });
    return known === undefined || known === value;
  }

  /** Binds all variables of a type of which a way names one object. Returns false if there are two. */
  #unify(): boolean {
    for (const variables of this.#alone) {
      let only = 0;
      for (const variable of variables) {
        const end = this.#ends[variable]!;
        if (end === 0 || end === only) continue;
        if (only !== 0) return false;
        only = end;
      }
      for (const variable of only === 0 ? [] : variables) {
        if (this.#ends[variable] !== 0) continue;
        this.#ends[variable] = only;
        this.#bindings.push(variable);
      }
    }
    return true;
  }

  #patternsIn(state: number): number[] {
    const found: number[] = [];
    for (const [pattern, each] of this.#states.entries()) if (each === state) found.push(pattern);
    return found;
  }

  #hasBoundEnd({ object, user }: CompiledPattern): boolean {
    return this.#ends[object] !== 0 || (user !== WILDCARD && this.#ends[user] !== 0);
  }

  #freeEnd({ object, user }: CompiledPattern): number {
    return this.#ends[object] === 0 ? object : user;
  }
}
