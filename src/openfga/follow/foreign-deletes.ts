// Tuples deleted around Sideline, and whether a later event may have meant to delete them.
import { recordTextsIn } from "../../ledger/event-record.ts";
import { printTuple, typeOf, type TupleKey } from "../../tuples/tuple.ts";
import type { FeedWrite } from "./feed.ts";
import { keysOf } from "./replica.ts";

interface ForeignDelete {
  /** Number of the event before the delete. */
  readonly after: number;
  /** Ledgers of the later events that concerned its object or its user. */
  readonly concerned: Set<string>;
}

/**
 * An event that revokes what a deleted tuple grants finds nothing to delete, so by the record the tuple still exists.
 * Writing it back would undo a revocation. So this class records for each such tuple whether there can have been such
 * an event: one of its org that concerned its object or user, or that changed nothing.
 */
export class ForeignDeletes {
  #events = 0;
  readonly #deleted = new Map<string, ForeignDelete>();
  /** The tuples by each of their objects and users. */
  readonly #by = new Map<string, Set<string>>();
  /** Number of the last event that changed nothing, by ledger. */
  readonly #unchanged = new Map<string, number>();

  /** Records a foreign Write. */
  foreign({ deletes }: FeedWrite): void {
    for (const key of deletes) {
      const name = printTuple(key);
      // Deleted once more without an event between: what is known since the first delete still holds.
      if (!this.#deleted.has(name)) this.#deleted.set(name, { after: this.#events, concerned: new Set() });
      for (const entity of entitiesOf(key)) {
        const names = this.#by.get(entity) ?? new Set();
        this.#by.set(entity, names.add(name));
      }
    }
  }

  /** Records a Write of events. */
  event(write: FeedWrite): void {
    if (write.steps.length === 0) return;
    this.#events++;
    if (recordTextsIn(write.writes).some((marker) => marker.startsWith("unchanged"))) {
      for (const { ledger } of write.steps) this.#unchanged.set(ledger, this.#events);
    }
    if (this.#deleted.size === 0) return;
    for (const key of keysOf(write)) this.#deleted.delete(printTuple(key));
    for (const entity of keysOf(write).flatMap(entitiesOf)) {
      for (const name of this.#by.get(entity) ?? []) {
        for (const { ledger } of write.steps) this.#deleted.get(name)?.concerned.add(ledger);
      }
    }
  }

  /** Returns why a tuple missing in a ledger's org must not be written back automatically; undefined where it may. */
  reasonToLeave(key: TupleKey, ledger: string): string | undefined {
    const found = this.#deleted.get(printTuple(key));
    if (found === undefined) return "the feed does not show what deleted it";
    const isUnchanged = (this.#unchanged.get(ledger) ?? 0) > found.after;
    return found.concerned.has(ledger) || isUnchanged ? "a later event may have meant to delete it" : undefined;
  }
}

/** Returns the object and user of a tuple, without an org, a value and everybody: too many tuples concern those. */
function entitiesOf({ object, user }: TupleKey): string[] {
  return [object, user.split("#", 1)[0]!].filter((entity) =>
    typeOf(entity) !== "value" && typeOf(entity) !== "org" && !entity.endsWith(":*"));
}
