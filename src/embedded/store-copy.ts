// Copies the embedded store's database for a backup, in the same process, while events are committed.
import { createHash } from "node:crypto";
import { read, readSync, writeSync } from "node:fs";
import { open, rm, type FileHandle } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import Database from "libsql";
import type { ChangedPages } from "./write-ahead-log.ts";
import { COPY_CHUNK_BYTES, PAGES_COPIED_PER_TURN } from "./embedded-limits.ts";

/** A copy on disk. */
export interface DatabaseCopy {
  /** Length of the file. */
  readonly bytes: number;
  /** SHA-256 of its content, in base64. */
  readonly sha256: string;
}

/**
 * The database to copy. After each step, `assertOpen` throws if the store was closed or its files are out of place.
 */
export interface CopySource {
  /** Open descriptor of store.db. Closing it would release the lock of the database, so only the store may close it. */
  readonly descriptor: number;
  /** Returns the pages of the database's file changed since the copy began. Throws if the list is incomplete. */
  readonly changedPages: () => ChangedPages;
  readonly assertOpen: () => void;
  /** Returns values for the copy's table `meta`, by name, that match the database's present file. */
  readonly ownValues: () => Readonly<Record<string, string>>;
}

const readLater = promisify(read);

/**
 * Copies a database as it is at one moment during this call. The new file is on disk when this resolves. When this
 * rejects, with a StoreError or an error of the file system, the file is removed.
 */
export async function copyDatabase(source: CopySource, file: string): Promise<DatabaseCopy> {
  const target = await open(file, "wx+", 0o600);
  try {
    await copyOnce(target, source);
    while (!copyChanges(target.fd, source)) {
      await nextTurn();
      source.assertOpen();
    }
    // Runs in the same turn as the last pages, so that the values are of the same moment.
    putValues(file, source.ownValues());
    await target.sync();
    return await digestOf(target);
  } catch (error) {
    for (const path of [file, `${file}-wal`]) await rm(path, { force: true });
    throw error;
  } finally {
    await target.close();
  }
}

/** Copies every page, regardless of changes made meanwhile. */
async function copyOnce(target: FileHandle, { descriptor, assertOpen }: CopySource): Promise<void> {
  const chunk = Buffer.allocUnsafe(COPY_CHUNK_BYTES);
  for (let at = 0; ;) {
    const { bytesRead } = await readLater(descriptor, chunk, 0, COPY_CHUNK_BYTES, at);
    assertOpen();
    if (bytesRead === 0) return;
    for (let done = 0; done < bytesRead;) {
      done += (await target.write(chunk, done, bytesRead - done, at + done)).bytesWritten;
    }
    at += bytesRead;
  }
}

/** Copies changed pages, as many as a turn has room for. Returns true when none is left: the copy is then whole. */
function copyChanges(target: number, { descriptor, changedPages }: CopySource): boolean {
  const { size, numbers } = changedPages();
  const page = Buffer.allocUnsafe(size);
  let left = PAGES_COPIED_PER_TURN;
  for (const number of numbers) {
    if (left-- === 0) return false;
    numbers.delete(number);
    const at = (number - 1) * size;
    // A page that was never committed may lie behind the end of the file.
    const bytes = readSync(descriptor, page, 0, size, at);
    for (let done = 0; done < bytes;) done += writeSync(target, page, done, bytes - done, at + done);
  }
  return true;
}

/**
 * Writes the copy's own values into it. Uses no prepared statements: they would keep the file open after their last
 * use.
 */
function putValues(file: string, values: Readonly<Record<string, string>>): void {
  const copy = new Database(file);
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const rows = Object.entries(values).map((entry) => `(${entry.map(quoted).join(",")})`);
  try {
    copy.exec(`pragma locking_mode = exclusive; pragma journal_mode = memory; pragma synchronous = off;
      insert into meta values ${rows.join(",")} on conflict (name) do update set value = excluded.value`);
  } finally {
    copy.close();
  }
}

async function digestOf(target: FileHandle): Promise<DatabaseCopy> {
  const chunk = Buffer.allocUnsafe(COPY_CHUNK_BYTES);
  const hash = createHash("sha256");
  for (let bytes = 0; ;) {
    const { bytesRead } = await target.read(chunk, 0, COPY_CHUNK_BYTES, bytes);
    if (bytesRead === 0) return { bytes, sha256: hash.digest("base64") };
    hash.update(chunk.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}
