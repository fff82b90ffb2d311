// Acknowledged events that a store lacks at its start: noticed after each damage, refused, and accepted only by number.
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { StoreError } from "../../src/embedded/store-error.ts";
import type { LostEvents } from "../../src/embedded/lost-events.ts";
import { readMark, type MarkRecord } from "../../src/embedded/high-water-mark.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { SEED } from "../laws/law.ts";
import { damage, numbersOf, overwrite } from "./damage.ts";
import { compileWriter, ITEM_TUPLES, type Writer } from "./store-process.ts";

/** Length of a frame of the log, in bytes: a page and its header. */
const FRAME_BYTES = 4120;

/** Number of random damages to the files of a killed process. */
const DAMAGES = 60;

let writer: Writer;
let root: string;
let copies = 0;
/** A folder as `kill -9` left it, and the number of acknowledged deltas in it. */
let killed: string;
let acknowledged: number;
/** The count of its mark: the process may have been killed between the mark and the acknowledgement. */
let marked: number;
let folder: string;
beforeAll(async () => {
  writer = compileWriter();
  root = mkdtempSync(join(tmpdir(), "mark-"));
  killed = join(root, "killed");
  const process = writer.start(killed, "endless", 0);
  for (let line = await process.line(); line === "open" || Number(line) < 300;) line = await process.line();
  process.kill();
  acknowledged = (await process.ended()).acknowledged;
  marked = (readMark(killed) as MarkRecord).seq;
});
afterAll(() => {
  writer.remove();
  rmSync(root, { recursive: true, force: true });
});
// A store that refuses to start stays open, so that nothing is checkpointed: each start has its own folder.
beforeEach(() => {
  folder = again();
});

function again(of = killed): string {
  const copy = join(root, String(copies++));
  cpSync(of, copy, { recursive: true });
  return copy;
}

function open(at = folder, accepted?: LostEvents): EmbeddedStore {
  return openEmbeddedStore(at, () => 0, accepted);
}

/** The last delta's number in a store that holds each one up to it, complete. Throws for any other store. */
async function lastOf(store: EmbeddedStore): Promise<number> {
  const set = createTupleSet();
  store.load(set);
  const last = Number(set.users("counter:1", "at")[0]?.split(":")[1] ?? 0);
  expect(set.size).toBe(last * ITEM_TUPLES + Math.min(last, 1));
  await store.close();
  return last;
}

function refusal(at = folder, accepted?: LostEvents): string {
  try {
    open(at, accepted);
  } catch (error) {
    if (error instanceof StoreError && error.fault === "lost") return error.message;
    throw error;
  }
  throw new Error("the store started");
}

describe("a killed process's store", () => {
  test("starts with every acknowledged delta", async () => {
    expect(acknowledged).toBeGreaterThan(299);
    expect(marked).toBeGreaterThanOrEqual(acknowledged);
    expect(await lastOf(open())).toBeGreaterThanOrEqual(marked);
  });

  test("also starts with a torn tail that was never acknowledged", async () => {
    appendFileSync(join(folder, "store.db-wal"), readFileSync(join(folder, "store.db-wal")).subarray(32, 3000));
    expect(await lastOf(open())).toBeGreaterThanOrEqual(acknowledged);
  });

  test(`has each acknowledged delta or does not start, after ${DAMAGES} random damages`, async () => {
    const seed = SEED;
    console.log(`damage of a killed store: seed ${seed} (SIDELINE_TEST_SEED)`);
    const outcomes = { whole: 0, lost: 0, corrupt: 0 };
    for (let i = 0; i < DAMAGES; i++) {
      const draw = numbersOf(seed + i);
      const at = again();
      const file = ["store.db-wal", "store.db-wal", "store.db-wal", "store.db", "store.mark"][draw(5)];
      const what = damage(at, file!, draw);
      const told = `SIDELINE_TEST_SEED=${seed + i} ${what}`;
      try {
        expect(await lastOf(open(at)), told).toBeGreaterThanOrEqual(acknowledged);
        outcomes.whole++;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        expect(["lost", "corrupt", "unavailable"], `${told}: ${error.message}`).toContain(error.fault);
        outcomes[error.fault === "lost" ? "lost" : "corrupt"]++;
      }
    }
    console.log(outcomes);
    expect(outcomes.lost).toBeGreaterThan(5);
  });
});

const WAL_GONE: Readonly<Record<string, (at: string) => void>> = {
  "deleted": (at) => rmSync(join(at, "store.db-wal")),
  "emptied": (at) => writeFileSync(join(at, "store.db-wal"), ""),
  "changed in its first byte": (at) => overwrite(join(at, "store.db-wal"), 0, Uint8Array.of(0)),
};

describe("a write-ahead log", () => {
  test.for(Object.entries(WAL_GONE))("that was %s is noticed, and kept unchanged", ([, harm]) => {
    harm(folder);
    const wal = join(folder, "store.db-wal");
    const before = existsSync(wal) ? readFileSync(wal) : Buffer.alloc(0);
    const [, lost, held, all] = /lacks (\d+) acknowledged events: it holds (\d+) of (\d+) /.exec(refusal()) ?? [];
    expect([Number(lost), Number(all)]).toEqual([Number(all) - Number(held), marked]);
    expect(readFileSync(wal).equals(before)).toBe(true);
  });

  test("one missing delta is one event, and the error names the way out", async () => {
    const store = open();
    const before = store.lastDelta;
    await store.close();
    const older = again(folder);
    const newer = openEmbeddedStore(folder);
    newer.commit([{ writes: [{ object: "a:1", relation: "b", user: "c:1" }], deletes: [] }], 1);
    await newer.close();
    cpSync(join(older, "store.db"), join(folder, "store.db"));
    expect(refusal()).toBe(`the store in ${folder} lacks 1 acknowledged event: it holds ${before} of ${before + 1} `
      + "(store.db-wal was damaged, cut off or deleted, or store.db is an older copy). Restore a backup, "
      + "or set SIDELINE_ACCEPT_LOST_EVENTS=1 for one start to continue without them");
  });
});

