// Work in parts: it yields where it may rest, so that the caller can run other work in between.

/** A piece of work in parts of bounded length, in steps. Call `return` to abandon it. */
export type Parts<T> = Generator<undefined, T>;

/** Runs a piece of work to its end without a rest. */
export function endOf<T>(work: Parts<T>): T {
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
  }
}
