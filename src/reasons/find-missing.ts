// The smallest sets of tuples that would turn a no into a yes: partial matches of the ways of the relation.
import { OBJECT, USER, WILDCARD } from "../analysis/way.ts";
import { THE_PLATFORM } from "../domain/object-names.ts";
import type { CompiledPattern, CompiledWay } from "./compiled-ways.ts";
import { OutOfSteps, type End, type FactReader } from "./fact-reader.ts";
import { bound, isOpen, isSubset, keyOf, shortest, userEnd } from "./find-proofs.ts";
import type { FixedFacts, OwnedFact } from "./fixed-facts.ts";
import { MAX_ALTERNATIVES } from "./reasons-limits.ts";

/** A partial match of a way: some of its tuples exist, the others would have to. */
export interface PartialMatch {
  readonly way: CompiledWay;
  readonly ends: readonly End[];
  /** The absent tuples, by their keys. */
  readonly absent: ReadonlyMap<string, CompiledPattern>;
  /** Keys of those that exist under a condition that is not met. */
  readonly failed: ReadonlySet<string>;
}

/** Numbers of absent tuples up to which the passes of a search look. The last pass looks at all. */
const PASSES = [2, 5];

/** A place in the search. */
interface Node {
  readonly way: CompiledWay;
  readonly ends: readonly End[];
  /** Patterns that are neither known to exist nor supposed to be absent. */
  readonly rest: readonly CompiledPattern[];
  /** Patterns supposed to be absent, with an end that is free. */
  readonly supposed: readonly CompiledPattern[];
  readonly absent: ReadonlyMap<string, CompiledPattern>;
  readonly failed: ReadonlySet<string>;
  readonly made: readonly End[];
  /** The fixed facts of new objects: by object and relation the user. */
  readonly implied: ReadonlyMap<string, End>;
}

/** The suppositions of a node. */
interface Supposed {
  readonly ends: readonly End[];
  readonly absent: ReadonlyMap<string, CompiledPattern>;
  readonly implied: Map<string, End>;
}

/** Finds the partial matches of ways. */
export class MissingSearch {
  readonly #ways: readonly CompiledWay[];
  readonly #reader: FactReader;
  readonly #facts: FixedFacts;
  /** Accepted sets of absent tuples: what contains one of them is not minimal. */
  readonly #accepted: ReadonlySet<string>[] = [];

  constructor(ways: readonly CompiledWay[], reader: FactReader, facts: FixedFacts) {
    this.#ways = ways;
    this.#reader = reader;
    this.#facts = facts;
  }

  /**
   * Yields the partial matches with the fewest absent tuples first. None contains a set that was accepted before. Ends
   * early, with the reader marked as cut, when the reader's steps are used up.
   */
  *find(user: End, object: End): Generator<PartialMatch> {
    const most = Math.max(0, ...this.#ways.map(({ patterns }) => patterns.length));
    try {
      for (const [i, largest] of [...PASSES, most].entries()) {
        const found: Node[] = [];
        for (const way of this.#ways) {
          const ends = way.types.map((_, j) => (j === USER ? user : j === OBJECT ? object : 0));
          const root: Node = {
            way, ends, rest: way.patterns, supposed: [], absent: new Map(), failed: new Set(), made: [],
            implied: new Map(),
          };
          for (const node of this.#place(root, largest)) {
            if (node.absent.size > (PASSES[i - 1] ?? -1)) found.push(node);
          }
        }
        for (const node of found.toSorted((a, b) => a.absent.size - b.absent.size)) {
          if (!this.#isDominated(node.absent)) yield node;
        }
        if (largest >= most) return;
      }
    } catch (error) {
      if (!(error instanceof OutOfSteps)) throw error;
    }
  }

  /** Returns the org of the first of some objects that has one on record, even if it was deleted. */
  #homeOf(objects: readonly End[]): End | undefined {
    for (const object of objects) {
      const home = object > 0 ? this.#facts.homeOf(this.#reader.nameOf(object)) : undefined;
      const [org] = home === undefined ? [] : this.#reader.usersOf(this.#reader.endOf(home), "org");
      if (org !== undefined) return org;
    }
    return undefined;
  }

  /** Drops sets that contain these absent tuples from the rest of the search. */
  accept(absent: ReadonlySet<string>): void {
    this.#accepted.push(absent);
  }

  *#place(from: Node, most: number): Generator<Node> {
    const node = this.#settled(from, most);
    if (node === undefined) return;
    const { rest, supposed, ends } = node;
    if (rest.length === 0 && supposed.length === 0) {
      yield node;
      return;
    }
    const reachable = rest.filter((pattern) => hasBoundEnd(pattern, ends));
    if (reachable.length === 0) {
      yield* this.#complete(node, most);
      return;
    }
    const { pattern, fits } = shortest(reachable, ends, this.#reader);
    const others = rest.filter((other) => other !== pattern);
    yield* this.#some(fits, (fit) => ({ ...node, rest: others, ends: bound(ends, pattern, fit) }), most);
    if (node.absent.size < most) yield* this.#without(pattern, { ...node, rest: others }, most);
  }

  /** Gives a variable that no existing tuple leads to the entity that a fixed fact names, or a new object. */
  *#complete(node: Node, most: number): Generator<Node> {
    for (const pattern of node.supposed) {
      const fact = this.#facts.owned.get(pattern.place);
      const known = fact === undefined ? [] : this.#ownedEnds(pattern, fact, node);
      if (known.length === 0) continue;
      const free = freeEnd(pattern, node.ends);
      return yield* this.#some(known, (end) => withEnd(node, free, end), most);
    }
    const free = freeEnd(node.supposed[0] ?? node.rest[0]!, node.ends);
    yield* this.#some(this.#newEnds(node, free), (end) => withMade(withEnd(node, free, end), end), most);
  }

