// A batch of events: decided one after the other on the replica in one turn, then written together or not at all.
import { decideEvent, orgOfEvent, type Step, type Surroundings } from "../../events/decide-event.ts";
import type { DomainEvent } from "../../events/domain-event.ts";
import { decideTogether, orgOfBatch } from "../../events/atomic-batch.ts";
import type { Receipt } from "../../events/event.ts";
import { PLATFORM } from "../../ledger/envelope.ts";
import { hasContinuation } from "../../ledger/continuation.ts";
import { eventObject, recordTextIn, recordText, revisionOf } from "../../ledger/event-record.ts";
import { dryRunReceiptOf, receiptOf } from "../../events/receipt.ts";
import { isRefusal, refuse, type Refusal, type RefusalCode } from "../../events/refusal.ts";
import { countedView, type CountedView } from "../../domain/counted-view.ts";
import { THE_PLATFORM, user } from "../../domain/object-names.ts";
import type { LiveView, View } from "../../domain/state-view.ts";
import { TentativeDeltas } from "../../memory/tentative-deltas.ts";
import { isEmpty, type Delta } from "../../tuples/delta.ts";
import { MAX_TUPLES_PER_DELTA } from "../../tuples/store.ts";
import { printTuple, type Tuple } from "../../tuples/tuple.ts";
import { NetDelta } from "./net-delta.ts";
import type { Entry, Together, Waiting } from "./waiting-event.ts";
import { MAX_STEPS_PER_ATOMIC_BATCH, MAX_STEPS_PER_TURN } from "../../domain/event-limits.ts";
import { MAX_EVENTS_PER_WRITE } from "../openfga-limits.ts";

/** Events taken from the head of a queue, in order. */
export interface WriteBatch {
  readonly entries: readonly Entry[];
  readonly delta: Delta;
  /** Revision after the batch; undefined where it writes nothing. */
  readonly revision: number | undefined;
  /** How far back the feed must be read before the next event is decided, because its state may be old. */
  readonly stale: LookBack | undefined;
  /** The first write of the first event, if that event needs more than one. */
  readonly continued: { readonly of: Waiting; readonly step: Step } | undefined;
}

/** How far back the feed is read: `long` also covers Writes that were slow to commit, in any org. */
export type LookBack = "short" | "long";

/**
 * Dependencies of `decideBatch`. `fresh`: whether the replica has everything written before a time, as far as a look
 * back shows.
 */
export interface Deciding {
  readonly org: string;
  readonly view: LiveView;
  readonly around: (system: boolean) => Surroundings;
  readonly fresh: (arrived: number, lookBack: LookBack) => boolean;
}

/** Refusals that do not depend on the state. */
const TIMELESS = new Set<RefusalCode>(
  ["unknown_event_type", "invalid_event", "unknown_key", "actor_required", "store_unavailable"],
);

/**
 * Decides events while they fit one write and one turn of the event loop. Restores the replica before it returns or
 * throws.
 */
export function decideBatch(queue: readonly Waiting[], deciding: Deciding): WriteBatch {
  const draft = new BatchDraft(deciding);
  let batch: WriteBatch;
  try {
    for (const waiting of queue.slice(0, MAX_EVENTS_PER_WRITE)) {
      if (!draft.decide(waiting) || draft.isFull) break;
    }
  } finally {
    batch = draft.finish();
  }
  return batch;
}

class BatchDraft {
  readonly #deciding: Deciding;
  readonly #view: CountedView;
  readonly #entries: Entry[] = [];
  readonly #deltas: TentativeDeltas;
  readonly #before = new Map<string, Tuple>();
  #net = new NetDelta();
  #revision: number | undefined;
  #stale: LookBack | undefined;
  #continued: WriteBatch["continued"];
  /** Steps of work that the view does not count. */
  #steps = 0;

  constructor(deciding: Deciding) {
    this.#deciding = deciding;
    this.#view = countedView(deciding.view);
    this.#deltas = new TentativeDeltas(deciding.view.tuples);
  }

  /** True once the turn has no room for another event. */
  get isFull(): boolean {
    return this.#view.steps() + this.#deltas.steps + this.#steps >= MAX_STEPS_PER_TURN;
  }

