// House rule on language: habits that make English read as translated are found in no comment and no document.
import type { Project, ProjectFile } from "./project.ts";

/** A habit: what finds it, what to write instead, and examples of each. */
export interface Habit {
  readonly name: string;
  readonly pattern: RegExp;
  readonly instead: string;
  /** Sentences that show this habit and no other. */
  readonly bad: readonly string[];
  readonly good: readonly string[];
}

/** The habits. A pattern is tried on one comment, title or paragraph, whose line breaks have become spaces. */
export const HABITS: readonly Habit[] = [
  {
    name: "tell",
    pattern: /\b(?:tells?|told|telling)\b/i,
    instead: "logs, reports, returns, prints, says, shows",
    bad: ["The number of lost events is told.", "a difference is told", "The metric tells how old the answers are."],
    good: ["The error reports the number of lost events.", "mismatches are logged"],
  },
  {
    name: "a clause as a noun",
    pattern: new RegExp([
      String.raw`(?:^|[.:;|] |[-*] )(?:What|Who(?! may))\b(?![^.:;|]*\?)`,
      String.raw`\b(?:for|of|by|from|with|to) who (?!else\b)`,
      String.raw`\bwhat (?:be)?(?:comes|came) of\b`,
    ].join("|")),
    instead: "the noun itself",
    bad: ["The tuples as they are now, for who looks in from within the process.", "What is written is synced.",
      "Who adds another one takes that order away.", "Reports what came of an event."],
    good: ["The present tuples, for callers in this process.", "What does a failure look like?",
      "A sidecar reads what it missed."],
  },
  {
    name: "so many",
    pattern: /(?:^|[.:;|] )So (?:many|much|long|often)\b|\bfor so (?:long|many)\b/,
    instead: "a noun phrase with its unit: maximum number of ..., how long ..., in milliseconds",
    bad: ["So many tuples are named in one line of the log.", "an event is tried for so long, in milliseconds"],
    good: ["Maximum number of tuples listed in one log line.", "How long an event is retried, in milliseconds."],
  },
  {
    name: "of several",
    pattern: /(?:^|[.:;|] |[-*] )Of (?!course\b)[a-z]/,
    instead: "a verb: picks, returns, chooses",
    bad: ["Of several faults the one that a caller sees.", "Returns a list. Of a long one most is text."],
    good: ["Picks the refusal to report.", "Most of a long list is text. Of course it is."],
  },
  {
    name: "phrasal verbs that are no English",
    pattern: new RegExp([
      String.raw`\b(?:go(?:es)?|gone|went) on\b`,
      String.raw`\bput(?:s|ting)?(?: \w+)? right\b`,
      String.raw`\blet(?:s|ting)?(?: \w+)? go\b`,
      String.raw`\bgoes? through with\b`,
    ].join("|"), "i"),
    instead: "continues, repairs, releases",
    bad: ["A search goes on in the next turn.", "The state that is gone on from.", "The pass puts right each fault.",
      "The lock is let go at the end."],
    good: ["A search continues in the next turn.", "The pass repairs each fault.", "The lock is released at the end."],
  },
  {
    name: "anew, beside, too",
    pattern: /\banew\b|\bbeside\b|\btoo(?=\s*[,.;:)]|$)/i,
    instead: "again, next to, also",
    bad: ["The model is compiled anew.", "The index lies beside the table.",
      "share (0 to 1) of the checks that OpenFGA is asked, too", "It is, too, a set."],
    good: ["The model is compiled again.", "The index lies next to the table.",
      "Fraction (0 to 1) of checks also sent to OpenFGA.", "A body that is too large, or too deep, is refused."],
  },
  {
    name: "the own",
    pattern: /\bthe own\b/i,
    instead: "its own, their own",
    bad: ["Only the own notes are listed."],
    good: ["Only their own notes are listed."],
  },
  {
    name: "is gone",
    pattern: /\b(?:is|are|was|were|be) gone\b(?! on\b)|\bof which there (?:is|are)\b/i,
    instead: "no longer exists, has been deleted",
    bad: ["A copy that is gone at the end.", "A kind of which there is one."],
    good: ["A copy that is deleted at the end."],
  },
];

/** The page that the benchmark writes. Its generator is held to the rule, texts included. */
const WRITTEN = "docs/benchmarks.md";
const GENERATOR = "bench/report.mjs";

/** Comments of code and model, titles of tests and paragraphs of documents that show one of the habits. */
export function translated({ files }: Project): string[] {
  return files.filter(({ path }) => path !== WRITTEN).flatMap((file) =>
    passagesOf(file).flatMap(({ text, line }) => HABITS.filter(({ pattern }) => pattern.test(text))
      .map(({ name, instead }) => `${file.path}:${line} reads as translated (${name}): write ${instead}`)));
}

interface Passage {
  readonly text: string;
  /** Line it begins in, from 1. */
  readonly line: number;
}

/** Docstrings, runs of whole-line comments, and comments behind code. */
const CODE_COMMENT = /\/\*\*?(?:.|\n)*?\*\/|(?:^[ \t]*\/\/.*(?:\n|$))+|(?<=[;,{}()[\]] )\/\/ .*/gm;
const HASH_COMMENT = /(?:^[ \t]*#(?!!).*(?:\n|$))+|(?<=\S[ \t]+)# .*/gm;
const TITLE = /(?<=(?:\b(?:test|describe)(?:\.\w+)*|\))\(\s*["`]).*?(?=["`],)/g;
const STORY_TITLE = /(?<=^ *- name: ").*(?="$)/gm;
const PARAGRAPH = /(?:^.+(?:\n|$))+/gm;

function passagesOf(file: ProjectFile): Passage[] {
  const { path, text } = file;
  // The examples of this rule show what it forbids.
  if (path === "test/tidy/language.ts") return [];
  if (path === GENERATOR) return found(text.replaceAll("`", ""), /^.+$/gm);
  if (/\.(?:tsx?|mjs)$/.test(path)) {
    return [...found(text, CODE_COMMENT), ...(path.startsWith("test/") ? found(text, TITLE) : [])];
  }
  if (/\.(?:fga|ya?ml)$|^\.ci\/run$|^Dockerfile$/.test(path)) {
    return [...found(text, HASH_COMMENT), ...found(text, STORY_TITLE)];
  }
  if (!path.endsWith(".md")) return [];
  return found(text.replace(/^```[^]*?^```/gm, (code) => code.replace(/[^\n]/g, "")), PARAGRAPH);
}

function found(text: string, pattern: RegExp): Passage[] {
  return [...text.matchAll(pattern)].map((match) => ({
    text: match[0].replace(/`[^`\n]*`/g, "`x`").replace(/\n[ \t]*(?:\*\/|\*|\/\/|#+)?[ \t]*/g, " ")
      .replace(/^[ \t]*(?:\/\*\*?|\/\/|#+)[ \t]*/, "").replace(/\*\/$/, "").trim(),
    line: text.slice(0, match.index).split("\n").length,
  }));
}
