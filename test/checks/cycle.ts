// A cycle that is too deep on one path and not on another, for the evaluator and for OpenFGA.
import { tuple, World } from "./world.ts";

/**
 * A cycle of two groups, one of which leads to a chain of 12 hops. The document's relation `a` reaches the cycle after
 * 15 hops, too late for the chain, and its relation `b` after one.
 */
export function cycleAtTwoDepths(): World {
  const world = new World(`
type user
type group
  relations
    define member: [user, group#guest]
    define guest: [group#member]
type doc
  relations
    define a: [group#member]
    define b: [group#member]
    define deep_first: a and b
    define deep_last: b and a
    define either: a or b
`, "group:k#member@group:k2#guest", "group:k2#guest@group:k#member", "group:elsewhere#member@user:anne");
  const chain = (from: string, hops: number, to?: string): void => {
    for (let hop = 0; hop < hops; hop++) {
      const [here, next] = [hop === 0 ? from : `${from}-${hop}`, hop === hops - 1 && to ? to : `${from}-${hop + 1}`];
      world.tuples.add(tuple(hop % 2 === 0 ? `group:${here}#member@group:${next}#guest`
        : `group:${here}#guest@group:${next}#member`));
    }
  };
  chain("k", 12);
  chain("far", 14, "k");
  for (const link of ["doc:1#a@group:far#member", "doc:1#b@group:k#member"]) world.tuples.add(tuple(link));
  return world;
}