  /** Follows alternatives that lead to a match, up to a number of them. */
  *#some<T>(choices: readonly T[], next: (choice: T) => Node, most: number): Generator<Node> {
    let used = 0;
    for (const choice of choices) {
      this.#reader.step();
      let isUsed = false;
      for (const found of this.#place(next(choice), most)) {
        isUsed = true;
        yield found;
      }
      if (isUsed && ++used === MAX_ALTERNATIVES && choices.length > used) {
        this.#reader.isCut = true;
        return;
      }
    }
  }

  /** Supposes that the tuple of a pattern with one free end is absent. */
  *#without(pattern: CompiledPattern, node: Node, most: number): Generator<Node> {
    const { place } = pattern;
    const { once, owned, isGiven } = this.#facts;
    if (isGiven(pattern)) return;
    const free = freeEnd(pattern, node.ends);
    const object = node.ends[pattern.object]!;
    if (object !== 0 && this.#isClosed(pattern, object)) return;
    const supposed: Node = { ...node, supposed: [...node.supposed, pattern] };
    const fact = owned.get(place);
    if (fact !== undefined) {
      const ends = this.#ownedEnds(pattern, fact, node);
      const isOwner = (fact.of === "object") === (pattern.object === free);
      if (!isOwner && ends.length === 0) return yield* this.#place(supposed, most);
      yield* this.#some(ends, (end) => withEnd(supposed, free, end), most);
      if (!isOwner) return;
      yield* this.#some(this.#newEnds(node, free), (end) => withMade(withEnd(supposed, free, end), end), most);
    } else if (once.has(place) && object === 0 && !this.#facts.deleted.has(place)) {
      yield* this.#some(this.#newEnds(node, free), (end) => withMade(withEnd(supposed, free, end), end), most);
    } else {
      yield* this.#place(supposed, most);
    }
  }

  /** Returns the existing entities that a pattern's free end can stand for by the fact that the tuple goes with. */
  #ownedEnds(pattern: CompiledPattern, { relation, of }: OwnedFact, { ends, implied }: Node): readonly End[] {
    const [object, user] = [ends[pattern.object]!, ends[pattern.user]!];
    const [owner, value] = of === "object" ? [object, user] : [user, object];
    const known = implied.get(`${owner} ${relation}`);
    if (known !== undefined) return [known];
    if (owner !== 0) return this.#reader.usersOf(owner, relation);
    const type = of === "object" ? pattern.place.slice(0, pattern.place.indexOf("#")) : pattern.userType;
    return this.#reader.objectsOf(type, relation, value);
  }

  /** Returns the new objects that a variable can stand for: those made before, and another one. */
  #newEnds({ way, made, ends }: Node, variable: number): End[] {
    const type = way.types[variable]!;
    if (this.#facts.alone.has(type)) {
      const known = type === "platform" ? this.#reader.endOf(THE_PLATFORM) : this.#homeOf(ends);
      return [known ?? this.#reader.endOf(`${type}:new`)];
    }
    const same = made.filter((end) => this.#reader.nameOf(end).startsWith(`${type}:`));
    for (let i = 0; ; i++) {
      const end = this.#reader.newEnd(type, i);
      if (!same.includes(end)) return [...same, end];
    }
  }

  /** Decides the patterns without a free end. Returns undefined if the node leads to no minimal set. */
  #settled(node: Node, most: number): Node | undefined {
    const ends = this.#unified(node);
    if (ends === undefined) return undefined;
    if (ends === node.ends && !node.rest.concat(node.supposed).some((pattern) => !isOpen(pattern, ends))) return node;
    const absent = new Map(node.absent);
    const failed = new Set(node.failed);
    const implied = new Map(node.implied);
    const decide = (pattern: CompiledPattern, mayExist: boolean): boolean => {
      const [object, user] = [ends[pattern.object]!, userEnd(pattern, ends)];
      const found = this.#reader.presence(pattern, object, user);
      if (found === "present") return mayExist;
      const key = keyOf(pattern, ends);
      if (absent.has(key)) return true;
      if (found === "failed") failed.add(key);
      else if (!this.#mayBeAdded(pattern, object, user, { ends, absent, implied })) return false;
      absent.set(key, pattern);
      return absent.size <= most;
    };
    const rest: CompiledPattern[] = [];
    for (const pattern of node.rest) {
      if (isOpen(pattern, ends)) rest.push(pattern);
      else if (!decide(pattern, true)) return undefined;
    }
    const supposed: CompiledPattern[] = [];
    for (const pattern of node.supposed) {
      if (isOpen(pattern, ends)) supposed.push(pattern);
      else if (!decide(pattern, false)) return undefined;
    }
    if (absent.size > node.absent.size && this.#isDominated(absent)) return undefined;
    return { ...node, ends, rest, supposed, absent, failed, implied };
  }

  #isDominated(absent: ReadonlyMap<string, CompiledPattern>): boolean {
    return this.#accepted.some((set) => isSubset(set, absent));
  }

  /** Returns the ends with one object for each type of which a way names one; undefined if there are two. */
  #unified({ way, ends }: Node): readonly End[] | undefined {
    let unified: readonly End[] = ends;
    for (const type of this.#facts.alone) {
      let only = 0;
      for (const [i, end] of ends.entries()) {
        if (end === 0 || way.types[i] !== type || end === only) continue;
        if (only !== 0) return undefined;
        only = end;
      }
      if (only !== 0) unified = unified.map((end, i) => (end === 0 && way.types[i] === type ? only : end));
    }
    return unified;
  }

  /** Whether an object can get no tuple of a pattern's relation any more. */
  #isClosed(pattern: CompiledPattern, object: End): boolean {
    const { place } = pattern;
    if (!this.#facts.once.has(place)) return false;
    return this.#facts.deleted.has(place) ? this.#reader.hasAny(pattern, object) : this.#reader.exists(object);
  }

  /** Whether a tuple could be written in addition to those that exist, as far as the fixed facts say. */
  #mayBeAdded(
    pattern: CompiledPattern, object: End, user: End, { ends, absent, implied }: Supposed,
  ): boolean {
    const { place } = pattern;
    const reader = this.#reader;
    // A key exists once, under whichever condition.
    if (reader.hasKey(pattern, object, user)) return false;
    if (this.#facts.isGiven(pattern) || this.#isClosed(pattern, object)) return false;
    if (this.#facts.once.has(place)) {
      for (const other of absent.values()) if (other.place === place && ends[other.object] === object) return false;
    }
    if (this.#facts.areNamed(pattern) && this.#facts.isMixed(reader.nameOf(object), reader.nameOf(user))) return false;
    const fact = this.#facts.owned.get(place);
    if (fact === undefined) return true;
    const [owner, value] = fact.of === "object" ? [object, user] : [user, object];
    const values = reader.usersOf(owner, fact.relation);
    if (values.length > 0) return values.includes(value);
    const key = `${owner} ${fact.relation}`;
    const isFirst = !implied.has(key);
    if (isFirst) implied.set(key, value);
    return isFirst || implied.get(key) === value;
  }
}

function hasBoundEnd({ object, user }: CompiledPattern, ends: readonly End[]): boolean {
  return ends[object] !== 0 || (user !== WILDCARD && ends[user] !== 0);
}

function freeEnd({ object, user }: CompiledPattern, ends: readonly End[]): number {
  return ends[object] === 0 ? object : user;
}

function withEnd(node: Node, variable: number, end: End): Node {
  return { ...node, ends: node.ends.with(variable, end) };
}

function withMade(node: Node, end: End): Node {
  return node.made.includes(end) ? node : { ...node, made: [...node.made, end] };
}
