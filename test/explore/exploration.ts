// One run of the exploration: every slice up to a number of states, with invariants on states and laws on transitions.
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import type { Step } from "../../src/events/decide-event.ts";
import { Draw } from "../laws/draw.ts";
import { Explorer, type Found, type Slice, type Transition } from "./explorer.ts";
import { violations } from "./invariants.ts";
import { breaches } from "./laws.ts";
import { printMove, REAL, type EventCode } from "./move.ts";

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
export interface Result {
  readonly slice: string;
  readonly states: number;
  readonly depth: number;
  readonly expanded: number;
  readonly decided: number;
  readonly applied: number;
  readonly lawful: number;
  readonly timed: number;
  /** Violations with their traces; the first few. */
  readonly faults: readonly string[];
}

const MAX_FAULTS = 5;

/** Explores one slice. `draw` chooses the transitions on which laws are checked. */
export class Exploration {
  readonly explorer: Explorer;
  readonly #draw: Draw;
  readonly #bounds: Bounds;
  readonly faults: string[] = [];
  applied = 0;
  lawful = 0;
  timed = 0;

  constructor(slice: Slice, bounds: Bounds, seed: number, code: EventCode = REAL) {
    this.explorer = new Explorer(slice, code);
    this.#bounds = bounds;
    this.#draw = new Draw(seed);
  }

  /** True once the bound is reached, every state is expanded, or enough is wrong. */
  get isDone(): boolean {
    const { states, expanded } = this.explorer;
    return states >= this.#bounds.states || expanded >= states || this.faults.length >= MAX_FAULTS;
  }

  /** Expands one state. Returns the states that it found. */
  step(): Found[] {
    return this.explorer.expand((transition) => this.#visit(transition), (number) => this.#probe(number)) ?? [];
  }

  /** Explores until it is done. */
  all(): Result {
    while (!this.isDone) this.step();
    return this.result;
  }

  get result(): Result {
    const { slice: { name }, states, depth, expanded, decided } = this.explorer;
    const { applied, lawful, timed, faults } = this;
    return { slice: name, states, depth, expanded, decided, applied, lawful, timed, faults };
  }

  #visit(transition: Transition): void {
    this.applied++;
    const faults = transition.isNew ? violations(transition.after.facts) : [];
    if (transition.isNew && this.#draw.below(this.#bounds.of) < this.#bounds.sampled) {
      this.lawful++;
      faults.push(...breaches(transition));
    }
    for (const fault of faults) this.#report(fault, transition);
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
