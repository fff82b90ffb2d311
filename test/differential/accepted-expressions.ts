// Differences between expressions here and on OpenFGA that are accepted; docs/api.md names each.

/** A difference: what was asked, and the two answers. */
interface Difference {
  readonly asked: string;
  readonly ours: string;
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
  // OpenFGA takes two lists for equal when one has an address where the other has something else.
  { name: "address in a list",
    applies: ({ asked, ours }) => ours === "validation_error" && /addr|ipaddress/.test(asked) },
];

/** The class that a difference belongs to, or undefined: then it is a fault. */
export function acceptedClass(difference: Difference): string | undefined {
  return CLASSES.find(({ applies }) => applies(difference))?.name;
}
