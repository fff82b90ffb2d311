// Events tried on the state and then undone. Sequences that begin alike share the trials of their first events.
import { checkCounted } from "../checks/evaluate.ts";
import type { CheckRequest } from "../checks/question.ts";
import { Meter, TooManySteps } from "../checks/steps.ts";
import { MAX_CHECK_STEPS, MAX_EVENT_STEPS } from "../checks/limits.ts";
import type { LiveView } from "../domain/state-view.ts";
import type { DomainEvent } from "../events/domain-event.ts";
import type { Refusal } from "../events/refusal.ts";
import { TentativeDeltas } from "../memory/tentative-deltas.ts";
import type { Model } from "../model/rewrite.ts";
import { sizeOf, type Delta } from "../tuples/delta.ts";
import type { Tuple } from "../tuples/tuple.ts";
import type { Pace } from "./pace.ts";
import { MAX_WRITE_OF_A_TRIAL, STEPS_OF_A_DECISION, STEPS_OF_A_TUPLE } from "./reasons-limits.ts";
import { tryEvent, type TrialStep } from "./try-event.ts";
import type { TriedEvent } from "./tried-events.ts";

/** The question and the state that events are tried on. */
export interface Trial {
  readonly model: Model;
  readonly view: LiveView;
  /** Milliseconds since 1970. */
  readonly clock: number;
  /** The question, with its context. */
  readonly request: CheckRequest;
}

/** The outcome of a trial: whether all events apply, write the absent tuples and make the answer yes. */
export interface Outcome {
  readonly isYes: boolean;
  /** Why not, as far as that was decided: the event that is refused. */
  readonly refused: { readonly type: string; readonly refusal: Refusal } | "undecided" | undefined;
  /** True if one of the events writes no absent tuple, so that the others may do. */
  readonly isIdle: boolean;
}

/** The outcome where there is no event, or one of them changes nothing. */
export const NO_EVENT: Outcome = { isYes: false, refused: undefined, isIdle: false };

/** A sequence of events, by its last one: the decision about that, and the sequences that continue it. */
interface Sequence {
  readonly event: TriedEvent | undefined;
  readonly step: TrialStep;
  readonly next: Map<TriedEvent, Sequence>;
}

/** A sequence whose last event is applied. */
interface Applied extends Sequence {
  readonly step: Delta;
}

/** The trials of one explanation. The events stay applied until the next trial: between parts, call `end`. */
export class EventTrials {
  readonly #trial: Trial;
  readonly #pace: Pace;
  readonly #deltas: TentativeDeltas;
  readonly #none: Applied = { event: undefined, step: { writes: [], deletes: [] }, next: new Map() };
  /** The sequences that end with the applied events. */
  readonly #applied: Applied[] = [];

  constructor(trial: Trial, pace: Pace) {
    this.#trial = trial;
    this.#pace = pace;
    this.#deltas = new TentativeDeltas(trial.view.tuples);
  }

  /** Tries events in order as the system. */
  try(events: readonly TriedEvent[], absent: readonly Tuple[]): Outcome {
    const step = this.reach(events);
    if (step === "unchanged") return NO_EVENT;
    if (step === "undecided") return { ...NO_EVENT, refused: step };
    // The events before the refused one are applied.
    if ("refused" in step) {
      return { ...NO_EVENT, refused: { type: events[this.#applied.length]!.type, refusal: step } };
    }
    const isIdle = this.#applied.some(({ step: { writes } }) =>
      !writes.some((written) => absent.some((tuple) => isWrite(tuple, written))));
    const { tuples } = this.#trial.view;
    const isWritten = absent.every((tuple) => tuples.has(tuple.object, tuple.relation, tuple.user)
      || ((namesNewRole(tuple) || OPENINGS.has(tuple.relation)) && this.#applied.some(({ step: { writes } }) =>
        writes.some((written) => isWrite(tuple, written)))));
    return { isYes: isWritten && this.#isYes(), refused: undefined, isIdle };
  }

  /** Applies events in order, as far as they can be. Returns the first decision that is no delta, or else the last. */
  reach(events: readonly TriedEvent[]): TrialStep {
    let reached = this.#none;
    for (const [i, event] of events.entries()) {
      const applied = this.#applied[i];
      if (applied?.event === event) {
        reached = applied;
        continue;
      }
      this.#undoTo(i);
      const { step, next } = this.#after(reached, event);
      if (typeof step === "string" || "refused" in step) return step;
      this.#deltas.apply(step);
      this.#pace.add(STEPS_OF_A_TUPLE * sizeOf(step));
      reached = { event, step, next };
      this.#applied.push(reached);
    }
    this.#undoTo(events.length);
    return reached.step;
  }

  /** Whether an actor who has the right may send an event on the state that was reached. `view`: that state. */
  accepts(event: TriedEvent, actor: string, view: LiveView): boolean {
    const step = this.#decided(event.sent.by(actor), view);
    return typeof step === "object" && !("refused" in step);
  }

  /** Undoes what is applied. */
  end(): void {
    this.#undoTo(0);
  }

  #undoTo(count: number): void {
    this.#deltas.undoTo(count);
    this.#applied.length = Math.min(this.#applied.length, count);
  }

  /** Returns the sequence that continues another one with an event. The event is decided once. */
  #after(reached: Sequence, event: TriedEvent): Sequence {
    const known = reached.next.get(event);
    if (known !== undefined) return known;
    const sequence = { event, step: this.#decided(event.sent, this.#trial.view), next: new Map() };
    reached.next.set(event, sequence);
    return sequence;
  }

  #decided(event: DomainEvent, view: LiveView): TrialStep {
    const { clock } = this.#trial;
    const meter = new Meter(MAX_EVENT_STEPS);
    const outcome = tryEvent(event, view, { clock, room: MAX_WRITE_OF_A_TRIAL, meter });
    this.#pace.add(meter.steps + STEPS_OF_A_DECISION);
    return outcome;
  }

  #isYes(): boolean {
    const { model, view, request } = this.#trial;
    const meter = new Meter(MAX_CHECK_STEPS);
    try {
      const answer = checkCounted(model, view.tuples, request, meter);
      return "allowed" in answer && answer.allowed;
    } catch (error) {
      if (!(error instanceof TooManySteps)) throw error;
      return false;
    } finally {
      this.#pace.add(meter.steps);
    }
  }
}

const NEW_ROLE = /^role:new(?:\.\d+)?(?=#|$)/;

/** Whether a tuple names a role that would be new. It has no org in its name yet. */
function namesNewRole({ object, user }: Tuple): boolean {
  return NEW_ROLE.test(object) || NEW_ROLE.test(user);
}

/** The relations of an invite by which it is open. A resend writes the one that the invite does not have. */
const OPENINGS: ReadonlySet<string> = new Set(["open", "reopened"]);

/** Whether a written tuple is an absent one. A new role got its org into its name. */
function isWrite(absent: Tuple, { object, relation, user }: Tuple): boolean {
  const isSame = absent.relation === relation || (OPENINGS.has(absent.relation) && OPENINGS.has(relation));
  return isSame && isNamed(absent.object, object) && isNamed(absent.user, user);
}

function isNamed(wanted: string, name: string): boolean {
  if (wanted === name) return true;
  return NEW_ROLE.test(wanted) && name.replace(/^role:[^/]+\//, "role:") === wanted;
}
