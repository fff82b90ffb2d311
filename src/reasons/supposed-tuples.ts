// The tuples that a search for ways to a yes meets, as numbers: each is looked up and judged once.
import type { CompiledPattern } from "./compiled-ways.ts";
import type { End, FactReader, Presence } from "./fact-reader.ts";
import type { FixedFacts, OwnedFact } from "./fixed-facts.ts";
import { keyOf, userEnd } from "./find-proofs.ts";
import { typeOf, type Tuple } from "../tuples/tuple.ts";

/** The fixed facts about the tuples of one pattern. */
export interface PatternFacts {
  readonly isOnce: boolean;
  readonly isDeleted: boolean;
  readonly isGiven: boolean;
  readonly areNamed: boolean;
  readonly owned: OwnedFact | undefined;
}

/**
 * Whether a tuple could be written in addition to the stored ones: `never`, `always`, or if no other supposed tuple
 * gives its owner another fixed fact.
 */
type Addable = "never" | "always" | "by owner";

/** One tuple between two ends. */
interface Known {
  /** Number of its key: two tuples that differ in their condition alone have one key, and cannot both exist. */
  readonly key: number;
  readonly pattern: CompiledPattern;
  readonly object: End;
  readonly user: End;
  readonly presence: Presence;
  addable: Addable | undefined;
}

/** Number of different ends that keys have room for. A search binds one end in a step, so it meets fewer. */
const ENDS = 2 ** 16;

/** Numbers for tuples, from 0. */
export class SupposedTuples {
  readonly #reader: FactReader;
  readonly #facts: FixedFacts;
  readonly #ends = new Map<End, number>();
  readonly #numbers = new Map<number, number>();
  readonly #keys = new Map<string, number>();
  readonly #known: Known[] = [];
  /** By key. */
  readonly #absent: Tuple[] = [];
  /** By the shape of a pattern. */
  readonly #byShape: PatternFacts[] = [];

  constructor(reader: FactReader, facts: FixedFacts) {
    this.#reader = reader;
    this.#facts = facts;
  }

  /** Returns the number of the tuple of a pattern between its ends, none of which is free. Counts a step. */
  of(pattern: CompiledPattern, ends: readonly End[]): number {
    const key = this.#numberKey(pattern, ends);
    const found = this.#numbers.get(key);
    if (found !== undefined) {
      this.#reader.step();
      return found;
    }
    const [object, user] = [ends[pattern.object]!, userEnd(pattern, ends)];
    const presence = this.#reader.presence(pattern, object, user);
    const name = keyOf(pattern, ends);
    const number = this.#keys.get(name) ?? this.#keys.size;
    this.#keys.set(name, number);
    this.#numbers.set(key, this.#known.length);
    return this.#known.push({ key: number, pattern, object, user, presence, addable: undefined }) - 1;
  }

  /** Returns the number of such a tuple if the search has met it. */
  find(pattern: CompiledPattern, ends: readonly End[]): number | undefined {
    return this.#numbers.get(this.#numberKey(pattern, ends));
  }

  /** Returns the number of the key of a tuple: the tuple without its condition. */
  key(tuple: number): number {
    return this.#known[tuple]!.key;
  }

  presence(tuple: number): Presence {
    return this.#known[tuple]!.presence;
  }

  pattern(tuple: number): CompiledPattern {
    return this.#known[tuple]!.pattern;
  }

  object(tuple: number): End {
    return this.#known[tuple]!.object;
  }

  user(tuple: number): End {
    return this.#known[tuple]!.user;
  }

  /** Returns the tuple with a number. An absent one has no condition, and is one object for its key. */
  tuple(tuple: number): Tuple {
    const { key, pattern, object, user, presence } = this.#known[tuple]!;
    if (presence !== "absent") return this.#reader.tuple(pattern, object, user);
    return this.#absent[key] ??= this.#reader.tuple(pattern, object, user);
  }

  /** Whether a tuple could be written in addition to the stored ones, as far as the fixed facts say. */
  addable(tuple: number): Addable {
    const known = this.#known[tuple]!;
    return known.addable ??= this.#judge(known);
  }

  /** The fixed facts about the tuples of a pattern. */
  factsOf(pattern: CompiledPattern): PatternFacts {
    return this.#byShape[pattern.shape] ??= factsAbout(pattern, this.#facts);
  }

  /** Whether an object can get no tuple of a pattern's relation any more. */
  isClosed(pattern: CompiledPattern, object: End): boolean {
    const { isOnce, isDeleted } = this.factsOf(pattern);
    if (!isOnce) return false;
    if (isDeleted) return this.#reader.hasAny(pattern, object);
    return this.#reader.exists(object) && !this.#wasDeleted(object);
  }

  /** Whether an object was deleted with another one, although it still has tuples. */
  #wasDeleted(object: End): boolean {
    const relation = this.#facts.deletedWith.get(typeOf(this.#reader.nameOf(object)));
    return relation !== undefined
      && this.#reader.usersOf(object, relation).every((user) => !this.#reader.exists(user));
  }

  #numberKey(pattern: CompiledPattern, ends: readonly End[]): number {
    const [object, user] = [this.#endNumber(ends[pattern.object]!), this.#endNumber(userEnd(pattern, ends))];
    return (pattern.shape * ENDS + object) * ENDS + user;
  }

  #endNumber(end: End): number {
    const known = this.#ends.get(end);
    if (known !== undefined) return known;
    this.#ends.set(end, this.#ends.size);
    return this.#ends.size - 1;
  }

  #judge({ pattern, object, user }: Known): Addable {
    const reader = this.#reader;
    const { isGiven, areNamed, owned } = this.factsOf(pattern);
    // A key exists once, under whichever condition.
    if (isGiven || reader.hasKey(pattern, object, user) || this.isClosed(pattern, object)) return "never";
    if (areNamed && this.#facts.isMixed(reader.nameOf(object), reader.nameOf(user))) return "never";
    if (owned === undefined) return "always";
    const [owner, value] = owned.of === "object" ? [object, user] : [user, object];
    const values = reader.usersOf(owner, owned.relation);
    if (values.length === 0) return "by owner";
    return values.includes(value) ? "always" : "never";
  }
}

function factsAbout(pattern: CompiledPattern, facts: FixedFacts): PatternFacts {
  const { place } = pattern;
  return {
    isOnce: facts.once.has(place), isDeleted: facts.deleted.has(place), isGiven: facts.isGiven(pattern),
    areNamed: facts.areNamed(pattern), owned: facts.owned.get(place),
  };
}
