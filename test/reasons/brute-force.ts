// Every smallest set of tuples that turns a no into a yes, found by trying all sets: the slow judge of the search.
import { check } from "../../src/checks/evaluate.ts";
import { POLICY_FACTS } from "../../src/reasons/fixed-facts.ts";
import { listWays } from "../../src/analysis/list-ways.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple, typeOf, type Tuple } from "../../src/tuples/tuple.ts";
import { MODEL } from "../world/policy.ts";
import type { Question } from "./questions.ts";

const NEW = "new";
const { once, deleted, owned, isGiven, alone, areNamed, isMixed } = POLICY_FACTS;

/** A kind of tuple that some way of the relation has. */
interface Shape {
  readonly place: string;
  readonly userType: string;
  readonly suffix: string;
}

/**
 * Returns the sets of at most `most` tuples, each printed and sorted, that the world and the fixed facts of the policy
 * allow, that make the answer yes, and of which no part does. Entities are those of the world, and one new object of
 * each type. Leaves out sets in which a new object could take the place of an existing one.
 */
export function bruteSets(tuples: TupleSet, question: Question, most: number): string[][] {
  const candidates = candidatesOf(tuples, question);
  const asks = (added: readonly Tuple[]): boolean => {
    const answer = check(MODEL, tuples, { ...question, contextualTuples: added });
    return "allowed" in answer && answer.allowed;
  };
  const found: Tuple[][] = [];
  const grow = (set: readonly Tuple[], from: number, size: number): void => {
    if (set.length === size) {
      if (isAllowed(tuples, set) && asks(set)) found.push([...set]);
      return;
    }
    for (let i = from; i < candidates.length; i++) {
      const next = [...set, candidates[i]!];
      if (!found.some((known) => known.every((each) => next.includes(each)))) grow(next, i + 1, size);
    }
  };
  for (let size = 1; size <= most; size++) grow([], 0, size);
  return found.filter((set) => !isReplaceable(tuples, set, question, asks)).map((set) => set.map(printTuple).sort());
}

/** Returns each absent tuple of a kind that matters. */
function candidatesOf(tuples: TupleSet, { user, relation, object }: Question): Tuple[] {
  const entities = new Map<string, Set<string>>();
  const note = (name: string): void => {
    const plain = name.replace(/#.*$/, "");
    const type = typeOf(plain);
    if (!plain.endsWith(":*")) entities.set(type, (entities.get(type) ?? new Set<string>()).add(plain));
  };
  for (const tuple of tuples.read({})) {
    note(tuple.object);
    note(tuple.user);
  }
  note(object);
  const of = (type: string): string[] => {
    if (type === "user") return [user];
    const known = [...entities.get(type) ?? []];
    return alone.has(type) && known.length > 0 ? known : [...known, `${type}:${NEW}`];
  };
  return shapesOf(`${typeOf(object)}#${relation}`).flatMap((shape) => of(shape.place.split("#")[0]!).flatMap((from) => {
    const to = shape.suffix === ":*" ? [`${shape.userType}:*`] : of(shape.userType).map((name) => name + shape.suffix);
    return to.map((name) => ({ object: from, relation: shape.place.split("#")[1]!, user: name }));
  }).filter((tuple) => !isGiven(shape) && !tuples.has(tuple.object, tuple.relation, tuple.user)
    && !(areNamed(shape) && isMixed(tuple.object, tuple.user.replace(/#.*$/, "")))));
}

function shapesOf(place: string): Shape[] {
  const list = listWays(MODEL, place);
  if ("fault" in list) throw new Error(list.fault);
  const found = new Map<string, Shape>();
  for (const way of list.ways) {
    for (const tuple of way.tuples.filter((text) => !text.includes(" with "))) {
      const [, type = "", relation = "", userType = "", suffix = ""] =
        /^(\w+):\w+#(\w+)@(\w+):(?:\w+|(?=\*))(:?\*|#\w+)?$/.exec(tuple)!;
      const shape = { place: `${type}#${relation}`, userType, suffix: suffix === "*" ? ":*" : suffix };
      found.set(JSON.stringify(shape), shape);
    }
  }
  return [...found.values()];
}

/** Whether the fixed facts allow a set in addition to the world. */
function isAllowed(tuples: TupleSet, set: readonly Tuple[]): boolean {
  const facts = new Map<string, string>();
  return set.every((tuple) => {
    const { object, relation, user } = tuple;
    const place = `${typeOf(object)}#${relation}`;
    if (once.has(place)) {
      const exists = [...tuples.read({ object })].length > 0;
      if (deleted.has(place) ? tuples.users(object, relation).length > 0 : exists) return false;
      if (set.some((other) => other !== tuple && other.object === object && other.relation === relation)) return false;
    }
    const fact = owned.get(place);
    if (fact === undefined) return true;
    const [owner, value] = fact.of === "object" ? [object, user] : [user, object];
    const known = tuples.users(owner, fact.relation)[0] ?? facts.get(`${owner} ${fact.relation}`) ?? value;
    facts.set(`${owner} ${fact.relation}`, known);
    return known === value;
  });
}

/** Whether an existing object stands in a set only by name: a new one in its place gives the same yes. */
function isReplaceable(
  tuples: TupleSet, set: readonly Tuple[], { user, object }: Question, asks: (added: readonly Tuple[]) => boolean,
): boolean {
  const names = new Set(set.flatMap((tuple) => [tuple.object, tuple.user.replace(/#.*$/, "")]));
  return [...names].some((name) => {
    if (name === user || name === object || name.endsWith(":*") || name.endsWith(`:${NEW}`)) return false;
    const fresh = `${typeOf(name)}:fresh`;
    const renamed = (text: string): string => (text.replace(/#.*$/, "") === name ? text.replace(name, fresh) : text);
    const changed = set.map((each) => ({ ...each, object: renamed(each.object), user: renamed(each.user) }));
    return isAllowed(tuples, changed) && asks(changed);
  });
}
