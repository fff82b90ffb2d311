// Counts the work done on a world, by any caller, in the steps that limit a turn of the event loop.
import { countedView } from "../../src/domain/counted-view.ts";
import type { LiveView } from "../../src/domain/state-view.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import type { World } from "../world/world.ts";

/** Counts look-ups and changes of a world's tuples from now on, and questions to the view that it returns. */
export function counting(world: World): { readonly view: LiveView; readonly steps: () => number } {
  const { tuples } = world;
  const real = Object.create(tuples) as TupleSet;
  const counter = countedView({ ...world.view, tuples: real });
  for (const call of ["add", "delete", "has", "get", "users", "objects", "read"] as const) {
    const original = tuples[call].bind(tuples) as (...given: never[]) => unknown;
    Object.assign(real, { [call]: original });
    Object.assign(tuples, { [call]: counter.tuples[call].bind(counter.tuples) });
  }
  return { view: { tuples, allowed: counter.allowed }, steps: counter.steps };
}
