// The tuples of a state as shapes: texts in which names are blanks, and the names that fill them.
import { createHash } from "node:crypto";
import type { Delta } from "../../src/tuples/delta.ts";
import { printTuple, type Tuple, type TupleKey } from "../../src/tuples/tuple.ts";
import { mix } from "./mix.ts";

/** A name that may be exchanged for another of its letter: one letter and one digit, such as `u1`. */
export const NAME = /(?<![A-Za-z0-9])[a-z]\d(?![A-Za-z0-9])/g;

/** 96 bits of a hash, as three numbers of 32 bits. */
export type Word = readonly [number, number, number];

/** A text with blanks. It and its words are the same in every process. */
class Form {
  readonly hash: number;
  readonly #text: string;
  readonly #words = new Map<number, Word>();

  constructor(text: string) {
    this.#text = text;
    this.hash = [...text].reduce((hash, char) => mix(hash, char.charCodeAt(0)), 7);
  }

  /** The word of this form with its blanks filled by labels: at most six, each from 0 to 30. */
  wordOf(labels: readonly number[]): Word {
    let code = 0;
    for (const label of labels) code = code * 32 + label + 1;
    const known = this.#words.get(code);
    if (known !== undefined) return known;
    if (labels.length > 6 || labels.some((label) => label > 30)) throw new Error("too many names in one tuple");
    const hash = createHash("sha256").update(`${this.#text} ${labels.join()}`).digest();
    const word = [hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8)] as const;
    this.#words.set(code, word);
    return word;
  }
}

/** One tuple. Equal tuples have the same shape, as an object. */
export interface Shape {
  readonly form: Form;
  /** Numbers of the names that fill the blanks, in order. */
  readonly names: readonly number[];
  /** Unique number. */
  readonly number: number;
  /** True while the shape is left out of a state. */
  isOut: boolean;
}

/** Bookkeeping of events, which no later decision about another event reads: records, orders, and who invited. */
function isLeftOut({ object, relation }: TupleKey, records: boolean): boolean {
  return (!records && (object.startsWith("event:") || object.startsWith("stream:")))
    || (object.startsWith("ledger:") && relation !== "kind")
    || (object.startsWith("membership:") && relation === "invited_by");
}

/** Makes the shapes of tuples. Names with a letter in `fixed` are no blanks. `records`: those of events count. */
export class Shaper {
  readonly #fixed: string;
  readonly #records: boolean;
  readonly #forms = new Map<string, Form>();
  readonly #shapes = new Map<string, Shape>();
  readonly #numbers = new Map<string, number>();
  /** Names by number. */
  readonly names: string[] = [];

  constructor(fixed: string, records: boolean) {
    this.#fixed = fixed;
    this.#records = records;
  }

  /** The shape of a tuple; undefined if the tuple counts only in ages or not at all. */
  of(tuple: TupleKey & Pick<Tuple, "condition">): Shape | undefined {
    if (tuple.relation === "since" || isLeftOut(tuple, this.#records)) return undefined;
    const { condition } = tuple;
    return this.ofText(printTuple(tuple) + (condition === undefined ? "" : JSON.stringify(condition.context)));
  }

  /** The shape of any text. */
  ofText(text: string): Shape {
    const known = this.#shapes.get(text);
    if (known !== undefined) return known;
    const names: number[] = [];
    const blank = text.replace(NAME, (name) => {
      if (this.#fixed.includes(name[0]!)) return name;
      names.push(this.#numberOf(name));
      return `${name[0]!}?`;
    });
    const form = this.#forms.get(blank) ?? new Form(blank);
    this.#forms.set(blank, form);
    const shape = { form, names, number: this.#shapes.size, isOut: false };
    this.#shapes.set(text, shape);
    return shape;
  }

  #numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** The change of a state's shapes by one event. */
export interface ShapeChange {
  readonly added: readonly Shape[];
  readonly removed: readonly Shape[];
}

/** The shapes of one state. */
export class StateShapes {
  readonly #shaper: Shaper;
  readonly #all: Shape[] = [];
  /** Shapes of tuples with a condition, which the keys of deleted tuples leave out. */
  readonly #conditional = new Map<string, Shape>();
  /** The tuples that ages depend on. */
  readonly #rows: Tuple[] = [];
  readonly #ages: readonly Shape[];

  constructor(shaper: Shaper, tuples: readonly Tuple[]) {
    this.#shaper = shaper;
    for (const tuple of tuples) {
      const shape = shaper.of(tuple);
      if (shape !== undefined) this.#all.push(shape);
      if (shape !== undefined && tuple.condition !== undefined) this.#conditional.set(printTuple(tuple), shape);
      if (countsInAges(tuple)) this.#rows.push(tuple);
    }
    this.#ages = this.#agesOf(this.#rows);
    this.#all.push(...this.#ages);
  }

  get all(): readonly Shape[] {
    return this.#all;
  }

  /** Returns the change that a delta makes. */
  changeBy({ writes, deletes }: Delta): ShapeChange {
    const removed = deletes.map((key) => this.#conditional.get(printTuple(key)) ?? this.#shaper.of(key));
    const added = writes.map((tuple) => this.#shaper.of(tuple));
    if (writes.some(countsInAges) || deletes.some(countsInAges)) {
      const lost = new Set(deletes.filter(countsInAges).map(printTuple));
      const rows = [...this.#rows.filter((tuple) => !lost.has(printTuple(tuple))), ...writes.filter(countsInAges)];
      removed.push(...this.#ages);
      added.push(...this.#agesOf(rows));
    }
    const isCounted = (shape: Shape | undefined): shape is Shape => shape !== undefined;
    return { added: added.filter(isCounted), removed: removed.filter(isCounted) };
  }

  #agesOf(rows: readonly Tuple[]): Shape[] {
    return ages(rows).map(([assignment, rank]) => this.#shaper.ofText(`${assignment}#age@${rank}`));
  }
}

const countsInAges = ({ object, relation }: TupleKey): boolean => relation === "since"
  || (object.startsWith("team_assignment:") && (relation === "coach" || relation === "active_on"));

/** The age of each assignment among its coach's active ones on its team, the oldest first; none without another. */
function ages(tuples: readonly Tuple[]): [assignment: string, rank: number][] {
  const since = new Map<string, number>();
  const coach = new Map<string, string>();
  const active: Tuple[] = [];
  for (const tuple of tuples) {
    if (tuple.relation === "since") {
      since.set(tuple.object.slice("home:team_assignment/".length), Number(tuple.user.slice("value:".length)));
    } else if (tuple.relation === "coach") coach.set(tuple.object, tuple.user);
    else active.push(tuple);
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
