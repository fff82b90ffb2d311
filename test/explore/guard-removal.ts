// Removes one guard at a time and searches for the shortest trace after which an invariant or a law is broken.
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import type { Step } from "../../src/events/decide-event.ts";
import { Explorer, type Slice } from "./explorer.ts";
import type { GuardCopy } from "./guard-copy.ts";
import { SWITCH } from "./guard-switch.ts";
import { violations } from "./invariants.ts";
import { breaches } from "./laws.ts";
import { printMove, WAIT } from "./move.ts";
import type { Snapshot } from "./snapshot.ts";

/** The findings about one guard. */
export interface Verdict {
  /** Number of explored moves that the guard refused. */
  fired: number;
  /** Number of them that another guard refuses as well, possibly with another code. */
  refusedAnyway: number;
  /** Number of them that change nothing without the guard. */
  unchanged: number;
  /** Number of them that are applied without the guard. */
  applied: number;
  /** The first broken invariant or law, and the moves that lead to it; undefined if nothing broke. */
  broken: { readonly fault: string; readonly trace: readonly string[] } | undefined;
}

/** A move that one guard alone refuses, from which the search continues. */
interface Opening {
  readonly guard: number;
  readonly state: number;
  readonly move: number;
}

/** Bounds of the search. */
export interface SearchBounds {
  /** Number of tries for each guard and slice, and of those that continue by one more move. */
  readonly tries: number;
  readonly further: number;
}

/** Searches all slices for the effect of removing each of the guards. Returns the verdicts by guard. */
export class GuardSearch {
  readonly verdicts = new Map<number, Verdict>();
  readonly #copy: GuardCopy;
  readonly #bounds: SearchBounds;
  readonly #wanted: ReadonlySet<number>;

  constructor(copy: GuardCopy, wanted: Iterable<number>, bounds: SearchBounds) {
    this.#copy = copy;
    this.#bounds = bounds;
    this.#wanted = new Set(wanted);
    for (const guard of this.#wanted) this.verdicts.set(guard, {
      fired: 0, refusedAnyway: 0, unchanged: 0, applied: 0, broken: undefined,
    });
  }

  /**
   * Searches one slice, level by level, for the guards that have broken nothing yet. `expanded` is the number of states
   * whose moves are tried.
   */
  search(slice: Slice, expanded: number): void {
    if (!this.#open(new Map())) return;
    const explorer = new Explorer(slice, this.#copy.code);
    const tries = new Map<number, number>();
    let openings: Opening[] = [];
    let level = 0;
    SWITCH.takeFired();
    while (explorer.expanded < Math.min(expanded, explorer.states) && this.#open(tries)) {
      const state = explorer.expanded;
      if (explorer.depthOf(state) > level) {
        this.#continue(explorer, openings);
        [openings, level] = [[], explorer.depthOf(state)];
      }
      const fired: [number, number[]][] = [];
      explorer.expand(() => undefined, (number) => {
        if (slice.moves[number]!.type === WAIT) return;
        SWITCH.takeFired();
        explorer.attempt(number);
        fired.push([number, SWITCH.takeFired()]);
      });
      const before = explorer.goTo(state);
      for (const [move, guards] of fired) {
        for (const guard of guards) this.#try(explorer, before, { guard, state, move }, tries, openings);
      }
    }
    this.#continue(explorer, openings);
    SWITCH.switchOff(undefined);
  }

  #open(tries: ReadonlyMap<number, number>): boolean {
    return [...this.#wanted].some((guard) => this.verdicts.get(guard)!.broken === undefined
      && (tries.get(guard) ?? 0) < this.#bounds.tries);
  }

  #try(
    explorer: Explorer, before: Snapshot, opening: Opening, tries: Map<number, number>, openings: Opening[],
  ): void {
    const { guard, state, move } = opening;
    const verdict = this.verdicts.get(guard);
    if (verdict === undefined || verdict.broken !== undefined) return;
    // A try that changes something counts as much as several that do not: those are cheap, and common.
    const count = tries.get(guard) ?? 0;
    if (count >= this.#bounds.tries) return;
    verdict.fired++;
    const outcome = this.#without(explorer, guard, state, [], move, before);
    tries.set(guard, count + (outcome === "applied" ? 1 : 0.02));
    if (outcome === "refused") verdict.refusedAnyway++;
    else if (outcome === "unchanged") verdict.unchanged++;
    else if (outcome === "applied") {
      verdict.applied++;
      if (openings.filter((one) => one.guard === guard).length < this.#bounds.further) openings.push(opening);
    }
  }

  /** Tries a move without a guard on the present state; `taken` are the moves since `state`. */
  #without(
    explorer: Explorer, guard: number, state: number, taken: readonly number[], move: number, before: Snapshot,
  ): "refused" | "unchanged" | "applied" | "broken" {
    SWITCH.switchOff(guard);
    let step: Step | Refusal;
    const trace = (): string[] => [...explorer.trace(state), ...[...taken, move].map((n) => explorer.slice.moves[n]!)]
      .map(printMove);
    try {
      step = explorer.attempt(move);
    } catch (error) {
      const fault = `the event cannot be decided: ${(error as Error).message}`;
      this.verdicts.get(guard)!.broken = { fault, trace: trace() };
      return "broken";
    } finally {
      SWITCH.switchOff(undefined);
    }
    if (isRefusal(step)) return "refused";
    if (step.status !== "applied") return "unchanged";
    const faults = explorer.within(step, (after) => {
      const transition = {
        move: explorer.slice.moves[move]!, from: state, before, after, step: step as Step, isNew: true,
      };
      return [...violations(after.facts), ...breaches(transition)];
    });
    if (faults.length === 0) return "applied";
    this.verdicts.get(guard)!.broken = { fault: faults[0]!, trace: trace() };
    return "broken";
  }

  /** Tries every move after the openings. */
  #continue(explorer: Explorer, openings: readonly Opening[]): void {
    for (const { guard, state, move } of openings) {
      if (this.verdicts.get(guard)!.broken !== undefined) continue;
      explorer.goTo(state);
      SWITCH.switchOff(guard);
      const step = explorer.attempt(move);
      SWITCH.switchOff(undefined);
      if (isRefusal(step)) continue;
      explorer.within(step, (after) => {
        for (const [next, { type }] of explorer.slice.moves.entries()) {
          if (type === WAIT) continue;
          if (this.#without(explorer, guard, state, [move], next, after) === "broken") return;
        }
      });
    }
  }
}

/** A verdict as text: the guard, what its removal breaks, and the trace. */
export function printVerdict(name: string, { fired, broken }: Verdict): string {
  if (broken === undefined) return `${name}: nothing broke in ${fired} tries`;
  return `${name}: ${broken.fault}\n    ${broken.trace.join("\n    ")}`;
}
