// The file of the decision log: written in the background, opened again on SIGHUP, and never in the way of a question.
import { closeSync, constants, createWriteStream, fstatSync, openSync, readSync, type Stats } from "node:fs";
import type { Writable } from "node:stream";
import type { DecisionSink } from "./http/decision-log.ts";
import { DECISION_RETRY_MS, MAX_DECISIONS_WAITING } from "./http/http-limits.ts";
import { LogLimit } from "./sidecar/log-limit.ts";
import { finishOut, writeOut } from "./standard-output.ts";

/** The path that means standard output. */
const STDOUT = "stdout";

/** Reports that lines were dropped, and that the file could not be opened again. */
interface Log {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The path leads to something else than a regular file, such as a symbolic link, a pipe or a device. */
class NoRegularFile extends Error {
  override readonly name = "NoRegularFile";
  readonly code = "no_regular_file";
}

/** A file that takes lines; `stdout` is standard output. */
export class DecisionFile implements DecisionSink {
  readonly #path: string;
  readonly #log: Log;
  readonly #limit = new LogLimit(1, () => performance.now());
  #stream: Writable | undefined;
  /** The file that was opened last. */
  #opened: Pick<Stats, "dev" | "ino"> | undefined;
  /** Lines that no write has taken yet, and the number of those that a write has taken and not finished. */
  #lines: string[] = [];
  #writing = 0;
  #scheduled = false;
  #mayOpenAt = 0;
  /** True until the first write to a file that ends with part of a line, as a full disk or a crash leaves it. */
  #isTorn = false;
  #written = 0;
  #dropped = 0;

  /** Throws an error with a code if the path leads to anything but a regular file. It may be absent. */
  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
    if (path === STDOUT) return;
    try {
      this.#stream = this.#streamTo(openRegular(path));
    } catch (error) {
      // A folder that is missing may appear later.
      if (error instanceof NoRegularFile) throw error;
    }
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

  /**
   * Opens the file again by its path; lines taken before are in the file that was open. Where it cannot be opened, the
   * file that was open stays.
   */
  reopen(): void {
    this.#flush();
    if (this.#path === STDOUT) return;
    try {
      const file = openRegular(this.#path);
      // Its last lines may still be on their way to the disk, so its end says nothing yet.
      if (this.#stream !== undefined && isSame(file.stats, this.#opened)) return closeSync(file.fd);
      this.#stream?.end();
      this.#stream = this.#streamTo(file);
    } catch (error) {
      const rest = this.#stream === undefined ? "lines are dropped" : "lines go to the file that was open";
      this.#log.error({ why: (error as Error).message }, `the decision log cannot be opened again: ${rest}`);
    }
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
    const text = `${lines.join("\n")}\n`;
    const done = (error?: Error | null): void => {
      this.#writing -= lines.length;
      if (error === null || error === undefined) this.#written += lines.length;
      else this.#drop(lines.length, error.message);
    };
    if (this.#path !== STDOUT && this.#stream === undefined && performance.now() < this.#mayOpenAt) {
      return this.#drop(lines.length, "the file could not be written");
    }
    this.#writing += lines.length;
    if (this.#path === STDOUT) return writeOut(text, done);
    let stream: Writable;
    try {
      stream = this.#stream ??= this.#streamTo(openRegular(this.#path));
    } catch (error) {
      this.#mayOpenAt = performance.now() + DECISION_RETRY_MS;
      return done(error as Error);
    }
    stream.write(`${this.#isTorn ? "\n" : ""}${text}`, done);
    this.#isTorn = false;
  }

  #streamTo({ fd, stats, isTorn }: OpenFile): Writable {
    const stream = createWriteStream(this.#path, { fd });
    [this.#opened, this.#isTorn] = [stats, isTorn];
    stream.on("error", () => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
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

/** A file to append to. */
interface OpenFile {
  readonly fd: number;
  readonly stats: Stats;
  /** True if it may end with part of a line. */
  readonly isTorn: boolean;
}

function isSame({ dev, ino }: Stats, other: Pick<Stats, "dev" | "ino"> | undefined): boolean {
  return dev === other?.dev && ino === other.ino;
}

/** `open` without a follower of links, and without a wait for the reader of a pipe. */
const FLAGS = constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK
  | constants.O_NOCTTY;

/** Codes of `open` for a link, a folder, and a pipe that nobody reads or a socket. */
const NO_FILE = ["ELOOP", "EISDIR", "ENXIO"];

/** Opens a file to append to; makes one that its owner alone may read. Throws NoRegularFile, or the system's error. */
function openRegular(path: string): OpenFile {
  let opened: readonly [fd: number, isReadable: boolean];
  try {
    opened = openToAppend(path);
  } catch (error) {
    if (!NO_FILE.includes(codeOf(error))) throw error;
    throw new NoRegularFile(`${path} is no regular file`, { cause: error });
  }
  const [fd, isReadable] = opened;
  const stats = fstatSync(fd);
  if (stats.isFile()) return { fd, stats, isTorn: stats.size > 0 && !(isReadable && endsLine(fd, stats.size)) };
  closeSync(fd);
  throw new NoRegularFile(`${path} is no regular file`);
}

function openToAppend(path: string): readonly [fd: number, isReadable: boolean] {
  try {
    return [openSync(path, FLAGS | constants.O_RDWR, 0o600), true];
  } catch (error) {
    if (codeOf(error) !== "EACCES") throw error;
    // A server may have the right to write to its log and not to read it.
    return [openSync(path, FLAGS | constants.O_WRONLY, 0o600), false];
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

/** True if the last byte of a file is the end of a line. */
function endsLine(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() === "\n";
}
