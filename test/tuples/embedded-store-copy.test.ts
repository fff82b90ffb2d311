// Copies of an open store for a backup: consistent, started from without a mark, and nothing left behind.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Delta } from "../../src/tuples/delta.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/tuples/embedded-store.ts";
import { createTupleSet } from "../../src/tuples/tuple-set.ts";

let root: string;
let folder: string;
let copy: string;
let store: EmbeddedStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "copy-"));
  folder = join(root, "data");
  copy = join(root, "copy.db");
  store = openEmbeddedStore(folder, () => 0);
  for (let i = 0; i < 100; i++) commit(i);
});
afterEach(async () => {
  await store.close();
  rmSync(root, { recursive: true, force: true });
});

/** Commits a delta of some kilobytes: a few hundred are more than SQLite folds into the database at once. */
function commit(i: number): void {
  const context = { text: "x".repeat(40_000) };
  const delta: Delta = { deletes: [], writes: [
    { object: `item:${i}`, relation: "r", user: "u:1" },
    { object: `item:${i}`, relation: "fat", user: "u:1", condition: { name: "near", context } },
  ] };
  expect(store.commit([delta], i)).toEqual({ ok: true });
}

/** Starts from a copy in a folder of its own; the number of its tuples. */
async function startFrom(file: string, name = "restored"): Promise<number> {
  mkdirSync(join(root, name));
  copyFileSync(file, join(root, name, "store.db"));
  const restored = openEmbeddedStore(join(root, name));
  try {
    expect(restored.checkLog(1, 10_000)).toBe(restored.lastDelta + 1);
    return restored.load(createTupleSet());
  } finally {
    await restored.close();
  }
}

test("a copy holds what was committed before it, and nothing of what is committed meanwhile", async () => {
  const copying = store.copyTo(copy);
  for (let i = 100; i < 300; i++) {
    commit(i);
    if (i % 20 === 0) await new Promise((resume) => setImmediate(resume));
  }
  const { bytes, sha256 } = await copying;
  expect(bytes).toBe(statSync(copy).size);
  expect(sha256).toBe(createHash("sha256").update(readFileSync(copy)).digest("base64"));
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  for (let i = 300; i < 320; i++) commit(i);
  expect(await startFrom(copy)).toBe(200);
  await store.close();
  const again = openEmbeddedStore(folder);
  expect(again.load(createTupleSet())).toBe(640);
  await again.close();
});

test("the write-ahead log is folded in again after a copy", async () => {
  await store.copyTo(copy);
  for (let i = 100; i < 600; i++) commit(i);
  expect(statSync(join(folder, "store.db-wal")).size).toBeLessThan(25_000_000);
});

test("a copy that was written to afterwards is guarded like any store", async () => {
  await store.copyTo(copy);
  expect(await startFrom(copy)).toBe(200);
  rmSync(join(root, "restored", "store.mark"));
  expect(openEmbeddedStore(join(root, "restored")).lost).toBeUndefined();
});

test("a copy put into the place of the store that went on is refused by number", async () => {
  await store.copyTo(copy);
  for (let i = 300; i < 307; i++) commit(i);
  await store.close();
  copyFileSync(copy, join(folder, "store.db"));
  expect(() => openEmbeddedStore(folder)).toThrow("lacks 7 acknowledged events");
});

test("a store taken from its folder without its mark is refused, once events came after the copy", async () => {
  await store.copyTo(copy);
  commit(300);
  await store.close();
  await expect(startFrom(join(folder, "store.db"))).rejects.toThrow("may lack acknowledged events");
});

test("a file that is there stays as it is, and a copy that fails leaves none", async () => {
  writeFileSync(copy, "mine");
  await expect(store.copyTo(copy)).rejects.toThrow("EEXIST");
  expect(readFileSync(copy, "utf8")).toBe("mine");
  const ended = expect(store.copyTo(join(root, "other.db"))).rejects.toThrow("is closed");
  await store.close();
  await ended;
  expect(readdirSync(root).sort()).toEqual(["copy.db", "data"]);
});

test("two copies at once: the second is refused", async () => {
  const copying = store.copyTo(copy);
  await expect(store.copyTo(join(root, "other.db"))).rejects.toThrow("is being copied already");
  await copying;
  await store.copyTo(join(root, "other.db"));
});

test("what a killed process left of a copy is removed by the next start", async () => {
  await store.close();
  writeFileSync(join(folder, "store.0011223344556677.copy"), "x");
  writeFileSync(join(folder, "mine.copy"), "x");
  await openEmbeddedStore(folder).close();
  expect(readdirSync(folder).filter((name) => name.endsWith(".copy"))).toEqual(["mine.copy"]);
});
