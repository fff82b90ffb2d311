// The reasons of an answer as JSON: each tuple with the event behind it.
import type { Parts } from "../checks/parts.ts";
import type { MissingEvents } from "../reasons/event-ways.ts";
import type { Reason } from "../reasons/explained.ts";
import type { Pace } from "../reasons/pace.ts";
import { STEPS_OF_AN_ORIGIN } from "../reasons/reasons-limits.ts";
import type { TupleOrigins } from "../reasons/tuple-origins.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";

/** The events behind the tuples of one answer. */
export class Origins {
  readonly #origins: TupleOrigins | undefined;
  readonly #pace: Pace;
  readonly #contextual: ReadonlySet<string>;
  /** The same tuple stands in many proofs. */
  readonly #present = new Map<string, object>();
  readonly #absent = new Map<string, object>();

  /** `contextual`: the tuples that count for this question alone. */
  constructor(origins: TupleOrigins | undefined, pace: Pace, contextual: readonly Tuple[] = []) {
    this.#origins = origins;
    this.#pace = pace;
    this.#contextual = new Set(contextual.map(printTuple));
  }

  /** Returns tuples that exist, each with the event that wrote it. */
  present(tuples: readonly Tuple[]): Parts<object[]> {
    return this.#shown(tuples, this.#present, (tuple, name) => {
      const since = (this.#contextual.has(name) ? undefined : this.#origins?.writtenBy(tuple)) ?? null;
      return { ...tuple, since };
    });
  }

  /** Returns tuples that do not, each with the event that deleted it. */
  absent(tuples: readonly Tuple[]): Parts<object[]> {
    return this.#shown(tuples, this.#absent, (tuple) => {
      const ended = this.#origins?.endedBy(tuple);
      return ended === undefined ? tuple : { ...tuple, ended };
    });
  }

  /** Finding an event reads the log: how long that takes depends on the disk. */
  *#shown(
    tuples: readonly Tuple[], known: Map<string, object>, show: (tuple: Tuple, name: string) => object,
  ): Parts<object[]> {
    const shown: object[] = [];
    for (const tuple of tuples) {
      const name = printTuple(tuple);
      let one = known.get(name);
      if (one === undefined) {
        one = show(tuple, name);
        known.set(name, one);
        this.#pace.add(STEPS_OF_AN_ORIGIN);
        yield* this.#pace.rest();
      }
      shown.push(one);
    }
    return shown;
  }
}

/** Returns a proof as an answer shows it. */
export function* reasonBody({ rules, text, tuples }: Reason, origins: Origins): Parts<object> {
  return { rules, text, tuples: yield* origins.present(tuples) };
}

/** Returns a way to a yes as an answer shows it. */
export function* missingBody(
  { rules, text, present, absent, against, events }: MissingEvents, origins: Origins,
): Parts<object> {
  return {
    rules, text, present: yield* origins.present(present), absent: yield* origins.absent(absent),
    ...(against === undefined ? {} : { against: yield* origins.present(against) }), events,
  };
}

/** Returns the bodies of all of some proofs, or ways to a yes. */
export function* bodiesOf<T>(
  all: readonly T[], body: (one: T, origins: Origins) => Parts<object>, origins: Origins,
): Parts<object[]> {
  const bodies: object[] = [];
  for (const one of all) bodies.push(yield* body(one, origins));
  return bodies;
}
