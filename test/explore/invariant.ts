// The form of an invariant: a sentence that holds for the tuples of every store that only events have written.
import { dependency, type Dependency, type Facts } from "./facts.ts";

/** A sentence about the tuples of any store that events made, and the code that keeps it. */
export interface Invariant {
  /** Unique name, to which claims about the policy refer. */
  readonly name: string;
  /** Numbers of the rules that it serves. */
  readonly rules: string;
  /**
   * Each text is a dependency (`patterns -> consequence`, see `dependency`); all of them hold. Or the sentence in
   * words, where `find` decides it.
   */
  readonly says: readonly string[];
  /** The guards and writers that keep it: `file#name`, the file under `src/`. */
  readonly keptBy: readonly string[];
  /** Returns the violations in a state; without it, the dependencies decide. */
  readonly find?: (facts: Facts) => string[];
}

/** Builds an invariant that its dependencies decide. */
export function invariant(
  name: string, rules: string, says: readonly string[], keptBy: readonly string[],
): Invariant {
  return { name, rules, says, keptBy };
}

/** A part of an invariant's check. Without places, it may read the whole state. */
interface Check extends Pick<Dependency, "check">, Partial<Pick<Dependency, "places">> {
  readonly name: string;
}

/**
 * Returns the check of invariants: a function from a state to the violations, `name: values`. `changed`: each
 * `type#relation` in which the state differs from one without violations; dependencies on others alone still hold.
 */
export function checkOf(
  invariants: readonly Invariant[],
): (facts: Facts, changed?: ReadonlySet<string>) => string[] {
  const all = invariants.flatMap(({ name, says, find }): Check[] =>
    (find === undefined ? says.map(dependency) : [{ check: find }]).map((one) => ({ name, ...one })));
  return (facts, changed) => all
    .filter(({ places }) => changed === undefined || places === undefined || places.some((place) => changed.has(place)))
    .flatMap(({ name, check }) => check(facts).map((fault) => `${name}: ${fault}`));
}
