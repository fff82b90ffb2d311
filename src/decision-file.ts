// The file of the decision log: written in the background, opened again on SIGHUP, and never in the way of a question.
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { DecisionSink } from "./http/decision-log.ts";
import { DECISION_RETRY_MS, MAX_DECISIONS_WAITING } from "./http/http-limits.ts";
import { LogLimit } from "./sidecar/log-limit.ts";
import { flushOut, writeOut } from "./standard-output.ts";

/** The path that means standard output. */
const STDOUT = "stdout";

/** Reports that lines were dropped. */
interface Log {
  warn(fields: object, message: string): void;
}

/** A file that takes lines; `stdout` is standard output. */
export class DecisionFile implements DecisionSink {
  readonly #path: string;
  readonly #log: Log;
  readonly #limit = new LogLimit(1, () => performance.now());
  #stream: Writable | undefined;
  /** Lines that no write has taken yet, and the number of those that a write has taken and not finished. */
  #lines: string[] = [];
  #writing = 0;
  #scheduled = false;
  #mayOpenAt = 0;
  /** True where the last write may have left part of a line. */
  #isTorn = false;
  #written = 0;
  #dropped = 0;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  get counts(): DecisionSink["counts"] {
    return { written: this.#written, dropped: this.#dropped };
  }

  write(line: string): void {
    if (this.#lines.length + this.#writing >= MAX_DECISIONS_WAITING) return this.#drop(1, "too many lines wait");
    this.#lines.push(line);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  /** Opens the file again by its path; lines taken before are in the file that was open. */
  reopen(): void {
    this.#flush();
    if (this.#path === STDOUT) return;
    this.#stream?.end();
    this.#stream = undefined;
    this.#mayOpenAt = 0;
  }

  /** Writes what waits. Resolves once it is written or dropped; standard output is given a second. */
  async close(): Promise<void> {
    this.#flush();
    if (this.#path === STDOUT) return await finishOut();
    const stream = this.#stream;
    if (stream === undefined) return;
    await new Promise<void>((closed) => {
      // Called after an error as well.
      stream.end(() => closed());
    });
  }

  #flush(): void {
    this.#scheduled = false;
    const lines = this.#lines;
    if (lines.length === 0) return;
    this.#lines = [];
    if (this.#path === STDOUT) return this.#writeOut(lines);
    if (this.#stream === undefined && performance.now() < this.#mayOpenAt) {
      return this.#drop(lines.length, "the file could not be written");
    }
    const stream = this.#stream ??= this.#open();
    const text = `${this.#isTorn ? "\n" : ""}${lines.join("\n")}\n`;
    this.#isTorn = false;
    this.#writing += lines.length;
    stream.write(text, (error) => {
      this.#writing -= lines.length;
      if (error === null || error === undefined) this.#written += lines.length;
      else this.#drop(lines.length, error.message);
    });
  }

  #writeOut(lines: readonly string[]): void {
    try {
      if (writeOut(`${lines.join("\n")}\n`)) this.#written += lines.length;
      else this.#drop(lines.length, "the reader of standard output is behind");
    } catch (error) {
      this.#drop(lines.length, (error as Error).message);
    }
  }

  #open(): Writable {
    const stream = createWriteStream(this.#path, { flags: "a", mode: 0o600 });
    stream.on("error", () => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      this.#isTorn = true;
      this.#mayOpenAt = performance.now() + DECISION_RETRY_MS;
    });
    return stream;
  }

  #drop(lines: number, why: string): void {
    this.#dropped += lines;
    this.#limit.write((leftOut) => this.#log.warn({ dropped: this.#dropped, why, ...leftOut },
      "the decision log cannot be written: lines are dropped"));
  }
}

/** How long the reader of standard output is waited for at the end of the process, in milliseconds. */
const OUT_PATIENCE_MS = 1000;

async function finishOut(): Promise<void> {
  const until = performance.now() + OUT_PATIENCE_MS;
  try {
    while (!flushOut() && performance.now() < until) await sleep(10);
  } catch {
    // Whoever writes the last lines has counted them.
  }
}
