// Ways: the minimal patterns of tuples that give a relation, as plain data.

/** Number of the variable that stands for the user of the question. */
export const USER = 0;
/** Number of the variable that stands for the object of the question. */
export const OBJECT = 1;
/** Stands in place of a user's variable in a tuple of a wildcard, such as `user:*`. */
export const WILDCARD = -1;

/** One tuple of a pattern: its shape, and the variables in it. */
export interface TuplePattern {
  /**
   * `type#relation@user`, where the user is `user`, `user:*` or `role#holder`; with a condition `... with unexpired`.
   */
  readonly shape: string;
  /** Number of the object's variable. */
  readonly object: number;
  /** Number of the variable of the user, or of the object of a userset; WILDCARD for a wildcard. */
  readonly user: number;
}

/** A set of tuple patterns over typed variables. Numbers of variables are indexes of `types`. */
export interface Pattern {
  /** The type of each variable. */
  readonly types: readonly string[];
  readonly tuples: readonly TuplePattern[];
}

/** A subtraction that a way must avoid: the user has none of `ways` on the object. */
export interface Negation {
  /** The relation and the subtracted definition: `note#unflagged_reader but not linked_ever from athlete`. */
  readonly name: string;
  /** Number of the variable of the object on which the definition is evaluated. */
  readonly object: number;
  readonly ways: readonly Way[];
}

/**
 * One minimal pattern of tuples that gives a relation: the user of variable 0 has it on the object of variable 1
 * whenever all tuples of the pattern exist, and no negation holds. A tuple under a condition counts while the condition
 * is met.
 */
export interface Way extends Pattern {
  readonly negations: readonly Negation[];
  /** The relations that the way passes through, as `type#relation`, from the question down. */
  readonly lines: readonly string[];
}

/** The parts of a shape. `userRelation` is empty for a plain user and `*` for a wildcard. */
export interface Shape {
  readonly type: string;
  readonly relation: string;
  readonly userType: string;
  readonly userRelation: string;
  /** Name of the condition, or empty. */
  readonly condition: string;
}

/** Prints a shape as it stands in a TuplePattern. */
export function printShape({ type, relation, userType, userRelation, condition }: Shape): string {
  const user = userRelation === "" ? userType : userRelation === "*" ? `${userType}:*` : `${userType}#${userRelation}`;
  return `${type}#${relation}@${user}${condition === "" ? "" : ` with ${condition}`}`;
}

const shapes = new Map<string, Shape>();

/** Returns the parts of a printed shape. Throws if the text is none. */
export function readShape(text: string): Shape {
  const known = shapes.get(text);
  if (known !== undefined) return known;
  const found = /^([^#@:]+)#([^#@]+)@([^#@: ]+)(:\*|#[^ ]+)?(?: with (.+))?$/.exec(text);
  if (found === null) throw new Error(`'${text}' is not the shape of a tuple`);
  const [, type = "", relation = "", userType = "", kind = "", condition = ""] = found;
  const shape = { type, relation, userType, userRelation: kind === ":*" ? "*" : kind.slice(1), condition };
  shapes.set(text, shape);
  return shape;
}

/** Returns the number of a tuple's endpoints and shape as one text, equal for equal tuples. */
function tupleKey({ shape, object, user }: TuplePattern): string {
  return `${shape} ${object} ${user}`;
}

/** Returns a tuple with its variables renamed by a list of new numbers. */
export function renamedTuple({ shape, object, user }: TuplePattern, to: readonly number[]): TuplePattern {
  return { shape, object: to[object]!, user: user === WILDCARD ? WILDCARD : to[user]! };
}

/** Returns tuples without repetitions, in the order of their first occurrence. */
export function distinctTuples(tuples: readonly TuplePattern[]): TuplePattern[] {
  return [...new Map(tuples.map((tuple) => [tupleKey(tuple), tuple])).values()];
}

/**
 * Whether two tuples have the same key under different conditions. A store holds at most one of them, so a pattern with
 * both never matches.
 */
export function hasConflict(tuples: readonly TuplePattern[]): boolean {
  const conditional = tuples.some(({ shape }) => shape.includes(" with "));
  if (!conditional) return false;
  const keys = new Set(tuples.map(({ shape, object, user }) =>
    `${shape.replace(/ with .*$/, "")} ${object} ${user}`));
  return keys.size < tuples.length;
}
