// The order of the ways to a yes: fewest tuples first, those that change the platform last, then as the model has them.
import { THE_PLATFORM } from "../domain/object-names.ts";
import { printTuple, typeOf, type TupleKey } from "../tuples/tuple.ts";

/** The tuples of a way to a yes that would have to be written, and those that would have to go. */
interface Changes {
  readonly absent: readonly TupleKey[];
  readonly against?: readonly TupleKey[];
}

/**
 * Sorts ways to a yes: by the number of tuples to change; then those that change nothing of the platform first, since
 * making somebody a superadmin or a platform admin is the last thing to try; then by `placeOf`, the place of the way in
 * the model; then by their tuples. So the order does not depend on the order in which a store read its tuples.
 *
 * @example
 * const write = (object, relation) => ({ absent: [{ object, relation, user: "user:ann" }] });
 * const ways = [write("platform:main", "superadmin"), write("org:fc", "admin_hat"), write("note:n1", "author")];
 * const sorted = inOrder(ways, (way) => (way === ways[2] ? 1 : 2));
 * sorted.map(({ absent }) => absent[0].object) // ["note:n1", "org:fc", "platform:main"]
 */
export function inOrder<Way extends Changes>(ways: readonly Way[], placeOf: (way: Way) => number): Way[] {
  const keyed = ways.map((way) => {
    const { absent, against = [] } = way;
    const changed = [...absent, ...against];
    const isOfPlatform = changed.some(({ object }) => typeOf(object) === typeOf(THE_PLATFORM));
    const rank = [changed.length, isOfPlatform ? 1 : 0, placeOf(way)];
    return { way, rank, text: changed.map(printTuple).sort().join(" ") };
  });
  return keyed.toSorted((a, b) => differenceOf(a.rank, b.rank) || (a.text < b.text ? -1 : 1)).map(({ way }) => way);
}

function differenceOf(a: readonly number[], b: readonly number[]): number {
  return a.map((value, i) => value - b[i]!).find((difference) => difference !== 0) ?? 0;
}
