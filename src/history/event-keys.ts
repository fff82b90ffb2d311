// The keys under which the index of a log has its events: org, users, objects and type.
import { user } from "../domain/object-names.ts";
import type { Tuples } from "../tuples/tuple-set.ts";
import type { HistoryFilter } from "./event-history.ts";
import { keyOfText } from "./key-hash.ts";
import { stepAt, type LogDelta, type LoggedStep, type ReadLog } from "./log-delta.ts";
import { concernedBy } from "./logged-event.ts";

/** Names the way in which keys are made. An index with other keys is made again. */
export const EVENT_KEYS_VERSION = "events 2";

/** Key of events that continue a write which the index has not seen: each question looks at them. */
export const UNKNOWN_KEY = 0;

/** Returns the key of the writes of an org's events that are not their last. `seed`, here and below: of the index. */
export function partKey(seed: number, org: string): number {
  return keyOf(seed, "part", org);
}

/** Returns the keys that every event has which a question asks for. */
export function keysOfFilter(seed: number, { org, user: who, object, type }: HistoryFilter): number[] {
  return [
    ...(org === undefined ? [] : [keyOf(seed, "org", org)]), ...(type === undefined ? [] : [keyOf(seed, "type", type)]),
    ...(who === undefined ? [] : [keyOf(seed, "concerned", user(who))]),
    ...(object === undefined ? [] : [keyOf(seed, "concerned", object)]),
  ];
}

function keyOf(seed: number, kind: string, value: string): number {
  return keyOfText(seed, `${kind} ${value}`);
}

/**
 * Makes the keys of a log's rows, which must come in order. An event stands at the row that completes it, with the keys
 * of all of its writes.
 */
export class EventKeys {
  readonly #log: ReadLog;
  readonly #tuples: Tuples;
  readonly #seed: number;
  /** Keys of the writes so far, for each org whose event needs further writes. */
  readonly #begun = new Map<string, Set<number>>();
  /** Number of the row before. */
  #last = 0;

  /** `tuples`: the present state, for the coaches of rows. `seed`: 32 secret bits, one per index. */
  constructor(log: ReadLog, tuples: Tuples, seed: number) {
    this.#log = log;
    this.#tuples = tuples;
    this.#seed = seed;
  }

  readonly of = (row: LogDelta): Iterable<number> => {
    // The index was dropped, and begins at another row.
    if (row.seq !== this.#last + 1) this.#begun.clear();
    this.#last = row.seq;
    const step = stepAt(this.#log, row);
    if (step === undefined) return [];
    const { org, begins, ends, marked } = step;
    if (begins && !ends) {
      this.#begun.set(org, this.#keysOf(step));
      return [partKey(this.#seed, org)];
    }
    const before = this.#begun.get(org);
    if (!ends && marked === undefined) {
      if (before !== undefined) for (const key of this.#keysOf(step)) before.add(key);
      return [partKey(this.#seed, org)];
    }
    this.#begun.delete(org);
    const keys = this.#keysOf(step);
    if (!ends) return keys;
    return before === undefined ? [UNKNOWN_KEY] : [...keys, ...before];
  };

  #keysOf(step: LoggedStep): Set<number> {
    const keys = new Set<number>();
    const seed = this.#seed;
    for (const name of concernedBy(step, this.#tuples)) keys.add(keyOf(seed, "concerned", name));
    if (step.marked === undefined) return keys;
    const { org, type, actor } = step.marked.record;
    if (actor !== undefined) keys.add(keyOf(seed, "concerned", user(actor)));
    return keys.add(keyOf(seed, "org", org)).add(keyOf(seed, "type", type));
  }
}
