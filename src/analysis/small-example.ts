// Makes an example small: fewer objects and fewer tuples, as long as it remains an example.
import { isPossible, merged, withoutTuple, type World } from "./tuple-world.ts";

/**
 * Returns a world from which no tuple can be dropped and in which no two constants can be made one without `isExample`
 * becoming false. Tries the tuples first.
 */
export function smallExample(world: World, isExample: (world: World) => boolean): World {
  for (let current = world; ;) {
    const next = smallerWorlds(current).find((each) => isPossible(each) && isExample(each));
    if (next === undefined) return current;
    current = next;
  }
}

function smallerWorlds(world: World): World[] {
  const fewer = world.tuples.map((tuple) => withoutTuple(world, tuple));
  const pairs = world.types.flatMap((type, a) => world.types.flatMap((other, b) => (
    a < b && type === other && !(a === world.user && b === world.object) ? [[a, b] as const] : [])));
  return [...fewer, ...pairs.map(([a, b]) => merged(world, a, b))];
}
