// A group of events: decided one after the other on the replica in one turn, to be written together or not at all.
import { become, orgOfEvent, type Step, type Surroundings } from "../events/become.ts";
import { PLATFORM, type Envelope, type Receipt } from "../events/event.ts";
import { eventObject, isPending, markerIn, markerText } from "../events/marker.ts";
import { stepsToRead } from "../events/payload.ts";
import { receiptOf } from "../events/receipt.ts";
import { isRefusal, type Refusal, type RefusalCode } from "../events/refusal.ts";
import { countedView, MAX_STEPS_PER_TURN, type CountedView } from "../state/counted-view.ts";
import { THE_PLATFORM, user } from "../state/entity.ts";
import type { View } from "../state/view.ts";
import { applyDelta, invertDelta, type Delta } from "../tuples/delta.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";
import { NetDelta } from "./net-delta.ts";

/** Most events of one group: those that change nothing do not fill a write. */
const MAX_EVENTS_PER_GROUP = 256;

/** An event that waits for its answer. */
export interface Waiting {
  readonly envelope: Envelope;
  /** Its sender may speak as the system. */
  readonly system: boolean;
  /** Milliseconds on the monotonic clock. */
  readonly arrived: number;
  readonly answer: (outcome: Receipt | Refusal) => void;
  readonly fail: (error: unknown) => void;
  /** What was sent for it, however it ended: the receipt to give where the marker sent with it is found. */
  readonly sent: Map<string | undefined, Receipt>;
  /** Writes of it that were tried, where it needs several. */
  readonly steps: Step[];
  moves: number;
}

/** What an event of a group came to. */
export type Entry =
  | { readonly of: Waiting; readonly outcome: Receipt | Refusal }
  | { readonly of: Waiting; readonly moveTo: string };

/** Events taken from the head of a queue, in order. */
export interface Group {
  readonly entries: readonly Entry[];
  readonly delta: Delta;
  /** Revision after the group; undefined where it writes nothing. */
  readonly revision: number | undefined;
  /** The event after these is decided on what may be an old state: so far back the feed is to be looked at first. */
  readonly stale: LookBack | undefined;
  /** The first event needs several writes: this is the first of them. */
  readonly chain: { readonly of: Waiting; readonly step: Step } | undefined;
}

/** How far back the feed is looked at: `long` also sees what was slow to be committed, in whichever org. */
export type LookBack = "short" | "long";

/**
 * What a group is decided with. `fresh`: whether the replica has seen everything that was written before a time, as far
 * as a look back shows.
 */
export interface Deciding {
  readonly org: string;
  readonly view: View;
  readonly around: (system: boolean) => Surroundings;
  readonly fresh: (arrived: number, lookBack: LookBack) => boolean;
}

/** Refusals that no state can change. */
const TIMELESS = new Set<RefusalCode>(
  ["unknown_event_type", "invalid_event", "unknown_key", "actor_required", "store_unavailable"],
);

/**
 * Decides events while they fit one write and one turn of the event loop. The replica is as before when this returns,
 * and when it throws.
 */
export function decideGroup(queue: readonly Waiting[], deciding: Deciding): Group {
  const draft = new GroupDraft(deciding);
  let group: Group;
  try {
    for (const waiting of queue.slice(0, MAX_EVENTS_PER_GROUP)) {
      if (!draft.take(waiting) || draft.isFull) break;
    }
  } finally {
    group = draft.finish();
  }
  return group;
}

class GroupDraft {
  readonly #deciding: Deciding;
  readonly #view: CountedView;
  readonly #entries: Entry[] = [];
  readonly #inverses: Delta[] = [];
  readonly #before = new Map<string, Tuple>();
  #net = new NetDelta();
  #revision: number | undefined;
  #stale: LookBack | undefined;
  #chain: Group["chain"];
  /** Steps of work that the view does not count. */
  #steps = 0;

  constructor(deciding: Deciding) {
    this.#deciding = deciding;
    this.#view = countedView(deciding.view);
  }

  /** True once the turn has no room for another event. */
  get isFull(): boolean {
    return this.#view.steps() + this.#steps >= MAX_STEPS_PER_TURN;
  }

