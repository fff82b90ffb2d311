// Completes an answer that is computed in parts.

/** Runs a piece of work to its end. */
export function whole<T>(parts: Iterator<unknown, T>): T {
  for (;;) {
    const part = parts.next();
    if (part.done === true) return part.value;
  }
}
