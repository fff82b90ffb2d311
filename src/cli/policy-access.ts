// The document docs/access.md: for each relation that an app may check, every way to it, in words.
import { Unrolling } from "../analysis/unroll.ts";
import { wordsOf, type Phrasebook } from "../analysis/way-words.ts";
import { readRuleIndex } from "../analysis/rule-index.ts";
import type { Way } from "../analysis/way.ts";
import type { Model } from "../model/rewrite.ts";
import { countOf, type NamedModel } from "./policy-output.ts";

/** Relations of one type with the same ways, in the order of the document. */
interface Section {
  readonly type: string;
  readonly relations: readonly string[];
  readonly ways: number;
  readonly rules: readonly string[];
  readonly bullets: readonly string[];
}

/** Words for the relation itself, where relations with alike ways share a section. */
const THE_KEY = "`<key>`";

/** Beginning of the names of a program's levels, likewise. */
const THE_RESOURCE = "`<resource>_";

/** Longest line of the document, in characters. */
const WIDTH = 120;

const HEAD = `# Access: every way to every relation

Generated from \`model.fga\` by \`sideline policy ways --markdown\`; a test compares it. It lists, for each relation
that an app may check, every way to it. A user has the relation exactly if everything in one entry holds. Nothing else
gives it, whatever tuples a store has. Entries that differ in one sentence are one entry with "or".

- An org, an athlete or another object is named from the object of the question: "the note's athlete's org". Two of the
  same kind have numbers, and may be the same object.
- "Wears the coach hat in an org" includes being an active member of it.
- A note's place is the place of its athlete on its team. A mark of a link stays when the link ends.
- Relations with the same ways share a section, in which \`<key>\` stands for the relation, and \`<resource>\` for the
  beginning of its name.`;

/** Returns the document for the given relations of a model, by type. */
export function accessDocument(
  { model, text }: NamedModel<Model>, checkable: Readonly<Record<string, readonly string[]>>, book: Phrasebook,
): string {
  const unrolling = new Unrolling(model);
  const rules = readRuleIndex(text);
  const sections = Object.entries(checkable).map(([type, relations]): [string, Section[]] =>
    [type, grouped(relations.map((relation) => sectionOf(type, relation, unrolling, rules, book)))]);
  const blocks = sections.flatMap(([type, each]) => [`## ${titleOf(type)}`, ...each.map(printSection)]);
  return `${[HEAD, ...blocks].join("\n\n")}\n`;
}

function titleOf(type: string): string {
  return `On ${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

function sectionOf(
  type: string, relation: string, unrolling: Unrolling, rules: ReadonlyMap<string, readonly string[]>,
  book: Phrasebook,
): Section {
  const found = unrolling.model.types.get(type)!.relations.get(relation)!;
  const { ways, bound } = unrolling.of(found);
  const words = merged(ways.map((way) => wordsOf(way, book)));
  const resource = /^(.+)_(?:view|edit|generate)$/.exec(relation)?.[1];
  const bullets = words.map((sentences) => sentences.join("; ").replaceAll(`\`${relation}\``, THE_KEY))
    .map((bullet) => (resource === undefined ? bullet : bullet.replaceAll(`\`${resource}_`, THE_RESOURCE)));
  if (bound !== undefined) bullets.push(`more of the same, deeper than ${bound} passes through its recursion`);
  return { type, relations: [relation], ways: ways.length, rules: rulesOf(ways, rules), bullets };
}

function rulesOf(ways: readonly Way[], rules: ReadonlyMap<string, readonly string[]>): string[] {
  return [...new Set(ways.flatMap(({ lines }) => lines).flatMap((line) => rules.get(line) ?? []))].sort(byNumber);
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** Merges entries that differ in one sentence: first those about hats, then others that read well together. */
function merged(entries: readonly (readonly string[])[]): (readonly string[])[] {
  const areHats = (a: string, b: string): boolean => [a, b].every((text) => text.includes(" hat in "));
  const readWell = (a: string, b: string): boolean => ![a, b].some((text) => text.includes(" role"))
    || [a, b].every((text) => text.startsWith("the role "));
  return mergedWhere(readWell, mergedWhere(areHats, entries));
}

function mergedWhere(
  mayMerge: (a: string, b: string) => boolean, entries: readonly (readonly string[])[],
): (readonly string[])[] {
  const found: (readonly string[])[] = [...entries];
  for (let i = 0; i < found.length; i++) {
    for (let k = i + 1; k < found.length; k++) {
      const both = mergedPair(found[i]!, found[k]!, mayMerge);
      if (both === undefined) continue;
      found[i] = both;
      found.splice(k, 1);
      k = i;
    }
  }
  return found;
}

function mergedPair(
  a: readonly string[], b: readonly string[], mayMerge: (a: string, b: string) => boolean,
): readonly string[] | undefined {
  const [only, ...more] = a.filter((text) => !b.includes(text));
  const [other, ...others] = b.filter((text) => !a.includes(text));
  if (a.length !== b.length || more.length + others.length > 0 || only === undefined || other === undefined) {
    return undefined;
  }
  return mayMerge(only, other) ? a.map((text) => (text === only ? alternatives(only, other) : text)) : undefined;
}

/** Joins two sentences by "or", without repeating the words that they begin and end with. */
function alternatives(a: string, b: string): string {
  const [first, second] = [a.split(" "), b.split(" ")];
  const shorter = Math.min(first.length, second.length) - 1;
  let [start, end] = [0, 0];
  while (start < shorter && first[start] === second[start]) start++;
  while (end < shorter - start && first.at(-1 - end) === second.at(-1 - end)) end++;
  const middle = (words: readonly string[]): string => words.slice(start, words.length - end).join(" ");
  const last = end === 0 ? [] : first.slice(-end);
  return [...first.slice(0, start), middle(first), "or", middle(second), ...last].join(" ");
}

/** Groups relations whose entries are equal. */
function grouped(sections: readonly Section[]): Section[] {
  const found = new Map<string, Section>();
  for (const section of sections) {
    const key = section.bullets.join("\n");
    const before = found.get(key);
    found.set(key, before === undefined ? section : {
      ...before, relations: [...before.relations, ...section.relations],
      rules: [...new Set([...before.rules, ...section.rules])].sort(byNumber),
    });
  }
  return [...found.values()];
}

function printSection({ type, relations, ways, rules, bullets }: Section): string {
  const [first = "", ...others] = relations;
  const names = others.length === 0 ? "" : `${wrapped(relations.map((name) => `\`${name}\``).join(", "), "")}\n\n`;
  const title = `\`${type}#${first}\`${others.length === 0 ? "" : ` and ${countOf(others.length, "other")}`}`;
  return [
    `### ${title}`,
    `${names}${wrapped(`${countOf(ways, "way")}${rules.length === 0 ? "." : `; rules ${rules.join(" ")}.`}`, "")}`,
    bullets.map((bullet) => wrapped(`- ${bullet}.`, "  ")).join("\n"),
  ].join("\n\n");
}

/** Breaks a text into lines of at most WIDTH characters. Lines after the first begin with `indent`. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > WIDTH) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line].join("\n");
}
