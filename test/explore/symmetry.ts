// One key for all states that differ only in the names of users, teams, athletes, rows, notes and invites.
import { createHash } from "node:crypto";
import type { Tuple } from "../../src/tuples/tuple.ts";

/** A name that may be exchanged for another of its letter: one letter and one digit, such as `u1`. */
export const NAME = /(?<![A-Za-z0-9])[a-z]\d(?![A-Za-z0-9])/g;

/** Bookkeeping of events, which no later decision about another event reads: records, orders, and who invited. */
function isLeftOut({ object, relation }: Tuple, records: boolean): boolean {
  return (!records && (object.startsWith("event:") || object.startsWith("stream:")))
    || (object.startsWith("ledger:") && relation !== "kind")
    || (object.startsWith("membership:") && relation === "invited_by");
}

/** A tuple: the number of its text without names, and the numbers of its names in order. */
interface Shape {
  readonly form: number;
  /** A hash of that text, the same in every process. */
  readonly hash: number;
  readonly names: readonly number[];
}

const mix = (a: number, b: number): number => {
  let h = Math.imul(a ^ b, 0x9e37_79b1);
  h ^= h >>> 15;
  h = Math.imul(h, 0x85eb_ca77);
  return h ^ (h >>> 13);
};

const hashOf = (text: string): number => [...text].reduce((hash, char) => mix(hash, char.charCodeAt(0)), 7);

/** Number of ways to label the names of one tuple: six names of 31 labels each. */
const LABELINGS = 32 ** 6;

/** Numbers for texts, from 0. */
class Numbers {
  readonly #numbers = new Map<string, number>();
  readonly texts: string[] = [];

  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.texts.push(text);
    this.#numbers.set(text, this.texts.length - 1);
    return this.texts.length - 1;
  }
}

/** The keys of states. Names with a letter in `fixed` are not exchanged. `records`: those of events count. */
export class Symmetry {
  readonly #fixed: string;
  readonly #records: boolean;
  readonly #forms = new Numbers();
  readonly #names = new Numbers();
  readonly #shapes = new Map<string, Shape>();
  readonly #words = new Map<number, readonly [number, number, number]>();

  constructor(fixed: string, records: boolean) {
    this.#fixed = fixed;
    this.#records = records;
  }

