// The embedded store's file: made whole or not at all, opened by one process at a time, checked before it is used.
import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, rmSync, statSync,
  writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import Database from "libsql";
import { faultOf, StoreError } from "./store-error.ts";
import { TIME_MODULUS } from "./store-state.ts";
import { assertMetaWhole, metaSumOf } from "./store-meta.ts";
import { CACHE_KIB, CHECKPOINT_PAGES, MAX_PAGES_CHECKED_AT_START } from "./embedded-limits.ts";

/** A connection to the store's database. */
export type Connection = Database.Database;

/**
 * Version of the schema below. A file with a higher version was written by a later release and is refused. A file with
 * a lower version is upgraded in place; from then on the release that wrote it refuses it.
 */
const SCHEMA_VERSION = 2;

/** "Side" in ASCII: distinguishes a store from any other SQLite file. */
const APPLICATION_ID = 0x53696465;

/**
 * log: one row per delta, never changed: the feed of changes; `sum` is the CRC-32 of the row, null in rows from before
 * version 2. tuples: the present tuples; ids only grow, so that writing appends and deleting mostly touches recent
 * pages. state: one row, written in each transaction; `sum` is the sum of all tuples' hashes and times, which reveals a
 * lost or altered tuple at the next start. meta: small values by name; `sum` is the digest of the others.
 * Measured on 2 cores, with deltas of 10 tuples in groups of 64, on the way to a million tuples: this layout takes
 * 18,000 deltas/s throughout. A table keyed by object, relation and user takes 15,000 at first and 8,000 at 200,000
 * tuples, and falls further, because each tuple dirties a page. The log alone takes 76,000, but a start would replay it
 * from the beginning or need snapshots.
 */
const SCHEMA = `
  create table log (seq integer primary key, at integer not null, body text not null, sum integer) strict;
  create table tuples (id integer primary key, at integer not null, body text not null) strict;
  create table state (id integer primary key check (id = 1), seq integer not null, next integer not null,
    count integer not null, sum integer not null, seed integer not null) strict;
  create table meta (name text primary key, value text not null) strict;
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${SCHEMA_VERSION};`;

/** Statements that upgrade version 1 to version 2. */
const UPGRADE = `
  alter table log add column sum integer;
  update state set sum = (sum + (select coalesce(sum(at % ${TIME_MODULUS}), 0) from tuples)) % 4294967296;
  pragma user_version = 2;`;

/**
 * Opens the database of a folder (created if missing: folder 0700, file 0600), or one in memory for ":memory:". The
 * operating system locks the file until `close` or the end of the process, however it ends. So the process must never
 * open store.db by other means: closing that file would release the lock. Throws StoreError.
 */
export function openDatabase(folder: string): Connection {
  if (folder === ":memory:") {
    const db = new Database(folder);
    createSchema(db);
    return db;
  }
  const file = join(folder, "store.db");
  try {
    if (!isThere(folder, file)) createFile(folder, file);
    return openFile(folder, file);
  } catch (error) {
    throw faultOf(folder, error);
  }
}

function isThere(folder: string, file: string): boolean {
  makeFolder(folder);
  if (!existsSync(file)) {
    const left = ["store.db-wal", "store.mark"].find((name) => existsSync(join(folder, name)));
    if (left === undefined) return false;
    throw new StoreError("corrupt", `the store in ${folder} is damaged: store.db is missing, but ${left} exists: `
      + "restore a backup, or move the folder away to start with an empty store");
  }
  if (statSync(file).size > 0) return true;
  throw new StoreError("corrupt", `the store in ${folder} is damaged: store.db is empty`);
}

/** Creates a folder and its missing parents, each on disk before it is used. */
function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
  for (const path of missing) {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      // Another process was faster. `recursive` is not used: it loops where the kernel refuses (in /proc).
      if (!existsSync(path)) throw error;
    }
    sync(dirname(path));
  }
}

