// Durability of the embedded store, with real processes: killed anywhere, no acknowledged delta is lost or cut.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { reasonToSkip } from "../live/required.ts";
import { compileWriter, ITEM_TUPLES, type Running, type Writer } from "./store-process.ts";

let writer: Writer;
let folder: string;
const started: Running[] = [];
beforeAll(() => {
  writer = compileWriter();
});
afterAll(() => writer.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "durable-"));
});
afterEach(() => {
  for (const process of started.splice(0)) process.kill();
  rmSync(folder, { recursive: true, force: true });
});

function start(mode: string, number = 0, before?: readonly string[]): Running {
  const process = writer.start(folder, mode, number, before);
  started.push(process);
  return process;
}

/** Asserts that the store holds every delta up to some number, at least `acknowledged`. Returns that number. */
async function expectWhole(acknowledged: number, itemTuples = ITEM_TUPLES): Promise<number> {
  const store = openEmbeddedStore(folder);
  const set = createTupleSet();
  store.load(set);
  const last = lastOf(set);
  expect(last).toBeGreaterThanOrEqual(acknowledged);
  const perItem = new Map<string, number>();
  for (const { object } of set.read({ objectType: "item" })) perItem.set(object, (perItem.get(object) ?? 0) + 1);
  expect(perItem.size).toBe(last);
  expect([...perItem].filter(([, count]) => count !== itemTuples)).toEqual([]);
  expect([...Array(last).keys()].filter((i) => !perItem.has(`item:${i + 1}`))).toEqual([]);
  const told = createTupleSet();
  for (let cursor: string | undefined; ;) {
    const page = await store.changes(cursor, 1000);
    if (page.changes.length === 0) break;
    for (const { operation, tuple } of page.changes) told[operation === "write" ? "add" : "delete"](tuple);
    cursor = page.cursor;
  }
  expect([told.size, lastOf(told)]).toEqual([set.size, last]);
  await store.close();
  return last;
}

const lastOf = (set: TupleSet): number => Number(set.users("counter:1", "at")[0]?.split(":")[1] ?? 0);

describe("killed with kill -9", () => {
  test("under load, five times over, the store keeps each acknowledged delta, and none in part", async () => {
    let before = 0;
    for (const commits of [1, 2, 5, 10, 20]) {
      const process = start("endless");
      expect(await process.line()).toBe("open");
      // The writer does not wait for the test: it is killed anywhere within the commits that follow.
      for (let n = 0, last = before; n < commits; n++) {
        const told = Number(await process.line());
        expect(told).toBeGreaterThan(last);
        last = told;
      }
      process.kill();
      const { signal, acknowledged } = await process.ended();
      expect(signal).toBe("SIGKILL");
      before = await expectWhole(acknowledged);
    }
    expect(before).toBeGreaterThanOrEqual(1 + 2 + 5 + 10 + 20);
  });

  test("while opening, the folder can be opened again", async () => {
    for (const delay of [0, 30, 50, 60, 70, 80, 100]) {
      const process = start("singles", 1);
      await new Promise((resume) => setTimeout(resume, delay));
      process.kill();
      const { acknowledged } = await process.ended();
      await expectWhole(acknowledged);
    }
  });
});

const strace = straceMissing();

/** The reason why system calls cannot be watched here, if any. Throws in CI. */
function straceMissing(): string | undefined {
  try {
    execFileSync("strace", ["-f", "-e", "trace=fsync", "true"], { stdio: "ignore" });
    return undefined;
  } catch (error) {
    return reasonToSkip(`strace does not run here: ${error instanceof Error ? error.message : String(error)}`);
  }
}

describe("killed at a chosen write or sync", () => {
  // Deltas of 60 kB: the write-ahead log is checkpointed into the database after about 270 of them.
  const BYTES = 60_000;
  const places = [
    ["a commit's first write", "store.db-wal", "pwrite64", 1], ["a commit's write", "store.db-wal", "pwrite64", 2],
    ["a commit's write", "store.db-wal", "pwrite64", 333], ["a commit's sync", "store.db-wal", "fsync", 5],
    ["the checkpoint's first write", "store.db", "pwrite64", 5], ["the checkpoint", "store.db", "pwrite64", 2000],
    ["the checkpoint's sync", "store.db", "fsync", 2],
  ] as const;

  test.for(places)("%s: %s, %s number %i", async ([, file, call, n], context) => {
    if (strace !== undefined) context.skip(strace);
    await openEmbeddedStore(folder).close();
    const inject = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", join(folder, file), "-e", `trace=${call}`,
      "-e", `inject=${call}:signal=SIGKILL:when=${n}`];
    const process = start("endless", BYTES, inject);
    const { signal, acknowledged } = await process.ended();
    expect(signal).toBe("SIGKILL");
    await expectWhole(acknowledged, ITEM_TUPLES + 1);
  });
});

