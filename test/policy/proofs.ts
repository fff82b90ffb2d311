// The proofs of a rule: the tests of a story whose names begin with its number, and test files that name it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rulesNamed, titleNames } from "../corpus/rules.ts";
import { readStory } from "../corpus/story.ts";
import { ROOT } from "../live/pins.ts";

const rulesOfStories = new Map<string, ReadonlySet<string>>();

/** The rules that a story's tests begin with; none where there is no such story. */
export function rulesOfStory(story: string): ReadonlySet<string> {
  const file = `tuples/${story}.fga.yaml`;
  const known = rulesOfStories.get(story);
  if (known !== undefined) return known;
  const names = existsSync(join(ROOT, file)) ? readStory(file).tests.map(({ name }) => name) : [];
  const rules = new Set(names.flatMap(rulesNamed));
  rulesOfStories.set(story, rules);
  return rules;
}

/**
 * True when a test file exists and names a rule in a title or in its first line. A law proves a sentence about every
 * rule, so its file need not name one.
 */
export function provesRule(path: string, rule: string): boolean {
  if (!existsSync(join(ROOT, path))) return false;
  if (path.startsWith("test/laws/")) return true;
  const text = readFileSync(join(ROOT, path), "utf8");
  return titleNames(text, rule) || new RegExp(`^//.*\\b${rule}\\b`).test(text);
}
