// Puts ways into words: sentences about the user and the objects around the object of the question.
import { typeOf, type TupleKey } from "../tuples/tuple.ts";
import { OBJECT, readShape, USER, WILDCARD, type TuplePattern, type Way } from "./way.ts";

/** Words for the tuples of a model. Keys are `type#relation`. */
export interface Phrasebook {
  /** For relations to one object: its name from the side of the tuple's object, such as `org` for "the note's org". */
  readonly nouns: Readonly<Record<string, string>>;
  /**
   * Sentences with `{user}`, `{object}` and `{relation}`: "{user} wrote {object}". The key `type#*@userType` is for the
   * tuples of a type that have no key of their own.
   */
  readonly facts: Readonly<Record<string, string>>;
  /**
   * Sentences for two tuples with the same object and user, or a chain of two: `org#member & org#coach_hat`. They take
   * the place of the two sentences.
   */
  readonly pairs: Readonly<Record<string, string>>;
  /** Sentences for two tuples that are both missing, in place of those in `pairs`. */
  readonly missingPairs?: Readonly<Record<string, string>>;
  /** Names of types, where they differ from the type: `team_assignment` is an "assignment". */
  readonly types: Readonly<Record<string, string>>;
  /** Returns the words for `{relation}`; by default the name of the relation. */
  readonly relation?: (name: string) => string;
  /** Sentences for negations, by the name of the negation, with `{user}` and `{object}`. */
  readonly negations: Readonly<Record<string, string>>;
}

/**
 * Returns a way as sentences. A tuple without words is printed as it is stored, and its relation as `relation`.
 *
 * @example
 * const way = { types: ["user", "note"], tuples: [{ shape: "note#author@user", object: 1, user: 0 }],
 *   negations: [], lines: [] };
 * const none = { nouns: {}, facts: { "note#author": "{user} wrote {object}" }, pairs: {}, types: {}, negations: {} };
 * wordsOf(way, none) // ["the user wrote the note"]
 */
export function wordsOf(way: Way, book: Phrasebook): string[] {
  const names = namesOf(way, book);
  return sentencesOf(way, names, book, (tuple) => isNaming(tuple, way, names, book));
}

/**
 * Returns the sentences of a way whose variables have names of their own. Leaves out the tuples for which `isSaid` is
 * true.
 */
export function sentencesOf(
  way: Way, names: readonly string[], book: Phrasebook, isSaid: (tuple: TuplePattern) => boolean,
): string[] {
  const said = new Set<TuplePattern>();
  const sentences: string[] = [];
  for (const tuple of way.tuples) {
    if (said.has(tuple) || isSaid(tuple)) continue;
    said.add(tuple);
    const pair = way.tuples.find((other) => !said.has(other) && pairOf(tuple, other, book) !== undefined);
    if (pair === undefined) sentences.push(fill(factOf(tuple, book), names, tuple, tuple.user));
    else {
      said.add(pair);
      const { text, user } = pairOf(tuple, pair, book)!;
      sentences.push(fill(text, names, tuple, user));
    }
  }
  const negations = way.negations.map(({ name, object }) => (book.negations[name] ?? negationOf(name))
    .replaceAll("{user}", names[USER]!).replaceAll("{object}", names[object]!));
  return [...new Set([...sentences, ...negations])];
}

/**
 * Returns a tuple as a sentence.
 *
 * @example
 * const none = { nouns: {}, facts: { "note#author": "{user} wrote {object}" }, pairs: {}, types: {}, negations: {} };
 * tupleInWords({ object: "note:n1", relation: "author", user: "user:ann" }, none) // "user:ann wrote note:n1"
 */
