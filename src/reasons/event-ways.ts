// The events that bring a way to a yes about: guesses, each tried on the state and then undone.
import { checkCounted } from "../checks/evaluate.ts";
import type { CheckRequest } from "../checks/question.ts";
import type { Parts } from "../checks/parts.ts";
import { Meter, TooManySteps } from "../checks/steps.ts";
import { MAX_CHECK_STEPS, MAX_EVENT_STEPS } from "../checks/limits.ts";
import { findComment } from "../domain/activities.ts";
import { home } from "../domain/object-names.ts";
import { withinMeter, type LiveView } from "../domain/state-view.ts";
import { DomainEvent } from "../events/domain-event.ts";
import type { Refusal, RefusalCode } from "../events/refusal.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import { TentativeDeltas } from "../memory/tentative-deltas.ts";
import type { Model } from "../model/rewrite.ts";
import { sizeOf, type Delta } from "../tuples/delta.ts";
import { idOf, typeOf, type Tuple } from "../tuples/tuple.ts";
import type { Missing } from "./explained.ts";
import { candidatesOf, rightFor, type Staff } from "./event-senders.ts";
import { forbiddingRule } from "./forbidding-rules.ts";
import { likelyEvents, type LikelyEvent } from "./likely-events.ts";
import { Pace } from "./pace.ts";
import {
  MAX_ACTORS_NAMED, MAX_EVENTS_OF_A_WAY, MAX_EVENTS_WITH_NAMES, MAX_WRITE_OF_A_TRIAL,
  STEPS_OF_A_DECISION, STEPS_OF_A_TUPLE,
} from "./reasons-limits.ts";
import { tryEvent } from "./try-event.ts";

/** An event of a way to a yes. `who`: users who may send it, or the right that it asks. */
export interface EventOfWay extends LikelyEvent {
  readonly who: string;
}

/** A way to a yes with the events that bring it about, in order; none if no event does. */
export interface MissingEvents extends Missing {
  readonly events: readonly EventOfWay[];
}

/** The question and the state that events are tried on. */
export interface Trial {
  readonly model: Model;
  readonly view: LiveView;
  /** Milliseconds since 1970. */
  readonly clock: number;
  /** The question, with its context. */
  readonly request: CheckRequest;
}

/** Adds the events to ways to a yes, in parts. The state is the same after each part as before. */
export function* withEvents(trial: Trial, missing: readonly Missing[]): Parts<MissingEvents[]> {
  const found: MissingEvents[] = [];
  const known: Known = {
    staff: new Map(), who: new Map(), present: rememberedView(trial.view), sought: 0,
    decisions: new Map(), existed: new Map(), pace: new Pace(),
  };
  for (const each of missing) {
    yield* known.pace.rest();
    found.push(yield* eventsOf(trial, each, known));
  }
  return found;
}

/** Findings that hold for all ways of one answer. */
interface Known {
  /** The members of orgs who are tried as actors. */
  readonly staff: Staff;
  /** The users who may send an event on the present state, by the event. */
  readonly who: Map<string, string>;
  /** The decision about the last event of each sequence, by the sequence as text. */
  readonly decisions: Map<string, Delta | Refusal | undefined>;
  /** Whether an object exists or has existed. */
  readonly existed: Map<string, boolean>;
  /** The present state. It remembers the answers of the model, so it must not be asked during a trial. */
  readonly present: LiveView;
  readonly pace: Pace;
  /** Number of events whose senders were sought among the users. */
  sought: number;
}

/** Returns a view that asks the model each question once. */
function rememberedView(view: LiveView): LiveView {
  const answers = new Map<string, boolean>();
  return {
    tuples: view.tuples,
    allowed: (user, relation, object, assumed, meter) => {
      if (assumed !== undefined) return view.allowed(user, relation, object, assumed, meter);
      const key = `${user} ${relation} ${object}`;
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = view.allowed(user, relation, object, undefined, meter);
      answers.set(key, answer);
      return answer;
    },
  };
}

