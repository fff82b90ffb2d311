// A process that holds a store for the durability tests: `<this> <folder> <mode> <number> <tuples of an item>`.
import { writeSync } from "node:fs";
import type { Delta } from "../../src/tuples/delta.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";

const [folder = "", mode = "", number = "0", tuples = "1"] = process.argv.slice(2);

/**
 * Number of commits after which even the endless modes end, so that one that is never killed does not fill the disk.
 */
const MOST_COMMITS = 20_000;

/** Delta `n`: an item with its tuples, perhaps one of a size of `bytes`, and the counter moved from n - 1 to n. */
function delta(n: number, bytes: number): Delta {
  const counter = (value: number) => ({ object: "counter:1", relation: "at", user: `number:${value}` });
  const writes = Array.from({ length: Number(tuples) }, (_, i) =>
    ({ object: `item:${n}`, relation: `r${i}`, user: `user:${i}` }));
  const fat = { object: `item:${n}`, relation: "fat", user: "user:0",
    condition: { name: "near", context: { text: "x".repeat(bytes) } } };
  return { writes: [...writes, ...(bytes > 0 ? [fat] : []), counter(n)], deletes: n > 1 ? [counter(n - 1)] : [] };
}

/** The number of the last delta that the store holds. */
function lastOf(store: EmbeddedStore): number {
  const set = createTupleSet();
  store.load(set);
  return Number(set.users("counter:1", "at")[0]?.split(":")[1] ?? 0);
}

/** Commits groups of the given sizes in turn. Prints the number of the last delta after each successful commit. */
function write(store: EmbeddedStore, sizes: Iterable<number>, bytes: number): void {
  let n = lastOf(store);
  for (const size of sizes) {
    const group = Array.from({ length: size }, (_, i) => delta(n + 1 + i, bytes));
    if (!store.commit(group, n).ok) throw new Error(`conflict after ${n}`);
    n += size;
    writeSync(1, `${n}\n`);
  }
}

/** Tries to commit one delta after the other, a given number of times in all, whatever happens. */
function insist(store: EmbeddedStore, tries: number): void {
  for (let i = 0; i < tries; i++) {
    try {
      write(store, [1], 0);
    } catch (error) {
      writeSync(1, `error ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

function* endless(): Iterable<number> {
  for (let i = 0; i < MOST_COMMITS; i++) yield 1 + (i * 5) % 7;
}

try {
  const store = openEmbeddedStore(folder);
  writeSync(1, "open\n");
  if (mode === "endless") write(store, endless(), Number(number));
  else if (mode === "singles") write(store, Array<number>(Number(number)).fill(1), 0);
  else if (mode === "groups") write(store, Array<number>(Number(number)).fill(64), 0);
  else if (mode === "insist") insist(store, Number(number));
  else if (mode === "hold") setInterval(() => {}, 1000);
  else throw new Error(`no such mode: ${mode}`);
  if (mode !== "hold") await store.close();
} catch (error) {
  writeSync(1, `error ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
