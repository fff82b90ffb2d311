// Files of an open store that were deleted or replaced: nothing is acknowledged into them.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import type { Delta } from "../../src/tuples/delta.ts";

let root: string;
let folder: string;
let store: EmbeddedStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "place-"));
  folder = join(root, "data");
  store = openEmbeddedStore(folder, () => 0);
  expect(store.commit([delta(1)], 1)).toEqual({ ok: true });
});
afterEach(async () => {
  await store.close().catch(() => undefined);
  rmSync(root, { recursive: true, force: true });
});

const delta = (n: number): Delta => ({ writes: [{ object: `a:${n}`, relation: "b", user: "c:1" }], deletes: [] });

const HARM: Readonly<Record<string, [words: string, harm: () => void]>> = {
  "the folder is deleted": ["deleted while it was open", () => rmSync(folder, { recursive: true })],
  "the folder is moved away": ["deleted while it was open", () => renameSync(folder, join(root, "moved"))],
  "an empty folder takes its place": ["deleted while it was open", () => {
    renameSync(folder, join(root, "moved"));
    mkdirSync(folder);
  }],
  "a copy takes its place": ["replaced while it was open", () => {
    renameSync(folder, join(root, "moved"));
    cpSync(join(root, "moved"), folder, { recursive: true });
  }],
  "a file stands where the folder was": ["deleted while it was open", () => {
    renameSync(folder, join(root, "moved"));
    cpSync(join(root, "moved", "holder"), folder);
  }],
  "only its database is deleted": ["store.db is not", () => rmSync(join(folder, "store.db"))],
  "only its mark is deleted": ["store.mark is not", () => rmSync(join(folder, "store.mark"))],
  "a copy of its mark takes its place": ["store.mark is not", () => {
    cpSync(join(folder, "store.mark"), join(folder, "copy"));
    renameSync(join(folder, "copy"), join(folder, "store.mark"));
  }],
  "only its write-ahead log is deleted": ["store.db-wal is not", () => rmSync(join(folder, "store.db-wal"))],
};

test.for(Object.entries(HARM))("%s: the next commit throws, and so do later calls", async ([, [words, harm]]) => {
  harm();
  expect(() => store.commit([delta(2)], 2)).toThrow(words);
  expect(() => store.getMeta("mark")).toThrow(words);
  expect(() => store.commit([delta(3)], 3)).toThrow(words);
});

test.for(Object.entries(HARM))("%s: a check also finds it, without a commit", async ([, [words, harm]]) => {
  await store.keep();
  harm();
  await expect(store.keep()).rejects.toThrow(words);
  expect(() => store.commit([delta(2)], 2)).toThrow(words);
});

/** Runs a call as a user without rights to root's files; as the present user if that is not root. */
function asNobody(call: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    call();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test("a folder or a file that this user may not write is reported as such", async () => {
  await store.close();
  chmodSync(root, 0o755);
  chmodSync(folder, 0o555);
  const readOnly = /^the store in .* cannot be used: the folder is read-only for user \d+/;
  asNobody(() => expect(() => openEmbeddedStore(folder)).toThrow(readOnly));
  chmodSync(folder, 0o777);
  chmodSync(join(folder, "store.db"), 0o444);
  const files = /^the store in .* cannot be used: user \d+ may write to the folder, but not to its files/;
  asNobody(() => expect(() => openEmbeddedStore(folder)).toThrow(files));
});
