// The states that an exploration has found, in a file, so that a later run continues where this one stops.
import { createHash } from "node:crypto";
import {
  appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "../live/pins.ts";
import { POLICY } from "../world/policy.ts";
import type { Found, Slice } from "./explorer.ts";

/** States that may be lost when a run is killed. */
const STATES_AT_ONCE = 200;

/** Numbers of what the runs of a slice have done so far. A run that is killed leaves out its last states. */
export interface Counts {
  readonly decided: number;
  readonly applied: number;
  readonly lawful: number;
  readonly timed: number;
}

/** The texts on which the found states depend. */
export function sources(): string {
  return ["src/events", "src/domain", "src/ledger", "src/policy", "test/explore"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)).sort())
    .map((file) => readFileSync(file, "utf8")).join("") + POLICY;
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

/** The file of one slice. Another version of the slice, of its events' code or of the policy has another file. */
export class FoundStates {
  readonly #file: string;
  #waiting: Buffer[] = [];

  constructor(folder: string, slice: Slice, code: string) {
    const version = createHash("sha256").update(JSON.stringify(slice)).update(code).digest("hex").slice(0, 16);
    this.#file = join(folder, `${slice.name}-${version}`);
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      if (name.startsWith(`${slice.name}-`) && !name.startsWith(basename(this.#file))) rmSync(join(folder, name));
    }
  }

  /** The counts of earlier runs. */
  get counts(): Counts {
    const none = { decided: 0, applied: 0, lawful: 0, timed: 0 };
    return existsSync(this.#countsFile) ? JSON.parse(readFileSync(this.#countsFile, "utf8")) as Counts : none;
  }

  get #countsFile(): string {
    return `${this.#file}.json`;
  }

  /** Returns the states of earlier runs, in the order in which they were found. A state written in part is dropped. */
  *read(): Iterable<Found> {
    if (!existsSync(this.#file)) return;
    const bytes = readFileSync(this.#file);
    const end = bytes.length - (bytes.length % SIZE);
    if (end < bytes.length) truncateSync(this.#file, end);
    for (let at = 0; at < end; at += SIZE) {
      yield {
        parent: bytes.readUInt32LE(at), move: bytes.readUInt16LE(at + 4),
        key: bytes.toString("latin1", at + 6, at + SIZE),
      };
    }
  }

  /** Keeps the states that one expansion has found. They are on disk after `flush`, which may happen now. */
  add(found: readonly Found[], counts: Counts): void {
    this.#waiting.push(...found.map(bytesOf));
    if (this.#waiting.length > STATES_AT_ONCE) this.flush(counts);
  }

  /** Writes the states, and the counts of this run and earlier ones. */
  flush(counts: Counts): void {
    if (this.#waiting.length > 0) appendFileSync(this.#file, Buffer.concat(this.#waiting));
    this.#waiting = [];
    writeFileSync(`${this.#countsFile}.new`, JSON.stringify(counts));
    renameSync(`${this.#countsFile}.new`, this.#countsFile);
  }
}