export function tupleInWords({ object, relation, user }: TupleKey, book: Phrasebook): string {
  const [name = "", userset] = user.split("#");
  const kind = userset === undefined ? "" : `#${userset}`;
  const [userType, kindOfUser] = user.endsWith(":*") ? [typeOf(user), ":*"] : [typeOf(name), kind];
  const shape = `${typeOf(object)}#${relation}@${userType}${kindOfUser}`;
  return fill(factOf({ shape, object: 1, user: 0 }, book), [name, object], { shape, object: 1, user: 0 }, 0);
}

/** Words for a negation without words of its own, from its name: `note#reader but not blocked`. */
function negationOf(name: string): string {
  return `{user} is not \`${name.slice(name.indexOf(" but not ") + " but not ".length)}\` of {object}`;
}

/** A name for each variable: "the user", "the note's org", "the assignment 2". */
function namesOf(way: Way, book: Phrasebook): string[] {
  const typeName = (i: number): string => book.types[way.types[i]!] ?? way.types[i]!.replaceAll("_", " ");
  const names: string[] = [];
  const used = new Map<string, number>();
  const give = (i: number, name: string): void => {
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    names[i] = count === 1 ? name : `${name} ${count}`;
  };
  give(USER, `the ${typeName(USER)}`);
  give(OBJECT, `the ${typeName(OBJECT)}`);
  for (const { shape, object, user } of way.tuples) {
    if (user === WILDCARD || names[user] !== undefined || user === object) continue;
    const { type, relation } = readShape(shape);
    const noun = book.nouns[`${type}#${relation}`];
    give(user, noun === undefined ? `the ${typeName(user)}` : `${names[object] ?? `the ${type}`}'s ${noun}`);
  }
  for (const i of way.types.keys()) if (names[i] === undefined) give(i, `the ${typeName(i)}`);
  return names;
}

/** Whether a tuple is said by the name of its user: "the note's org". */
function isNaming(
  { shape, object, user }: TuplePattern, way: Way, names: readonly string[], book: Phrasebook,
): boolean {
  const { type, relation } = readShape(shape);
  const noun = book.nouns[`${type}#${relation}`];
  if (noun === undefined || user <= OBJECT || way.types.length <= user) return false;
  return names[user]!.startsWith(`${names[object]}'s ${noun}`);
}

function pairOf(
  first: TuplePattern, second: TuplePattern, book: Phrasebook,
): { readonly text: string; readonly user: number } | undefined {
  const isSame = second.object === first.object && second.user === first.user;
  const isChain = second.object === first.user;
  if (!isSame && !isChain) return undefined;
  const [one, other] = [first, second].map(({ shape }) => placeOf(shape));
  const text = book.pairs[`${one} & ${other}`] ?? (isSame ? book.pairs[`${other} & ${one}`] : undefined)
    ?? (isChain ? book.pairs[`* & ${other}`]?.replaceAll("{relation}", wordFor(readShape(first.shape).relation, book))
      : undefined);
  return text === undefined ? undefined : { text, user: second.user };
}

function wordFor(relation: string, { relation: word }: Phrasebook): string {
  return `\`${word?.(relation) ?? relation}\``;
}

function placeOf(shape: string): string {
  const { type, relation } = readShape(shape);
  return `${type}#${relation}`;
}

function factOf({ shape }: TuplePattern, book: Phrasebook): string {
  const { type, relation, userType, userRelation, condition } = readShape(shape);
  const under = condition === "" ? "" : `, while \`${condition}\` is met`;
  const fact = book.facts[`${type}#${relation}`] ?? book.facts[`${type}#*@${userType}`];
  if (fact !== undefined) return `${fact.replaceAll("{relation}", wordFor(relation, book))}${under}`;
  const user = userRelation === "*" ? "everybody" : userRelation === "" ? "{user}" : `\`${userRelation}\` of {user}`;
  return `{object} has \`${relation}\` for ${user}${under}`;
}

function fill(text: string, names: readonly string[], { object }: TuplePattern, user: number): string {
  return text.replaceAll("{user}", names[user] ?? "everybody").replaceAll("{object}", names[object]!);
}
