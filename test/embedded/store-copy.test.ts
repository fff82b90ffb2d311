// Copies of an open store for a backup: consistent, able to start without a mark, and without leftovers.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Delta } from "../../src/tuples/delta.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";

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

/**
 * Commits a delta of some kilobytes: a few hundred are more than one SQLite checkpoint. With `gone`, the larger tuple
 * of that delta is deleted.
 */
function commit(i: number, gone?: number): void {
  const context = { text: "x".repeat(40_000) };
  const deletes = gone === undefined ? [] : [{ object: `item:${gone}`, relation: "fat", user: "u:1" }];
  const delta: Delta = { deletes, writes: [
    { object: `item:${i}`, relation: "r", user: "u:1" },
    { object: `item:${i}`, relation: "fat", user: "u:1", condition: { name: "near", context } },
  ] };
  expect(store.commit([delta], i)).toEqual({ ok: true });
}

/** Puts a file into its own folder as its store, without the other files. */
function restore(file: string, name: string): EmbeddedStore {
  mkdirSync(join(root, name));
  copyFileSync(file, join(root, name, "store.db"));
  return openEmbeddedStore(join(root, name));
}

/** Starts from a copy in its own folder. Returns the number of its tuples, the first ones of each delta. */
async function startFrom(file: string, name = "restored"): Promise<number> {
  const restored = restore(file, name);
  try {
    expect(restored.checkLog(1, 10_000)).toBe(restored.lastDelta + 1);
    const set = createTupleSet();
    expect(restored.load(set)).toBe(2 * restored.lastDelta);
    for (let i = 0; i < restored.lastDelta; i++) expect(set.users(`item:${i}`, "fat")).toEqual(["u:1"]);
    return set.size;
  } finally {
    await restored.close();
  }
}

/** Size of the write-ahead log, in bytes. */
const logSize = (): number => statSync(join(folder, "store.db-wal")).size;

/** Maximum size of the log, in bytes: a checkpoint begins at 8 MiB, after the commit that reaches them. */
const MOST_AT_ONCE = 8_388_608 + 400_000;

const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

test("a copy holds every commit before it, and complete deltas of the commits during it", async () => {
  const copying = store.copyTo(copy);
  let done = false;
  void copying.then(() => (done = true));
  let last = 99;
  while (!done) {
    commit(++last);
    await turn();
  }
  const { bytes, sha256 } = await copying;
  expect(bytes).toBe(statSync(copy).size);
  expect(sha256).toBe(createHash("sha256").update(readFileSync(copy)).digest("base64"));
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(readdirSync(root).sort()).toEqual(["copy.db", "data"]);
  const [begun, ended] = [200, 2 * (last + 1)];
  commit(++last);
  const held = await startFrom(copy);
  expect([held >= begun, held <= ended]).toEqual([true, true]);
  await store.close();
  const again = openEmbeddedStore(folder);
  expect(again.load(createTupleSet())).toBe(ended + 2);
  await again.close();
});

test("pages that change during the copy are copied again, however much is committed meanwhile", async () => {
  const copying = store.copyTo(copy);
  let done = false;
  void copying.then(() => (done = true));
  let most = 0;
  let last = 99;
  while (!done) {
    // While pages from before are still being read, each turn checkpoints the log at least once.
    for (let i = 0; i < (last < 700 ? 110 : 1); i++) {
      commit(++last, last - 100);
      most = Math.max(most, logSize());
    }
    await turn();
  }
  expect(last).toBeGreaterThan(500);
  expect(most).toBeLessThan(MOST_AT_ONCE);
  const restored = restore(copy, "restored");
  const set = createTupleSet();
  restored.load(set);
  const { lastDelta } = restored;
  expect(restored.checkLog(1, 10_000)).toBe(lastDelta + 1);
  const fat = Array.from({ length: 100 }, (_, i) => `item:${lastDelta - 100 + i}`);
  expect(set.objects("item", "fat", "u:1").sort()).toEqual(fat.sort());
  expect(set.size).toBe(lastDelta + 100);
  await restored.close();
});

test("the write-ahead log is checkpointed a few mebibytes at a time, before and after a copy", async () => {
  for (let i = 100; i < 400; i++) commit(i);
  expect(logSize()).toBeLessThan(MOST_AT_ONCE);
  await store.copyTo(copy);
  for (let i = 400; i < 700; i++) commit(i);
  expect(logSize()).toBeLessThan(MOST_AT_ONCE);
});

test("the file of the copied store is no copy itself: without its log and its mark it is refused", async () => {
  await store.copyTo(copy);
  for (let i = 100; i < 110; i++) commit(i);
  expect(() => restore(join(folder, "store.db"), "lost")).toThrow("may lack acknowledged events");
  const taken = statSync(join(root, "lost", "store.db")).size;
  expect(taken).toBeGreaterThan(8_000_000);
});

test("so is a restored one, from its first event on, and one that an earlier release copied", async () => {
  await store.copyTo(copy);
  const restored = restore(copy, "restored");
  restored.commit([{ deletes: [], writes: [{ object: "item:new", relation: "r", user: "u:1" }] }], 1);
  expect(() => restore(join(root, "restored", "store.db"), "lost")).toThrow("may lack acknowledged events");
  await restored.close();
  // An earlier release left in the store what belongs in the copy.
  store.setMeta("copied at", String(store.lastDelta));
  await store.close();
  const upgraded = openEmbeddedStore(folder);
  upgraded.commit([{ deletes: [], writes: [{ object: "item:new", relation: "r", user: "u:1" }] }], 1);
  expect(() => restore(join(folder, "store.db"), "upgraded")).toThrow("may lack acknowledged events");
  await upgraded.close();
});

test("a store started from a copy is guarded like any other", async () => {
  await store.copyTo(copy);
  expect(await startFrom(copy)).toBe(200);
  rmSync(join(root, "restored", "store.mark"));
  expect(() => openEmbeddedStore(join(root, "restored"))).toThrow("may lack acknowledged events");
});

test("a copy in the place of a store that continued is refused by number", async () => {
  await store.copyTo(copy);
  for (let i = 300; i < 307; i++) commit(i);
  await store.close();
  copyFileSync(copy, join(folder, "store.db"));
  expect(() => openEmbeddedStore(folder)).toThrow("lacks 7 acknowledged events");
});

test("a store taken from its folder without its mark is refused if events came after the copy", async () => {
  await store.copyTo(copy);
  commit(300);
  await store.close();
  await expect(startFrom(join(folder, "store.db"))).rejects.toThrow("may lack acknowledged events");
});

test("an existing file stays unchanged, and a copy that fails leaves none", async () => {
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

test("the next start removes what a killed process left of a copy", async () => {
  await store.close();
  writeFileSync(join(folder, "store.0011223344556677.copy"), "x");
  writeFileSync(join(folder, "mine.copy"), "x");
  await openEmbeddedStore(folder).close();
  expect(readdirSync(folder).filter((name) => name.endsWith(".copy"))).toEqual(["mine.copy"]);
});
