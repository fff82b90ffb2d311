// Shadow verification: a fraction of the checks answered from the replica also goes to OpenFGA; no caller waits for it.
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { CheckAnswer, CheckRequest } from "../../checks/question.ts";
import { Meter, withinSteps } from "../../checks/steps.ts";
import type { Follower } from "../follow/follower.ts";
import { LOOK_BACK } from "../follow/look-back.ts";
import {
  DISAGREEMENTS_LOGGED_PER_MINUTE, MAX_SHADOW_CHECKS_WAITING, MAX_SHADOW_LOOKS, MAX_SHADOW_LOOK_STEPS,
  SHADOW_CHECKS_AT_ONCE, SHADOW_LOOK_PAUSE_MS,
} from "../openfga-limits.ts";

/** Dependencies of shadow verification. */
export interface ShadowParts {
  /** Fraction (0 to 1) of the questions to ask. */
  readonly share: number;
  readonly follower: Pick<Follower, "replica" | "catchUp" | "trouble" | "counts">;
  /** Answers from the present replica. Throws TooManySteps if that takes more than the meter has left. */
  readonly evaluate: (request: CheckRequest, meter: Meter) => CheckAnswer;
  /** Asks OpenFGA; rejects when there is no answer. */
  readonly ask: (request: CheckRequest) => Promise<CheckAnswer>;
  readonly log: Pick<Logger, "error">;
}

interface Offered {
  readonly request: CheckRequest;
  readonly answer: CheckAnswer;
}

/** Result of looking into a question. */
type Verdict = "agreed" | "disagreed" | "unsettled";

/**
 * Asks OpenFGA the questions that the replica answered. No caller ever waits for it. A disagreement is logged only when
 * OpenFGA's answer matches the replica's at none of the revisions OpenFGA can have had.
 */
export class Shadow {
  /** Counts since the start. Every question asked ends as one of `agreed`, `disagreed`, `unsettled` and `failed`. */
  readonly counts = { asked: 0, agreed: 0, disagreed: 0, unsettled: 0, failed: 0, dropped: 0 };
  readonly share: number;
  readonly #parts: ShadowParts;
  readonly #waiting: Offered[] = [];
  #asking = 0;
  #closed = false;
  #logged = { minute: 0, lines: 0 };

  constructor(parts: ShadowParts) {
    this.#parts = parts;
    this.share = parts.share;
  }

  /** Takes a question with the answer its caller got, or skips it. Questions too complex for Sideline are skipped. */
  offer(request: CheckRequest, answer: CheckAnswer): void {
    if (Math.random() >= this.share || this.#closed || isTooComplex(answer)) return;
    if (this.#waiting.length >= MAX_SHADOW_CHECKS_WAITING) {
      this.counts.dropped++;
      return;
    }
    this.#waiting.push({ request, answer });
    this.#ask();
  }

  /** Asks no more questions and drops the waiting ones. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
  }

  #ask(): void {
    while (this.#asking < SHADOW_CHECKS_AT_ONCE) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#asking++;
      void this.#compare(next).finally(() => {
        this.#asking--;
        this.#ask();
      });
    }
  }

  async #compare({ request, answer }: Offered): Promise<void> {
    this.counts.asked++;
    try {
      const theirs = await this.#parts.ask(request);
      if (isSame(answer, theirs)) this.counts.agreed++;
      else this.counts[await this.#look(request)]++;
    } catch {
      this.counts.failed++;
    }
  }

  /** Looks into a difference, which is usually due to an event between the two answers. */
  async #look(request: CheckRequest): Promise<Verdict> {
    for (let looks = 1; looks <= MAX_SHADOW_LOOKS && !this.#closed; looks++) {
      const verdict = await this.#lookOnce(request);
      if (verdict !== "unsettled") return verdict;
      await sleep(SHADOW_LOOK_PAUSE_MS);
    }
    return "unsettled";
  }

  /**
   * Asks OpenFGA, and collects the replica's answers at each revision from before the question until the replica has
   * all that OpenFGA can have had. Where at most one org advanced, those are all the states there were. A change
   * without a revision is no state of Sideline's: it is a foreign Write or a correction.
   */
  async #lookOnce(request: CheckRequest): Promise<Verdict> {
    const { follower, evaluate, ask } = this.#parts;
    const { scans } = follower.counts;
    const meter = new Meter(MAX_SHADOW_LOOK_STEPS);
    const look = (): CheckAnswer => withinSteps(() => evaluate(request, meter));
    const first = look();
    const seen = [first];
    const moved = new Set<string>();
    const stop = follower.replica.watch(({ steps }) => {
      if (steps.length === 0) return;
      for (const { ledger } of steps) moved.add(ledger);
      if (!isTooComplex(seen.at(-1)!)) seen.push(look());
    });
    try {
      const theirs = await ask(request);
      await follower.catchUp(LOOK_BACK.long);
      if (seen.some((ours) => isSame(ours, theirs))) return "agreed";
      if (follower.trouble !== undefined || follower.counts.scans !== scans || moved.size > 1) return "unsettled";
      if (isTooComplex(seen.at(-1)!)) return "unsettled";
      this.#log(request, first, theirs);
      return "disagreed";
    } finally {
      stop();
    }
  }

  #log({ user, relation, object, contextualTuples, context }: CheckRequest, ours: CheckAnswer, theirs: CheckAnswer) {
    const minute = Math.floor(Date.now() / 60_000);
    if (minute !== this.#logged.minute) this.#logged = { minute, lines: 0 };
    if (++this.#logged.lines > DISAGREEMENTS_LOGGED_PER_MINUTE) return;
    const question = {
      user, relation, object, contextual_tuples: contextualTuples ?? [], context: Object.keys(context ?? {}),
    };
    this.#parts.log.error({ question, replica: ours, openfga: theirs },
      "the replica and OpenFGA answer a question differently at one revision");
  }
}

function isTooComplex(answer: CheckAnswer): boolean {
  return "error" in answer && answer.error.code === "authorization_model_resolution_too_complex";
}

/** Compares two answers. Two errors are the same, whatever their texts and codes. */
function isSame(a: CheckAnswer, b: CheckAnswer): boolean {
  if ("error" in a || "error" in b) return "error" in a && "error" in b;
  return a.allowed === b.allowed;
}
