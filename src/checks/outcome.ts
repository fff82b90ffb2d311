// The outcomes of evaluating a relation: yes, no, no because of a cycle, and an error.

export const DENIED = 0;
export const GRANTED = 1;
/** Denied because the path leads back to itself. It also denies as the subtracted side of an exclusion. */
export const CYCLE = 2;
export const FAULT = 3;
export type Outcome = typeof DENIED | typeof GRANTED | typeof CYCLE | typeof FAULT;

/** Returns the outcome of a union of two operands that are not granted: a fault before a cycle before a plain no. */
export function worse(a: Outcome, b: Outcome): Outcome {
  return a > b ? a : b;
}
