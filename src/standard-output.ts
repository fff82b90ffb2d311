// Standard output: whole lines in one order, from the log and from the decision log. Nobody waits for its reader.
import { writeSync } from "node:fs";

/** Maximum number of bytes that wait for a reader that is behind. A line beyond it is not taken. */
const MAX_BYTES_WAITING = 4 * 1024 * 1024;
/** Interval between two attempts to write what waits, in milliseconds. */
const RETRY_MS = 20;

const FD = 1;

let waiting: Uint8Array[] = [];
let bytes = 0;
let timer: NodeJS.Timeout | undefined;
/** True where the last error may have left part of a line. */
let isTorn = false;

/**
 * Writes lines, each with its line break; what a full pipe does not take waits. Returns false if too much waits
 * already. Throws where the lines cannot be written, as on a full disk or to a closed pipe: whatever waited is lost.
 */
export function writeOut(lines: string): boolean {
  const text = Buffer.from(isTorn ? `\n${lines}` : lines);
  if (bytes + text.length > MAX_BYTES_WAITING) return false;
  isTorn = false;
  waiting.push(text);
  bytes += text.length;
  flushOut();
  return true;
}

/** Writes what waits, as far as the reader takes it. Returns true once nothing waits. Throws as `writeOut` does. */
export function flushOut(): boolean {
  clearTimeout(timer);
  timer = undefined;
  try {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const written = writeSync(FD, first);
      bytes -= written;
      if (written === first.length) waiting.shift();
      else waiting[0] = first.subarray(written);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") {
      timer = setTimeout(flushLater, RETRY_MS).unref();
      return false;
    }
    waiting = [];
    bytes = 0;
    isTorn = true;
    throw error;
  }
}

function flushLater(): void {
  try {
    flushOut();
  } catch {
    // The lines are lost, and the next line that is written reports it.
  }
}
