// One run of the exploration: every slice up to a number of states, with invariants on states and laws on transitions.
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import type { Step } from "../../src/events/decide-event.ts";
import { Draw } from "../laws/draw.ts";
import { Explorer, type Slice, type Transition } from "./explorer.ts";
import type { Counts, FoundStates, Progress } from "./found-states.ts";
import { violations } from "./invariants.ts";
import { breaches } from "./laws.ts";
import { mix } from "./mix.ts";
import { printMove, REAL } from "./move.ts";

/** Hours between the clock and the `time` of an actor's event, for the law about time (S13). */
const HOURS = [-8760, -400, -24, -1, 1, 12, 24];
const HOUR_MS = 3_600_000;

/** Bounds of the exploration of one slice. */
export interface Bounds {
  /** Number of states after which it ends. */
  readonly states: number;
  /** Number of applied transitions whose laws are checked, out of `of`. */
  readonly sampled: number;
  readonly of: number;
}

/** The result of exploring one slice. */
export interface Result extends Counts {
  readonly slice: string;
  readonly states: number;
  readonly depth: string;
  /** True if no further state can be reached. */
  readonly isWhole: boolean;
  readonly expanded: number;
  /** Violations with their traces; the first few. */
  readonly faults: readonly string[];
}

const MAX_FAULTS = 5;

/** Number of transitions of each type of event in a slice on which the laws are checked whatever is drawn. */
const ALWAYS_CHECKED = 10;
/** Transitions to known states are drawn this many times more rarely. */
const KNOWN_RARER = 10;

/**
 * Explores one slice. The seed and the number of a state choose its transitions that laws are checked on. `kept` has
 * the states of earlier runs, and the counts at which this run starts. If it has violations, they are the result.
 */
export class Exploration {
  readonly explorer: Explorer;
  readonly #seed: number;
  #draw: Draw;
  readonly #bounds: Bounds;
  readonly #kept: FoundStates | undefined;
  /** True if an earlier run found a violation. The kept states and counts end before it. */
  readonly #isBroken: boolean = false;
  readonly faults: string[] = [];
  applied = 0;
  lawful = 0;
  /** Number of applied transitions by type of event. */
  readonly byType = new Map<string, number>();
  timed = 0;

  constructor(slice: Slice, bounds: Bounds, seed: number, kept?: FoundStates) {
    this.explorer = new Explorer(slice, REAL);
    this.#bounds = bounds;
    this.#seed = seed;
    this.#draw = new Draw(seed);
    this.#kept = kept;
    if (kept === undefined) return;
    const { expanded, decided, applied, lawful, timed, byType, faults } = kept.progress;
    this.explorer.restore(kept.read(), expanded);
    this.explorer.decided = decided;
    this.applied = applied;
    this.lawful = lawful;
    this.timed = timed;
    this.byType = new Map(Object.entries(byType));
    this.faults.push(...faults);
    this.#isBroken = faults.length > 0;
  }

  /** True once the bound is reached, every state is expanded, or enough is wrong. */
  get isDone(): boolean {
    const { states, expanded } = this.explorer;
    const isWrong = this.#isBroken || this.faults.length >= MAX_FAULTS;
    return isWrong || states >= this.#bounds.states || expanded >= states;
  }

  /** Explores until it is done. */
  all(): Result {
    while (!this.isDone) this.step();
    this.keep();
    return this.result;
  }

  /**
   * Tries every move on one more state. The states that it finds and the counts are kept as long as nothing is wrong.
   * Violations are on disk at once.
   */
  step(): void {
    const { explorer, faults: { length: known } } = this;
    this.#draw = new Draw(mix(this.#seed, explorer.expanded));
    const visit = (transition: Transition): void => this.#visit(transition);
    const found = explorer.expand(visit, (number) => this.#probe(number)) ?? [];
    if (this.faults.length === 0) this.#kept?.add(found, this.#progress);
    else if (this.faults.length > known) this.keep();
  }

  /** Writes what is kept to its files. */
  keep(): void {
    this.#kept?.flush(this.faults);
  }

  get result(): Result {
    const { slice: { name }, states, depth: reached, expanded } = this.explorer;
    const isWhole = !Number.isFinite(reached);
    const depth = isWhole ? "every order" : `every order of ${reached} events`;
    return { slice: name, states, depth, isWhole, expanded, ...this.#counts, faults: this.faults };
  }

  /** The counts of this run and of earlier ones. */
  get #counts(): Counts {
    const { explorer: { decided }, applied, lawful, timed } = this;
    return { decided, applied, lawful, timed };
  }

  get #progress(): Progress {
    const { explorer: { expanded }, byType, faults } = this;
    return { expanded, ...this.#counts, byType: Object.fromEntries(byType), faults: [...faults] };
  }

  #visit(transition: Transition): void {
    this.applied++;
    const faults = transition.isNew ? violations(transition.after.facts, transition.step.delta) : [];
    if (this.#isDrawn(transition)) {
      this.lawful++;
      faults.push(...breaches(transition));
    }
    for (const fault of faults) this.#report(fault, transition);
  }

  /**
   * Whether the laws are checked on a transition. Most endings lead back to a known state: the first transitions of
   * each type are always checked, and later ones to known states more rarely than those to new ones.
   */
  #isDrawn({ isNew, move: { type } }: Transition): boolean {
    const seen = (this.byType.get(type) ?? 0) + 1;
    this.byType.set(type, seen);
    if (seen <= ALWAYS_CHECKED) return true;
    return this.#draw.below(this.#bounds.of) < this.#bounds.sampled && (isNew || this.#draw.below(KNOWN_RARER) === 0);
  }

  #report(fault: string, { from, move }: Transition): void {
    const moves = [...this.explorer.trace(from), move].map(printMove);
    this.faults.push(`${fault}\n    ${moves.join("\n    ")}`);
  }

  /** S13: an actor's event means the same whatever its `time`. */
  #probe(number: number): void {
    const { explorer } = this;
    const move = explorer.slice.moves[number]!;
    if (move.actor === undefined || move.attributes?.time !== undefined || this.#draw.below(50) > 0) return;
    this.timed++;
    const plain = explorer.attempt(number);
    const dated = explorer.attemptAt(number, this.#draw.pick(HOURS) * HOUR_MS);
    if (meaning(plain) === meaning(dated)) return;
    const moves = [...explorer.trace(explorer.expanded - 1), move].map(printMove);
    this.faults.push(`an actor's time changes the decision\n    ${moves.join("\n    ")}`);
  }
}

/** A decision without the event's own record, which contains the payload as sent. */
function meaning(outcome: Step | Refusal): string {
  if (isRefusal(outcome)) return JSON.stringify(outcome);
  const { status, delta: { writes, deletes } } = outcome;
  return JSON.stringify({ status, writes: writes.filter(({ object }) => !object.startsWith("event:")), deletes });
}