/** Rests between the trials of a way, when the state is as it was. */
function* eventsOf(trial: Trial, missing: Missing, known: Known): Parts<MissingEvents> {
  const { view } = trial;
  const { pace } = known;
  const guessed = likelyEvents(view.tuples, missing);
  const isTried = guessed.length > 0 && guessed.length <= MAX_EVENTS_OF_A_WAY;
  const outcome = isTried ? tried(trial, guessed, missing.absent, known) : NOT_TRIED;
  if (!outcome.isYes) return forbidden(missing, outcome.refused, view, known);
  // An event that the way does without is left out.
  const needed: LikelyEvent[] = [];
  for (const [i, event] of guessed.entries()) {
    yield* pace.rest();
    const others = outcome.isIdle === true ? guessed.toSpliced(i, 1) : undefined;
    if (others === undefined || !tried(trial, others, missing.absent, known).isYes) needed.push(event);
  }
  const [first, ...later] = needed;
  const who = first === undefined ? [] : [firstActors(trial, first, known)];
  yield* pace.rest();
  if (later.length > 0 && known.sought < MAX_EVENTS_WITH_NAMES) {
    tried(trial, needed, missing.absent, known, (event, i) => {
      if (i > 0) who.push(actorsOf(trial, event, known));
    });
  } else who.push(...later.map(rightFor));
  return { ...missing, events: needed.map((event, i) => ({ ...event, who: who[i]! })) };
}

/** The outcome of a trial: whether all events apply, write the absent tuples and make the answer yes. */
interface Outcome {
  readonly isYes: boolean;
  readonly refused: RefusalCode | undefined;
  /** True if one of the events writes no absent tuple, so that the others may do. */
  readonly isIdle?: boolean;
}

const NOT_TRIED: Outcome = { isYes: false, refused: undefined };

/** Tries events in order as the system, and undoes them. Calls `before` with each on the state that it meets. */
function tried(
  { model, view, clock, request }: Trial, events: readonly LikelyEvent[], absent: readonly Tuple[],
  { decisions, pace }: Known, before: (event: LikelyEvent, i: number) => void = () => undefined,
): Outcome {
  const deltas = new TentativeDeltas(view.tuples);
  let left = absent;
  let isIdle = false;
  try {
    let sequence = "";
    for (const [i, event] of events.entries()) {
      before(event, i);
      sequence += JSON.stringify(event);
      if (!decisions.has(sequence)) decisions.set(sequence, decided(view, clock, event, undefined, pace));
      const step = decisions.get(sequence);
      if (step === undefined) return NOT_TRIED;
      if ("refused" in step) return { isYes: false, refused: step.refused };
      deltas.apply(step);
      pace.add(STEPS_OF_A_TUPLE * sizeOf(step));
      const rest = left.filter((tuple) => !isThere(view, tuple));
      isIdle ||= rest.length === left.length;
      left = rest;
    }
    const isWritten = absent.every((tuple) => isThere(view, tuple));
    const meter = new Meter(MAX_CHECK_STEPS);
    const answer = checkCounted(model, view.tuples, request, meter);
    pace.add(meter.steps);
    return { isYes: isWritten && "allowed" in answer && answer.allowed, refused: undefined, isIdle };
  } finally {
    deltas.undoTo(0);
  }
}

/** Decides an event on the state; undefined if it changes nothing, or cannot be done in one write. */
function decided(
  view: LiveView, clock: number, { type, data }: LikelyEvent, actor: string | undefined,
  pace: Pace,
): Delta | Refusal | undefined {
  const envelope = { source: "/explain", id: "trial", type, data };
  const event = DomainEvent.sent(actor === undefined ? envelope : { ...envelope, actor });
  const meter = new Meter(MAX_EVENT_STEPS);
  const outcome = tryEvent(event, view, { clock, room: MAX_WRITE_OF_A_TRIAL, meter });
  pace.add(meter.steps + STEPS_OF_A_DECISION);
  return outcome;
}

