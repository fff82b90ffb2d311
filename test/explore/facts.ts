// The tuples of one state as facts, and patterns such as `note:N#org@org:O` that match them.
import type { Delta } from "../../src/tuples/delta.ts";
import { printTuple, type Tuple, type TupleKey } from "../../src/tuples/tuple.ts";

/** A tuple in parts: the pieces of an id stand between slashes, `role:o/owner` has the pieces `o` and `owner`. */
export interface Fact {
  /** `type#relation`. */
  readonly place: string;
  readonly object: string;
  readonly user: string;
  readonly ids: readonly string[];
  /** Type of the user, and its relation after `#`, if any. */
  readonly form: string;
  readonly userIds: readonly string[];
}

const parsed = new Map<string, Fact>();

function factOf(tuple: TupleKey): Fact {
  const text = printTuple(tuple);
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const { object, relation, user } = tuple;
  const colon = object.indexOf(":");
  const [form, userIds] = userOf(user);
  const fact = {
    place: `${object.slice(0, colon)}#${relation}`, object, user, form, userIds,
    ids: object.slice(colon + 1).split("/"),
  };
  parsed.set(text, fact);
  return fact;
}

function userOf(user: string): [form: string, ids: string[]] {
  const colon = user.indexOf(":");
  const hash = user.indexOf("#");
  const ids = user.slice(colon + 1, hash < 0 ? undefined : hash).split("/");
  return [user.slice(0, colon) + (hash < 0 ? "" : user.slice(hash)), ids];
}

const NONE: readonly Fact[] = [];

/** The facts of a state, by `type#relation`. */
export class Facts {
  readonly #byPlace = new Map<string, Fact[]>();
  readonly #texts = new Set<string>();
  /** The state before, if these are the facts after a delta, and the texts that the delta deleted. */
  #before: Facts | undefined;
  #deleted: ReadonlySet<string> = new Set();
  /** Milliseconds since 1970. */
  readonly now: number;

  constructor(tuples: Iterable<Tuple>, now: number) {
    this.now = now;
    for (const tuple of tuples) {
      const fact = factOf(tuple);
      const some = this.#byPlace.get(fact.place);
      if (some === undefined) this.#byPlace.set(fact.place, [fact]);
      else some.push(fact);
      this.#texts.add(printTuple(tuple));
    }
  }

