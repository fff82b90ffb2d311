// The budget of a search: the edges it may follow and the steps until it rests. Operands race under growing budgets.
import type { Evaluation } from "./evaluation.ts";
import { FIRST_SEARCH_BUDGET, SEARCH_BUDGET_GROWTH } from "./limits.ts";
import type { Parts } from "./parts.ts";

/** Counts down the edges that a search may still follow. Each edge also counts as a step of the question. */
export class Budget {
  private left = Infinity;
  private readonly evaluation: Evaluation;
  private readonly stepsPerPart: number;
  /** The question's step count at which the search rests. */
  private partEnd: number;

  constructor(evaluation: Evaluation, stepsPerPart: number) {
    this.evaluation = evaluation;
    this.stepsPerPart = stepsPerPart;
    this.partEnd = evaluation.steps + stepsPerPart;
  }

  /** Takes edges from the budget; false when too few are left. Throws TooManySteps beyond the question's limit. */
  spend(edges: number): boolean {
    this.evaluation.spend(edges);
    this.left -= edges;
    return this.left >= 0;
  }

  /** Brings the next rest nearer, for work whose steps are counted elsewhere. */
  charge(steps = 1): void {
    this.partEnd -= steps;
  }

  /** Whether the search has used up the steps of this part. It then rests where it can. */
  get isPartOver(): boolean {
    return this.evaluation.steps >= this.partEnd;
  }

  /** Rests, then begins the next part. */
  *rest(): Parts<void> {
    yield;
    this.partEnd = this.evaluation.steps + this.stepsPerPart;
  }

  /**
   * Tries each option under a small budget, then each again under a larger one, until one returns a value other than
   * undefined or the whole budget is used up. The cheapest option therefore sets the cost of the search.
   */
  *race<Option, Found>(
    options: readonly Option[], search: (option: Option) => Parts<Found | undefined>,
  ): Parts<Found | undefined> {
    const outer = this.left;
    let spent = 0;
    for (let slice = FIRST_SEARCH_BUDGET; ; slice *= SEARCH_BUDGET_GROWTH) {
      for (const option of options) {
        const allowed = Math.min(slice, outer - spent);
        this.left = options.length === 1 ? outer - spent : allowed;
        const before = this.left;
        const found = yield* search(option);
        if (this.left < Infinity) spent += before - this.left;
        if (found !== undefined || outer - spent <= 0 || before === Infinity) {
          this.left = outer - spent;
          return found;
        }
      }
    }
  }
}