describe("a loss", () => {
  test("is accepted by its exact number, once", async () => {
    rmSync(join(folder, "store.db-wal"));
    const number = Number(/lacks (\d+) /.exec(refusal())?.[1]);
    expect(refusal(again(folder), number - 1)).toContain(`lacks ${number} `);
    expect(refusal(again(folder), "unknown")).toContain(`lacks ${number} `);
    const at = again(folder);
    const store = open(at, number);
    expect(store.lost).toBe(number);
    expect(await lastOf(store)).toBe(marked - number);
    const next = open(at, number);
    expect(next.lost).toBeUndefined();
    await next.close();
  });

  test("of an unknown number is accepted by that word", async () => {
    rmSync(join(folder, "store.mark"));
    const told = refusal();
    expect(told).toContain("may lack acknowledged events: its file store.mark, which counts them, is missing");
    expect(told).toContain("SIDELINE_ACCEPT_LOST_EVENTS=unknown");
    const at = again(folder);
    const store = open(at, "unknown");
    expect(store.lost).toBe("unknown");
    expect(await lastOf(store)).toBeGreaterThanOrEqual(acknowledged);
    await open(at).close();
  });
});

describe("the mark", () => {
  const mark = (): string => join(folder, "store.mark");

  test("of another store is noticed", async () => {
    const other = join(root, "other");
    await open(other).close();
    cpSync(join(other, "store.mark"), mark());
    expect(refusal()).toContain("store.mark belongs to another store");
  });

  /** A copy of the killed process's folder in which the newer record is torn, or the older one. */
  const torn = (which: "newer" | "older"): string => {
    const at = again();
    const bytes = readFileSync(join(at, "store.mark"));
    const newer = bytes.readBigUInt64LE(32) > bytes.readBigUInt64LE(4096 + 32) ? 0 : 4096;
    overwrite(join(at, "store.mark"), which === "newer" ? newer : 4096 - newer, new Uint8Array(64).fill(0xa5));
    return at;
  };

  test("survives a torn write: the store has everything that the torn record counted", async () => {
    expect(await lastOf(open(torn("newer")))).toBeGreaterThanOrEqual(acknowledged);
    const at = torn("newer");
    const store = open(at);
    for (const n of [1, 2, 3]) {
      store.commit([{ writes: [{ object: `a:${n}`, relation: "b", user: "c:1" }], deletes: [] }], 1);
      expect((readMark(at) as MarkRecord).seq).toBe(store.lastDelta);
    }
    await store.close();
    await open(at).close();
    for (const place of [0, 4096]) overwrite(mark(), place + 33, Uint8Array.of(0xff));
    expect(refusal()).toContain("store.mark, which counts them, is damaged");
  });

  test("with one damaged record gives no number for a store that has at most what the other counts", async () => {
    const older = torn("older");
    cutTo(older, marked);
    expect(refusal(older)).toContain("one of the two records of store.mark, which counts them, is damaged");
    // The log lacks the last event, and the mark lacks the record that counted it.
    const newer = torn("newer");
    cutTo(newer, marked - 1);
    expect(refusal(newer)).toContain("SIDELINE_ACCEPT_LOST_EVENTS=unknown");
  });

  /** Cuts frames off the log until the database holds at most that many deltas: a kill may leave one not counted. */
  function cutTo(at: string, most: number): void {
    const log = join(at, "store.db-wal");
    const bytes = readFileSync(log);
    for (let length = bytes.length; ; length -= FRAME_BYTES) {
      writeFileSync(log, bytes.subarray(0, length));
      const reading = new Database(join(again(at), "store.db"));
      const [left] = reading.prepare("select seq from state").raw().get() as [number];
      reading.close();
      if (left <= most) return;
    }
  }

  test("left without its database is no empty store", () => {
    for (const name of ["store.db", "store.db-wal"]) rmSync(join(folder, name));
    expect(() => open()).toThrow(/store\.db is missing, but store\.mark exists/);
  });
});

test("a store of schema version 1 is upgraded with all its data, and guarded from then on", async () => {
  const store = open();
  await store.close();
  const db = new Database(join(folder, "store.db"));
  db.exec(`alter table log drop column sum; delete from meta where name <> 'email key';
    update state set sum = (sum - (select sum(at % 4294967291) from tuples) % 4294967296 + 4294967296) % 4294967296;
    pragma user_version = 1`);
  db.close();
  rmSync(join(folder, "store.mark"));
  const upgraded = open();
  expect(upgraded.lost).toBeUndefined();
  expect((await upgraded.changes(undefined, 1000)).changes).toHaveLength(1000);
  expect(upgraded.checkLog(1, 10_000)).toBe(upgraded.lastDelta + 1);
  expect(await lastOf(upgraded)).toBeGreaterThanOrEqual(acknowledged);
  rmSync(join(folder, "store.mark"));
  expect(refusal()).toContain("may lack acknowledged events");
});
