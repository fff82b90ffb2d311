// Damage to the embedded store's file: each kind is a clear error that names the folder, and never an empty store.
import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, truncateSync,
  writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StoreError } from "../../src/embedded/store-error.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";

const PAGE = 4096;
const TUPLES = 3000;
let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "damage-"));
  file = join(folder, "store.db");
  const store = openEmbeddedStore(folder);
  for (let i = 0; i < TUPLES; i += 100) {
    store.commit([{ writes: Array.from({ length: 100 }, (_, j) => tuple(i + j)), deletes: [] }], i);
  }
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tuple = (i: number): Tuple => ({ object: `item:number-${i}`, relation: "holder", user: `user:${i}` });

const loadAll = (store: EmbeddedStore): number => store.load(createTupleSet());

/** Opens and loads. Returns the error; a store that opens anyway is closed. */
async function faultOfStart(use: (store: EmbeddedStore) => void = loadAll): Promise<StoreError> {
  let store: EmbeddedStore | undefined;
  try {
    store = openEmbeddedStore(folder);
    use(store);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  } finally {
    await store?.close();
  }
  throw new Error("the store started");
}

function overwrite(at: number, bytes: string | Uint8Array): void {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.from(bytes), 0, bytes.length, at);
  closeSync(descriptor);
}

function sql(text: string): void {
  const db = new Database(file);
  db.exec(text);
  db.close();
}

/**
 * Places in the file of a tuple's row: in its page, and in the unused part of others. The log holds the same text, but
 * inside a list.
 */
function placesOf(i: number): number[] {
  const found = [...readFileSync(file, "latin1").matchAll(new RegExp(`[^,[](\\["item:number-${i}")`, "g"))];
  expect(found.length).toBeGreaterThan(0);
  return found.map((match) => match.index + 1);
}

/** Overwrites a part of the page that holds a tuple. */
function tear(i: number, from: number, bytes: Uint8Array): void {
  for (const place of placesOf(i)) overwrite(Math.floor(place / PAGE) * PAGE + from, bytes);
}

/** Changes one letter of a tuple. */
function alter(i: number): void {
  for (const place of placesOf(i)) overwrite(place + 2, "I");
}

describe("a store that starts", () => {
  test("is whole without damage", async () => {
    const store = openEmbeddedStore(folder);
    expect(store.load(createTupleSet())).toBe(TUPLES);
    await store.close();
  });
});

/** Half of the file's pages, in bytes. */
const half = (): number => PAGE * Math.floor(statSync(file).size / PAGE / 2);

const DAMAGES: Readonly<Record<string, [message: RegExp, harm: () => void]>> = {
  "a file cut in half": [/is damaged: /, () => truncateSync(file, half())],
  "a file cut within a page": [/is damaged: /, () => truncateSync(file, statSync(file).size - PAGE * 3 - 100)],
  "an empty file": [/is damaged: store\.db is empty/, () => truncateSync(file, 0)],
  "another kind of file": [/is damaged: file is not a database/, () => writeFileSync(file, "x".repeat(PAGE * 3))],
  "a database of somebody else": [/is damaged: store\.db is not a store of this program/, () => {
    rmSync(file);
    sql("create table t (x)");
  }],
  "a write-ahead log without its database": [/is damaged: store\.db is missing, but store\.db-wal exists/, () => {
    copyFileSync(file, `${file}-wal`);
    rmSync(file);
  }],
  "a torn page of tuples": [/is damaged: /, () => tear(1500, 0, new Uint8Array(PAGE).fill(0xa5))],
  "half a page of tuples": [/is damaged: /, () => tear(1500, PAGE / 2, new Uint8Array(PAGE / 2))],
  "a page of zeros": [/is damaged: /, () => tear(1500, 0, new Uint8Array(PAGE))],
  "one altered letter of one tuple": [/is damaged: 3000 tuples with sum \d+, where 3000 with sum/, () => alter(77)],
  "a tuple's row that is no JSON": [/is damaged: .*JSON/, () => sql("update tuples set body = '[' where id = 9")],
  "a tuple lost": [/is damaged: 2999 tuples/, () => sql("delete from tuples where id = 9")],
  "a tuple too many": [/is damaged: 3001 tuples/, () =>
    sql(`insert into tuples values (99999, 1, '["a:1","b","c:1"]')`)],
  "a tuple in two rows": [/is damaged: two rows hold /, () =>
    sql("update tuples set body = (select body from tuples where id = 9) where id = 2000")],
  "a tuple in two rows, one with a space": [/is damaged: two rows hold /, () =>
    sql("update tuples set body = (select replace(body, ',', ', ') from tuples where id = 9) where id = 2000")],
  "the end of the log lost": [/is damaged: its log ends at 29/, () => sql("delete from log where seq = 30")],
  "its state lost": [/is damaged: /, () => sql("delete from state")],
  "a table lost": [/is damaged: a table is missing/, () => sql("drop table meta")],
};

describe("damage that is refused", () => {
  test.for(Object.entries(DAMAGES))("%s", async ([, [message, harm]]) => {
    harm();
    const error = await faultOfStart();
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`the store in ${folder} `);
    expect(error.fault).toBe("corrupt");
  });

  test("the schema of a later release", async () => {
    sql("pragma user_version = 3");
    const error = await faultOfStart();
    expect(error.message).toMatch(/^the store in .* has schema version 3, and this release knows 2/);
    expect(error.fault).toBe("newer");
  });

  test("an altered tuple is also noticed by a commit, if nothing was loaded before", async () => {
    alter(77);
    const error = await faultOfStart((store) => store.commit([{ writes: [tuple(TUPLES)], deletes: [] }], 1));
    expect(error.fault).toBe("corrupt");
  });

  test("a row of the log that is not JSON is reported by the feed", async () => {
    sql("update log set body = '[' where seq = 9");
    const store = openEmbeddedStore(folder);
    await expect(store.changes(undefined, 5)).resolves.toBeDefined();
    await expect(store.changes("9.0", 5)).rejects.toThrow(`the store in ${folder} is damaged`);
    await store.close();
  });

  test("deleted settings, including the email key", async () => {
    sql("delete from meta");
    expect((await faultOfStart()).message).toMatch(/is damaged: its settings differ from what was written/);
  });
});

describe("leftovers of an interrupted start", () => {
  test("do no harm", async () => {
    writeFileSync(join(folder, "store.0011223344556677.new"), "x");
    await openEmbeddedStore(folder).close();
    expect(existsSync(file)).toBe(true);
  });
});
