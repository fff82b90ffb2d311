// Reads a file of checks with their expected answers: a JSON object in each line, or CSV with a header.
import { readCsvRow } from "./csv-row.ts";
import { LineFault, objectOf, textOfLine, type Line } from "./line-splitter.ts";

/** A check and its expected answer. */
export interface ExpectedAnswer {
  readonly line: number;
  readonly user: string;
  readonly relation: string;
  readonly object: string;
  readonly allowed: boolean;
  /** Values for conditions; only a JSON line can have them. */
  readonly context?: object | undefined;
}

/** A line that holds no check, and why. */
export interface UnreadLine {
  readonly line: number;
  readonly detail: string;
}

const COLUMNS = ["user", "relation", "object", "allowed"] as const;

/** Words for an answer, as other systems export them. */
const ANSWERS: Readonly<Record<string, boolean>> = {
  true: true, t: true, yes: true, 1: true, false: false, f: false, no: false, 0: false,
};

/** Reads lines in order. The first line that is not blank decides whether the file is JSON or CSV. */
export class ExpectedAnswers {
  #format: "json" | "csv" | undefined;
  #columns: readonly string[] = COLUMNS;

  /** Returns the check of a line; undefined for a blank line and for the header of CSV. */
  read(line: Line): ExpectedAnswer | UnreadLine | undefined {
    const text = textOfLine(line);
    if (text instanceof LineFault) return { line: line.number, detail: text.detail };
    const row = text.trim();
    if (row === "") return undefined;
    if (this.#format === undefined) {
      this.#format = row.startsWith("{") ? "json" : "csv";
      if (this.#format === "csv" && this.#takeHeader(row)) return undefined;
    }
    const cells = this.#format === "json" ? objectOf(row) : this.#cellsOf(row);
    return cells instanceof LineFault ? { line: line.number, detail: cells.detail } : answerOf(line.number, cells);
  }

  /** Without a header the columns are those of COLUMNS, in their order. */
  #takeHeader(row: string): boolean {
    const names = readCsvRow(row)?.map((name) => name.toLowerCase());
    if (names === undefined || !COLUMNS.every((column) => names.includes(column))) return false;
    this.#columns = names;
    return true;
  }

  #cellsOf(row: string): Readonly<Record<string, unknown>> | LineFault {
    const cells = readCsvRow(row);
    if (cells === undefined) return new LineFault("the line is not CSV: its quotes do not match");
    if (cells.length !== this.#columns.length) {
      return new LineFault(`the line has ${cells.length} cells, and there are ${this.#columns.length} columns: `
        + this.#columns.join(", "));
    }
    const named = Object.fromEntries(this.#columns.map((column, i) => [column, cells[i]]));
    const { user, relation, object, allowed } = named;
    return { user, relation, object, allowed: ANSWERS[String(allowed).toLowerCase()] };
  }
}

function answerOf(line: number, from: Readonly<Record<string, unknown>>): ExpectedAnswer | UnreadLine {
  const { user, relation, object, allowed, context } = from;
  if (typeof user !== "string" || typeof relation !== "string" || typeof object !== "string") {
    return { line, detail: "the line needs user, relation and object, each a text" };
  }
  if (typeof allowed !== "boolean") return { line, detail: "allowed is true or false" };
  if (context !== undefined && (typeof context !== "object" || context === null)) {
    return { line, detail: "context is a JSON object" };
  }
  return { line, user, relation, object, allowed, context: context as object | undefined };
}
