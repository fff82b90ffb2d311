// The server's time in the contexts of questions, for the conditions that compare with `current_time`.
import type { Model } from "../model/rewrite.ts";

type Context = Readonly<Record<string, unknown>>;

/** A question with an optional context. */
interface Contextual {
  readonly context?: Context | undefined;
}

/** Sets `current_time` in the contexts of questions to the server's clock, whatever the caller sent. */
export class ServerTime {
  readonly #now: () => number;
  /** Types with a relation that can reach a condition: the model also limits where a contextual tuple may have one. */
  readonly #conditional: ReadonlySet<string>;
  #at = NaN;
  /** The context of a question without one, shared by the questions of one millisecond. */
  #context: Context = {};

  /** `now` returns milliseconds since 1970. */
  constructor(model: Model, now: () => number) {
    this.#now = now;
    const conditional = [...model.types.values()].filter((type) =>
      [...type.relations.values()].some((relation) => relation.conditional));
    this.#conditional = new Set(conditional.map((type) => type.name));
  }

  /**
   * Returns a question about objects of a type with the time in its context. Returns the question itself if it has no
   * context and no condition can decide it. `moment`: the time of a question about the past, in milliseconds since
   * 1970.
   */
  into<Q extends Contextual>(question: Q, type: string, moment?: number): Q {
    const { context } = question;
    if (context === undefined && !this.#conditional.has(type)) return question;
    const at = moment ?? this.#now();
    if (at !== this.#at) {
      this.#context = Object.freeze({ current_time: new Date(at).toISOString() });
      this.#at = at;
    }
    return { ...question, context: context === undefined ? this.#context : { ...context, ...this.#context } };
  }
}
