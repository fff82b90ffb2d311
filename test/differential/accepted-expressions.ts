// Accepted differences between expressions here and on OpenFGA; docs/api.md lists each.
import { ADDRESS_INSIDE } from "../../src/model/conditions/compare.ts";

/** A difference: the two answers, and the message here if it is an error. */
interface Difference {
  readonly ours: string;
  readonly why: string;
  readonly theirs: string;
}

/**
 * A class of differences, as listed in docs/api.md. Sideline refuses or reports an error; it never answers yes or no.
 */
interface Class {
  readonly name: string;
  readonly applies: (difference: Difference) => boolean;
}

const CLASSES: readonly Class[] = [
  // OpenFGA's server fails with status 500 if a constant map has bytes as a key.
  { name: "bytes as a key", applies: ({ ours, theirs }) => ours === "invalid_tuple" && theirs === "internal_error" },
  // OpenFGA treats two lists as equal if one has an address where the other has something else, in `==`, `!=` and `in`.
  { name: "address in a list",
    applies: ({ ours, why, theirs }) => ours === "validation_error" && why.endsWith(ADDRESS_INSIDE.message)
      && (theirs === "true" || theirs === "false") },
];

/** The class of a difference, or undefined for a fault. */
export function acceptedClass(difference: Difference): string | undefined {
  return CLASSES.find(({ applies }) => applies(difference))?.name;
}
