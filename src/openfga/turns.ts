// Long work cut into turns of the event loop, so that requests are answered in between.

/** Steps of one turn: changes of the feed that are sorted, or applied, before others have their turn. */
export const STEPS_PER_TURN = 2_000;

/** Resolves in a later turn of the event loop, after the requests that wait. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Runs a generator to its end; each `yield` ends a turn. */
export async function inTurns<T>(work: Generator<void, T>): Promise<T> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) return step.value;
    await nextTurn();
  }
}

/** Runs a generator to its end in this turn. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value;
}