/** System calls of a writer after it has opened its store: name, and file without its folder. */
async function callsOf(mode: string, number: number): Promise<{ calls: string[][]; acknowledged: number }> {
  const trace = join(folder, "trace");
  const watch = ["strace", "-f", "-qq", "-y", "-o", trace, "-e", "trace=fsync,fdatasync,write"];
  const process = start(mode, number, watch);
  const { code, acknowledged, lines } = await process.ended();
  expect([code, lines[0]]).toEqual([0, "open"]);
  const text = readFileSync(trace, "utf8");
  const calls = text.slice(text.indexOf('"open\\n"')).split("\n")
    .map((line) => /^\d+\s+(f(?:data)?sync|write)\(\d+<([^>]*)>(?:, "(\d+)\\n")?/.exec(line))
    .flatMap((call) => (call === null ? [] : [[call[1] ?? "", call[2]?.split("/").at(-1) ?? "", call[3] ?? ""]]));
  return { calls, acknowledged };
}

describe("syncs", () => {
  test.for([["singles", 40, 40], ["groups", 10, 640]] as const)("%s: one for each of %i commits, before the reply",
    async ([mode, commits, deltas], context) => {
      if (strace !== undefined) context.skip(strace);
      const { calls, acknowledged } = await callsOf(mode, commits);
      expect(acknowledged).toBe(deltas);
      const said = calls.flatMap(([call, , n], i) => (call === "write" && n !== "" ? [i] : []));
      expect(said).toHaveLength(commits);
      said.forEach((end, i) => {
        const between = calls.slice((said[i - 1] ?? -1) + 1, end).filter(([, file]) => file === "store.db-wal");
        // The first commit also syncs the header of the write-ahead log that it begins.
        expect(between.map(([call]) => call)).toEqual(i === 0 ? ["fsync", "fsync"] : ["fsync"]);
      });
    });
});

describe("one process at a time", () => {
  test("a second one fails at once and names folder and holder; when the holder ends, the folder is free", async () => {
    const holder = start("hold");
    expect(await holder.line()).toBe("open");
    const message = `the store in ${folder} is in use by process ${holder.pid}: only one process may open it`;
    expect(() => openEmbeddedStore(folder)).toThrow(message);
    const other = await start("singles", 1).ended();
    expect(other.lines).toEqual([`error ${message}`]);
    holder.kill();
    await holder.ended();
    await openEmbeddedStore(folder).close();
  });

  test("a holder is distinguished from a pid left behind", async () => {
    await openEmbeddedStore(folder).close();
    writeFileSync(join(folder, "holder"), `${process.pid}\n`);
    await openEmbeddedStore(folder).close();
  });

  test("of several that start on an empty folder at once, one gets it", async () => {
    const rivals = [1, 2, 3, 4].map(() => start("hold"));
    const answers = await Promise.all(rivals.map((rival) => rival.line()));
    expect(answers.filter((answer) => answer === "open")).toHaveLength(1);
    expect(answers.filter((answer) => answer?.startsWith(`error the store in ${folder} is in use by`))).toHaveLength(3);
  });
});

describe("a disk that fails", () => {
  /**
   * Makes one call on the write-ahead log fail while a writer keeps trying. Returns its output after it opened the
   * store.
   */
  async function insist(call: string, n: number, fault: string): Promise<readonly string[]> {
    await openEmbeddedStore(folder).close();
    const process = start("insist", 8, ["strace", "-f", "-qq", "-o", "/dev/null", "-P", join(folder, "store.db-wal"),
      "-e", `trace=${call}`, "-e", `inject=${call}:error=${fault}:when=${n}`]);
    const { lines, acknowledged } = await process.ended();
    await expectWhole(acknowledged);
    return lines.slice(1);
  }

  test.for([1, 2, 10, 11, 12, 13, 14, 15, 16, 17, 18])("full at write %i: nothing is applied, and later writes succeed",
    async (n, context) => {
      if (strace !== undefined) context.skip(strace);
      const lines = await insist("pwrite64", n, "ENOSPC");
      expect(lines.filter((line) => line.startsWith(`error the store in ${folder} cannot be used: `))).toHaveLength(1);
      expect(lines.filter((line) => /^\d+$/.test(line)).map(Number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    });

  test("at a sync: it is unknown what was written, so the store ends", async (context) => {
    if (strace !== undefined) context.skip(strace);
    const lines = await insist("fsync", 4, "EIO");
    expect(lines.slice(0, 2)).toEqual(["1", "2"]);
    expect(lines).toHaveLength(8);
    for (const line of lines.slice(2)) expect(line).toMatch(/^error the store in .* cannot be used: .*SQLITE_IOERR/);
  });

  test("for a file that is too large: reported with the folder, and each acknowledged delta is kept", async () => {
    const process = start("endless", 60_000, ["bash", "-c", 'ulimit -f 4000; exec "$@"', "limited"]);
    const { code, acknowledged, lines } = await process.ended();
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatch(new RegExp(`^error the store in ${folder} cannot be used: .*SQLITE_(IOERR|FULL)`));
    expect(acknowledged).toBeGreaterThan(3);
    await expectWhole(acknowledged, ITEM_TUPLES + 1);
  });
});
