// The regular expressions of `matches`: RE2, as in OpenFGA, with bounds on their size and on the text to match.
import { RE2JS } from "re2js";
import type { Budget } from "./condition-budget.ts";
import { patternSize } from "./pattern-size.ts";
import { Abort } from "./values.ts";
import { MAX_COMPILED_PATTERNS, MAX_PATTERN_SIZE } from "../model-limits.ts";

/** Number of steps counted for compiling: per pattern, and per unit of its size. Measured: 10 and up to 2 µs. */
const STEPS_OF_COMPILING = 200;
const STEPS_PER_SIZE = 40;
/** Number of steps counted per character of a text and unit of the pattern's size: up to 0.2 microseconds. */
const STEPS_PER_TRIAL = 2;

/** A compiled pattern. */
export interface Pattern {
  readonly size: number;
  readonly expression: { test(text: string): boolean };
}

const compiled = new Map<string, Pattern>();

/**
 * Compiles a pattern. Throws an Error when it is not RE2, and an Abort when it is too large or the budget has too few
 * steps. The steps count even if the pattern was compiled before.
 */
export function compilePattern(text: string, budget: Budget): Pattern {
  const known = compiled.get(text);
  if (known !== undefined) {
    budget.recall(stepsOf(known.size));
    return known;
  }
  const size = patternSize(text);
  if (size > MAX_PATTERN_SIZE) throw new Abort(`a pattern is larger than ${MAX_PATTERN_SIZE} steps`);
  budget.walk(stepsOf(size));
  const pattern = { size, expression: RE2JS.compile(text) };
  if (compiled.size >= MAX_COMPILED_PATTERNS) compiled.delete(compiled.keys().next().value!);
  compiled.set(text, pattern);
  return pattern;
}

const stepsOf = (size: number): number => STEPS_OF_COMPILING + STEPS_PER_SIZE * size;

/** Whether a pattern matches anywhere in a text. Throws an Abort when that is too much work. */
export function matches({ size, expression }: Pattern, text: string, budget: Budget): boolean {
  budget.walk(STEPS_PER_TRIAL * size * budget.charactersOf(text));
  return expression.test(text);
}
