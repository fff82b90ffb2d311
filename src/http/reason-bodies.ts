// The reasons of an answer as JSON: each tuple with the event behind it.
import type { Parts } from "../checks/parts.ts";
import type { MissingEvents } from "../reasons/event-ways.ts";
import type { Reason } from "../reasons/explained.ts";
import type { TupleOrigins } from "../reasons/tuple-origins.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";

/** The events behind the tuples of one answer. */
export class Origins {
  readonly #origins: TupleOrigins | undefined;
  readonly #contextual: ReadonlySet<string>;
  /** The same tuple stands in many proofs. */
  readonly #present = new Map<string, object>();
  readonly #absent = new Map<string, object>();

  /** `contextual`: the tuples that count for this question alone. */
  constructor(origins: TupleOrigins | undefined, contextual: readonly Tuple[] = []) {
    this.#origins = origins;
    this.#contextual = new Set(contextual.map(printTuple));
  }

  /** Number of tuples whose events were looked up. */
  get found(): number {
    return this.#present.size + this.#absent.size;
  }

  /** Returns a tuple that exists, with the event that wrote it. */
  present(tuple: Tuple): object {
    const name = printTuple(tuple);
    const known = this.#present.get(name);
    if (known !== undefined) return known;
    const since = (this.#contextual.has(name) ? undefined : this.#origins?.writtenBy(tuple)) ?? null;
    const shown = { ...tuple, since };
    this.#present.set(name, shown);
    return shown;
  }

  /** Returns a tuple that does not, with the event that deleted it. */
  absent(tuple: Tuple): object {
    const name = printTuple(tuple);
    const known = this.#absent.get(name);
    if (known !== undefined) return known;
    const ended = this.#origins?.endedBy(tuple);
    const shown = ended === undefined ? tuple : { ...tuple, ended };
    this.#absent.set(name, shown);
    return shown;
  }
}

/** Returns a proof as an answer shows it. Each event is found in its own part: that reads the log. */
export function* reasonBody({ rules, text, tuples }: Reason, origins: Origins): Parts<object> {
  return { rules, text, tuples: yield* shownInParts(tuples, origins, (tuple) => origins.present(tuple)) };
}

/** Returns a way to a yes as an answer shows it, in the same parts. */
export function* missingBody(
  { rules, text, present, absent, against, events }: MissingEvents, origins: Origins,
): Parts<object> {
  const presentNow = (tuple: Tuple): object => origins.present(tuple);
  return {
    rules, text, present: yield* shownInParts(present, origins, presentNow),
    absent: yield* shownInParts(absent, origins, (tuple) => origins.absent(tuple)),
    ...(against === undefined ? {} : { against: yield* shownInParts(against, origins, presentNow) }), events,
  };
}

function* shownInParts(
  tuples: readonly Tuple[], origins: Origins, show: (tuple: Tuple) => object,
): Parts<object[]> {
  const shown: object[] = [];
  for (const tuple of tuples) {
    const { found } = origins;
    shown.push(show(tuple));
    if (origins.found > found) yield;
  }
  return shown;
}

/** Returns the bodies of all of some proofs, or ways to a yes. */
export function* bodiesOf<T>(
  all: readonly T[], body: (one: T, origins: Origins) => Parts<object>, origins: Origins,
): Parts<object[]> {
  const bodies: object[] = [];
  for (const one of all) bodies.push(yield* body(one, origins));
  return bodies;
}
