// The events that bring a way to a yes about: guesses, each tried on the state and then undone.
import type { Parts } from "../checks/parts.ts";
import { Meter, TooManySteps } from "../checks/steps.ts";
import { MAX_EVENT_STEPS } from "../checks/limits.ts";
import { findComment } from "../domain/activities.ts";
import { home, pairOf } from "../domain/object-names.ts";
import { findRole } from "../domain/roles.ts";
import { withinMeter, type LiveView } from "../domain/state-view.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { idOf, typeOf, type Tuple } from "../tuples/tuple.ts";
import { candidatesOf, rightFor, type Staff } from "./event-senders.ts";
import { EventTrials, NO_EVENT, type Outcome, type Trial } from "./event-trials.ts";
import type { Missing } from "./explained.ts";
import { closingOf } from "./forbidding-rules.ts";
import { likelyEvents, type LikelyEvent } from "./likely-events.ts";
import { breadthOf } from "./missing-order.ts";
import { Pace, type PartSize } from "./pace.ts";
import { MAX_ACTORS_NAMED, MAX_EVENTS_OF_A_WAY, MAX_EVENTS_WITH_NAMES, STEPS_OF_A_WAY } from "./reasons-limits.ts";
import { compareSequences, TriedEvents, type TriedEvent } from "./tried-events.ts";

/** An event of a way to a yes. `who`: users who may send it, or the right that it asks. */
export interface EventOfWay extends LikelyEvent {
  readonly who: string;
}

/** A way to a yes with the events that bring it about, in order; none if no event does. */
export interface MissingEvents extends Missing {
  readonly events: readonly EventOfWay[];
}

/** Adds the events to ways to a yes, in parts. The state is the same after each part as before. */
export function* withEvents(
  trial: Trial, missing: readonly Missing[], part?: PartSize,
): Parts<MissingEvents[]> {
  const search = new EventSearch(trial, new Pace(part));
  try {
    return yield* search.all(missing);
  } finally {
    search.end();
  }
}

/** The outcome of too many events to try. */
const UNDECIDED: Outcome = { ...NO_EVENT, refused: "undecided" };

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

/** A way to a yes with the events that may bring it about, and the outcome of their trial. */
interface Guess {
  readonly missing: Missing;
  readonly events: readonly TriedEvent[];
  outcome: Outcome;
}

/** The search for the events of all ways of one answer. */
class EventSearch {
  readonly #trial: Trial;
  readonly #pace: Pace;
  readonly #trials: EventTrials;
  readonly #events = new TriedEvents();
  /** The present state. It remembers the answers of the model, so it must not be asked during a trial. */
  readonly #present: LiveView;
  /** The members of orgs who are tried as actors. */
  readonly #staff: Staff = new Map();
  /** The users who may send an event on the present state, by the event. */
  readonly #who = new Map<TriedEvent, string>();
  /** Whether an object exists or has existed. */
  readonly #existed = new Map<string, boolean>();
  /** Number of events whose senders were sought among the users. */
  #sought = 0;

  constructor(trial: Trial, pace: Pace) {
    this.#trial = trial;
    this.#pace = pace;
    this.#trials = new EventTrials(trial, pace);
    this.#present = rememberedView(trial.view);
  }

  /** Undoes what is tried. */
  end(): void {
    this.#trials.end();
  }

