// Atomic batches on the embedded store: each is decided in one turn and written in one transaction, or refused.
import type { DomainEvent } from "../events/domain-event.ts";
import type { AtomicRefusal, Receipt, Submission } from "../events/event.ts";
import type { Step } from "../events/decide-event.ts";
import { dryRunReceiptOf, receiptOf } from "../events/receipt.ts";
import { abandoned } from "../events/dry-run.ts";
import { unfinishedOf } from "../ledger/continuation.ts";
import { revisionOf } from "../ledger/event-record.ts";
import { refuse } from "../events/refusal.ts";
import { Group, isBehind, type EmbeddedParts } from "./embedded-group.ts";

/** Receives the receipts of a batch, or its refusal. */
export type BatchAnswer = (outcome: readonly Receipt[] | AtomicRefusal) => void;

/** An atomic batch that waits. */
interface AtomicBatch {
  readonly events: readonly DomainEvent[];
  readonly submission: Submission;
  readonly answer: BatchAnswer;
  /** Orgs whose halted event was tried again because this batch waits for it. */
  readonly retried: Set<string>;
  /** Org whose unfinished event this batch waits for. */
  readonly behind: string | undefined;
}

/** A queue of atomic batches. One that waits for an unfinished event moves to the end. */
export class AtomicQueue {
  readonly #parts: EmbeddedParts;
  readonly #batches: AtomicBatch[] = [];

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
  }

  /** Whether a batch waits. */
  get hasWork(): boolean {
    return this.#batches.length > 0;
  }

  push(events: readonly DomainEvent[], submission: Submission, answer: BatchAnswer): void {
    this.#batches.push({ events, submission, answer, retried: new Set(), behind: undefined });
  }

  /**
   * Decides and writes the next batch in one turn. `finish` makes the unfinished event of an org continue; it returns
   * false where that event is halted, unless `again` is true: then it is tried once more. `written` is called after a
   * commit.
   */
  proceed(finish: (org: string, again: boolean) => boolean, written: () => void): void {
    const batch = this.#batches.shift();
    if (batch === undefined) return;
    const { answer, retried, submission } = batch;
    if (submission.dryRun && submission.isGone?.() === true) {
      return answer({ index: undefined, refusal: abandoned() });
    }
    let { behind } = batch;
    // Deciding the batch again while the event it waits for is unfinished would only take up turns.
    if (behind === undefined || !this.#isUnfinished(behind)) {
      const group = new Group(this.#parts);
      const decided = this.#decide(group, batch);
      if (!isBehind(decided)) {
        answer("refusal" in decided ? decided : this.#write(group, batch, decided, written));
        return;
      }
      ({ behind } = decided);
    }
    if (finish(behind, !retried.has(behind))) this.#batches.push({ ...batch, behind, retried: retried.add(behind) });
    else answer(unavailable("an earlier event of the org could not be finished"));
  }

  #isUnfinished(org: string): boolean {
    return unfinishedOf(this.#parts.view.tuples, org) !== undefined;
  }

  #decide(group: Group, { events, submission }: AtomicBatch): ReturnType<Group["decideTogether"]> {
    try {
      return group.decideTogether(events, submission.system);
    } catch (error) {
      group.undo();
      this.#parts.failed(error);
      return unavailable("the batch could not be decided");
    }
  }

  #write(
    group: Group, { events, submission }: AtomicBatch, steps: readonly Step[], written: () => void,
  ): readonly Receipt[] | AtomicRefusal {
    if (submission.dryRun) {
      group.undo();
      const { tuples } = this.#parts.view;
      return events.map(({ envelope }, i) =>
        dryRunReceiptOf(envelope, steps[i]!, revisionOf(tuples, steps[i]!.org)));
    }
    const failure = group.commit();
    if (failure !== undefined) return unavailable(failure);
    if (!group.isEmpty) written();
    return events.map(({ envelope }, i) => receiptOf(envelope, [steps[i]!]));
  }
}

function unavailable(why: string): AtomicRefusal {
  return { index: undefined, refusal: refuse("store_unavailable", `${why}: send the same batch again`) };
}
