// The states that an exploration has found, in a file, so that a later run continues where this one stops.
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Found, Slice } from "./explorer.ts";

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
    mkdirSync(dirname(this.#file), { recursive: true });
    for (const name of readdirSync(folder)) {
      if (name.startsWith(`${slice.name}-`) && !this.#file.endsWith(name)) rmSync(join(folder, name));
    }
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

  /** Keeps the states that one expansion has found. They are on disk after `flush`. */
  add(found: readonly Found[]): void {
    this.#waiting.push(...found.map(bytesOf));
    if (this.#waiting.length > 1000) this.flush();
  }

  flush(): void {
    if (this.#waiting.length > 0) appendFileSync(this.#file, Buffer.concat(this.#waiting));
    this.#waiting = [];
  }
}
