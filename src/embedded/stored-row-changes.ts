// The net changes of a group of deltas to the embedded store's tables: rows to add and remove, and rows of the log.
import { sizeOf, type Delta } from "../tuples/delta.ts";
import { hashKey, withCondition } from "./row-index.ts";
import { encodeKey, encodeTuple, textOfKey } from "./row-text.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";
import { printTuple, type Tuple, type TupleKey } from "../tuples/tuple.ts";

/** A tuple with the values that the tables and the index need. `sum` is its term in the sum of all tuples' hashes. */
export interface NewRow {
  readonly hash: number;
  readonly sum: number;
  readonly body: string;
}

/** A row of the tables, found by its key. */
export interface FoundRow {
  readonly id: number;
  /** When the row was written, in milliseconds since 1970. */
  readonly at: number;
  readonly hash: number;
  readonly tuple: Tuple;
}

/** A delta of a commit. `more`: its event has further deltas, in this commit or a later one. */
export interface Part extends Delta {
  readonly more?: boolean;
}

/** The net effect of deltas applied in order: each applies to the state after the ones before it. */
export class NetRows {
  /** Rows to remove, by their id. */
  readonly removed = new Map<number, FoundRow>();
  /** Body of the log row of each delta, in order. */
  readonly log: string[] = [];
  /** Number of events that have all of their deltas, including these. */
  events: number;
  readonly #added = new Map<string, NewRow>();
  readonly #seed: number;
  readonly #find: (key: TupleKey, hash: number) => FoundRow | undefined;

  /**
   * `find` looks a key up in the tables as they are before the group; `seed` is the seed of the database's hashes;
   * `events` is the number of events before the group.
   */
  constructor(seed: number, events: number, find: (key: TupleKey, hash: number) => FoundRow | undefined) {
    this.#seed = seed;
    this.events = events;
    this.#find = find;
  }

  /** Rows to add, in the order in which they are inserted. */
  get added(): readonly NewRow[] {
    return [...this.#added.values()];
  }

  /**
   * Adds one delta. Returns a tuple that is not as the delta expects, if any: then the group cannot be written. Throws
   * if a key occurs twice in the delta, or if the delta is too large.
   */
  apply(delta: Part): TupleKey | undefined {
    const size = sizeOf(delta);
    if (size > MAX_TUPLES_PER_DELTA) {
      throw new Error(`a delta holds ${MAX_TUPLES_PER_DELTA} tuples at most, not ${size}`);
    }
    const said = new Set<string>();
    let conflict: TupleKey | undefined;
    for (const key of delta.deletes) if (!this.#remove(key, once(said, key))) conflict ??= key;
    const bodies = delta.writes.map((tuple) => {
      const row = this.#add(tuple, once(said, tuple));
      if (row === undefined) conflict ??= tuple;
      return row?.body;
    });
    if (delta.more !== true) this.events++;
    this.log.push(`[[${delta.deletes.map(encodeKey).join(",")}],[${bodies.join(",")}],${this.events}]`);
    return conflict;
  }

  #remove(key: TupleKey, text: string): boolean {
    if (this.#added.delete(text)) return true;
    const found = this.#find(key, hashKey(this.#seed, key));
    if (found === undefined || this.removed.has(found.id)) return false;
    this.removed.set(found.id, found);
    return true;
  }

  #add(tuple: Tuple, text: string): NewRow | undefined {
    if (this.#added.has(text)) return undefined;
    const hash = hashKey(this.#seed, tuple);
    const found = this.#find(tuple, hash);
    if (found !== undefined && !this.removed.has(found.id)) return undefined;
    const row = { hash, sum: withCondition(hash, tuple), body: encodeTuple(tuple) };
    this.#added.set(text, row);
    return row;
  }
}

/** Returns the text of a key. Throws if the key already occurred in its delta. */
function once(said: Set<string>, key: TupleKey): string {
  const text = textOfKey(key);
  if (said.size === said.add(text).size) throw new Error(`twice in one delta: ${printTuple(key)}`);
  return text;
}
