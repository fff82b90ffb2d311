// The small values kept with the tuples (email key, ids, policy): read and written by name, with a sum of all of them.
import { crc32 } from "node:zlib";
import type Database from "libsql";
import { StoreError } from "./embedded-store-error.ts";

/** CRC-32 of all values but the sum itself, as text. */
export function metaSumOf(db: Database.Database): string {
  const rows = db.prepare("select cast(name as blob), cast(value as blob) from meta where name <> 'sum' order by name")
    .raw().all() as [Uint8Array, Uint8Array][];
  return String(rows.flat().reduce((sum, bytes) => crc32(bytes, crc32(`${bytes.length},`, sum)), 0));
}

/** Throws a StoreError where a value was altered outside this program. */
export function assertMetaWhole(folder: string, db: Database.Database): void {
  const sum = db.prepare("select cast(value as blob) from meta where name = 'sum'").raw();
  const [kept] = sum.get() as [Uint8Array] | undefined ?? [];
  if (kept !== undefined && Buffer.from(kept).toString() === metaSumOf(db)) return;
  throw new StoreError("corrupt", `the store in ${folder} is damaged: its settings differ from what was written`);
}
