// Writes of somebody else that the feed showed: each is logged once.
import type { Logger } from "pino";
import { printTuple, type TupleKey } from "../../tuples/tuple.ts";
import { isRevision, type FeedWrite } from "./feed.ts";

/** Writes that are remembered, so that none is logged twice. */
const MAX_REMEMBERED = 10_000;
/** Maximum number of tuples listed in one log line. */
const NAMED = 10;

/**
 * Remembers Writes of somebody else. Their tuples are taken over all the same: OpenFGA answers with them, and a tuple
 * that somebody deleted by hand must not go on granting here.
 */
export class ForeignWrites {
  /** Since the start. */
  count = 0;
  readonly #log: Pick<Logger, "error">;
  /** By stamp, and when each was seen, on the monotonic clock. */
  readonly #seen = new Map<string, number>();

  constructor(log: Pick<Logger, "error">) {
    this.#log = log;
  }

  /** Takes in Writes; those that the feed cannot show again, being older than `reachable`, are forgotten. */
  note(foreign: readonly FeedWrite[], reachable: number): void {
    const fresh = foreign.filter(({ stamp }) => !this.#seen.has(stamp));
    if (fresh.length === 0) return;
    this.count += fresh.length;
    for (const { stamp } of fresh) this.#seen.set(stamp, performance.now());
    for (const [stamp, at] of this.#seen) {
      if (at >= reachable && this.#seen.size <= MAX_REMEMBERED) break;
      this.#seen.delete(stamp);
    }
    this.#log.error({
      writes: fresh.length, at: fresh[0]?.stamp, written: named(fresh.map(({ writes }) => writes)),
      deleted: named(fresh.map(({ deletes }) => deletes)),
    }, "somebody wrote to the store around Sideline: its answers follow; see sideline verify");
  }
}

/** Writes that begin an order of events: one of somebody else looks like an old one of Sideline. */
export class Beginnings {
  readonly #asked = new Set<string>();

  /** Returns the revisions to ask the store for, each Write's once: it has those that somebody else wrote. */
  unasked(beginnings: readonly FeedWrite[]): TupleKey[] {
    const fresh = beginnings.filter(({ stamp }) => !this.#asked.has(stamp));
    for (const { stamp } of fresh) this.#asked.add(stamp);
    for (const stamp of this.#asked) {
      if (this.#asked.size <= MAX_REMEMBERED) break;
      this.#asked.delete(stamp);
    }
    return fresh.flatMap(({ writes }) => writes.filter(isRevision));
  }
}

function named(lists: readonly (readonly TupleKey[])[]): string[] {
  const some: TupleKey[] = [];
  for (const keys of lists) {
    if (some.length >= NAMED) break;
    some.push(...keys.slice(0, NAMED - some.length));
  }
  return some.map(printTuple);
}
