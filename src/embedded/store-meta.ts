// The small values kept with the tuples (email key, ids, policy): read and written by name, with one checksum for all.
import { crc32 } from "node:zlib";
import type Database from "libsql";
import { StoreError } from "./store-error.ts";

/** Returns the CRC-32, as text, of all values except the sum. `instead`: a name, and the value to use for it. */
export function metaSumOf(db: Database.Database, instead?: readonly [name: string, value: string]): string {
  const rows = db.prepare(`select cast(name as blob), cast(value as blob) from (
    select name, value from meta where name <> 'sum' and name is not ?1
    union all select ?1, ?2 where ?1 is not null) order by name`)
    .raw().all(instead?.[0] ?? null, instead?.[1] ?? null) as [Uint8Array, Uint8Array][];
  return String(rows.flat().reduce((sum, bytes) => crc32(bytes, crc32(`${bytes.length},`, sum)), 0));
}

/** Name of a value that only a copy has: the newest row of its log. A copy comes without a mark. */
export const COPIED_AT = "copied at";

/** Returns the values of `meta` in which a copy differs from its database. */
export function valuesOfCopy(db: Database.Database, seq: number): Readonly<Record<string, string>> {
  return { [COPIED_AT]: String(seq), sum: metaSumOf(db, [COPIED_AT, String(seq)]) };
}

/** Throws a StoreError where a value was altered outside this program. */
export function assertMetaWhole(folder: string, db: Database.Database): void {
  const sum = db.prepare("select cast(value as blob) from meta where name = 'sum'").raw();
  const [kept] = sum.get() as [Uint8Array] | undefined ?? [];
  if (kept !== undefined && Buffer.from(kept).toString() === metaSumOf(db)) return;
  throw new StoreError("corrupt", `the store in ${folder} is damaged: its settings differ from what was written`);
}
