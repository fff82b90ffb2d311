// One run of `send` over a file: batches in order, refused lines by number, and a checkpoint after each batch.
import { LINES_CONFIRMED } from "./command-limits.ts";
import { batchesOf, packed, type Batch, type FileEvent, type RefusedLine } from "./event-batches.ts";
import type { Counts, EventSender } from "./event-sender.ts";
import { bytesOf, linesOf, LineSplitter, type LineSource } from "./line-splitter.ts";
import { printNumber, type ProgressLine } from "./progress-line.ts";
import { LinesDigest, type EarlierRun, type SendProgress } from "./send-progress.ts";

/** An earlier run that can be continued, and the digest of the lines that it sent. */
interface Resumed {
  readonly earlier: EarlierRun;
  readonly digest: LinesDigest;
}

/** Result of a run, as --json and --report give it. Counts are in lines. */
interface SendResult extends Counts {
  /** False if the run stopped before the end of the file. */
  readonly complete: boolean;
  readonly lines: number;
  readonly refused: readonly RefusedLine[];
}

/**
 * Returns the earlier run if its lines stand unchanged in the file, and the server has the events of many of them, the
 * last ones among them. Otherwise every line is sent again, and `line` says why: another server, or one that was
 * restored from a backup, may lack events that this file holds.
 */
export async function resumable(
  source: LineSource, earlier: EarlierRun | undefined, sender: EventSender, line: ProgressLine,
): Promise<Resumed | undefined> {
  if (earlier === undefined || earlier.checkpoint.lines === 0) return undefined;
  const { checkpoint, refused } = earlier;
  const digest = new LinesDigest();
  const sample = new Sample(checkpoint.lines, new Set(refused.map((each) => each.line)));
  let [lines, end] = [0, 0];
  for await (const batch of batchesOf(linesOf(bytesOf(source, 0, checkpoint.end)))) {
    digest.add(batch.lines);
    for (const event of batch.events) sample.offer(event);
    const last = batch.lines.at(-1);
    [lines, end] = [last?.number ?? lines, last?.end ?? end];
  }
  if (lines !== checkpoint.lines || end !== checkpoint.end || digest.value() !== checkpoint.sha256) {
    line.note(`${source.name} has changed since an earlier run sent part of it: sending all of it again`);
    return undefined;
  }
  for (const events of sample.batches()) {
    if (await sender.hasAll(events)) continue;
    line.note("the server lacks events that an earlier run sent: sending all of them again");
    return undefined;
  }
  return { earlier, digest };
}

/** Events spread over the lines before a checkpoint, and the last ones. */
class Sample {
  readonly #step: number;
  readonly #tailFrom: number;
  readonly #refused: ReadonlySet<number>;
  readonly #events: FileEvent[] = [];

  constructor(lines: number, refused: ReadonlySet<number>) {
    this.#step = Math.max(1, Math.floor(lines / (LINES_CONFIRMED / 2)));
    this.#tailFrom = lines - LINES_CONFIRMED / 2;
    this.#refused = refused;
  }

  offer(event: FileEvent): void {
    const isWanted = event.line > this.#tailFrom || event.line % this.#step === 0;
    if (isWanted && !this.#refused.has(event.line)) this.#events.push(event);
  }

  /** Returns the events as requests hold them. */
  batches(): Iterable<readonly FileEvent[]> {
    return packed(this.#events);
  }
}

/** One run of the command over a file. */
export class SendRun {
  readonly refused: RefusedLine[] = [];
  readonly #source: LineSource;
  readonly #line: ProgressLine;
  readonly #counts: Counts;
  readonly #digest: LinesDigest;
  readonly #began = performance.now();
  /** Lines, and bytes up to their end, that have their outcome; and the lines that an earlier run sent. */
  #lines: number;
  #end: number;
  readonly #skipped: number;
  #isComplete = false;

  /** Continues an earlier run, or begins with the first line. */
  constructor(source: LineSource, line: ProgressLine, resumed: Resumed | undefined) {
    const { lines = 0, end = 0, applied = 0, unchanged = 0, duplicate = 0 } = resumed?.earlier.checkpoint ?? {};
    this.#source = source;
    this.#line = line;
    this.#counts = { applied, unchanged, duplicate };
    this.#digest = resumed?.digest ?? new LinesDigest();
    this.#lines = this.#skipped = lines;
    this.#end = end;
    if (lines > 0) line.note(`${printNumber(lines)} lines were sent by an earlier run: continuing after them`);
    this.#refuse(resumed?.earlier.refused ?? []);
  }

  /** Sends the rest of the file. Rejects where the server cannot be asked; a later run then continues. */
  async send(sender: EventSender, kept: SendProgress | undefined): Promise<void> {
    const splitter = new LineSplitter(this.#lines, this.#end);
    const batches = batchesOf(linesOf(bytesOf(this.#source, this.#end), splitter));
    for (let next = batches.next(); ;) {
      const { value: batch, done } = await next;
      if (done === true) break;
      // The next batch is read while the server works on this one. Its failure is reported when it is awaited.
      next = batches.next();
      next.catch(() => {});
      await this.#sendBatch(batch, sender, kept);
    }
    this.#isComplete = true;
  }

  /** Returns the result so far. */
  result(): SendResult {
    return { complete: this.#isComplete, lines: this.#lines, ...this.#counts, refused: this.refused };
  }

  /** Returns the result as a sentence. */
  summary(): string {
    const { applied, unchanged, duplicate } = this.#counts;
    const lines = this.#lines === 1 ? "1 line" : `${printNumber(this.#lines)} lines`;
    return `${lines}: ${printNumber(applied)} applied, ${printNumber(unchanged)} unchanged, `
      + `${printNumber(duplicate)} duplicate, ${printNumber(this.refused.length)} refused`;
  }

  async #sendBatch({ events, refused, lines }: Batch, sender: EventSender, kept?: SendProgress): Promise<void> {
    const sent = await sender.send(events, this.#counts);
    const all = [...refused, ...sent].sort((a, b) => a.line - b.line);
    this.#refuse(all);
    const last = lines.at(-1);
    this.#lines = last?.number ?? this.#lines;
    this.#end = last?.end ?? this.#end;
    this.#digest.add(lines);
    kept?.add(all, { lines: this.#lines, end: this.#end, sha256: this.#digest.value(), ...this.#counts });
    this.#line.show(() => this.#progress());
  }

  #refuse(lines: readonly RefusedLine[]): void {
    for (const { line, type, id, code, detail } of lines) {
      const event = type === undefined ? "" : ` (${type}${id === undefined ? "" : `, id ${id}`})`;
      // An id may hold what a terminal takes for a command or for a new line.
      this.#line.note(`line ${line}: ${code}: ${detail}${event}`.replaceAll(/\p{Cc}/gu, "\ufffd"));
    }
    this.refused.push(...lines);
  }

  #progress(): string {
    const { size } = this.#source;
    const share = size === undefined || size === 0 ? "" : ` (${Math.floor((100 * this.#end) / size)} %)`;
    const rate = (this.#lines - this.#skipped) / ((performance.now() - this.#began) / 1000);
    const refused = this.refused.length === 0 ? "" : `, ${printNumber(this.refused.length)} refused`;
    return `${printNumber(this.#lines)} lines sent${share}, ${printNumber(rate)} a second${refused}`;
  }
}
