// Checks that the embedded store's files are still the ones it opened: if deleted or replaced, the process must end.
import { statSync } from "node:fs";
import { join } from "node:path";
import { StoreError } from "./store-error.ts";

/** A file by its device and inode number; a number is free again only when no process has the file open. */
type Identity = string;

/** The files of an open store. SQLite's writes to a deleted file succeed, and are lost when the process ends. */
export class StoreFiles {
  readonly #folder: string;
  readonly #opened: ReadonlyMap<string, Identity | undefined>;

  /** Remembers the present files, while the database, its write-ahead log and the mark are open. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#opened = new Map(["store.db", "store.db-wal", "store.mark"].map((name) => [name, this.#identityOf(name)]));
  }

  /** Throws a StoreError (`gone`) where the path of a file leads to another file, or to none. */
  assertInPlace(): void {
    for (const [name, identity] of this.#opened) {
      const found = this.#identityOf(name);
      if (found !== undefined && found === identity) continue;
      throw new StoreError("gone", `the store in ${this.#folder} was ${found === undefined ? "deleted" : "replaced"} `
        + `while it was open: ${name} is not the file that was opened`);
    }
  }

  /** Returns undefined also if the path cannot be followed: then no later process can find the file. */
  #identityOf(name: string): Identity | undefined {
    try {
      const { dev, ino } = statSync(join(this.#folder, name), { bigint: true });
      return `${dev}.${ino}`;
    } catch {
      return undefined;
    }
  }
}
