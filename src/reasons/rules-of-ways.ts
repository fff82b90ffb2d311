// The rules of the ways of a relation: those by which a way differs from the others.
import { OBJECT } from "../analysis/way.ts";
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

  /**
   * Returns the rules of a way. The lines through which the fewest ways pass set it apart, first of all those of the
   * type that the question is about. The rules are the ones that most of these lines name, and of them the ones that
   * most lines of the whole way name.
   */
  way(way: CompiledWay): readonly string[] {
    const known = this.#known.get(way);
    if (known !== undefined) return known;
    const numbered = way.way.lines.filter((line) => this.#rulesOf(line).length > 0);
    const least = Math.min(...numbered.map((line) => this.#counts.get(line)!));
    const rarest = numbered.filter((line) => this.#counts.get(line) === least);
    const own = rarest.filter((line) => line.startsWith(`${way.types[OBJECT]!}#`));
    const apart = own.length > 0 ? own : rarest;
    const named = new Set(apart.flatMap((line) => this.#rulesOf(line)));
    const rules = this.#mostNamed(this.#mostNamed([...named], apart), numbered);
    this.#known.set(way, rules);
    return rules;
  }

  #rulesOf(line: string): readonly string[] {
    return this.#rules.get(line) ?? [];
  }

  /** Returns the rules that some lines name most often, or nearly so. */
  #mostNamed(rules: readonly string[], lines: readonly string[]): string[] {
    const counts = rules.map((rule) => lines.filter((line) => this.#rulesOf(line).includes(rule)).length);
    const most = Math.max(0, ...counts);
    return rules.filter((_, i) => counts[i]! * 3 >= most * 2);
  }
}
