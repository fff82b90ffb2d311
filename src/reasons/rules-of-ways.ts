// The rules of the ways of a relation: those that set a way apart from the others.
import type { CompiledWay } from "./compiled-ways.ts";

/** The rules of the ways of one relation. */
export class RulesOfWays {
  readonly #rules: ReadonlyMap<string, readonly string[]>;
  /** The number of ways that pass through each line. */
  readonly #counts = new Map<string, number>();
  readonly #known = new Map<CompiledWay, readonly string[]>();

  /** `rules`: numbers of rules by line of the model. */
  constructor(ways: readonly CompiledWay[], rules: ReadonlyMap<string, readonly string[]>) {
    this.#rules = rules;
    for (const { way } of ways) {
      for (const line of way.lines) this.#counts.set(line, (this.#counts.get(line) ?? 0) + 1);
    }
  }

  /** Returns the rules of the lines that set a way apart: those through which the fewest ways pass. */
  way(way: CompiledWay): readonly string[] {
    const known = this.#known.get(way);
    if (known !== undefined) return known;
    const numbered = way.way.lines.filter((line) => (this.#rules.get(line) ?? []).length > 0);
    const least = Math.min(...numbered.map((line) => this.#counts.get(line)!));
    const rules = [...new Set(numbered.filter((line) => this.#counts.get(line) === least)
      .flatMap((line) => this.#rules.get(line)!))];
    this.#known.set(way, rules);
    return rules;
  }
}