/** Builds the file under a draft name and links it into place, which fails if another process was faster. */
function createFile(folder: string, file: string): void {
  const draft = join(folder, `store.${randomBytes(8).toString("hex")}.new`);
  try {
    closeSync(openSync(draft, "wx", 0o600));
    const db = new Database(draft);
    try {
      db.exec("pragma synchronous = full");
      createSchema(db);
    } finally {
      db.close();
    }
    chmodSync(draft, 0o600);
    sync(draft);
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    sync(folder);
  } finally {
    for (const suffix of ["", "-journal"]) rmSync(draft + suffix, { force: true });
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function createSchema(db: Connection): void {
  db.exec(`begin immediate; ${SCHEMA}
    insert into state values (1, 0, 1, 0, 0, ${randomBytes(4).readUInt32LE()});
    insert into meta values ('email key', '${randomBytes(32).toString("hex")}');`);
  addFileId(db);
  db.exec("commit");
}

/** Gives the file a random id, so that a mark of another file is recognised, and writes the checksum of `meta`. */
function addFileId(db: Connection): void {
  db.exec(`insert into meta values ('file id', '${randomBytes(16).toString("hex")}')`);
  db.prepare("insert into meta values ('sum', ?)").run(metaSumOf(db));
}

function upgrade(db: Connection): void {
  db.exec(`begin immediate; ${UPGRADE}`);
  addFileId(db);
  db.exec("commit");
}

function openFile(folder: string, file: string): Connection {
  const db = new Database(file);
  try {
    db.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full");
    db.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}; pragma cache_size = -${CACHE_KIB}`);
    db.exec("begin immediate; commit");
    checkFile(folder, db);
    nameHolder(folder);
    removeDrafts(folder);
    return db;
  } catch (error) {
    const fault = faultOf(folder, error);
    if (fault.fault === "held") db.close();
    else tryClosing(db);
    throw fault;
  }
}

/** Writes the process id for the error of a second process. A full disk does not keep a store from opening. */
function nameHolder(folder: string): void {
  try {
    writeFileSync(join(folder, "holder"), `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    if (faultOf(folder, error).fault !== "full") throw error;
  }
}

/** Removes copies for a backup that a killed process left behind. */
function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^store\.[0-9a-f]{16}\.copy(?:-wal)?$/.test(name)) rmSync(join(folder, name), { force: true });
  }
}

/**
 * Closes a database and releases its lock. Closing alone would not: a connection lives until the statements prepared on
 * it are collected. Leaving WAL mode makes SQLite unlock, and leaves a single file behind.
 */
export function closeDatabase(db: Connection): void {
  try {
    if (!db.memory) db.exec("pragma journal_mode = delete; pragma locking_mode = normal; select seq from state");
  } finally {
    db.close();
  }
}

/** Closes a database that could not be opened. Ignores errors, so that the caller reports the original fault. */
function tryClosing(db: Connection): void {
  try {
    closeDatabase(db);
  } catch {
    // Nothing was written, and the lock ends with the process.
  }
}

function checkFile(folder: string, db: Connection): void {
  if (numberOf(db, "pragma application_id") !== APPLICATION_ID) {
    throw new StoreError("corrupt", `the store in ${folder} is damaged: store.db is not a store of this program`);
  }
  const version = numberOf(db, "pragma user_version");
  if (version > SCHEMA_VERSION) {
    throw new StoreError("newer", `the store in ${folder} has schema version ${version}, and this release knows `
      + `${SCHEMA_VERSION}: start the release that wrote it, or a later one`);
  }
  const mode = db.prepare("pragma journal_mode").raw().get() as [string];
  if (mode[0] !== "wal") throw new StoreError("corrupt", `the store in ${folder} is damaged: not in WAL mode`);
  const tables = "select count(*) from sqlite_schema where name in ('log', 'tuples', 'state', 'meta')";
  if (numberOf(db, tables) !== 4) {
    throw new StoreError("corrupt", `the store in ${folder} is damaged: a table is missing`);
  }
  const checks = numberOf(db, "pragma page_count") <= MAX_PAGES_CHECKED_AT_START ? [""] : ["(state)", "(meta)"];
  for (const table of checks) {
    const [answer] = db.prepare(`pragma quick_check${table}`).raw().get() as [string];
    if (answer !== "ok") throw new StoreError("corrupt", `the store in ${folder} is damaged: ${answer}`);
  }
  const last = numberOf(db, "select coalesce(max(seq), 0) from log");
  if (numberOf(db, "select seq from state") !== last) {
    throw new StoreError("corrupt", `the store in ${folder} is damaged: its log ends at ${last}`);
  }
  if (version < SCHEMA_VERSION) upgrade(db);
  assertMetaWhole(folder, db);
}

function numberOf(db: Connection, sql: string): number {
  const row = db.prepare(sql).raw().get() as [number] | undefined;
  return row?.[0] ?? Number.NaN;
}
