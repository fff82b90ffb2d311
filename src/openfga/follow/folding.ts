// Folds the Writes of one reading of the feed into a replica, part by part, and sums up the results.
import type { TupleKey } from "../../tuples/tuple.ts";
import type { FeedWrite } from "./feed.ts";
import type { Replica } from "./replica.ts";

/** One reading of the feed. Writes that are stuck in one part may fold with a later one. */
export class Folding {
  stuck: readonly FeedWrite[] = [];
  readonly foreign: FeedWrite[] = [];
  readonly beginnings: FeedWrite[] = [];
  readonly doubtful: TupleKey[] = [];
  /** Writes that the replica did not have. */
  taken = 0;
  /** Number of changes later than any before this reading; time of the newest change, in milliseconds since 1970. */
  told = 0;
  newest: number;
  /** Whether the replica had every Write before this reading. */
  wasKnown = true;
  readonly #replica: Replica;
  readonly #before: number;

  constructor(replica: Replica, newest: number) {
    this.#replica = replica;
    this.#before = this.newest = newest;
  }

  /** Folds a part. */
  async take(writes: readonly FeedWrite[]): Promise<void> {
    if (writes.length === 0) return;
    this.wasKnown &&= this.#replica.knows(writes);
    const folded = await this.#replica.foldInTurns([...this.stuck, ...writes]);
    this.stuck = folded.stuck;
    this.foreign.push(...folded.foreign);
    this.beginnings.push(...folded.beginnings);
    this.doubtful.push(...folded.doubtful);
    this.taken += folded.taken;
    for (const { at = 0, ...write } of writes) {
      if (at > this.#before) this.told += write.writes.length + write.deletes.length;
      this.newest = Math.max(this.newest, at);
    }
  }
}
