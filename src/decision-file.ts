// The file of the decision log: written in the background, opened again on SIGHUP, and never in the way of a question.
import { createWriteStream, fstatSync } from "node:fs";
import type { Writable } from "node:stream";
import type { DecisionSink } from "./http/decision-log.ts";
import { DECISION_RETRY_MS, MAX_DECISIONS_WAITING } from "./http/http-limits.ts";
import { LogLimit } from "./sidecar/log-limit.ts";

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

  /** Writes what waits. Resolves once it is written or dropped. */
  async close(): Promise<void> {
    this.#flush();
    const stream = this.#stream;
    if (stream === undefined || (this.#path === STDOUT && !isStdoutFile())) return;
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

  #open(): Writable {
    if (this.#path === STDOUT && !isStdoutFile()) return openPipe();
    const stream = this.#path === STDOUT ? createWriteStream("", { fd: STDOUT_FD, autoClose: false })
      : createWriteStream(this.#path, { flags: "a", mode: 0o600 });
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

const STDOUT_FD = 1;

/** True if standard output is a file: Node writes it in this turn of the event loop, and throws if the disk is full. */
function isStdoutFile(): boolean {
  return fstatSync(STDOUT_FD).isFile() || fstatSync(STDOUT_FD).isCharacterDevice();
}

/** Returns standard output as a pipe. Whoever reads it may end: an error without a listener would end the process. */
function openPipe(): Writable {
  process.stdout.off("error", ignore);
  return process.stdout.on("error", ignore);
}

function ignore(): void {
  // The callback of the write counts the lines as dropped.
}
