// The reasons of an answer as JSON: each tuple with the event behind it.
import type { MissingEvents } from "../reasons/event-ways.ts";
import type { Reason } from "../reasons/explain.ts";
import type { TupleOrigins } from "../reasons/tuple-origins.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";

/** The events behind the tuples of one answer. */
export class Origins {
  readonly #origins: TupleOrigins | undefined;
  readonly #contextual: ReadonlySet<string>;

  /** `contextual`: the tuples that count for this question alone. */
  constructor(origins: TupleOrigins | undefined, contextual: readonly Tuple[] = []) {
    this.#origins = origins;
    this.#contextual = new Set(contextual.map(printTuple));
  }

  /** Returns a tuple that exists, with the event that wrote it. */
  present(tuple: Tuple): object {
    const isStored = !this.#contextual.has(printTuple(tuple));
    return { ...tuple, since: (isStored ? this.#origins?.writtenBy(tuple) : undefined) ?? null };
  }

  /** Returns a tuple that does not, with the event that deleted it. */
  absent(tuple: Tuple): object {
    const ended = this.#origins?.endedBy(tuple);
    return ended === undefined ? tuple : { ...tuple, ended };
  }
}

/** Returns a proof as an answer shows it. */
export function reasonBody({ rules, text, tuples }: Reason, origins: Origins): object {
  return { rules, text, tuples: tuples.map((tuple) => origins.present(tuple)) };
}

/** Returns a way to a yes as an answer shows it. */
export function missingBody(
  { rules, text, present, absent, against, events }: MissingEvents, origins: Origins,
): object {
  return {
    rules, text, present: present.map((tuple) => origins.present(tuple)),
    absent: absent.map((tuple) => origins.absent(tuple)),
    ...(against === undefined ? {} : { against: against.map((tuple) => origins.present(tuple)) }), events,
  };
}