  /** Decides one event on the state after the ones before it. Returns false where it must wait for another batch. */
  decide(waiting: Waiting): boolean {
    const { around, fresh, org } = this.#deciding;
    const { event, arrived, together } = waiting;
    if (together !== undefined) return this.#decideTogether(waiting, together);
    const failed = waiting.batch?.refusalIn(() => org);
    if (failed !== undefined) return this.#add({ of: waiting, outcome: failed });
    const asked = new Set<string>();
    const watched = this.#watched(asked);
    this.#steps += event.stepsToRead;
    const step = this.#become(waiting, watched, around(waiting.system));
    if (typeof step === "string") return this.#add({ of: waiting, moveTo: step });
    if (isRefusal(step)) {
      if (!TIMELESS.has(step.refused) && !fresh(arrived, "short")) return this.#isStale("short");
      return this.#add({ of: waiting, outcome: step });
    }
    // A duplicate is answered by the writer of the org that has it, which finishes it first and knows its revision.
    if (step.org !== org || (step.status === "duplicate" && hasContinuation(this.#view.tuples, org, event.envelope))) {
      return this.#add({ of: waiting, moveTo: step.org });
    }
    if (step.status === "duplicate") return this.#repeat(waiting, step);
    if (this.#isElsewhere(step, asked) && !fresh(arrived, "long")) return this.#isStale("long");
    if (step.more) {
      if (this.#entries.length === 0) this.#continued = { of: waiting, step };
      return false;
    }
    return this.#write(waiting, step);
  }

  /** Returns the view, which adds each user whose rights are checked to `asked`. */
  #watched(asked: Set<string>): View {
    return {
      ...this.#view,
      allowed: (user, ...question) => {
        asked.add(user);
        return this.#view.allowed(user, ...question);
      },
    };
  }

  /** Decides an atomic batch, which shares its write with no other event. Always ends the batch. */
  #decideTogether(waiting: Waiting, { events, dryRun }: Together): false {
    const { around, fresh, org, view } = this.#deciding;
    if (this.#entries.length > 0) return false;
    const home = orgOfBatch(events, view);
    if (home !== org) return this.#end({ of: waiting, moveTo: home });
    // No write shows that the state of a dry run was the newest.
    if (dryRun && !fresh(waiting.arrived, "long")) return this.#isStale("long");
    const asked = new Set<string>();
    let stale: LookBack | undefined;
    const apply = (step: Step, event: DomainEvent): Refusal | undefined => {
      this.#steps += event.stepsToRead;
      if (step.status === "duplicate") stale ??= "short";
      else if (this.#isElsewhere(step, asked) || this.#isOfNothing(step, event)) stale = "long";
      return this.#addTogether(step);
    };
    const decided = decideTogether(events, this.#watched(asked), around(waiting.system), apply);
    if ("behind" in decided) {
      const refusal = refuse("store_unavailable", "an event of another org is being written: send the batch again");
      return this.#endWithout({ of: waiting, together: { index: undefined, refusal } });
    }
    if ("refusal" in decided) {
      if (!TIMELESS.has(decided.refusal.refused) && !fresh(waiting.arrived, "short")) return this.#isStale("short");
      return this.#endWithout({ of: waiting, together: decided });
    }
    if (stale !== undefined && !fresh(waiting.arrived, stale)) return this.#isStale(stale);
    if (!dryRun) return this.#end({ of: waiting, together: this.#receiptsOf(waiting, events, decided) });
    this.#deltas.undoTo(0);
    const receipts = events.map(({ envelope }, i) =>
      dryRunReceiptOf(envelope, decided[i]!, revisionOf(view.tuples, decided[i]!.org)));
    return this.#endWithout({ of: waiting, together: receipts });
  }

  /** True where an event changes nothing because its object is missing: another org may have it by now. */
  #isOfNothing({ status }: Step, event: DomainEvent): boolean {
    return status === "unchanged" && orgOfEvent(event, this.#view) === undefined;
  }

  /** Adds a step of an atomic batch to the write, unless there is no room for it. */
  #addTogether({ delta, revision, status }: Step): Refusal | undefined {
    const fault = this.#net.add(delta, (key) => this.#before.get(printTuple(key)));
    if (fault === "recast") return refuse("batch_too_large", "one write cannot change a tuple's condition twice");
    if (fault !== undefined) throw new Error(`an event contradicts its own state at ${fault.conflict.object}`);
    if (this.#net.size > MAX_TUPLES_PER_DELTA) {
      return refuse("batch_too_large", `an atomic batch changes at most ${MAX_TUPLES_PER_DELTA} tuples on OpenFGA`);
    }
    if (this.#view.steps() + this.#deltas.steps + this.#steps > MAX_STEPS_PER_ATOMIC_BATCH) {
      return refuse("batch_too_large", `deciding the batch takes over ${MAX_STEPS_PER_ATOMIC_BATCH} steps`);
    }
    if (!isEmpty(delta)) this.#apply(delta);
    if (status !== "duplicate" && !isEmpty(delta)) this.#revision = revision;
    return undefined;
  }

  /** Returns the receipts of an atomic batch. An event that an earlier attempt wrote has its receipt. */
  #receiptsOf({ sent }: Waiting, events: readonly DomainEvent[], steps: readonly Step[]): readonly Receipt[] {
    const earlier = new Map(sent);
    return events.map(({ envelope }, i) => {
      const step = steps[i]!;
      const receipt = receiptOf(envelope, [step]);
      if (step.status !== "duplicate") {
        sent.set(recordTextIn(step.delta), receipt);
        return receipt;
      }
      const record = recordText(this.#view.tuples, eventObject(envelope), step.org);
      const first = earlier.get(record);
      // An event that stands twice in the batch is its own duplicate.
      earlier.delete(record);
      return first ?? receipt;
    });
  }

  /** Ends the batch with an entry that writes nothing. */
  #endWithout(entry: Entry): false {
    this.#net = new NetDelta();
    this.#revision = undefined;
    return this.#end(entry);
  }

  #end(entry: Entry): false {
    this.#add(entry);
    return false;
  }

  /** Decides an event. Returns an org where the event belongs to that other org and deciding it here fails. */
  #become({ event }: Waiting, view: View, around: Surroundings): Step | Refusal | string {
    try {
      return decideEvent(event, view, around);
    } catch (error) {
      const org = orgOfEvent(event, view) ?? PLATFORM;
      if (org === this.#deciding.org) throw error;
      return org;
    }
  }

  /**
   * True where the decision depends on more than this org's own order. Either there is nothing to do because the object
   * is missing, while an org may have it by now; or the decision rests on a right in the platform's order, which may
   * have been revoked there. `asked` are the users whose rights were checked: the actor, and for an invite its maker
   * and its redeemer (S19).
   */
  #isElsewhere({ status }: Step, asked: ReadonlySet<string>): boolean {
    const { org } = this.#deciding;
    const { tuples } = this.#view;
    if (org === PLATFORM) return status === "unchanged";
    return [...asked].some((id) =>
      ["superadmin", "admin"].some((relation) => tuples.has(THE_PLATFORM, relation, user(id))));
  }

  /** Returns the batch and takes all of its changes back from the replica. */
  finish(): WriteBatch {
    this.#deltas.undoTo(0);
    return {
      entries: this.#entries, delta: this.#net.delta(), revision: this.#revision, stale: this.#stale,
      continued: this.#continued,
    };
  }

  #write(waiting: Waiting, step: Step): boolean {
    const net = this.#net.copy();
    const fault = net.add(step.delta, (key) => this.#before.get(printTuple(key)));
    if (fault === "recast" || net.size > MAX_TUPLES_PER_DELTA) return false;
    if (fault !== undefined) throw new Error(`an event contradicts its own state at ${fault.conflict.object}`);
    this.#apply(step.delta);
    this.#net = net;
    this.#revision = step.revision;
    const receipt = receiptOf(waiting.event.envelope, [step]);
    waiting.sent.set(recordTextIn(step.delta), receipt);
    return this.#add({ of: waiting, outcome: receipt });
  }

  /**
   * Answers an event that was already applied: with its first receipt if this sidecar sent it and got no answer;
   * otherwise with a token of the present revision, which the replica must have reached.
   */
  #repeat(waiting: Waiting, step: Step): boolean {
    const { event, sent, arrived } = waiting;
    const first = sent.get(recordText(this.#view.tuples, eventObject(event.envelope), step.org));
    if (first !== undefined) return this.#add({ of: waiting, outcome: first });
    if (!this.#deciding.fresh(arrived, "short")) return this.#isStale("short");
    return this.#add({ of: waiting, outcome: receiptOf(event.envelope, [step]) });
  }

  #apply(delta: Delta): void {
    for (const tuple of this.#deltas.apply(delta).writes) {
      const key = printTuple(tuple);
      if (!this.#before.has(key)) this.#before.set(key, tuple);
    }
  }

  #add(entry: Entry): true {
    this.#entries.push(entry);
    return true;
  }

  #isStale(lookBack: LookBack): false {
    this.#stale = lookBack;
    return false;
  }
}
