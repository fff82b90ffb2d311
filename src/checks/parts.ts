// Work in parts: it yields where it may rest, so that a caller can let others have their turn in between.

/** A piece of work whose parts are bounded in the steps they take. End one that is given up by `return`. */
export type Parts<T> = Generator<undefined, T>;

/** Runs a piece of work to its end at once. */
export function endOf<T>(work: Parts<T>): T {
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
  }
}
