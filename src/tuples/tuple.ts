// The tuple: one fact, "user has relation to object". Tuples are the only state Sideline keeps.

/** Key of a tuple. `object` is `type:id`; `user` is `type:id`, `type:id#relation` or `type:*`. */
export interface TupleKey {
  readonly object: string;
  readonly relation: string;
  readonly user: string;
}

/**
 * A condition bound to a tuple: its name in the model and the stored context (JSON values). For the name `$expression`
 * the context is `{ expression, parameters? }`: CEL text, and the types of the parameters that a request supplies.
 */
export interface TupleCondition {
  readonly name: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** A tuple as stored and as sent over OpenFGA's API. */
export interface Tuple extends TupleKey {
  readonly condition?: TupleCondition;
}

/**
 * Prints `object#relation@user`, unique per key: the form used in messages, logs and deltas.
 *
 * @example printTuple({ object: "document:1", relation: "viewer", user: "user:ann" }) // "document:1#viewer@user:ann"
 */
export function printTuple(t: TupleKey): string {
  return `${t.object}#${t.relation}@${t.user}`;
}

/**
 * Returns the type of an object or user: the part before the first `:`.
 *
 * @example typeOf("document:1") // "document"
 */
export function typeOf(entity: string): string {
  const colon = entity.indexOf(":");
  return colon < 0 ? "" : entity.slice(0, colon);
}

/**
 * Returns the id of an object: the part after the first `:`.
 *
 * @example idOf("document:1") // "1"
 */
export function idOf(entity: string): string {
  return entity.slice(entity.indexOf(":") + 1);
}
