// The order of the ways to a yes: fewest tuples first, then the changes that reach least, then as the model has them.
import { printTuple, typeOf, type TupleKey } from "../tuples/tuple.ts";

/** The tuples of a way to a yes that would have to be written, and those that would have to go. */
interface Changes {
  readonly absent: readonly TupleKey[];
  readonly against?: readonly TupleKey[];
}

/**
 * Returns how far some changes reach: 0 for rows, teams, notes and the like, 1 for the hats and roles of a member, 2
 * for the keys of a role, which all who have it get, 3 for the platform.
 *
 * @example
 * breadthOf([{ object: "role:fc/owner", relation: "holder", user: "user:ann" }]) // 1
 */
export function breadthOf(changed: readonly TupleKey[]): number {
  return Math.max(0, ...changed.map(breadthOfTuple));
}

function breadthOfTuple({ object, relation, user }: TupleKey): number {
  const type = typeOf(object);
  if (type === "platform") return 3;
  if (type === "org" || type === "role") {
    const isKey = type === "org" ? user.startsWith("role:") : user.endsWith("#coach");
    // A new role has no other holders.
    return isKey && !/^role:new\b/.test(type === "org" ? user : object) ? 2 : relation === "row_holder" ? 0 : 1;
  }
  return 0;
}

/**
 * Sorts ways to a yes: by the number of tuples to change; then by how far the change reaches (`breadthOf`): making
 * somebody a superadmin is the last thing to try; then by `placeOf`, the place of the way in the model; then by their
 * tuples. So the order does not depend on the order in which a store read its tuples.
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
    const rank = [changed.length, breadthOf(changed), placeOf(way)];
    return { way, rank, text: changed.map(printTuple).sort().join(" ") };
  });
  return keyed.toSorted((a, b) => differenceOf(a.rank, b.rank) || (a.text < b.text ? -1 : 1)).map(({ way }) => way);
}

function differenceOf(a: readonly number[], b: readonly number[]): number {
  return a.map((value, i) => value - b[i]!).find((difference) => difference !== 0) ?? 0;
}
