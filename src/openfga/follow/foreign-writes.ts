// Foreign Writes, made around Sideline, that the feed showed: each is logged once.
import type { Logger } from "pino";
import { printTuple, type TupleKey } from "../../tuples/tuple.ts";
import { isRevision, type FeedWrite } from "./feed.ts";
import { MAX_TUPLES_LOGGED, MAX_WRITES_REMEMBERED } from "../openfga-limits.ts";

/**
 * Remembers foreign Writes. The replica takes over their tuples all the same: OpenFGA answers with them, and a tuple
 * deleted by hand must not keep granting here.
 */
export class ForeignWrites {
  /** Number of foreign Writes since the start. */
  count = 0;
  readonly #log: Pick<Logger, "error">;
  /** When each was seen, on the monotonic clock, by stamp. */
  readonly #seen = new Map<string, number>();

  constructor(log: Pick<Logger, "error">) {
    this.#log = log;
  }

  /** Records and logs Writes. Forgets those older than `reachable`, which the feed cannot show again. */
  note(foreign: readonly FeedWrite[], reachable: number): void {
    const fresh = foreign.filter(({ stamp }) => !this.#seen.has(stamp));
    if (fresh.length === 0) return;
    this.count += fresh.length;
    for (const { stamp } of fresh) this.#seen.set(stamp, performance.now());
    for (const [stamp, at] of this.#seen) {
      if (at >= reachable && this.#seen.size <= MAX_WRITES_REMEMBERED) break;
      this.#seen.delete(stamp);
    }
    this.#log.error({
      writes: fresh.length, at: fresh[0]?.stamp, written: named(fresh.map(({ writes }) => writes)),
      deleted: named(fresh.map(({ deletes }) => deletes)),
    }, "another program wrote to the store, and answers follow: run sideline verify");
  }
}

/** Writes that begin an order of events. A foreign one looks like an old one of Sideline. */
export class Beginnings {
  readonly #asked = new Set<string>();

  /** Returns the revisions to read from the store, once per Write: the store has them where the Write is foreign. */
  unasked(beginnings: readonly FeedWrite[]): TupleKey[] {
    const fresh = beginnings.filter(({ stamp }) => !this.#asked.has(stamp));
    for (const { stamp } of fresh) this.#asked.add(stamp);
    for (const stamp of this.#asked) {
      if (this.#asked.size <= MAX_WRITES_REMEMBERED) break;
      this.#asked.delete(stamp);
    }
    return fresh.flatMap(({ writes }) => writes.filter(isRevision));
  }
}

function named(lists: readonly (readonly TupleKey[])[]): string[] {
  const some: TupleKey[] = [];
  for (const keys of lists) {
    if (some.length >= MAX_TUPLES_LOGGED) break;
    some.push(...keys.slice(0, MAX_TUPLES_LOGGED - some.length));
  }
  return some.map(printTuple);
}
