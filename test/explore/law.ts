// The form of a law: a sentence about one applied move, the state before it and the state after it.
import type { Transition } from "./explorer.ts";

/** A sentence about every applied event. */
export interface Law {
  readonly name: string;
  readonly rules: string;
  /** Returns the violations by one transition; none if the law holds there. */
  readonly check: (transition: Transition) => string[];
}

type Data = Readonly<Record<string, unknown>>;

/** One field of a payload as text; "" if it is absent. */
export const text = (data: Data, field: string): string => String(data[field] ?? "");

/** The org that a transition's event stands in, as an object. */
export const orgOf = ({ step }: Transition): string => `org:${step.org}`;
