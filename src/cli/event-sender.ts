// Sends events in their order, until each of them is applied or refused for good.
import { errorOfAnswer, recordOf, SidelineError } from "../client/sideline-error.ts";
import type { Transport } from "../client/transport.ts";
import type { ClientConfig } from "../config.ts";
import { SEND_PATIENCE_MS, SEND_RETRY_WAIT_MS } from "./command-limits.ts";
import { isAboutContent, sentenceOf, transportTo } from "./command-line.ts";
import type { FileEvent, RefusedLine } from "./event-batches.ts";

/** Statuses of a receipt. */
const APPLIED = ["applied", "unchanged", "duplicate"] as const;

/** How many events were applied, were unchanged, or are duplicates of events applied before. */
export type Counts = Record<(typeof APPLIED)[number], number>;

/** Outcome of one event. */
type Outcome = (typeof APPLIED)[number] | RefusedLine;

/** Sends the events of a file to one server. */
export class EventSender {
  readonly #url: string;
  readonly #transport: Transport;
  readonly #note: (line: string) => void;
  /** When the server last answered an event for good, in milliseconds. */
  #lastAnswer = performance.now();
  #isWaiting = false;

  /** `note` receives a sentence when the server does not answer and the sender begins to wait. */
  constructor(connection: ClientConfig, note: (line: string) => void) {
    this.#url = connection.url;
    this.#transport = transportTo(connection, 0);
    this.#note = note;
  }

  /**
   * Sends events, at most as many as fit one request, and counts the applied ones. Returns the refused ones. The next
   * call must wait for this one: events may depend on the ones before them. Throws an Error where the server cannot be
   * asked at all, or not for SEND_PATIENCE_MS.
   */
  async send(events: readonly FileEvent[], counts: Counts): Promise<RefusedLine[]> {
    this.#lastAnswer = performance.now();
    const outcomes = new Map<number, Outcome>();
    await this.#sendAll(events, outcomes);
    const refused: RefusedLine[] = [];
    for (const { line } of events) {
      const outcome = outcomes.get(line);
      if (outcome === undefined) throw new Error(`line ${line} has no outcome`);
      if (typeof outcome === "string") counts[outcome]++;
      else refused.push(outcome);
    }
    return refused;
  }

  /**
   * Returns true if the server has a record of each event. Changes nothing. Throws an Error where it cannot be asked,
   * with an expired key, say: that says nothing about the events.
   */
  async hasAll(events: readonly FileEvent[]): Promise<boolean> {
    this.#lastAnswer = performance.now();
    const answers = await this.#request("/events?dry_run=true", events);
    if (answers instanceof SidelineError && !isAboutContent(answers)) {
      throw new Error(sentenceOf(answers, this.#url), { cause: answers });
    }
    return Array.isArray(answers) && answers.every((answer) => recordOf(answer)["status"] === "duplicate");
  }

  async #sendAll(events: readonly FileEvent[], outcomes: Map<number, Outcome>): Promise<void> {
    for (let left = events; left.length > 0;) {
      const answers = await this.#request("/events", left);
      if (answers instanceof SidelineError) return this.#sendParts(left, answers, outcomes);
      left = this.#settle(left, answers, outcomes);
      if (left.length > 0) await this.#wait(`${this.#url} cannot store events now`);
    }
  }

  /**
   * Sends the events of a refused request in two halves: a fault in one line can make a whole request unreadable. A
   * request with one event gives that event the error.
   */
  async #sendParts(
    events: readonly FileEvent[], error: SidelineError, outcomes: Map<number, Outcome>,
  ): Promise<void> {
    if (!isAboutContent(error)) throw new Error(sentenceOf(error, this.#url), { cause: error });
    const [only] = events;
    if (only !== undefined && events.length === 1) {
      outcomes.set(only.line, refusedBy(error, only));
      return;
    }
    const half = Math.ceil(events.length / 2);
    await this.#sendAll(events.slice(0, half), outcomes);
    await this.#sendAll(events.slice(half), outcomes);
  }

  /**
   * Notes the outcomes of a request. Returns the events to send again: those that failed for now, and those after them
   * that were refused, perhaps for want of an event before them. A refused event leaves no mark.
   */
  #settle(
    events: readonly FileEvent[], answers: readonly unknown[], outcomes: Map<number, Outcome>,
  ): readonly FileEvent[] {
    let hasFailed = false;
    const left = events.filter((event, i) => {
      const outcome = outcomeOf(answers[i], event);
      if (outcome instanceof SidelineError) hasFailed ||= !outcome.isFinal;
      else outcomes.set(event.line, outcome);
      if (outcome instanceof SidelineError && !hasFailed) outcomes.set(event.line, refusedBy(outcome, event));
      return outcome instanceof SidelineError && hasFailed;
    });
    if (left.length < events.length) {
      this.#lastAnswer = performance.now();
      this.#isWaiting = false;
    }
    return left;
  }

  /** Sends a request until it is answered. Returns the answer for each event, or the error of the whole request. */
  async #request(path: string, events: readonly FileEvent[]): Promise<readonly unknown[] | SidelineError> {
    const body = `[${events.map(({ text }) => text).join(",")}]`;
    const headers = { "content-type": "application/cloudevents-batch+json" };
    for (;;) {
      try {
        const answers = await this.#transport.request({ path, body, headers });
        if (Array.isArray(answers) && answers.length === events.length) return answers as readonly unknown[];
        throw new Error(`${this.#url} answered without an outcome for each event`);
      } catch (error) {
        if (!(error instanceof SidelineError)) throw error;
        if (error.isFinal) return error;
        await this.#wait(sentenceOf(error, this.#url), error.retryAfter);
      }
    }
  }

  async #wait(reason: string, retryAfter = 0): Promise<void> {
    if (performance.now() - this.#lastAnswer > SEND_PATIENCE_MS) {
      throw new Error(`${reason}; run the same command again to continue`);
    }
    if (!this.#isWaiting) this.#note(`${reason}; trying again`);
    this.#isWaiting = true;
    await new Promise((resolve) => setTimeout(resolve, Math.max(SEND_RETRY_WAIT_MS, retryAfter * 1000)));
  }
}

function outcomeOf(answer: unknown, event: FileEvent): (typeof APPLIED)[number] | SidelineError {
  const { status, id, source } = recordOf(answer);
  if (typeof status === "number") return errorOfAnswer(status, answer, undefined);
  const applied = APPLIED.find((each) => each === status);
  if (applied !== undefined && id === event.id && source === event.source) return applied;
  throw new Error(`the answer to line ${event.line} is no receipt of its event`);
}

function refusedBy({ code, detail, faults }: SidelineError, { line, id, source, type }: FileEvent): RefusedLine {
  const all = faults.length > 1 ? ` (${faults.map((fault) => `${fault.path} ${fault.message}`).join("; ")})` : "";
  return { line, id, source, type, code, detail: `${detail}${all}` };
}
