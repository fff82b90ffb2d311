// A copy of the embedded store's database for a backup, made in the same process while events are committed.
import { createHash } from "node:crypto";
import { read, statSync } from "node:fs";
import { open, rm, type FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { StoreError } from "./embedded-store-error.ts";

/** A copy on disk. */
export interface DatabaseCopy {
  /** Length of the file. */
  readonly bytes: number;
  /** SHA-256 of its content, in base64. */
  readonly sha256: string;
}

/** What is copied. After each chunk `assertOpen` throws where the store was closed or its files are gone. */
export interface CopySource {
  /** Open descriptor of store.db. Closing it would release the lock of the database, so that is up to the store. */
  readonly descriptor: number;
  /** Path of store.db-wal. */
  readonly logFile: string;
  readonly assertOpen: () => void;
}

/** Bytes copied at a time. Hashing them takes about a millisecond. */
const CHUNK_BYTES = 1_048_576;

/**
 * Largest write-ahead log while a copy is made, in bytes. It cannot be folded into the database meanwhile, and folding
 * it in afterwards takes one turn of the event loop.
 */
const MAX_LOG_BYTES = 134_217_728;

const readLater = promisify(read);

/**
 * Copies a database whose write-ahead log was folded in and stays so. The new file is on disk when this resolves, and
 * removed when it rejects: with a StoreError or an error of the file system.
 */
export async function copyDatabase(source: CopySource, file: string): Promise<DatabaseCopy> {
  const target = await open(file, "wx", 0o600);
  try {
    const copy = await copyTo(target, source);
    await target.sync();
    return copy;
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await target.close();
  }
}

async function copyTo(target: FileHandle, { descriptor, logFile, assertOpen }: CopySource): Promise<DatabaseCopy> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const hash = createHash("sha256");
  let bytes = 0;
  for (;;) {
    if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) {
      throw new StoreError("unavailable", "too many events were written meanwhile: try again when there are fewer");
    }
    const { bytesRead } = await readLater(descriptor, chunk, 0, CHUNK_BYTES, bytes);
    assertOpen();
    if (bytesRead === 0) return { bytes, sha256: hash.digest("base64") };
    hash.update(chunk.subarray(0, bytesRead));
    for (let done = 0; done < bytesRead;) {
      done += (await target.write(chunk, done, bytesRead - done, bytes + done)).bytesWritten;
    }
    bytes += bytesRead;
  }
}
