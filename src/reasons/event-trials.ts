// Events tried on the state and then undone. Sequences that begin alike share the trials of their first events.
import { checkCounted } from "../checks/evaluate.ts";
import type { CheckRequest } from "../checks/question.ts";
import { Meter, TooManySteps } from "../checks/steps.ts";
import { MAX_CHECK_STEPS, MAX_EVENT_STEPS } from "../checks/limits.ts";
import type { LiveView } from "../domain/state-view.ts";
import { DomainEvent } from "../events/domain-event.ts";
import type { RefusalCode } from "../events/refusal.ts";
import { TentativeDeltas } from "../memory/tentative-deltas.ts";
import type { Model } from "../model/rewrite.ts";
import { sizeOf, type Delta } from "../tuples/delta.ts";
import type { Tuple } from "../tuples/tuple.ts";
import type { LikelyEvent } from "./likely-events.ts";
import type { Pace } from "./pace.ts";
import { MAX_WRITE_OF_A_TRIAL, STEPS_OF_A_DECISION, STEPS_OF_A_TUPLE } from "./reasons-limits.ts";
import { tryEvent, type TrialStep } from "./try-event.ts";

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
  /** Why not, as far as that was decided. */
  readonly refused: RefusalCode | "undecided" | undefined;
  /** True if one of the events writes no absent tuple, so that the others may do. */
  readonly isIdle: boolean;
}

/** The outcome where there is no event, or one of them changes nothing. */
export const NO_EVENT: Outcome = { isYes: false, refused: undefined, isIdle: false };

/** An event that is applied. */
interface Applied {
  /** The events up to this one, as text. */
  readonly sequence: string;
  readonly delta: Delta;
}

/** The trials of one explanation. The events stay applied until the next trial: between parts, call `end`. */
export class EventTrials {
  readonly #trial: Trial;
  readonly #pace: Pace;
  readonly #deltas: TentativeDeltas;
  readonly #applied: Applied[] = [];
  /** By the sequence that ends with the event, as text. */
  readonly #decisions = new Map<string, TrialStep>();

  constructor(trial: Trial, pace: Pace) {
    this.#trial = trial;
    this.#pace = pace;
    this.#deltas = new TentativeDeltas(trial.view.tuples);
  }

  /** Tries events in order as the system. */
  try(events: readonly LikelyEvent[], absent: readonly Tuple[]): Outcome {
    const step = this.reach(events);
    if (step === "unchanged") return NO_EVENT;
    if (step === "undecided") return { ...NO_EVENT, refused: step };
    if ("refused" in step) return { ...NO_EVENT, refused: step.refused };
    const isIdle = this.#applied.some(({ delta: { writes } }) =>
      !writes.some((written) => absent.some((tuple) => isWrite(tuple, written))));
    const { tuples } = this.#trial.view;
    const isWritten = absent.every((tuple) => tuples.has(tuple.object, tuple.relation, tuple.user)
      || (namesNewRole(tuple) && this.#applied.some(({ delta: { writes } }) =>
        writes.some((written) => isWrite(tuple, written)))));
    return { isYes: isWritten && this.#isYes(), refused: undefined, isIdle };
  }

  /** Applies events in order, as far as they can be. Returns the first decision that is no delta, or else the last. */
  reach(events: readonly LikelyEvent[]): TrialStep {
    let [sequence, last]: [string, TrialStep] = ["", { writes: [], deletes: [] }];
    for (const [i, event] of events.entries()) {
      sequence += JSON.stringify(event);
      if (this.#applied[i]?.sequence !== sequence) this.#undoTo(i);
      else continue;
      last = this.#decide(sequence, event);
      if (typeof last === "string" || "refused" in last) return last;
      this.#deltas.apply(last);
      this.#pace.add(STEPS_OF_A_TUPLE * sizeOf(last));
      this.#applied.push({ sequence, delta: last });
    }
    this.#undoTo(events.length);
    return last;
  }

  /** Whether an actor who has the right may send an event on the state that was reached. `view`: that state. */
  accepts(event: LikelyEvent, actor: string, view: LiveView): boolean {
    const step = this.#decided(event, actor, view);
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

  #decide(sequence: string, event: LikelyEvent): TrialStep {
    const known = this.#decisions.get(sequence);
    if (known !== undefined) return known;
    const step = this.#decided(event, undefined, this.#trial.view);
    this.#decisions.set(sequence, step);
    return step;
  }

  #decided({ type, data }: LikelyEvent, actor: string | undefined, view: LiveView): TrialStep {
    const { clock } = this.#trial;
    const envelope = { source: "/explain", id: "trial", type, data };
    const event = DomainEvent.sent(actor === undefined ? envelope : { ...envelope, actor });
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

/** Whether a written tuple is an absent one. A new role got its org into its name. */
function isWrite(absent: Tuple, { object, relation, user }: Tuple): boolean {
  return absent.relation === relation && isNamed(absent.object, object) && isNamed(absent.user, user);
}

function isNamed(wanted: string, name: string): boolean {
  if (wanted === name) return true;
  return NEW_ROLE.test(wanted) && name.replace(/^role:[^/]+\//, "role:") === wanted;
}
