// Brute force: tries every subset of up to 16 candidate tuples at once, a bit for each subset.
import type { Draw } from "../../laws/draw.ts";
import { FULL } from "../../laws/law.ts";
import { factsOf, type Contest, type Fact, type Formula, type Term } from "./formula.ts";

/** Maximum number of candidate tuples: 2^16 subsets are 2,048 words for each tuple, and 2^12 are 128. */
const MAX_CANDIDATES = FULL ? 16 : 12;

/** A tuple over constants, as the fields of a fact with constants for terms. */
type Ground = Fact;

/** Bits of a truth value: one for each subset of the candidates. */
type Bits = Uint32Array;

/** A world of constants: how many of each type. The user and the object of the question come first. */
interface Universe {
  readonly constants: ReadonlyMap<string, readonly string[]>;
}

/** The constants of every type in a contest. */
function universeOf({ user, object, left, right, axioms }: Contest, perType: number): Universe {
  const constants = new Map<string, string[]>();
  const add = ({ type, name }: Term): void => {
    const names = constants.get(type) ?? [];
    if (!names.includes(name)) names.push(name);
    constants.set(type, names);
  };
  add(user);
  add(object);
  for (const fact of [left, right, ...axioms].flatMap(factsOf)) {
    for (const type of [fact.object.type, fact.userType]) {
      const names = constants.get(type) ?? [];
      while (names.length < perType) names.push(`c${names.length}`);
      constants.set(type, names);
    }
  }
  return { constants };
}

/**
 * A set of tuples with `left` and without `right`, or undefined if no subset of the drawn candidates is one. The
 * candidates are those of a random reading of `left`, and others that either formula mentions.
 */
export function bruteExample(contest: Contest, draw: Draw, perType = 2): Ground[] | undefined {
  const universe = universeOf(contest, perType);
  const candidates = drawCandidates(contest, universe, draw);
  const table = new SubsetTable(candidates, universe);
  const bound = new Map([[keyOf(contest.user), contest.user.name], [keyOf(contest.object), contest.object.name]]);
  const wrong = table.minus(table.value(contest.left, bound), table.value(contest.right, bound));
  const possible = contest.axioms.reduce((bits, axiom) => table.both(bits, table.value(axiom, new Map())),
    table.both(wrong, table.possible()));
  const subset = table.first(possible);
  return subset === undefined ? undefined : candidates.filter((_, i) => (subset >>> i) % 2 === 1);
}

/** Whether a formula holds for a set of tuples. */
export function isTrue(formula: Formula, tuples: readonly Ground[], contest: Contest): boolean {
  const table = new SubsetTable(tuples.slice(0, 0), universeFrom(tuples, contest), tuples);
  const bound = new Map([[keyOf(contest.user), contest.user.name], [keyOf(contest.object), contest.object.name]]);
  return table.first(table.value(formula, bound)) !== undefined;
}

function universeFrom(tuples: readonly Ground[], { user, object }: Contest): Universe {
  const constants = new Map<string, string[]>();
  const terms = [user, object, ...tuples.flatMap((fact) => [fact.object, ...fact.user === "*" ? [] : [fact.user]])];
  for (const { type, name } of terms) {
    const names = constants.get(type) ?? [];
    constants.set(type, names.includes(name) ? names : [...names, name]);
  }
  return { constants };
}

function keyOf({ type, name }: Term): string {
  return `${type}:${name}`;
}

/** A fact with constants in place of its variables. */
function grounded(fact: Fact, names: ReadonlyMap<string, string>): Ground {
  const ground = (term: Term): Term => ({ type: term.type, name: names.get(keyOf(term)) ?? term.name });
  return { ...fact, object: ground(fact.object), user: fact.user === "*" ? "*" : ground(fact.user) };
}

function groundKey({ object, relation, user, userType, userset, condition }: Ground): string {
  return `${keyOf(object)}#${relation}@${user === "*" ? `${userType}:*` : keyOf(user)}#${userset} ${condition}`;
}

