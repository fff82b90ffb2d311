// One key for all states that differ only in the names of users, teams, athletes, rows, notes and invites.
import type { Tuple } from "../../src/tuples/tuple.ts";
import type { Delta } from "../../src/tuples/delta.ts";
import { mix } from "./mix.ts";
import { Shaper, StateShapes, type Shape, type ShapeChange } from "./shapes.ts";

const NO_CHANGE: ShapeChange = { added: [], removed: [] };

/** The shapes with names of one state, with its names numbered from 0. */
interface Named {
  readonly shapes: readonly Shape[];
  /** For each shape, the numbers of its names here, at the same place. */
  readonly names: readonly Int32Array[];
  /** The first letter of each name. */
  readonly letters: Int32Array;
  /** The number that the name has in every state. */
  readonly globals: readonly number[];
}

/** The keys of states. Names with a letter in `fixed` are not exchanged. `records`: those of events count. */
export class Symmetry {
  readonly #shaper: Shaper;
  /** For each name, by its number, its number in the state at hand; -1 if it has none yet. */
  #locals = new Int32Array(0);

  constructor(fixed: string, records: boolean) {
    this.#shaper = new Shaper(fixed, records);
  }

  /**
   * Returns the key of a state, 12 bytes as Latin-1 text: equal for states that an exchange of names turns into each
   * other. Different states have different keys, but for a collision of 96 bits.
   */
  keyOf(tuples: readonly Tuple[], clock: string): string {
    return this.keysFrom(tuples)(undefined, clock);
  }