  /** The facts of the state after a delta on this one. */
  after({ writes, deletes }: Delta): Facts {
    const after = new Facts([], this.now);
    after.#before = this;
    after.#deleted = new Set(deletes.map(printTuple));
    for (const [place, facts] of this.#byPlace) after.#byPlace.set(place, facts);
    for (const gone of deletes.map(factOf)) {
      const left = after.at(gone.place).filter((fact) => fact !== gone);
      if (left.length > 0) after.#byPlace.set(gone.place, left);
      else after.#byPlace.delete(gone.place);
    }
    for (const tuple of writes) {
      const fact = factOf(tuple);
      after.#byPlace.set(fact.place, [...after.at(fact.place), fact]);
      after.#texts.add(printTuple(tuple));
    }
    return after;
  }

  /** Every `type#relation` with a fact. */
  get places(): Iterable<string> {
    return this.#byPlace.keys();
  }

  /** The facts of one `type#relation`. */
  at(place: string): readonly Fact[] {
    return this.#byPlace.get(place) ?? NONE;
  }

  /** True if the tuple `object#relation@user` exists. */
  has(object: string, relation: string, user: string): boolean {
    return this.hasText(`${object}#${relation}@${user}`);
  }

  /** True if a tuple prints like this. */
  hasText(text: string): boolean {
    return this.#texts.has(text) || (this.#before?.hasText(text) === true && !this.#deleted.has(text));
  }

  /** The users of `object#relation`. */
  users(object: string, relation: string): string[] {
    const place = `${object.slice(0, object.indexOf(":"))}#${relation}`;
    return this.at(place).filter((fact) => fact.object === object).map(({ user }) => user);
  }
}

/** One pattern: pieces that are a capital letter are variables, any other piece is the text itself. */
interface Pattern {
  readonly place: string;
  readonly ids: readonly string[];
  /** Undefined if one variable stands for the whole user. */
  readonly form: string | undefined;
  readonly userIds: readonly string[];
}

const isVariable = (piece: string): boolean => /^[A-Z]$/.test(piece);

function patternOf(text: string): Pattern {
  const [, type = "", id = "", relation = "", user = ""] = /^([^:]+):([^#]+)#([^@]+)@(.+)$/.exec(text) ?? [];
  if (type === "") throw new Error(`not a pattern: ${text}`);
  const [form, userIds] = isVariable(user) ? [undefined, [user]] : userOf(user);
  return { place: `${type}#${relation}`, ids: id.split("/"), form, userIds };
}

/** Values of the variables. */
type Values = Readonly<Record<string, string>>;

function bind(pieces: readonly string[], given: readonly string[], values: Values): Values | undefined {
  // A variable alone stands for a whole id, also for one in pieces.
  const found = pieces.length === 1 && isVariable(pieces[0]!) ? [given.join("/")] : given;
  if (pieces.length !== found.length) return undefined;
  let bound = values;
  for (const [i, piece] of pieces.entries()) {
    const value = found[i]!;
    const wanted = isVariable(piece) ? bound[piece] : piece;
    if (wanted === undefined) bound = { ...bound, [piece]: value };
    else if (wanted !== value) return undefined;
  }
  return bound;
}

/** The one tuple that a pattern can still match, or undefined if a variable has no value yet. */
function textOf({ place, ids, form, userIds }: Pattern, values: Values): string | undefined {
  const valueOf = (piece: string): string | undefined => (isVariable(piece) ? values[piece] : piece);
  const [object, user] = [ids.map(valueOf), userIds.map(valueOf)];
  if (object.includes(undefined) || user.includes(undefined)) return undefined;
  const hash = place.indexOf("#");
  const whole = `${place.slice(0, hash)}:${object.join("/")}#${place.slice(hash + 1)}@`;
  if (form === undefined) return whole + user.join("/");
  const of = form.indexOf("#");
  const [type, relation] = of < 0 ? [form, ""] : [form.slice(0, of), form.slice(of)];
  return `${whole}${type}:${user.join("/")}${relation}`;
}

function* matches(patterns: readonly Pattern[], facts: Facts, values: Values, from = 0): Generator<Values> {
  const pattern = patterns[from];
  if (pattern === undefined) return void (yield values);
  const named = textOf(pattern, values);
  if (named !== undefined) {
    if (facts.hasText(named)) yield* matches(patterns, facts, values, from + 1);
    return;
  }
  for (const fact of facts.at(pattern.place)) {
    const whole = pattern.form === undefined;
    if (!whole && pattern.form !== fact.form) continue;
    const objects = bind(pattern.ids, fact.ids, values);
    const bound = objects && bind(pattern.userIds, whole ? [fact.user] : fact.userIds, objects);
    if (bound !== undefined) yield* matches(patterns, facts, bound, from + 1);
  }
}

/** The demand on each match: one of these lists of patterns, one of these equalities, or (both empty) nothing. */
interface Consequence {
  readonly some: readonly (readonly Pattern[])[];
  readonly equal: readonly (readonly [string, string])[];
}

const patternsOf = (text: string): Pattern[] => text.split(",").map((part) => patternOf(part.trim()));

function consequenceOf(text: string): Consequence {
  if (text === "false") return { some: [], equal: [] };
  const parts = text.split("|").map((part) => part.trim());
  const equalities = parts.map((part) => /^(\w) = (\w+)$/.exec(part));
  return {
    some: parts.filter((_, i) => equalities[i] === null).map(patternsOf),
    equal: equalities.filter((found) => found !== null).map(([, a = "", b = ""]) => [a, b]),
  };
}

/** A dependency: its check, and each `type#relation` that the check reads. */
export interface Dependency {
  readonly check: (facts: Facts) => string[];
  readonly places: readonly string[];
}

/**
 * Reads a dependency `patterns -> consequence`. Its check returns the values of each match for which the consequence
 * fails. A consequence is `false`, or alternatives separated by `|`: an equality of a variable with another or with a
 * text (`O = P`), or patterns, whose new variables say that some value exists.
 *
 * @example
 * const one = dependency("note:N#org@org:O, note:N#org@org:P -> O = P");
 * one.check(new Facts([{ object: "note:1", relation: "org", user: "org:fc" }], 0)) // []
 * one.places // ["note#org"]
 */
export function dependency(text: string): Dependency {
  const [left = "", right = ""] = text.split("->").map((side) => side.trim());
  const patterns = patternsOf(left);
  const { some, equal } = consequenceOf(right);
  const fails = (values: Values, facts: Facts): boolean =>
    !equal.some(([a, b]) => values[a] === (values[b] ?? b))
    && !some.some((list) => !matches(list, facts, values).next().done);
  const check = (facts: Facts): string[] => {
    const faults: string[] = [];
    for (const values of matches(patterns, facts, {})) {
      if (fails(values, facts)) faults.push(Object.entries(values).map((pair) => pair.join("=")).join(" "));
    }
    return faults;
  };
  return { check, places: [...new Set([...patterns, ...some.flat(2)].map(({ place }) => place))] };
}