  /**
   * Returns the key of a state, 12 bytes as Latin-1 text: equal for states that an exchange of names turns into each
   * other. Different states have different keys, but for a collision of 96 bits.
   */
  keyOf(tuples: readonly Tuple[], clock: string): string {
    const shapes = tuples.filter((tuple) => !isLeftOut(tuple, this.#records) && tuple.relation !== "since")
      .map((tuple) => this.#shapeOf(tuple.object, tuple.relation, tuple.user, tuple.condition));
    for (const [assignment, rank] of ages(tuples)) shapes.push(this.#shapeOf(assignment, "age", String(rank)));
    shapes.push(this.#shapeOf("clock", "at", clock));
    const names = [...new Set(shapes.flatMap((shape) => shape.names))];
    const colours = new Map(names.map((name) => [name, mix(this.#names.texts[name]!.charCodeAt(0), 1)]));
    return this.#smallest(shapes, this.#refined(shapes, colours));
  }

  #shapeOf(object: string, relation: string, user: string, condition?: Tuple["condition"]): Shape {
    const text = `${object}#${relation}@${user}${condition === undefined ? "" : JSON.stringify(condition.context)}`;
    const known = this.#shapes.get(text);
    if (known !== undefined) return known;
    const names: number[] = [];
    const form = text.replace(NAME, (name) => {
      if (this.#fixed.includes(name[0]!)) return name;
      names.push(this.#names.of(name));
      return `${name[0]!}?`;
    });
    const shape = { form: this.#forms.of(form), hash: hashOf(form), names };
    this.#shapes.set(text, shape);
    return shape;
  }

  /** Colours that separate names as far as the tuples around them differ. */
  #refined(shapes: readonly Shape[], given: Map<number, number>): Map<number, number> {
    let colours = given;
    for (let count = 0; ;) {
      const next = new Map<number, number>();
      for (const [name, colour] of colours) next.set(name, mix(colour, 0x1f));
      for (const { hash, names } of shapes) {
        if (names.length === 0) continue;
        let around = mix(hash, 0x51);
        for (const name of names) around = mix(around, colours.get(name)!);
        for (const [i, name] of names.entries()) next.set(name, (next.get(name)! + mix(around, i + 7)) | 0);
      }
      const now = new Set(next.values()).size;
      if (now === count || now === next.size) return next;
      [count, colours] = [now, next];
    }
  }

  /** The smallest key among all ways to break the ties between names of one colour. */
  #smallest(shapes: readonly Shape[], colours: Map<number, number>): string {
    const cells = new Map<number, number[]>();
    for (const [name, colour] of colours) cells.set(colour, [...cells.get(colour) ?? [], name]);
    const tied = [...cells].filter(([, names]) => names.length > 1)
      .sort(([a, x], [b, y]) => x.length - y.length || a - b)[0];
    if (tied === undefined) return this.#keyUnder(shapes, labelsOf(colours, this.#names.texts));
    const [colour, names] = tied;
    const tries = this.#areTwins(shapes, names) ? names.slice(0, 1) : names;
    return tries.map((name) => {
      const broken = new Map(colours).set(name, mix(colour, 0x77));
      return this.#smallest(shapes, this.#refined(shapes, broken));
    }).sort()[0]!;
  }

  /** True if exchanging the first of these names with any other one leaves the state as it is. */
  #areTwins(shapes: readonly Shape[], names: readonly number[]): boolean {
    const own = new Map<number, number>();
    for (const { names: found } of shapes) for (const name of found) own.set(name, name);
    const same = this.#sumOf(shapes, own);
    const first = names[0]!;
    return names.slice(1).every((other) =>
      this.#sumOf(shapes, new Map(own).set(first, other).set(other, first)) === same);
  }

  #sumOf(shapes: readonly Shape[], labels: ReadonlyMap<number, number>): number {
    let sum = 0;
    for (const { hash, names } of shapes) {
      let one = mix(hash, 0x33);
      for (const name of names) one = mix(one, labels.get(name)! + 11);
      sum = (sum + Math.imul(one, one | 1)) | 0;
    }
    return sum;
  }

  #keyUnder(shapes: readonly Shape[], labels: ReadonlyMap<number, number>): string {
    let [a, b, c] = [0, 0, 0];
    for (const { form, names } of shapes) {
      let code = 0;
      for (const name of names) code = code * 32 + labels.get(name)! + 1;
      code += form * LABELINGS;
      const word = this.#words.get(code) ?? this.#wordOf(code, form, names.map((name) => labels.get(name)!));
      a = (a + word[0]) | 0;
      b = (b + word[1]) | 0;
      c = (c + word[2]) | 0;
    }
    const bytes = Buffer.alloc(12);
    bytes.writeInt32LE(a, 0);
    bytes.writeInt32LE(b, 4);
    bytes.writeInt32LE(c, 8);
    return bytes.toString("latin1");
  }

  /** A word that depends on texts alone, so that a later run finds the same keys. */
  #wordOf(code: number, form: number, labels: readonly number[]): readonly [number, number, number] {
    if (labels.length > 6 || labels.some((label) => label > 30)) throw new Error("too many names in one tuple");
    const hash = createHash("sha256").update(`${this.#forms.texts[form]} ${labels.join()}`).digest();
    const word = [hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8)] as const;
    this.#words.set(code, word);
    return word;
  }
}

/** Numbers for names of different colours, from 0 for each letter. */
function labelsOf(colours: ReadonlyMap<number, number>, texts: readonly string[]): Map<number, number> {
  const next = new Map<string, number>();
  return new Map([...colours].sort(([, a], [, b]) => a - b).map(([name]) => {
    const letter = texts[name]![0]!;
    const label = next.get(letter) ?? 0;
    next.set(letter, label + 1);
    return [name, label];
  }));
}

/** The age of each assignment among its coach's active ones on its team, the oldest first; none without another. */
function ages(tuples: readonly Tuple[]): [assignment: string, rank: number][] {
  const since = new Map<string, number>();
  const coach = new Map<string, string>();
  const active: Tuple[] = [];
  for (const tuple of tuples) {
    if (!tuple.object.startsWith("team_assignment:") && tuple.relation !== "since") continue;
    if (tuple.relation === "since") {
      since.set(tuple.object.slice("home:team_assignment/".length), Number(tuple.user.slice("value:".length)));
    } else if (tuple.relation === "coach") coach.set(tuple.object, tuple.user);
    else if (tuple.relation === "active_on") active.push(tuple);
  }
  const groups = new Map<string, string[]>();
  for (const { object, user } of active) {
    const group = `${coach.get(object)} ${user}`;
    groups.set(group, [...groups.get(group) ?? [], object]);
  }
  const age = (assignment: string): number => since.get(assignment.slice("team_assignment:".length)) ?? 0;
  return [...groups.values()].filter((group) => group.length > 1).flatMap((group) =>
    group.sort((x, y) => age(x) - age(y)).map((assignment, rank): [string, number] => [assignment, rank]));
}
