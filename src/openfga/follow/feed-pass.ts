// Applies the Writes of one reading of the feed to a replica, part by part, and sums up the results.
import type { TupleKey } from "../../tuples/tuple.ts";
import type { FeedWrite } from "./feed.ts";
import type { Replica } from "./replica.ts";

/** One reading of the feed. Writes that are stuck in one part may fit after a later one. */
export class FeedPass {
  stuck: readonly FeedWrite[] = [];
  readonly foreign: FeedWrite[] = [];
  readonly beginnings: FeedWrite[] = [];
  readonly suspects: TupleKey[] = [];
  /** Writes that the replica did not have. */
  newWrites = 0;
  /** Number of changes later than any before this reading; time of the newest change, in milliseconds since 1970. */
  changes = 0;
  newest: number;
  /** Whether the replica had every Write before this reading. */
  wasKnown = true;
  readonly #replica: Replica;
  readonly #before: number;

  constructor(replica: Replica, newest: number) {
    this.#replica = replica;
    this.#before = this.newest = newest;
  }

  /** Applies a part. */
  async apply(writes: readonly FeedWrite[]): Promise<void> {
    if (writes.length === 0) return;
    this.wasKnown &&= this.#replica.knows(writes);
    const applied = await this.#replica.applyInTurns([...this.stuck, ...writes]);
    this.stuck = applied.stuck;
    this.foreign.push(...applied.foreign);
    this.beginnings.push(...applied.beginnings);
    this.suspects.push(...applied.suspects);
    this.newWrites += applied.newWrites;
    for (const { at = 0, ...write } of writes) {
      if (at > this.#before) this.changes += write.writes.length + write.deletes.length;
      this.newest = Math.max(this.newest, at);
    }
  }
}
