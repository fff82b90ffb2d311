// Events on their way to OpenFGA: what waits in the queue of an org's writer, and the result of each.
import type { Step } from "../../events/decide-event.ts";
import type { DomainEvent } from "../../events/domain-event.ts";
import type { BatchFate } from "../../events/batch-fate.ts";
import type { AtomicRefusal, Receipt } from "../../events/event.ts";
import type { Refusal } from "../../events/refusal.ts";

/** Events that are written as a whole, or only tried. */
export interface Together {
  readonly events: readonly DomainEvent[];
  readonly dryRun: boolean;
  readonly answer: (outcome: readonly Receipt[] | AtomicRefusal) => void;
}

/** An event that waits for its answer. */
export interface Waiting {
  /** The atomic batch; `event` is its first event, and `answer` takes only refusals of the whole. */
  readonly together?: Together | undefined;
  readonly event: DomainEvent;
  /** The batch it is part of, if it is. */
  readonly batch?: BatchFate | undefined;
  /** True where its sender may act as the system. */
  readonly system: boolean;
  /** Milliseconds on the monotonic clock. */
  readonly arrived: number;
  readonly answer: (outcome: Receipt | Refusal) => void;
  readonly fail: (error: unknown) => void;
  /** Receipts by the event record sent with each attempt, whatever its result: the record found picks the receipt. */
  readonly sent: Map<string | undefined, Receipt>;
  /** Writes of it that were tried, where it needs more than one. */
  readonly steps: Step[];
  moves: number;
}

/** Result of one event of a batch. */
export type Entry =
  | { readonly of: Waiting; readonly outcome: Receipt | Refusal }
  | { readonly of: Waiting; readonly moveTo: string }
  | { readonly of: Waiting; readonly together: readonly Receipt[] | AtomicRefusal };
