// Tuples that somebody deleted around Sideline, and whether an event since may have meant them to be gone.
import { recordTextsIn } from "../../ledger/event-record.ts";
import { printTuple, typeOf, type TupleKey } from "../../tuples/tuple.ts";
import type { FeedWrite } from "./feed.ts";
import { keysOf } from "./replica.ts";

interface Gone {
  /** Number of the event before it. */
  readonly after: number;
  /** Ledgers of the events since that had to do with its object or its user. */
  readonly concerned: Set<string>;
}

/**
 * An event that ends what a deleted tuple grants finds nothing to delete: by the record the tuple is still to be there.
 * Written back, it would undo a revocation. So it is known of each such tuple whether there can have been such an
 * event: one of its org that had to do with its object or user, or that changed nothing.
 */
export class GoneTuples {
  #events = 0;
  readonly #gone = new Map<string, Gone>();
  /** Of each object and user of theirs, the tuples. */
  readonly #by = new Map<string, Set<string>>();
  /** Of each ledger, the number of the last event that changed nothing. */
  readonly #unchanged = new Map<string, number>();

  /** Takes in a Write of somebody else. */
  foreign({ deletes }: FeedWrite): void {
    for (const key of deletes) {
      const name = printTuple(key);
      // Deleted once more without an event between: what is known since the first time goes on to hold.
      if (!this.#gone.has(name)) this.#gone.set(name, { after: this.#events, concerned: new Set() });
      for (const entity of entitiesOf(key)) {
        const names = this.#by.get(entity) ?? new Set();
        this.#by.set(entity, names.add(name));
      }
    }
  }

  /** Takes in a Write of events. */
  event(write: FeedWrite): void {
    if (write.steps.length === 0) return;
    this.#events++;
    if (recordTextsIn(write.writes).some((marker) => marker.startsWith("unchanged"))) {
      for (const { ledger } of write.steps) this.#unchanged.set(ledger, this.#events);
    }
    if (this.#gone.size === 0) return;
    for (const key of keysOf(write)) this.#gone.delete(printTuple(key));
    for (const entity of keysOf(write).flatMap(entitiesOf)) {
      for (const name of this.#by.get(entity) ?? []) {
        for (const { ledger } of write.steps) this.#gone.get(name)?.concerned.add(ledger);
      }
    }
  }

  /** Why a tuple that is missing in a ledger's org must not be written back unseen; undefined where it may. */
  reasonToLeave(key: TupleKey, ledger: string): string | undefined {
    const gone = this.#gone.get(printTuple(key));
    if (gone === undefined) return "the feed does not tell who deleted it";
    const isUnchanged = (this.#unchanged.get(ledger) ?? 0) > gone.after;
    return gone.concerned.has(ledger) || isUnchanged ? "an event since may have meant it to be gone" : undefined;
  }
}

/** What a tuple is about; an org, a value and everybody are what too many are about. */
function entitiesOf({ object, user }: TupleKey): string[] {
  return [object, user.split("#", 1)[0]!].filter((entity) =>
    typeOf(entity) !== "value" && typeOf(entity) !== "org" && !entity.endsWith(":*"));
}
