// The answer of explain as the client returns it.

/** An event behind a tuple. Null: the store does not know it. */
export interface TupleEvent {
  readonly type: string;
  /** Null for the system's own event. */
  readonly actor: string | null;
  readonly source: string | null;
  readonly id: string | null;
  /** When it happened, in RFC 3339. */
  readonly time: string | null;
  /** Place in the order of its org. */
  readonly revision: number | null;
}

/** A tuple of an explanation. */
export interface ExplainedTuple {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
  readonly condition?: { readonly name: string; readonly context: object };
  /** The event that wrote it; null where that is not known. Only of a tuple that exists. */
  readonly since?: TupleEvent | null;
  /** The event that deleted it, where that is known. Only of a tuple that does not exist. */
  readonly ended?: TupleEvent;
}

/** One minimal proof of a yes: no tuple of it can be left out. */
export interface Reason {
  /** Numbers of the rules of the policy, such as `NP5`. */
  readonly rules: readonly string[];
  /** One sentence, with ids for names. */
  readonly text: string;
  readonly tuples: readonly ExplainedTuple[];
}

/** One smallest way from a no to a yes: no part of `absent` suffices. */
export interface MissingWay {
  readonly rules: readonly string[];
  readonly text: string;
  readonly present: readonly ExplainedTuple[];
  /** Objects that would be new are named `new`. */
  readonly absent: readonly ExplainedTuple[];
  /** Tuples that take the access away, and would have to go. */
  readonly against?: readonly ExplainedTuple[];
  /** The events that bring it about, in order, and who may send each; empty where none can. */
  readonly events: ReadonlyArray<{ readonly type: string; readonly data: object; readonly who: string }>;
}

/** Why an answer is yes, or what is missing for one. `truncated`: there may be more. */
export type Explanation =
  | { readonly allowed: true; readonly token: string; readonly reasons: readonly Reason[]; readonly truncated?: true }
  | {
    readonly allowed: false; readonly token: string; readonly missing: readonly MissingWay[]; readonly truncated?: true;
  };
