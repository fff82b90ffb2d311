// The outcome of a `policy` command: text for standard output, and an exit status.

/** Exit statuses of the `policy` commands. Wrong usage has status 2. */
export const SAME = 0;
export const DIFFERENT = 1;

/** The result of a command. */
export interface Output {
  /** 0: as wanted; 1: a difference, or a claim that is not proved; 2: wrong usage. */
  readonly status: number;
  /** Lines for standard output, each with its end. */
  readonly text: string;
}

/** A model with the name of its file, and the rule numbers of its lines. */
export interface NamedModel<Model> {
  /** Path of the file, as given. */
  readonly file: string;
  /** The text of the file. */
  readonly text: string;
  readonly model: Model;
}

/** Returns lines as a command's output. */
export function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** Returns a value as a command's JSON output. */
export function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Prints a number of things: `1 way`, `2 ways`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
