// The document docs/access.md: for each relation that an app may check, every way to it, in words.
import { basename } from "node:path";
import { TooManyWays, Unrolling, type Unrolled } from "../analysis/unroll.ts";
import { wordsOf, type Phrasebook } from "../analysis/way-words.ts";
import { readRuleIndex } from "../analysis/rule-index.ts";
import type { Way } from "../analysis/way.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import { CHECKABLE } from "../policy/checkable.ts";
import { countOf, SAME, type NamedModel, type Output } from "./policy-output.ts";
import { isChosen, noRelation } from "./policy-ways.ts";
import { isOwnPolicy, phrasesOf } from "./policy-words.ts";

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

/** Notes on the words for this package's own policy. */
const OWN_NOTES = `\
- An org, an athlete or another object is named from the object of the question: "the note's athlete's org". Two of the
  same kind have numbers, and may be the same object.
- "Wears the coach hat in an org" includes being an active member of it.
- A note's place is the place of its athlete on its team. A mark of a link stays when the link ends.
- Relations with the same ways share a section, in which \`<key>\` stands for the relation, and \`<resource>\` for the
  beginning of its name.`;

/** Notes on the words for any other model. */
const OTHER_NOTES = `\
- An object is named by its type. Two of the same type have numbers, and may be the same object.
- "\`member\` of the group" stands for everybody who has that relation to it.
- Relations with the same ways share a section, in which \`<key>\` stands for the relation, and \`<resource>\` for the
  beginning of its name.`;

/** The relations that a document lists, by type, and the words for their ways. */
interface Contents {
  readonly relations: Readonly<Record<string, readonly string[]>>;
  readonly book: Phrasebook;
  readonly notes: string;
  readonly listed: string;
}

/**
 * Prints the document for a model, or for the relations that an argument chooses: `type#relation`, or a type. For this
 * package's own policy it lists the relations that an app may check unless the argument names another one, in the
 * policy's words; for any other model it lists every relation. Status 2 if the model has no such relation.
 */
export function policyAccess(model: NamedModel<Model>, argument: string | undefined): Output {
  const all = contentsOf(model.model, argument);
  const chosen = Object.entries(all.relations).map(([type, relations]): [string, readonly string[]] =>
    [type, relations.filter((relation) => isChosen(`${type}#${relation}`, argument))])
    .filter(([, relations]) => relations.length > 0);
  if (chosen.length === 0) return noRelation(argument);
  return { status: SAME, text: accessDocument(model, { ...all, relations: Object.fromEntries(chosen) }) };
}

function contentsOf(model: Model, argument: string | undefined): Contents {
  const isOwn = isOwnPolicy(model);
  const words = { book: phrasesOf(model), notes: isOwn ? OWN_NOTES : OTHER_NOTES };
  // A relation that somebody names is listed also if no app may check it.
  if (isOwn && argument?.includes("#") !== true) {
    return { ...words, relations: CHECKABLE, listed: "each relation that an app may check" };
  }
  const relations = [...model.types].map(([type, each]) => [type, [...each.relations.keys()]] as const);
  return { ...words, relations: Object.fromEntries(relations), listed: "each relation" };
}

function headOf(file: string, { listed, notes }: Contents): string {
  const sentence = `Generated from \`${basename(file)}\` by \`sideline policy ways --markdown\`. `
    + `It lists, for ${listed}, every way to it. A user has the relation exactly if everything in one entry `
    + "holds. Nothing else gives it, "
    + 'whatever tuples a store has. Entries that differ in one sentence are one entry with "or".';
  return `# Access: every way to every relation\n\n${wrapped(sentence, "")}\n\n${notes}`;
}

function accessDocument({ file, model, text }: NamedModel<Model>, contents: Contents): string {
  const unrolling = new Unrolling(model);
  const rules = readRuleIndex(text);
  const sections = Object.entries(contents.relations).map(([type, relations]): [string, Section[]] =>
    [type, grouped(relations.map((relation) => sectionOf(type, relation, unrolling, rules, contents.book)))]);
  const blocks = sections.flatMap(([type, each]) => [`## ${titleOf(type)}`, ...each.map(printSection)]);
  return `${[headOf(file, contents), ...blocks].join("\n\n")}\n`;
}

function titleOf(type: string): string {
  return `On ${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

function sectionOf(
  type: string, relation: string, unrolling: Unrolling, rules: ReadonlyMap<string, readonly string[]>,
  book: Phrasebook,
): Section {
  const found = unrolling.model.types.get(type)!.relations.get(relation)!;
  const unrolled = unrolledOrFault(unrolling, found);
  if (typeof unrolled === "string") return { type, relations: [relation], ways: 0, rules: [], bullets: [unrolled] };
  const { ways, bound } = unrolled;
  const words = merged(ways.map((way) => wordsOf(way, book)));
  const resource = resourceOf(relation);
  const bullets = words.map((sentences) => sentences.join("; ").replaceAll(`\`${relation}\``, THE_KEY))
    .map((bullet) => (resource === undefined ? bullet : bullet.replaceAll(`\`${resource}_`, THE_RESOURCE)));
  if (bound !== undefined) bullets.push(`more of the same, deeper than ${bound} passes through its recursion`);
  return { type, relations: [relation], ways: ways.length, rules: rulesOf(ways, rules), bullets };
}

/** Returns the ways of a relation, or the reason why they cannot be listed. */
function unrolledOrFault(unrolling: Unrolling, relation: Relation): Unrolled | string {
  try {
    return unrolling.of(relation);
  } catch (error) {
    if (error instanceof TooManyWays) return `not listed: ${error.message}`;
    throw error;
  }
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
  const both = mayMerge(only, other) ? alternatives(only, other) : undefined;
  return both === undefined ? undefined : a.map((text) => (text === only ? both : text));
}

/**
 * Joins two sentences by "or", without repeating the words that they begin and end with. Returns undefined for
 * sentences with a comma: a reader could not see how far the "or" reaches.
 */
function alternatives(a: string, b: string): string | undefined {
  if (a.includes(",") || b.includes(",")) return undefined;
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
  const isAlone = others.length === 0;
  const names = isAlone ? "" : `${wrapped(relations.map((name) => `\`${name}\``).join(", "), "")}\n\n`;
  const title = `\`${type}#${first}\`${isAlone ? "" : ` and ${countOf(others.length, "other")}`}`;
  return [
    `### ${title}`,
    `${names}${wrapped(`${countOf(ways, "way")}${rules.length === 0 ? "." : `; rules ${rules.join(" ")}.`}`, "")}`,
    bullets.map((bullet) => wrapped(`- ${isAlone ? withNames(bullet, first) : bullet}.`, "  ")).join("\n"),
  ].join("\n\n");
}

/** Puts the name of a relation that has a section of its own in the place of `<key>` and `<resource>`. */
function withNames(bullet: string, relation: string): string {
  return bullet.replaceAll(THE_KEY, () => `\`${relation}\``)
    .replaceAll(THE_RESOURCE, () => `\`${resourceOf(relation) ?? ""}_`);
}

/** Returns the resource of a level: `roster` for `roster_view`. */
function resourceOf(relation: string): string | undefined {
  return /^(.+)_(?:view|edit|generate)$/.exec(relation)?.[1];
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
