// model.fga as a reviewer sees it: each definition with the comment above it, the head, and the tables of shapes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../live/pins.ts";
import { readLevelTables, type LevelTables } from "./level-table.ts";
import { readShapeTables, type Shape } from "./shape-tables.ts";

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

/** The parts of a model.fga that the tests of this folder read. */
export interface PolicyText {
  /** The comment before the first line of the model. */
  readonly head: string;
  readonly definitions: readonly Definition[];
  /** The shapes of the athlete keys. */
  readonly shapes: readonly Shape[];
  /** The shapes of the artifacts. */
  readonly artifacts: readonly Shape[];
  /** The tables of the program levels. */
  readonly levels: LevelTables;
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
  const [shapes = [], artifacts = []] = readShapeTables(said);
  return {
    head: lines.slice(0, lines.indexOf("model")).join("\n"), definitions, shapes, artifacts,
    levels: readLevelTables(text), comments: said.join("\n"),
  };
}
