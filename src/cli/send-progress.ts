// The progress file of `send`: how far a file was sent, so that the next run need not send all of it again.
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { RefusedLine } from "./event-batches.ts";
import type { Line } from "./line-splitter.ts";

/** A point in a file before which each line has its outcome. */
interface Checkpoint {
  /** Number of lines before it, and their length in bytes. */
  readonly lines: number;
  readonly end: number;
  /** Digest of those lines: see LinesDigest. */
  readonly sha256: string;
  readonly applied: number;
  readonly unchanged: number;
  readonly duplicate: number;
}

/** The state that an earlier run left. */
export interface EarlierRun {
  readonly checkpoint: Checkpoint;
  /** Refused lines before the checkpoint. */
  readonly refused: readonly RefusedLine[];
}

/** The digest by which `send` notices that the lines before a checkpoint have changed. */
export class LinesDigest {
  readonly #hash = createHash("sha256");

  /** Adds lines. One that is too long counts as a line without its content: it was refused. */
  add(lines: readonly Line[]): void {
    for (const { bytes } of lines) this.#hash.update(bytes ?? "").update("\n");
  }

  /** Returns the digest so far, in hexadecimal digits. */
  value(): string {
    return this.#hash.copy().digest("hex");
  }
}

const count = z.int().min(0);
const header = z.object({ sideline_send: z.literal(1), url: z.string() });
const checkpoint = z.object({
  lines: count, end: count, sha256: z.string(), applied: count, unchanged: count, duplicate: count,
});
const refused = z.object({ refused: z.object({
  line: count, id: z.string().optional(), source: z.string().optional(), type: z.string().optional(),
  code: z.string(), detail: z.string(),
}) });

/**
 * A progress file. Nothing depends on it: `send` compares it with the file and with the server before it skips a line,
 * and a run without it sends every line again. It is not synced to disk for that reason.
 */
export class SendProgress {
  readonly #path: string;
  readonly #url: string;
  readonly #failed: (why: string) => void;
  #isKept = true;

  /**
   * `url` is the server that the events are sent to: the progress of another server does not count. `failed` is called
   * when the file cannot be written, after which it is left as it is.
   */
  constructor(path: string, url: string, failed: (why: string) => void) {
    this.#path = path;
    this.#url = url;
    this.#failed = failed;
  }

  /** Returns the state of an earlier run; undefined where there is none that can be read. */
  read(): EarlierRun | undefined {
    const entries = readEntries(this.#path);
    const first = header.safeParse(entries[0]);
    if (!first.success || first.data.url !== this.#url) return undefined;
    const last = entries.map((entry) => checkpoint.safeParse(entry).data).findLast((each) => each !== undefined);
    if (last === undefined) return undefined;
    const all = entries.flatMap((entry) => refused.safeParse(entry).data?.refused ?? []);
    return { checkpoint: last, refused: all.filter(({ line }) => line <= last.lines) };
  }

  /** Replaces the file with the state of an earlier run, or with the start of a new one. */
  begin(earlier: EarlierRun | undefined): void {
    const entries = earlier === undefined ? [] : [...earlier.refused.map((each) => ({ refused: each })),
      earlier.checkpoint];
    const text = printed([{ sideline_send: 1, url: this.#url }, ...entries]);
    // A new file, so that nothing is written through a link of this name.
    this.#write(() => {
      rmSync(this.#path, { force: true });
      writeFileSync(this.#path, text, { mode: 0o600, flag: "wx" });
    });
  }

  /** Adds a checkpoint, and the lines that were refused since the last one. */
  add(since: readonly RefusedLine[], at: Checkpoint): void {
    this.#write(() => appendFileSync(this.#path, printed([...since.map((each) => ({ refused: each })), at])));
  }

  /** Removes the file. */
  remove(): void {
    this.#write(() => rmSync(this.#path, { force: true }));
  }

  #write(write: () => void): void {
    if (!this.#isKept) return;
    try {
      write();
    } catch (error) {
      this.#isKept = false;
      this.#failed((error as Error).message);
    }
  }
}

function printed(entries: readonly object[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/** Returns the entries up to the first one that a killed process left incomplete. */
function readEntries(path: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  const entries: unknown[] = [];
  for (const line of text.split("\n").slice(0, -1)) {
    try {
      entries.push(JSON.parse(line));
    } catch {
      break;
    }
  }
  return entries;
}