  /** Returns a function from a delta to the key of the state after it, for one state. */
  keysFrom(tuples: readonly Tuple[]): (delta: Delta | undefined, clock: string) => string {
    const state = new StateShapes(this.#shaper, tuples);
    const known = new Map<string, string>();
    return (delta, clock) => {
      const change = delta === undefined ? NO_CHANGE : state.changeBy(delta);
      // Many deltas of one state differ in their bookkeeping alone.
      const text = `${clock} ${numbersOf(change.removed)} ${numbersOf(change.added)}`;
      const key = known.get(text) ?? this.#keyOf(state.all, change, clock);
      known.set(text, key);
      return key;
    };
  }

  #keyOf(before: readonly Shape[], { added, removed }: ShapeChange, clock: string): string {
    const shapes: Shape[] = [];
    const sum = new WordSum();
    const take = (shape: Shape): void => {
      if (shape.names.length > 0) shapes.push(shape);
      else sum.add(shape, []);
    };
    for (const shape of removed) shape.isOut = true;
    for (const shape of before) if (!shape.isOut) take(shape);
    for (const shape of removed) shape.isOut = false;
    for (const shape of added) take(shape);
    take(this.#shaper.ofText(`clock#at@${clock}`));
    const named = this.#numbered(shapes);
    const colours = named.letters.map((letter) => mix(letter, 1));
    return smallest(named, refined(named, colours), sum);
  }

  #numbered(shapes: readonly Shape[]): Named {
    const texts = this.#shaper.names;
    if (this.#locals.length < texts.length) this.#locals = new Int32Array(texts.length).fill(-1);
    const globals: number[] = [];
    const names = shapes.map((shape) => Int32Array.from(shape.names, (name) => {
      if (this.#locals[name]! < 0) this.#locals[name] = globals.push(name) - 1;
      return this.#locals[name]!;
    }));
    for (const name of globals) this.#locals[name] = -1;
    return { shapes, names, globals, letters: Int32Array.from(globals, (name) => texts[name]!.charCodeAt(0)) };
  }
}

const numbersOf = (shapes: readonly Shape[]): string => shapes.map(({ number }) => number).sort().join();

/** The sum of the words of shapes, which does not depend on their order. */
class WordSum {
  #a = 0;
  #b = 0;
  #c = 0;

  add({ form }: Shape, labels: readonly number[]): void {
    const [a, b, c] = form.wordOf(labels);
    this.#a = (this.#a + a) | 0;
    this.#b = (this.#b + b) | 0;
    this.#c = (this.#c + c) | 0;
  }

  copy(): WordSum {
    const copy = new WordSum();
    [copy.#a, copy.#b, copy.#c] = [this.#a, this.#b, this.#c];
    return copy;
  }

  get key(): string {
    const bytes = Buffer.alloc(12);
    bytes.writeInt32LE(this.#a, 0);
    bytes.writeInt32LE(this.#b, 4);
    bytes.writeInt32LE(this.#c, 8);
    return bytes.toString("latin1");
  }
}

/** Colours that separate names as far as the tuples around them differ. */
function refined({ shapes, names }: Named, given: Int32Array): Int32Array {
  let colours = given;
  for (let count = 0; ;) {
    const next = colours.map((colour) => mix(colour, 0x1f));
    for (let i = 0; i < shapes.length; i++) {
      const some = names[i]!;
      let around = mix(shapes[i]!.form.hash, 0x51);
      for (let at = 0; at < some.length; at++) around = mix(around, colours[some[at]!]!);
      for (let at = 0; at < some.length; at++) next[some[at]!] = next[some[at]!]! + mix(around, at + 7);
    }
    const now = different(next);
    if (now === count || now === next.length) return next;
    [count, colours] = [now, next];
  }
}

function different(colours: Int32Array): number {
  const sorted = colours.toSorted();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) count++;
  return count;
}

/** The smallest key among all ways to break the ties between names of one colour. */
function smallest(named: Named, colours: Int32Array, sum: WordSum): string {
  const tied = smallestTie(colours);
  if (tied.length === 0) return keyUnder(named, labelsOf(named, colours), sum.copy());
  const tries = areTwins(named, tied) ? tied.slice(0, 1) : tied;
  return tries.map((name) => {
    const broken = colours.slice();
    broken[name] = mix(colours[name]!, 0x77);
    return smallest(named, refined(named, broken), sum);
  }).sort()[0]!;
}

/** The names of the rarest colour that several have, of the smallest one if some are equally rare. */
function smallestTie(colours: Int32Array): number[] {
  const cells = new Map<number, number[]>();
  for (const [name, colour] of colours.entries()) {
    const cell = cells.get(colour);
    if (cell === undefined) cells.set(colour, [name]);
    else cell.push(name);
  }
  if (cells.size === colours.length) return [];
  return [...cells].filter(([, names]) => names.length > 1)
    .sort(([a, x], [b, y]) => x.length - y.length || a - b)[0]![1];
}

/** True if exchanging the first of these names with any other one leaves the state as it is. */
function areTwins(named: Named, [first = 0, ...others]: readonly number[]): boolean {
  const own = Int32Array.from(named.globals);
  const same = sumOf(named, own);
  return others.every((other) => {
    const exchanged = own.slice();
    [exchanged[first], exchanged[other]] = [own[other]!, own[first]!];
    return sumOf(named, exchanged) === same;
  });
}

function sumOf({ shapes, names }: Named, labels: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < shapes.length; i++) {
    const some = names[i]!;
    let one = mix(shapes[i]!.form.hash, 0x33);
    for (let at = 0; at < some.length; at++) one = mix(one, labels[some[at]!]! + 11);
    sum = (sum + Math.imul(one, one | 1)) | 0;
  }
  return sum;
}

function keyUnder({ shapes, names }: Named, labels: Int32Array, sum: WordSum): string {
  for (let i = 0; i < shapes.length; i++) sum.add(shapes[i]!, Array.from(names[i]!, (name) => labels[name]!));
  return sum.key;
}

/** Numbers for names of different colours, from 0 for each letter. */
function labelsOf({ letters }: Named, colours: Int32Array): Int32Array {
  const next = new Map<number, number>();
  const labels = new Int32Array(colours.length);
  for (const name of [...colours.keys()].sort((x, y) => colours[x]! - colours[y]!)) {
    const label = next.get(letters[name]!) ?? 0;
    next.set(letters[name]!, label + 1);
    labels[name] = label;
  }
  return labels;
}
