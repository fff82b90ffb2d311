// The budget of a search: edges it may follow, and steps until it rests. Operands are raced under growing budgets.
import type { Evaluation } from "./evaluation.ts";
import { FIRST_SEARCH_BUDGET, SEARCH_BUDGET_GROWTH } from "./limits.ts";
import type { Parts } from "./parts.ts";

/** Counts down the edges that a search may still follow; each is a step of the question as well. */
export class Budget {
  private left = Infinity;
  private readonly evaluation: Evaluation;
  private readonly stepsPerPart: number;
  /** Steps of the question from which the search rests. */
  private partEnd: number;

  constructor(evaluation: Evaluation, stepsPerPart: number) {
    this.evaluation = evaluation;
    this.stepsPerPart = stepsPerPart;
    this.partEnd = evaluation.steps + stepsPerPart;
  }

  /** Takes some edges; false when that is more than is left. Throws TooManySteps beyond the limit of the question. */
  spend(edges: number): boolean {
    this.evaluation.spend(edges);
    this.left -= edges;
    return this.left >= 0;
  }

  /** Brings the next rest a step nearer, for work that counts as steps elsewhere. */
  tire(steps = 1): void {
    this.partEnd -= steps;
  }

  /** Whether the search has taken the steps of a part: then it rests where it can. */
  get isPartOver(): boolean {
    return this.evaluation.steps >= this.partEnd;
  }

  /** Rests, and begins the next part. */
  *rest(): Parts<void> {
    yield;
    this.partEnd = this.evaluation.steps + this.stepsPerPart;
  }

  /**
   * Tries the options in turn under a small budget, then all again under a larger one, until one is found (a value
   * other than undefined) or the budget of the whole is used up. So the cheapest decides what the search costs.
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