  /** Decides one event on the state after the ones before it. False: it must wait for another group. */
  take(waiting: Waiting): boolean {
    const { around, fresh, org } = this.#deciding;
    const { envelope, arrived } = waiting;
    const asked = new Set<string>();
    const watched: View = {
      ...this.#view,
      allowed: (user, ...question) => {
        asked.add(user);
        return this.#view.allowed(user, ...question);
      },
    };
    this.#steps += stepsToRead(envelope);
    const step = this.#become(waiting, watched, around(waiting.system));
    if (typeof step === "string") return this.#add({ of: waiting, moveTo: step });
    if (isRefusal(step)) {
      if (!TIMELESS.has(step.refused) && !fresh(arrived, "short")) return this.#isStale("short");
      return this.#add({ of: waiting, outcome: step });
    }
    // A duplicate is answered in the lane of the org that has it: there it is finished first, and its revision known.
    if (step.org !== org || (step.status === "duplicate" && isPending(this.#view.tuples, org, envelope))) {
      return this.#add({ of: waiting, moveTo: step.org });
    }
    if (step.status === "duplicate") return this.#repeat(waiting, step);
    if (this.#isElsewhere(step, asked) && !fresh(arrived, "long")) return this.#isStale("long");
    if (step.more) {
      if (this.#entries.length === 0) this.#chain = { of: waiting, step };
      return false;
    }
    return this.#write(waiting, step);
  }

  /** Returns the org where the event turns out to be another's, which has an event to finish first. */
  #become({ envelope }: Waiting, view: View, around: Surroundings): Step | Refusal | string {
    try {
      return become(envelope, view, around);
    } catch (error) {
      const org = orgOfEvent(envelope, view) ?? PLATFORM;
      if (org === this.#deciding.org) throw error;
      return org;
    }
  }

  /**
   * Decided by more than the lane's own order can vouch for: nothing to do, for nothing is there, while an org may have
   * it by now; or by a right that stands in the platform's order and may have been revoked there. `asked` are the users
   * whose rights the decision asked about: the actor, and of an invite its maker and its redeemer (S19).
   */
  #isElsewhere({ status }: Step, asked: ReadonlySet<string>): boolean {
    const { org } = this.#deciding;
    const { tuples } = this.#view;
    if (org === PLATFORM) return status === "unchanged";
    return [...asked].some((id) =>
      ["superadmin", "admin"].some((relation) => tuples.has(THE_PLATFORM, relation, user(id))));
  }

  /** The group; takes everything back from the replica. */
  finish(): Group {
    this.#undoTo(0);
    return {
      entries: this.#entries, delta: this.#net.delta(), revision: this.#revision, stale: this.#stale,
      chain: this.#chain,
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
    const receipt = receiptOf(waiting.envelope, [step]);
    waiting.sent.set(markerIn(step.delta), receipt);
    return this.#add({ of: waiting, outcome: receipt });
  }

  /**
   * Answers an event that was applied: with its first receipt, where this sidecar sent it and did not hear back; else
   * with a token of the present revision, for which the replica must be up to it.
   */
  #repeat(waiting: Waiting, step: Step): boolean {
    const { envelope, sent, arrived } = waiting;
    const first = sent.get(markerText(this.#view.tuples, eventObject(envelope), step.org));
    if (first !== undefined) return this.#add({ of: waiting, outcome: first });
    if (!this.#deciding.fresh(arrived, "short")) return this.#isStale("short");
    return this.#add({ of: waiting, outcome: receiptOf(envelope, [step]) });
  }

  #apply(delta: Delta): void {
    const { tuples } = this.#view;
    const inverse = invertDelta(tuples, delta);
    for (const tuple of inverse.writes) {
      const key = printTuple(tuple);
      if (!this.#before.has(key)) this.#before.set(key, tuple);
    }
    this.#inverses.push(inverse);
    applyDelta(tuples, delta);
  }

  #undoTo(mark: number): void {
    while (this.#inverses.length > mark) {
      const inverse = this.#inverses.pop();
      if (inverse !== undefined) applyDelta(this.#view.tuples, inverse);
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