  *all(missing: readonly Missing[]): Parts<MissingEvents[]> {
    const guesses: Guess[] = [];
    for (const each of missing) {
      const likely = likelyEvents(this.#trial.view.tuples, each, this.#trial.clock);
      const events = [...new Set(likely.map((event) => this.#events.of(event)))];
      guesses.push({ missing: each, events, outcome: NO_EVENT });
      this.#pace.add(STEPS_OF_A_WAY);
      yield* this.#rest();
    }
    // Sequences that begin alike are tried one after the other.
    for (const guess of guesses.toSorted((a, b) => compareSequences(a.events, b.events))) {
      const { events, missing: { absent } } = guess;
      if (events.length === 0) continue;
      guess.outcome = events.length > MAX_EVENTS_OF_A_WAY ? UNDECIDED : this.#trials.try(events, absent);
      yield* this.#rest();
    }
    this.end();
    // Senders are sought for a number of events: in turn for the first ways, and for the changes that reach least.
    const breadth = ({ missing: { absent } }: Guess): number => breadthOf(absent);
    const byBreadth = guesses.toSorted((a, b) => breadth(a) - breadth(b));
    const found = new Map<Guess, MissingEvents>();
    for (const guess of new Set(guesses.flatMap((first, i) => [first, byBreadth[i]!]))) {
      found.set(guess, yield* this.#judged(guess));
    }
    return guesses.map((guess) => found.get(guess)!);
  }

  /** Rests if it is time, with the state as it was. */
  *#rest(): Parts<undefined> {
    if (this.#pace.isDue) this.end();
    return yield* this.#pace.rest();
  }

  *#judged({ missing, events, outcome }: Guess): Parts<MissingEvents> {
    if (!outcome.isYes) {
      yield* this.#rest();
      return this.#closed(missing, outcome.refused);
    }
    const needed = outcome.isIdle ? yield* this.#needed(events, missing) : events;
    const who: string[] = [];
    for (const [i, event] of needed.entries()) {
      yield* this.#rest();
      who.push(this.#whoMaySend(event, needed.slice(0, i)));
    }
    this.end();
    return { ...missing, events: needed.map(({ type, data }, i) => ({ type, data, who: who[i]! })) };
  }

  /** Returns the events without those that the way does without. */
  *#needed(events: readonly TriedEvent[], { absent }: Missing): Parts<readonly TriedEvent[]> {
    const needed: TriedEvent[] = [];
    for (const [i, event] of events.entries()) {
      yield* this.#rest();
      if (!this.#trials.try(events.toSpliced(i, 1), absent).isYes) needed.push(event);
    }
    this.end();
    return needed;
  }

  /**
   * Returns the users who may send an event after some others, separated by commas. Where many have the right, none is
   * found, or the senders of many events were sought, returns the right.
   */
  #whoMaySend(event: TriedEvent, before: readonly TriedEvent[]): string {
    if (before.length > 0) return this.#sendersOf(event, before);
    const found = this.#who.get(event) ?? this.#sendersOf(event, before);
    this.#who.set(event, found);
    return found;
  }

  #sendersOf(event: TriedEvent, before: readonly TriedEvent[]): string {
    const right = rightFor(event);
    if (++this.#sought > MAX_EVENTS_WITH_NAMES) return right;
    this.#trials.reach(before);
    const view = before.length === 0 ? this.#present : this.#trial.view;
    const candidates = candidatesOf(this.#trial.model, view.tuples, event, this.#staff);
    // Only some of the senders would be named.
    if (candidates === undefined) return right;
    const meter = new Meter(MAX_EVENT_STEPS);
    try {
      const named = this.#senders(event, candidates, view, meter);
      return named.length === 0 ? right : named.map((actor) => `user:${actor}`).sort().join(", ");
    } catch (error) {
      if (!(error instanceof TooManySteps)) throw error;
      return right;
    } finally {
      this.#pace.add(meter.steps);
    }
  }

  /** Returns those of some users who may send an event; none if there are too many to name. */
  #senders(event: TriedEvent, candidates: readonly string[], view: LiveView, meter: Meter): readonly string[] {
    const { definition, payload } = event.sent;
    if (definition === undefined || "refused" in payload) return [];
    const counted = withinMeter(view, meter);
    const org = definition.org(payload.data, counted);
    const entitled: string[] = [];
    for (const actor of candidates) {
      if (definition.may(payload.data, actor, counted, org) && entitled.push(actor) > MAX_ACTORS_NAMED) return [];
    }
    return entitled.filter((actor) => this.#trials.accepts(event, actor, view));
  }

  /** Returns a way that no event brings about, with the rule that closes it, or one that was not decided. */
  #closed(missing: Missing, refused: Outcome["refused"]): MissingEvents {
    if (refused === "undecided") return ended(missing, "the events for that were not tried", missing.rules);
    const { tuples } = this.#trial.view;
    const way = {
      ...missing, existed: (object: string) => this.#hasExisted(object),
      isStored: ({ object, relation, user }: Tuple) => tuples.has(object, relation, user),
    };
    const hasContext = (this.#trial.request.contextualTuples ?? []).length > 0;
    const closing = closingOf(way, refused === undefined ? undefined : { ...refused, hasContext });
    if (closing === undefined) return ended(missing, "no event for that is known", missing.rules);
    const { rule, says } = closing;
    return ended(missing, `${says} (${rule})`, [...new Set([rule, ...missing.rules])]);
  }

  #hasExisted(object: string): boolean {
    const found = this.#existed.get(object) ?? hasExisted(this.#trial.view.tuples, object);
    this.#existed.set(object, found);
    return found;
  }
}

function hasExisted(tuples: TupleSet, object: string): boolean {
  // The tuples of a comment remain when its activity is deleted. A seeded role may have none.
  if (typeOf(object) === "activity_comment") return findComment(tuples, idOf(object)) !== undefined;
  if (typeOf(object) === "role") {
    const { org, id } = pairOf(object);
    return findRole(tuples, org, id) !== undefined;
  }
  const index = indexOf(tuples);
  return [object, home(object)].some((name) => index.hasObject(index.findNamed(name)));
}

/** Returns a way without events, whose sentence ends in the reason. */
function ended(missing: Missing, reason: string, rules: readonly string[]): MissingEvents {
  return { ...missing, rules, text: missing.text.replace(/\.$/, `; ${reason}.`), events: [] };
}
