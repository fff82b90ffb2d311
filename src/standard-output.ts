// Standard output: whole lines in one order, from the log and from the decision log. Only the process's end waits for
// its reader, for a second.
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { MAX_OUTPUT_BYTES_WAITING, OUTPUT_PATIENCE_MS, OUTPUT_RETRY_MS } from "./output-limits.ts";

/** Called once for lines: without an error when they were written, with one when they are lost. */
type Done = (error?: Error) => void;

/** Lines that wait, as far as they are not written. */
interface Waiting {
  readonly rest: Uint8Array;
  readonly done: Done;
}

const FD = 1;
/** Sleeps of the process's end. */
const CELL = new Int32Array(new SharedArrayBuffer(4));

let waiting: Waiting[] = [];
let bytes = 0;
let timer: NodeJS.Timeout | undefined;
let isReady = false;
/** True where the last error may have left part of a line. */
let isTorn = false;

/**
 * Writes lines, each with its line break; what a full pipe does not take waits. They are lost where too much waits
 * already, and where they cannot be written, as on a full disk or to a closed pipe.
 */
export function writeOut(lines: string, done: Done = () => undefined): void {
  if (!isReady) prepare();
  const text = Buffer.from(isTorn ? `\n${lines}` : lines);
  if (bytes + text.length > MAX_OUTPUT_BYTES_WAITING) return done(new Error("the reader of standard output is behind"));
  isTorn = false;
  waiting.push({ rest: text, done });
  bytes += text.length;
  flush();
}

/** Resolves once nothing waits, or after a second. */
export async function finishOut(): Promise<void> {
  for (const end = performance.now() + OUTPUT_PATIENCE_MS; !flush() && performance.now() < end;) {
    await sleep(OUTPUT_RETRY_MS);
  }
}

/** Makes a pipe one that does not block, as Node does for its own stream of it. At the end, what waits is written. */
function prepare(): void {
  isReady = true;
  void process.stdout.writable;
  process.on("exit", () => {
    for (const end = performance.now() + OUTPUT_PATIENCE_MS; !flush() && performance.now() < end;) {
      Atomics.wait(CELL, 0, 0, OUTPUT_RETRY_MS);
    }
  });
}

/** Writes what waits, as far as the reader takes it. Returns true once nothing waits. */
function flush(): boolean {
  clearTimeout(timer);
  timer = undefined;
  try {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const written = writeSync(FD, first.rest);
      bytes -= written;
      if (written < first.rest.length) waiting[0] = { ...first, rest: first.rest.subarray(written) };
      else {
        waiting.shift();
        first.done();
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") {
      timer = setTimeout(flush, OUTPUT_RETRY_MS).unref();
      return false;
    }
    const lost = waiting;
    waiting = [];
    bytes = 0;
    isTorn = true;
    for (const { done } of lost) done(error as Error);
  }
  return true;
}
