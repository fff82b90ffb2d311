// Words for the ways of a model: this package's own policy has its phrasebook, any other model has none.
import type { Phrasebook } from "../analysis/way-words.ts";
import type { Model } from "../model/rewrite.ts";
import { CHECKABLE } from "../policy/checkable.ts";
import { PHRASES } from "../reasons/policy-phrases.ts";
import { NO_PHRASES } from "../reasons/reason-text.ts";

/** Whether a model is a version of this package's policy: it has every relation that an app may check. */
export function isOwnPolicy(model: Model): boolean {
  return Object.entries(CHECKABLE).every(([type, relations]) =>
    relations.every((relation) => model.types.get(type)?.relations.has(relation)));
}

/** Returns the words for a model's tuples. */
export function phrasesOf(model: Model): Phrasebook {
  return isOwnPolicy(model) ? PHRASES : NO_PHRASES;
}