/** Whether a tuple exists. A new role gets its org into its name. */
function isThere({ tuples }: LiveView, { object, relation, user }: Tuple): boolean {
  if (tuples.has(object, relation, user)) return true;
  const isNewRole = /^role:new(?:\.\d+)?$/.test(object) || /^role:new(?:\.\d+)?(?:#|$)/.test(user);
  if (!isNewRole) return false;
  const named = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/^role:/, "role:[^/]+/")}$`);
  const [wanted, of] = [named(user), named(object)];
  const objects = object.startsWith("role:") ? tuples.objects("role", relation, user).filter((each) => of.test(each))
    : [object];
  return objects.some((each) => tuples.users(each, relation).some((other) => wanted.test(other)));
}

/** Returns the users who may send an event on the present state. */
function firstActors(trial: Trial, event: LikelyEvent, known: Known): string {
  const key = JSON.stringify(event);
  const found = known.who.get(key) ?? actorsOf({ ...trial, view: known.present }, event, known);
  known.who.set(key, found);
  return found;
}

/**
 * Returns the users who may send an event, separated by commas. Where many have the right, none is found, or the
 * senders of many events were sought, returns the right.
 */
function actorsOf(trial: Trial, event: LikelyEvent, known: Known): string {
  const right = rightFor(event);
  if (++known.sought > MAX_EVENTS_WITH_NAMES) return right;
  const candidates = candidatesOf(trial.model, trial.view.tuples, event, known.staff);
  // Only some of the senders would be named.
  if (candidates === undefined) return right;
  const meter = new Meter(MAX_EVENT_STEPS);
  try {
    const named = senders(trial, event, candidates, meter, known);
    return named.length === 0 ? right : named.map((actor) => `user:${actor}`).sort().join(", ");
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error;
    return right;
  } finally {
    known.pace.add(meter.steps);
  }
}

/** Returns those of some users who may send an event; none if there are too many to name. */
function senders(
  { view, clock }: Trial, event: LikelyEvent, candidates: readonly string[], meter: Meter, { pace }: Known,
): readonly string[] {
  const { definition, payload } = DomainEvent.sent({ source: "/explain", id: "trial", ...event });
  if (definition === undefined || "refused" in payload) return [];
  const counted = withinMeter(view, meter);
  const org = definition.org(payload.data, counted);
  const entitled: string[] = [];
  for (const actor of candidates) {
    if (definition.may(payload.data, actor, counted, org) && entitled.push(actor) > MAX_ACTORS_NAMED) return [];
  }
  return entitled.filter((actor) => {
    const step = decided(view, clock, event, actor, pace);
    return step !== undefined && !("refused" in step);
  });
}

/** Returns a way that no event brings about, with the rule that forbids it. */
function forbidden(
  missing: Missing, refused: RefusalCode | undefined, { tuples }: LiveView, known: Known,
): MissingEvents {
  const index = indexOf(tuples);
  const existed = (object: string): boolean => {
    const found = known.existed.get(object) ?? (typeOf(object) === "activity_comment"
      // The tuples of a comment remain when its activity is deleted.
      ? findComment(tuples, idOf(object)) !== undefined
      : [object, home(object)].some((name) => index.hasObject(index.findNamed(name))));
    known.existed.set(object, found);
    return found;
  };
  const rule = forbiddingRule(missing.absent, refused, existed);
  if (rule === undefined) return { ...missing, text: missing.text.replace(/\.$/, "; no event does that."), events: [] };
  const text = missing.text.replace(/\.$/, `; no event does that, because ${rule.says} (${rule.rule}).`);
  return { ...missing, rules: [...new Set([rule.rule, ...missing.rules])], text, events: [] };
}
