// An explanation: the minimal proofs of a yes, or the smallest ways from a no to a yes.
import type { Phrasebook } from "../analysis/way-words.ts";
import type { Failure } from "../checks/question.ts";
import type { Tuple } from "../tuples/tuple.ts";
import type { FixedFacts } from "./fixed-facts.ts";

/** One minimal proof: no tuple of it can be left out. */
export interface Reason {
  /** Numbers of the rules of the lines that the proof passes through. */
  readonly rules: readonly string[];
  readonly text: string;
  readonly tuples: readonly Tuple[];
}

/** One smallest way to a yes: no part of `absent` suffices. */
export interface Missing {
  readonly rules: readonly string[];
  readonly text: string;
  /** The tuples of the way that exist. */
  readonly present: readonly Tuple[];
  /** Those that do not, or whose condition is not met. Objects that would be new are named `new`. */
  readonly absent: readonly Tuple[];
  /** Tuples that would have to go, because a `but not` subtracts by them; absent if there are none. */
  readonly against?: readonly Tuple[];
}

/** An explanation. `truncated`: there may be more reasons, or more ways to a yes. */
export type Explanation =
  | { readonly allowed: true; readonly reasons: readonly Reason[]; readonly truncated?: true }
  | { readonly allowed: false; readonly missing: readonly Missing[]; readonly truncated?: true }
  | { readonly error: Failure };

/** Knowledge about a model in addition to its definitions. */
export interface ModelNotes {
  /** Rule numbers by `type#relation`; see `readRuleIndex`. */
  readonly rules: ReadonlyMap<string, readonly string[]>;
  readonly phrases: Phrasebook;
  readonly facts: FixedFacts;
}
