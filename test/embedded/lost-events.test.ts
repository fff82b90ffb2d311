// The number of lost events that a store reports at its start: it counts events, whatever their deltas and commits.
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import Database from "libsql";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LostEvents } from "../../src/embedded/lost-events.ts";
import type { Part } from "../../src/embedded/stored-row-changes.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { overwrite } from "./damage.ts";

let root: string;
let folders = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "events-"));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const fresh = (): string => join(root, String(folders++));

/** A copy of a folder: a store that refuses to start stays open. */
function copyOf(folder: string): string {
  const copy = fresh();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

const open = (folder: string, accepted?: LostEvents): EmbeddedStore => openEmbeddedStore(folder, () => 0, accepted);

/** A delta that writes one tuple; with `more` its event has further deltas. */
const part = (n: number, more = false): Part =>
  ({ writes: [{ object: `a:${n}`, relation: "b", user: "c:1" }], deletes: [], more });

async function commit(folder: string, commits: readonly (readonly Part[])[]): Promise<void> {
  const store = open(folder);
  for (const deltas of commits) expect(store.commit(deltas, 1)).toEqual({ ok: true });
  await store.close();
}

/** A folder after two series of commits, with the store.db from between them. */
async function losing(
  kept: readonly (readonly Part[])[], lost: readonly (readonly Part[])[], folder = fresh(),
): Promise<string> {
  await commit(folder, kept);
  const older = copyOf(folder);
  await commit(folder, lost);
  cpSync(join(older, "store.db"), join(folder, "store.db"));
  return folder;
}

test("an event of many deltas, in one commit or in several, is one event", async () => {
  const folder = await losing([[part(1)]], [[part(2, true), part(3, true), part(4)], [part(5, true)], [part(6)]]);
  expect(() => open(copyOf(folder))).toThrow(/ lacks 2 acknowledged events: it holds 1 of 3 .*LOST_EVENTS=2 /);
  const store = open(folder, 2);
  expect([store.lost, store.lastDelta]).toEqual([2, 1]);
  await store.close();
});

test("an event that lost its last delta is missing; one that never had it was not acknowledged", async () => {
  const whole = await losing([[part(1)], [part(2, true)]], [[part(3)]]);
  expect(() => open(whole)).toThrow(/ lacks 1 acknowledged event: it holds 1 of 2 /);
  const store = open(await losing([[part(1)], [part(2, true)]], [[part(3, true)]]));
  expect([store.lost, store.lastDelta]).toEqual([undefined, 2]);
  await store.close();
});

test("a mark of a release that counted deltas reports their number", async () => {
  const folder = await losing([[part(1)]], [[part(2, true), part(3)]]);
  for (const slot of [0, 4096]) {
    const record = readFileSync(join(folder, "store.mark")).subarray(slot, slot + 64);
    record.fill(0, 40, 48);
    record.writeUInt32LE(crc32(record.subarray(0, 60)), 60);
    overwrite(join(folder, "store.mark"), slot, record);
  }
  expect(() => open(folder)).toThrow(/ lacks 2 acknowledged events: it holds 1 of 3 /);
});

test("a store whose last deltas are from an earlier release is read; its events are counted from there", async () => {
  const folder = fresh();
  await commit(folder, [[part(1, true), part(2)]]);
  const db = new Database(join(folder, "store.db"));
  db.exec(`update log set body = '[[],[["a:2","b","c:1"]]]', sum = null where seq = 2`);
  db.close();
  expect(() => open(copyOf(folder)).checkLog(1, 9)).not.toThrow();
  await losing([[part(3, true), part(4)]], [[part(5, true), part(6)]], folder);
  expect(() => open(folder)).toThrow(/ lacks 1 acknowledged event: it holds 3 of 4 /);
});
