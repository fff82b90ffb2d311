// The sentence of a reason: its way in words, with ids for names.
import { sentencesOf, type Phrasebook } from "../analysis/way-words.ts";
import { distinctTuples, readShape, renamedTuple, type TuplePattern, type Way } from "../analysis/way.ts";
import { keyOfRelation } from "../policy/permission-keys.ts";
import { HATS } from "../policy/seeded-roles.ts";
import { PHRASES } from "./policy-phrases.ts";

/** Sentences for tuples that stand alone in a reason, or that a name says elsewhere. */
const SINGLE: Phrasebook["facts"] = {
  ...Object.fromEntries(Object.entries(PHRASES.nouns)
    .map(([place, noun]) => [place, `{user} is the ${noun} of {object}`])),
  ...Object.fromEntries(HATS.map((hat) =>
    [`org#${hat}_hat`, `{user} wears the ${hat} hat in {object}`])),
  "role#row_holder": "{user} holds {object} on a row",
};

/** The words of the policy for reasons. */
export const REASON_PHRASES: Phrasebook = {
  ...PHRASES, facts: { ...SINGLE, ...PHRASES.facts }, relation: (name) => keyOfRelation(name) ?? name,
  // Somebody may keep a hat who is no longer an active member.
  missingPairs: Object.fromEntries(HATS.map((hat) =>
    [`org#member & org#${hat}_hat`, `{user} is an active member of {object} with the ${hat} hat`])),
};

/** A book without words: tuples are printed as they are stored. */
export const NO_PHRASES: Phrasebook = { nouns: {}, facts: {}, pairs: {}, types: {}, negations: {} };

/** The question that a reason answers. */
export interface AskedFor {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}

/** Returns the sentence of a proof. */
export function proofText(
  { user, relation, object }: AskedFor, way: Way, names: readonly string[], book: Phrasebook,
): string {
  const isNamed = ({ shape }: TuplePattern): boolean => nounOf(shape, book) !== undefined;
  const unified = unifiedWay(way, names);
  const said = sentencesOf(unified, names, book, isNamed);
  const all = said.length > 0 ? said : sentencesOf(unified, names, book, () => false);
  return `${user} has ${relation} on ${object} because ${listOf(all)}.`;
}

/** Returns a way in which variables with the same name are one. */
export function unifiedWay(way: Way, names: readonly string[]): Way {
  const to = names.map((name) => names.indexOf(name));
  return {
    ...way, tuples: distinctTuples(way.tuples.map((tuple) => renamedTuple(tuple, to))),
    negations: way.negations.map((each) => ({ ...each, object: to[each.object]! })),
  };
}

function nounOf(shape: string, { nouns }: Phrasebook): string | undefined {
  const { type, relation } = readShape(shape);
  return nouns[`${type}#${relation}`];
}

/** Returns an English list of parts. */
export function listOf(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)!}`;
}
