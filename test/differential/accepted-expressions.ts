// Differences between expressions here and on OpenFGA that are accepted; docs/api.md names each.
import { ADDRESS_INSIDE } from "../../src/model/conditions/compare.ts";

/** A difference: the two answers, and what the error here says, if it is one. */
interface Difference {
  readonly ours: string;
  readonly why: string;
  readonly theirs: string;
}

/** A class of differences, as docs/api.md lists them. Here it is always a refusal or an error, never a yes or a no. */
interface Class {
  readonly name: string;
  readonly applies: (difference: Difference) => boolean;
}

const CLASSES: readonly Class[] = [
  // OpenFGA's server fails with status 500 where a constant map has bytes as a key.
  { name: "bytes as a key", applies: ({ ours, theirs }) => ours === "invalid_tuple" && theirs === "internal_error" },
  // OpenFGA takes two lists for equal when one has an address where the other has something else: by `==`, `!=`, `in`.
  { name: "address in a list",
    applies: ({ ours, why, theirs }) => ours === "validation_error" && why.endsWith(ADDRESS_INSIDE.message)
      && (theirs === "true" || theirs === "false") },
];

/** The class that a difference belongs to, or undefined: then it is a fault. */
export function acceptedClass(difference: Difference): string | undefined {
  return CLASSES.find(({ applies }) => applies(difference))?.name;
}
