// Splits bytes into numbered lines, so that each fault of a file can be reported by its line.
import { createReadStream, statSync } from "node:fs";
import { BYTES_AT_A_TIME, MAX_LINE_BYTES } from "./command-limits.ts";
import { UsageError } from "./command-line.ts";

/** A line of a file. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Offset in the file of the byte after the line and its line break. */
  readonly end: number;
  /** The line without its line break; undefined for one that is longer than MAX_LINE_BYTES. */
  readonly bytes: Uint8Array | undefined;
}

const NEWLINE = 10;

/** Splits chunks of a file into lines. */
export class LineSplitter {
  #number: number;
  #offset: number;
  /** The parts of the line that is not yet complete, and their length in bytes. */
  #parts: Uint8Array[] = [];
  #length = 0;

  /** Begins after a number of lines that end at an offset. */
  constructor(lines = 0, offset = 0) {
    this.#number = lines;
    this.#offset = offset;
  }

  /** Takes a chunk. Returns the lines that end in it. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, at));
      lines.push(this.#line(1));
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
    return lines;
  }

  /** Returns the last line, where the file does not end with a line break. */
  finish(): Line[] {
    return this.#length === 0 ? [] : [this.#line(0)];
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#length += part.length;
    if (this.#length <= MAX_LINE_BYTES) this.#parts.push(part);
    else this.#parts = [];
  }

  #line(lineBreak: number): Line {
    const isTooLong = this.#length > MAX_LINE_BYTES;
    const [first = new Uint8Array(), ...others] = this.#parts;
    const bytes = isTooLong ? undefined : others.length === 0 ? first : Buffer.concat(this.#parts);
    this.#offset += this.#length + lineBreak;
    this.#parts = [];
    this.#length = 0;
    return { number: ++this.#number, end: this.#offset, bytes };
  }
}

/** A file whose lines a command reads. */
export interface LineSource {
  /** The name as the command line gives it; `-` is standard input. */
  readonly name: string;
  /** Length in bytes; undefined for standard input and pipes, which can be read only once. */
  readonly size: number | undefined;
}

/** Returns the source with a name. Throws a UsageError for a file that cannot be read. */
export function sourceOf(name: string): LineSource {
  if (name === "-") return { name, size: undefined };
  try {
    const found = statSync(name);
    if (found.isDirectory()) throw new Error("it is a folder");
    return { name, size: found.isFile() ? found.size : undefined };
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}`);
  }
}

/** Yields the bytes of a source between two offsets. */
export function bytesOf({ name }: LineSource, start = 0, end = Number.POSITIVE_INFINITY): AsyncIterable<Uint8Array> {
  if (name === "-") return process.stdin as AsyncIterable<Uint8Array>;
  if (start >= end) return noBytes();
  return createReadStream(name, { start, end: end - 1, highWaterMark: BYTES_AT_A_TIME });
}

async function* noBytes(): AsyncIterable<Uint8Array> {
  // An empty part of a file: createReadStream would read one byte.
}

/** Yields the lines of bytes, those of a chunk together. */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>, splitter = new LineSplitter(),
): AsyncGenerator<readonly Line[]> {
  for await (const chunk of bytes) yield splitter.push(chunk);
  yield splitter.finish();
}

/** Why a line cannot be read. */
export class LineFault {
  /** A clause, such as `the line is not JSON`. */
  readonly detail: string;

  constructor(detail: string) {
    this.detail = detail;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Returns the text of a line, or its fault. A byte order mark at the start of the file does not count. */
export function textOfLine({ bytes }: Line): string | LineFault {
  if (bytes === undefined) return new LineFault(`the line is longer than ${MAX_LINE_BYTES} bytes`);
  try {
    return decoder.decode(bytes);
  } catch {
    return new LineFault("the line is not UTF-8");
  }
}

/** Returns the JSON object of a text, or its fault. */
export function objectOf(text: string): Readonly<Record<string, unknown>> | LineFault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new LineFault("the line is not JSON");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return new LineFault("the line is not a JSON object");
}
