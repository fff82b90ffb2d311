// The keys under which the index of a log has its events: org, users, objects and type.
import { crc32 } from "node:zlib";
import { user } from "../domain/object-names.ts";
import type { Tuples } from "../tuples/tuple-set.ts";
import type { HistoryFilter } from "./event-history.ts";
import { stepAt, type LogDelta, type LoggedStep, type ReadLog } from "./log-delta.ts";
import { concernedBy } from "./logged-event.ts";

/** Names the way in which keys are made. An index with other keys is made again. */
export const EVENT_KEYS_VERSION = "events 1";

/** Key of events that continue a write which the index has not seen: each question looks at them. */
export const UNKNOWN_KEY = keyOf("unknown", "");

/** Returns the key of the writes of an org's events that are not their last. */
export function partKey(org: string): number {
  return keyOf("part", org);
}

/** Returns the keys that every event has which a question asks for. */
export function keysOfFilter({ org, user: who, object, type }: HistoryFilter): number[] {
  return [
    ...(org === undefined ? [] : [keyOf("org", org)]), ...(type === undefined ? [] : [keyOf("type", type)]),
    ...(who === undefined ? [] : [keyOf("concerned", user(who))]),
    ...(object === undefined ? [] : [keyOf("concerned", object)]),
  ];
}

function keyOf(kind: string, value: string): number {
  return crc32(`${kind} ${value}`);
}

/**
 * Makes the keys of a log's rows, which must come in order. An event stands at the row that completes it, with the keys
 * of all of its writes.
 */
export class EventKeys {
  readonly #log: ReadLog;
  readonly #tuples: Tuples;
  /** Keys of the writes so far, for each org whose event needs further writes. */
  readonly #begun = new Map<string, Set<number>>();
  /** Number of the row before. */
  #last = 0;

  /** `tuples`: the present state, for the coaches of rows. */
  constructor(log: ReadLog, tuples: Tuples) {
    this.#log = log;
    this.#tuples = tuples;
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
      return [partKey(org)];
    }
    const before = this.#begun.get(org);
    if (!ends && marked === undefined) {
      if (before !== undefined) for (const key of this.#keysOf(step)) before.add(key);
      return [partKey(org)];
    }
    this.#begun.delete(org);
    const keys = this.#keysOf(step);
    if (!ends) return keys;
    return before === undefined ? [UNKNOWN_KEY] : [...keys, ...before];
  };

  #keysOf(step: LoggedStep): Set<number> {
    const keys = new Set<number>();
    for (const name of concernedBy(step, this.#tuples)) keys.add(keyOf("concerned", name));
    if (step.marked === undefined) return keys;
    const { org, type, actor } = step.marked.record;
    if (actor !== undefined) keys.add(keyOf("concerned", user(actor)));
    return keys.add(keyOf("org", org)).add(keyOf("type", type));
  }
}
