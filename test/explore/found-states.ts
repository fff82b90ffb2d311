// The states that an exploration has found, in a file, so that a later run continues where this one stops.
import { createHash } from "node:crypto";
import {
  appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import type { Found, Slice } from "./explorer.ts";

/** States that may be lost when a run is killed. */
const STATES_AT_ONCE = 200;

/** Numbers of what the runs of a slice have done so far. */
export interface Counts {
  readonly decided: number;
  readonly applied: number;
  readonly lawful: number;
  readonly timed: number;
}

/**
 * How far the runs of a slice have come. A run that is killed leaves out its last expansions, with their states and
 * their counts: the next run repeats them. A violation ends it: the expansion that found it is left out.
 */
export interface Progress extends Counts {
  /** Number of states whose moves were all tried. */
  readonly expanded: number;
  /** Number of applied transitions by type of event. */
  readonly byType: Readonly<Record<string, number>>;
  /** Violations with their traces. */
  readonly faults: readonly string[];
}

const NOTHING: Progress = { expanded: 0, decided: 0, applied: 0, lawful: 0, timed: 0, byType: {}, faults: [] };

/** The hash of a folder: of the path and the text of each file and of each link to a file. */
export function hashOf(folder: string): string {
  const hash = createHash("sha256");
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name)).filter((path) => statSync(path).isFile()).sort();
  for (const path of paths) {
    const text = readFileSync(path);
    hash.update(JSON.stringify([relative(folder, path), text.length])).update(text);
  }
  return hash.digest("hex");
}

/** Bytes of one state: the number of the state before it, the number of the move, and its key. */
const SIZE = 4 + 2 + 12;

const bytesOf = ({ parent, move, key }: Found): Buffer => {
  const bytes = Buffer.alloc(SIZE);
  bytes.writeUInt32LE(parent, 0);
  bytes.writeUInt16LE(move, 4);
  bytes.write(key, 6, "latin1");
  return bytes;
};

/**
 * The files of one slice: its states, and its progress with the number of states that it counts. Another version of
 * the slice or of the code has other files.
 */
export class FoundStates {
  readonly #file: string;
  #waiting: Buffer[] = [];
  /** Number of states, with those that wait to be written. */
  #states = 0;
  #progress = NOTHING;

  constructor(folder: string, slice: Slice, code: string) {
    const version = createHash("sha256").update(JSON.stringify(slice)).update(code).digest("hex").slice(0, 16);
    this.#file = join(folder, `${slice.name}-${version}`);
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      if (name.startsWith(`${slice.name}-`) && !name.startsWith(basename(this.#file))) rmSync(join(folder, name));
    }
    this.#load();
  }

  /** The progress of earlier runs, and of this one as far as it was added. */
  get progress(): Progress {
    return this.#progress;
  }

  get #progressFile(): string {
    return `${this.#file}.json`;
  }

  /** Returns the states of earlier runs, in the order in which they were found. */
  *read(): Iterable<Found> {
    if (!existsSync(this.#file)) return;
    const bytes = readFileSync(this.#file);
    for (let at = 0; at < bytes.length; at += SIZE) {
      yield {
        parent: bytes.readUInt32LE(at), move: bytes.readUInt16LE(at + 4),
        key: bytes.toString("latin1", at + 6, at + SIZE),
      };
    }
  }

  /** Keeps what one expansion has found. It is on disk after `flush`, which may happen now. */
  add(found: readonly Found[], progress: Progress): void {
    this.#waiting.push(...found.map(bytesOf));
    this.#states += found.length;
    this.#progress = progress;
    if (this.#waiting.length > STATES_AT_ONCE) this.flush();
  }

  /** Writes what was added, and violations that a later expansion has found. */
  flush(faults: readonly string[] = []): void {
    if (this.#waiting.length > 0) appendFileSync(this.#file, Buffer.concat(this.#waiting));
    this.#waiting = [];
    const text = JSON.stringify({ ...this.#progress, faults, states: this.#states });
    writeFileSync(`${this.#progressFile}.new`, text);
    renameSync(`${this.#progressFile}.new`, this.#progressFile);
  }

  /** Drops states that the progress does not count, whose run was killed, and progress whose states are missing. */
  #load(): void {
    const { states, ...progress } = existsSync(this.#progressFile)
      ? JSON.parse(readFileSync(this.#progressFile, "utf8")) as Progress & { readonly states: number }
      : { states: 0, ...NOTHING };
    const bytes = existsSync(this.#file) ? statSync(this.#file).size : 0;
    const isMissing = bytes < states * SIZE;
    this.#states = isMissing ? 0 : states;
    this.#progress = isMissing ? { ...NOTHING, faults: progress.faults } : progress;
    if (bytes > this.#states * SIZE) truncateSync(this.#file, this.#states * SIZE);
  }
}
