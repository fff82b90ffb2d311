// An independent checker of proofs: matches the tuples of a proof to one printed way of the model's text.
import { listWays } from "../../src/analysis/list-ways.ts";
import { compileModel } from "../../src/model/compile.ts";

/** A question, and the tuples said to prove its yes, in the form of the answer to `POST /explain`. */
export interface Claimed {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
  readonly tuples: ReadonlyArray<{
    readonly user: string; readonly relation: string; readonly object: string;
    readonly condition?: { readonly name: string } | undefined;
  }>;
}

interface PrintedWay {
  readonly user: string;
  readonly object: string;
  readonly tuples: readonly string[];
}

/** Names by variable. */
type Names = Readonly<Record<string, string>>;

const TUPLE = /^(.+?)#([^#@]+)@([^# ]+)(#\S+)?(?: with (\S+))?$/;

/** Returns a checker of the proofs of one model; `text` is its DSL. */
export function proofChecker(text: string): (claimed: Claimed) => boolean {
  const model = compileModel(text);
  const ways = new Map<string, readonly PrintedWay[]>();
  return (claimed) => {
    const place = `${claimed.object.split(":")[0]}#${claimed.relation}`;
    if (!ways.has(place)) {
      const found = listWays(model, place);
      ways.set(place, "fault" in found ? [] : found.ways);
    }
    return ways.get(place)!.some((way) => fits(way, claimed));
  };
}

/** Whether names for the variables of a way make its tuples exactly those of the claim. */
function fits(way: PrintedWay, { user, object, tuples }: Claimed): boolean {
  if (typeOf(way.user) !== typeOf(user) || way.tuples.length < tuples.length) return false;
  const given = new Set(tuples.map(print));
  return search(way.tuples, { [way.user]: user, [way.object]: object }, given, new Set());
}

function search(rest: readonly string[], names: Names, given: ReadonlySet<string>, used: ReadonlySet<string>): boolean {
  const [pattern, ...others] = rest;
  if (pattern === undefined) return used.size === given.size;
  for (const tuple of given) {
    const next = bind(pattern, tuple, names);
    if (next !== undefined && search(others, next, given, new Set([...used, tuple]))) return true;
  }
  return false;
}

/** Returns the names with those that make a pattern a tuple, or undefined. */
function bind(pattern: string, tuple: string, names: Names): Names | undefined {
  const [, object = "", relation, user = "", userset, condition] = TUPLE.exec(pattern)!;
  const [, itsObject = "", itsRelation, itsUser = "", itsUserset, itsCondition] = TUPLE.exec(tuple)!;
  if (relation !== itsRelation || userset !== itsUserset || condition !== itsCondition) return undefined;
  if (typeOf(object) !== typeOf(itsObject) || (names[object] ?? itsObject) !== itsObject) return undefined;
  const known: Names = { ...names, [object]: itsObject };
  if (user.endsWith(":*")) return user === itsUser ? known : undefined;
  if (typeOf(user) !== typeOf(itsUser) || (known[user] ?? itsUser) !== itsUser) return undefined;
  return { ...known, [user]: itsUser };
}

function print({ user, relation, object, condition }: Claimed["tuples"][number]): string {
  return `${object}#${relation}@${user}${condition === undefined ? "" : ` with ${condition.name}`}`;
}

function typeOf(name: string): string {
  return name.slice(0, name.indexOf(":"));
}
