// Logs how following a store goes: each state once when it begins and once when it ends.
import type { Logger } from "pino";
import { LogLimit } from "../../sidecar/log-limit.ts";
import { MAX_LEDGERS_LOGGED } from "../openfga-limits.ts";

/** Logs the states that a follower enters and leaves. */
export class FollowerLog {
  readonly #log: Pick<Logger, "info" | "warn" | "error">;
  readonly #skewLines = new LogLimit(1, () => performance.now());
  readonly #lagLines = new LogLimit(2, () => performance.now());
  #trouble: string | undefined;
  #isLagging = false;
  #damaged = "";

  constructor(log: Pick<Logger, "info" | "warn" | "error">) {
    this.#log = log;
  }

  /** Logs that following the store fails, or works again. */
  trouble(trouble: string | undefined): void {
    if (trouble === this.#trouble) return;
    if (trouble === undefined) this.#log.info({}, "the store is followed again");
    else this.#log.warn({ trouble }, "the store cannot be followed");
    this.#trouble = trouble;
  }

  /** Logs that the replica is behind by a number of polls, or (0) no longer is. */
  lag(polls: number): void {
    if (this.#isLagging === polls > 0) return;
    this.#isLagging = polls > 0;
    this.#lagLines.write((leftOut) => {
      if (polls > 0) this.#log.warn({ polls: Math.round(polls), ...leftOut }, "the replica lags behind the store");
      else this.#log.info(leftOut, "the replica has caught up with the store");
    });
  }

  /** Logs that the clocks of OpenFGA's servers differ by more than was known, in milliseconds, or one went back. */
  skew(ms: number): void {
    this.#skewLines.write((leftOut) => this.#log.warn({ seconds: ms / 1000, ...leftOut },
      "clocks of OpenFGA's servers differ, or one went back: reading the whole store, and more of the feed"));
  }

  /** Logs the ledgers that hold no order, with the reasons. Returns whether they changed since the last call. */
  damaged(ledgers: ReadonlyMap<string, string>): boolean {
    const names = [...ledgers.keys()].sort();
    const text = names.join();
    if (text === this.#damaged) return false;
    this.#damaged = text;
    const named = Object.fromEntries([...ledgers].slice(0, MAX_LEDGERS_LOGGED));
    if (names.length === 0) this.#log.info({}, "every ledger has one revision again");
    else this.#log.error({ ledgers: names.length, named },
      "another program changed ledgers: events of these orgs are refused; run sideline verify");
    return true;
  }
}
