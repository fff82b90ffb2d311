// model.fga as a reviewer sees it: each definition with the comment above it, the head, and the table of keys.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../live/pins.ts";

/** One `define` line. */
export interface Definition {
  /** `type#relation`. */
  readonly place: string;
  readonly type: string;
  readonly relation: string;
  /** Everything after `define <relation>: `. */
  readonly text: string;
  /** The comment directly above; lines that follow one comment without a gap share it. Empty if there is none. */
  readonly comment: string;
}

/** The shape of some keys in one type: a row of the table at the head of section 3. */
export interface Shape {
  readonly type: string;
  /** `org 1`. */
  readonly name: string;
  /** The definition, with `<key>` where the key's name stands. */
  readonly definition: string;
  /** As written: names, patterns with `*`, `all`, or `all others`. */
  readonly keys: string;
  /** The numbers of its rules. */
  readonly rules: string;
}

/** The parts of a model.fga that the tests of this folder read. */
export interface PolicyText {
  /** The comment before the first line of the model. */
  readonly head: string;
  readonly definitions: readonly Definition[];
  readonly shapes: readonly Shape[];
  /** Every comment of the file. */
  readonly comments: string;
}

/** The text of the project's model.fga. */
export const POLICY = readFileSync(join(ROOT, "model.fga"), "utf8");

/** Every rule number of a text, as words of their own. */
export function numbersIn(text: string): ReadonlySet<string> {
  return new Set(text.match(/\b(?:AC|NP|IN|PR|PM|S)\d+a?\b/g));
}

/** Reads the text of a model.fga. */
export function readPolicyText(text: string): PolicyText {
  const lines = text.split("\n");
  const definitions: Definition[] = [];
  let type = "";
  let comment: string[] = [];
  let isShared = false;
  for (const line of lines) {
    const [, said] = /^\s*#(.*)$/.exec(line) ?? [];
    if (said !== undefined) {
      if (isShared) comment = [];
      comment.push(said.trim());
      isShared = false;
      continue;
    }
    const [, relation, definition] = /^    define (\w+): (.*)$/.exec(line) ?? [];
    if (relation !== undefined && definition !== undefined) {
      const place = `${type}#${relation}`;
      definitions.push({ place, type, relation, text: definition, comment: comment.join("\n") });
      isShared = true;
      continue;
    }
    type = /^type (\w+)$/.exec(line)?.[1] ?? type;
    comment = [];
    isShared = false;
  }
  const said = lines.filter((line) => /^\s*#/.test(line));
  return {
    head: lines.slice(0, lines.indexOf("model")).join("\n"), definitions, shapes: shapesOf(said),
    comments: said.join("\n"),
  };
}

/**
 * The shapes of the table of keys: the lines of comment with a `|` below its rule. A shape begins with its name and its
 * definition; the lines below have its rules on the left and its keys on the right.
 */
function shapesOf(comments: readonly string[]): Shape[] {
  const from = comments.findIndex((line) => /^# -+\+-+$/.test(line)) + 1;
  const length = comments.slice(from).findIndex((line) => !line.includes("|"));
  const shapes: Shape[] = [];
  for (const line of from === 0 ? [] : comments.slice(from, from + length)) {
    const [left = "", right = ""] = line.replace(/^#/, "").split(/\|(.*)/).map((each) => each.trim());
    const [, definition] = /^<key>: (.*)$/.exec(right) ?? [];
    const last = shapes.pop();
    if (definition === undefined && last !== undefined) {
      shapes.push({ ...last, rules: `${last.rules} ${left}`.trim(), keys: `${last.keys} ${right}`.trim() });
      continue;
    }
    if (last !== undefined) shapes.push(last);
    shapes.push({ type: left.replace(/ \d+$/, ""), name: left, definition: definition ?? "", keys: "", rules: "" });
  }
  return shapes;
}
