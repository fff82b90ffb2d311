// Errors of the embedded store: the fault of its folder, file or disk, in words an operator can act on.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { STORE_ERROR } from "../tuples/store.ts";

/**
 * Faults of a store. `held`: another process uses it. `corrupt`: its content is damaged. `newer`: a later release or
 * policy wrote it. `lost`: acknowledged events are missing. `gone`: its files were deleted or replaced while it was
 * open. `full`: the disk has no room. `unavailable`: the disk refused for another reason (read-only, I/O error).
 */
export type StoreFault = "held" | "corrupt" | "newer" | "lost" | "gone" | "full" | "unavailable";

/**
 * An error of a store that cannot be used; the message names the folder. Thrown at opening, or when the disk refuses.
 */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** Marks an error that is reported by its message alone, without a stack. */
  readonly code = STORE_ERROR;
  readonly fault: StoreFault;

  constructor(fault: StoreFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** Bytes written to test whether a folder takes writes: one block of common file systems. */
const PROBE_BYTES = 4096;

/** Builds the StoreError for an error of the database, the file system or the rows' JSON. */
export function faultOf(folder: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = String((error as { code?: unknown }).code ?? "");
  const text = error instanceof Error ? error.message : String(error);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    const holder = holderOf(folder);
    return new StoreError("held", `the store in ${folder} is in use by ${holder}: only one process may open it`, error);
  }
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB" || error instanceof SyntaxError) {
    return new StoreError("corrupt", `the store in ${folder} is damaged: ${text}`, error);
  }
  const cause = isFull(code) ? DISK_FULL : refusalOf(folder, code === "" ? text : code);
  const reason = cause ?? text;
  const named = code === "" || reason.includes(code) ? reason : `${reason} (${code})`;
  const fault = cause === DISK_FULL ? "full" : "unavailable";
  return new StoreError(fault, `the store in ${folder} cannot be used: ${named}`, error);
}

/** True for a StoreError whose cause is a disk without room: nothing was written, and later calls may succeed. */
export function isStoreFull(error: unknown): boolean {
  return error instanceof StoreError && error.fault === "full";
}

/** Message for a disk without room. */
const DISK_FULL = "the disk is full";

function isFull(code: string): boolean {
  return code === "SQLITE_FULL" || code === "ENOSPC" || code === "EDQUOT";
}

/** Codes, and a message without one, that SQLite uses for a read-only folder, missing rights and a full disk alike. */
const VAGUE = /^(?:SQLITE_(?:IOERR|READONLY|CANTOPEN|PERM|AUTH)|EROFS|EACCES|EPERM|ConnectionFailed)/;

/** Returns why a folder or its files refuse writes; undefined if they accept them or the code means something else. */
function refusalOf(folder: string, code: string): string | undefined {
  if (folder === ":memory:" || !VAGUE.test(code) || !existsSync(folder)) return undefined;
  const user = process.getuid === undefined ? "this process" : `user ${process.getuid()}`;
  const probe = join(folder, `store.${randomBytes(8).toString("hex")}.probe`);
  try {
    writeFileSync(probe, new Uint8Array(PROBE_BYTES), { mode: 0o600, flag: "wx" });
  } catch (error) {
    const found = String((error as NodeJS.ErrnoException).code);
    if (isFull(found)) return DISK_FULL;
    if (found === "EROFS") return "the folder is on a read-only file system";
    if (found === "EACCES" || found === "EPERM") return `the folder is read-only for ${user}`;
    return undefined;
  } finally {
    removeQuietly(probe);
  }
  return code.startsWith("SQLITE_IOERR") ? undefined : `${user} may write to the folder, but not to its files`;
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A folder that refuses new files also refuses to remove them.
  }
}

function holderOf(folder: string): string {
  try {
    return `process ${readFileSync(join(folder, "holder"), "utf8").trim()}`;
  } catch {
    return "another process";
  }
}