/** Draws up to MAX_CANDIDATES tuples: first those of a random reading of `left`, then of both formulas. */
function drawCandidates({ user, object, left, right }: Contest, universe: Universe, draw: Draw): Ground[] {
  const found = new Map<string, Ground>();
  const bound = new Map([[keyOf(user), user.name], [keyOf(object), object.name]]);
  const read = (formula: Formula, names: ReadonlyMap<string, string>): void => {
    switch (formula.kind) {
      case "fact": {
        const tuple = grounded(formula.fact, names);
        if (found.size < MAX_CANDIDATES) found.set(groundKey(tuple), tuple);
        return;
      }
      case "and": return formula.parts.forEach((part) => read(part, names));
      case "or": {
        const parts = formula.parts.filter((part) => part.kind !== "or" || part.parts.length > 0);
        if (parts.length > 0) read(draw.pick(parts), names);
        return;
      }
      case "not": return draw.chance(50) ? read(formula.part, names) : undefined;
      case "some": {
        const { variable, part } = formula;
        const name = draw.pick(universe.constants.get(variable.type) ?? ["c0"]);
        return read(part, new Map(names).set(keyOf(variable), name));
      }
      case "same": return;
    }
  };
  read(left, bound);
  for (let i = 0; i < 20 && found.size < MAX_CANDIDATES; i++) read(draw.chance(60) ? right : left, bound);
  return [...found.values()];
}

/** Truth values over all subsets of the candidates, with further tuples that are always there. */
class SubsetTable {
  readonly #words: number;
  readonly #subsets: number;
  readonly #universe: Universe;
  readonly #bits = new Map<string, Bits>();
  readonly #candidates: readonly Ground[];

  constructor(candidates: readonly Ground[], universe: Universe, always: readonly Ground[] = []) {
    this.#subsets = 2 ** candidates.length;
    this.#words = Math.ceil(this.#subsets / 32);
    this.#universe = universe;
    this.#candidates = candidates;
    for (const [i, tuple] of candidates.entries()) {
      const bits = new Uint32Array(this.#words);
      for (let subset = 0; subset < this.#subsets; subset++) {
        if ((subset >>> i) % 2 === 1) bits[subset >>> 5]! |= 1 << (subset & 31);
      }
      this.#bits.set(groundKey(tuple), bits);
    }
    for (const tuple of always) this.#bits.set(groundKey(tuple), this.#all());
  }

  #all(): Bits {
    const bits = new Uint32Array(this.#words).fill(0xffff_ffff);
    if (this.#subsets < 32) bits[0] = 2 ** this.#subsets - 1;
    return bits;
  }

  /** Subsets that a store can hold: one tuple at most for each object, relation and user. */
  possible(): Bits {
    const bits = this.#all();
    for (const [i, a] of this.#candidates.entries()) {
      for (const b of this.#candidates.slice(i + 1)) {
        if (groundKey({ ...a, condition: "" }) !== groundKey({ ...b, condition: "" })) continue;
        const both = this.both(this.#bits.get(groundKey(a))!, this.#bits.get(groundKey(b))!);
        for (let w = 0; w < bits.length; w++) bits[w]! &= ~both[w]!;
      }
    }
    return bits;
  }

  both(a: Bits, b: Bits): Bits {
    return a.map((word, i) => word & b[i]!);
  }

  minus(a: Bits, b: Bits): Bits {
    return a.map((word, i) => word & ~b[i]!);
  }

  /** The smallest subset whose bit is set. */
  first(bits: Bits): number | undefined {
    for (let subset = 0; subset < this.#subsets; subset++) {
      if (((bits[subset >>> 5]! >>> (subset & 31)) & 1) === 1) return subset;
    }
    return undefined;
  }

  value(formula: Formula, names: ReadonlyMap<string, string>): Bits {
    switch (formula.kind) {
      case "fact":
        return this.#bits.get(groundKey(grounded(formula.fact, names))) ?? new Uint32Array(this.#words);
      case "and": {
        const found = this.#all();
        for (const part of formula.parts) {
          const bits = this.value(part, names);
          let any = 0;
          for (let w = 0; w < found.length; w++) any |= found[w]! &= bits[w]!;
          if (any === 0) break;
        }
        return found;
      }
      case "or": {
        const found = new Uint32Array(this.#words);
        for (const part of formula.parts) this.#add(found, this.value(part, names));
        return found;
      }
      case "not": return this.minus(this.#all(), this.value(formula.part, names));
      case "some": {
        const { variable, part } = formula;
        const found = new Uint32Array(this.#words);
        for (const name of this.#universe.constants.get(variable.type) ?? []) {
          this.#add(found, this.value(part, new Map(names).set(keyOf(variable), name)));
        }
        return found;
      }
      case "same": {
        const [a, b] = [formula.a, formula.b].map((term) => names.get(keyOf(term)) ?? term.name);
        return a === b ? this.#all() : new Uint32Array(this.#words);
      }
    }
  }

  #add(to: Bits, bits: Bits): void {
    for (let w = 0; w < to.length; w++) to[w]! |= bits[w]!;
  }
}
