// The port by which a store looks up the events behind its tuples.
import type { TupleKey } from "../tuples/tuple.ts";

/** An event that wrote or deleted a tuple. Facts that the store lacks are null; times are RFC 3339. */
export interface TupleEvent {
  readonly type: string;
  /** Null for the system's own event. */
  readonly actor: string | null;
  readonly source: string | null;
  readonly id: string | null;
  /** When it happened (S13). */
  readonly time: string | null;
  /** Place in the order of its org. */
  readonly revision: number | null;
}

/** Looks up the events behind tuples. */
export interface TupleOrigins {
  /** Returns the event that wrote a stored tuple; undefined if that is not known. */
  readonly writtenBy: (key: TupleKey) => TupleEvent | undefined;
  /** Returns the event that deleted a tuple; undefined if that is not known. */
  readonly endedBy: (key: TupleKey) => TupleEvent | undefined;
}
