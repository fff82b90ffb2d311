// Finishes events that have not had all of their writes after their sidecar stopped working on them.
import { orgOfLedger } from "../../ledger/event-record.ts";
import type { TupleKey } from "../../tuples/tuple.ts";
import type { FeedWrite } from "../follow/feed.ts";
import type { Replica } from "../follow/replica.ts";
import { CONTINUATION_PATIENCE_MS } from "../openfga-limits.ts";
import { LEDGER_TYPE } from "../../domain/object-names.ts";

/** Dependencies of the watch. */
export interface ContinuationsParts {
  readonly replica: Pick<Replica, "tuples" | "watch">;
  /** Finishes the event of an org. Does nothing where no event is pending or the org's writer is busy. */
  readonly finish: (org: string) => void;
  /** How long an event of another sidecar is left to it, in milliseconds; default CONTINUATION_PATIENCE_MS. */
  readonly patience?: number | undefined;
}

/**
 * Watches the replica for events with writes outstanding. Those found at the start are finished at once; those that
 * another sidecar abandons, after a wait. A revocation must not stop halfway because its sender gave up.
 */
export class Continuations {
  readonly #parts: ContinuationsParts;
  readonly #patience: number;
  /** When each ledger is next due, in milliseconds on the monotonic clock. */
  readonly #dueAt = new Map<string, number>();
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(parts: ContinuationsParts) {
    this.#parts = parts;
    this.#patience = parts.patience ?? CONTINUATION_PATIENCE_MS;
    this.#stop = parts.replica.watch((write) => this.#see(write));
    const { tuples } = parts.replica;
    for (const { object } of tuples.read({ objectType: LEDGER_TYPE, relation: "pending" })) this.#dueAt.set(object, 0);
    this.#timer = setInterval(() => this.#look(), this.#patience / 4);
    this.#timer.unref();
    this.#look();
  }

  /** Stops the watch. */
  close(): void {
    this.#stop();
    clearInterval(this.#timer);
  }

  #see({ writes, deletes }: FeedWrite): void {
    for (const key of deletes) if (isContinuation(key)) this.#dueAt.delete(key.object);
    for (const key of writes) if (isContinuation(key)) this.#wait(key.object);
    // An intermediate write of an event: the sidecar that made it is still at work.
    if (this.#dueAt.size === 0) return;
    for (const { object } of writes) if (this.#dueAt.has(object)) this.#wait(object);
  }

  #wait(ledger: string): void {
    this.#dueAt.set(ledger, performance.now() + this.#patience * (1 + Math.random()));
  }

  #look(): void {
    for (const [ledger, dueAt] of this.#dueAt) {
      if (performance.now() < dueAt) continue;
      this.#wait(ledger);
      this.#parts.finish(orgOfLedger(ledger));
    }
  }
}

function isContinuation({ object, relation }: TupleKey): boolean {
  return relation === "pending" && object.startsWith(`${LEDGER_TYPE}:`);
}
