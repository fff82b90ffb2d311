// Events that have not had all of their writes and that nobody finishes any more: found here, and finished.
import { orgOfLedger } from "../../ledger/event-record.ts";
import type { TupleKey } from "../../tuples/tuple.ts";
import type { FeedWrite } from "../follow/feed.ts";
import type { Replica } from "../follow/replica.ts";

/** A sidecar at work on an event is done with it sooner, in milliseconds. Others wait for so long up to twice. */
const PATIENCE = 10_000;

/** What the watch works with. */
export interface ContinuationsParts {
  readonly replica: Pick<Replica, "tuples" | "watch">;
  /** Finishes the event of an org; does nothing where there is none, or it is at work. */
  readonly finish: (org: string) => void;
  /** Milliseconds an event of another sidecar is left to it. */
  readonly patience?: number | undefined;
}

/**
 * Watches the replica for events with writes to come. What is found at the start is finished at once, what another
 * sidecar leaves lying after a while: a revocation must not stop half way because its sender gave up.
 */
export class Continuations {
  readonly #parts: ContinuationsParts;
  readonly #patience: number;
  /** When each ledger's turn is, in milliseconds on the monotonic clock. */
  readonly #turns = new Map<string, number>();
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(parts: ContinuationsParts) {
    this.#parts = parts;
    this.#patience = parts.patience ?? PATIENCE;
    this.#stop = parts.replica.watch((write) => this.#see(write));
    const { tuples } = parts.replica;
    for (const { object } of tuples.read({ objectType: "ledger", relation: "pending" })) this.#turns.set(object, 0);
    this.#timer = setInterval(() => this.#look(), this.#patience / 4);
    this.#timer.unref();
    this.#look();
  }

  /** Ends the watch. */
  close(): void {
    this.#stop();
    clearInterval(this.#timer);
  }

  #see({ writes, deletes }: FeedWrite): void {
    for (const key of deletes) if (isPending(key)) this.#turns.delete(key.object);
    for (const key of writes) if (isPending(key)) this.#wait(key.object);
    // A step on the way: whoever takes it is still at work.
    if (this.#turns.size === 0) return;
    for (const { object } of writes) if (this.#turns.has(object)) this.#wait(object);
  }

  #wait(ledger: string): void {
    this.#turns.set(ledger, performance.now() + this.#patience * (1 + Math.random()));
  }

  #look(): void {
    for (const [ledger, turn] of this.#turns) {
      if (performance.now() < turn) continue;
      this.#wait(ledger);
      this.#parts.finish(orgOfLedger(ledger));
    }
  }
}

function isPending({ object, relation }: TupleKey): boolean {
  return relation === "pending" && object.startsWith("ledger:");
}
