// The small values kept with the tuples (email key, ids, policy): read and written by name, with a sum of all of them.
import { crc32 } from "node:zlib";
import type Database from "libsql";
import { StoreError } from "./embedded-store-error.ts";

/** CRC-32 of all values but the sum itself, as text. */
export function metaSumOf(db: Database.Database): string {
  const rows = db.prepare("select name, value from meta where name <> 'sum' order by name").raw().all();
  return String(crc32(JSON.stringify(rows)));
}

/** Throws a StoreError where a value was altered outside this program. */
export function assertMetaWhole(folder: string, db: Database.Database): void {
  const [kept] = db.prepare("select value from meta where name = 'sum'").raw().get() as [string] | undefined ?? [];
  if (kept === metaSumOf(db)) return;
  throw new StoreError("corrupt", `the store in ${folder} is damaged: its settings differ from what was written`);
}
