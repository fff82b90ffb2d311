// The lock that keeps the state at one revision while a long answer is computed from it, over several turns.
import { MAX_LONG_ANSWERS_AT_ONCE } from "./sidecar-limits.ts";

/** Ends a hold. A second call does nothing. */
export type Release = () => void;

interface Waiting {
  readonly kind: "hold" | "change" | "alone";
  readonly start: () => void;
}

/**
 * Changes of the state wait while an answer holds it, and an answer waits for the changes that came before it. A change
 * that waits goes before earlier answers as well, once MAX_LONG_ANSWERS_AT_ONCE of them have begun since the last
 * change, or one that has the state alone. So however many long answers are asked for, an event waits for few of them,
 * and a stream of events cannot block answers. Without a long answer, nothing waits.
 */
export class StateLock {
  #holders = 0;
  /** True while an answer has the state alone. */
  #isAlone = false;
  /** Number of answers that may still begin before a change that waits. */
  #room = MAX_LONG_ANSWERS_AT_ONCE;
  /** In the order of arrival. */
  readonly #waiting: Waiting[] = [];

  /** True if a hold would start at once. */
  get isFree(): boolean {
    return this.#waiting.length === 0 && !this.#isAlone && this.#holders < MAX_LONG_ANSWERS_AT_ONCE;
  }

  /** Calls `then` once it is the turn of this hold. From then until the release, the state does not change. */
  hold(then: (release: Release) => void): void {
    this.#enter({ kind: "hold", start: () => {
      this.#holders++;
      this.#room--;
      let held = true;
      then(() => {
        if (held) this.#holders--;
        held = false;
        this.#advance();
      });
    } });
  }

  /** Runs a change of the state: at once if there is no hold, otherwise when the holds have ended. */
  change(apply: () => void): void {
    this.#enter({ kind: "change", start: () => {
      this.#room = MAX_LONG_ANSWERS_AT_ONCE;
      apply();
    } });
  }

  /**
   * Calls `then` when the holds have ended. From then until the release, nobody else holds or changes the state. The
   * caller must undo its changes before each turn of the event loop ends, since short answers do not wait.
   */
  alone(then: (release: Release) => void): void {
    this.#enter({ kind: "alone", start: () => {
      this.#isAlone = true;
      this.#room = 0;
      let held = true;
      then(() => {
        if (held) this.#isAlone = false;
        held = false;
        this.#advance();
      });
    } });
  }

  /** Runs a change like `change`, and resolves to its return value. */
  changed<T>(apply: () => T): Promise<T> {
    return new Promise((done, failed) => {
      this.change(() => {
        try {
          done(apply());
        } catch (error) {
          failed(error);
        }
      });
    });
  }

  #enter(entry: Waiting): void {
    this.#waiting.push(entry);
    if (this.#waiting.length === 1) this.#advance();
  }

  #advance(): void {
    for (let next = this.#takeNext(); next !== undefined; next = this.#takeNext()) {
      try {
        next.start();
      } catch (error) {
        // A failed entry must not block the entries behind it.
        this.#advance();
        throw error;
      }
    }
  }

  /** Takes the entry out that may start now, if there is one. */
  #takeNext(): Waiting | undefined {
    if (this.#isAlone) return undefined;
    const place = this.#placeOfNext();
    const kind = this.#waiting[place]?.kind;
    const isReady = kind === "hold" ? this.#holders < MAX_LONG_ANSWERS_AT_ONCE : this.#holders === 0;
    return isReady ? this.#waiting.splice(place, 1)[0] : undefined;
  }

  /** Returns the place of the first entry, or of the first change if enough answers have begun since the last one. */
  #placeOfNext(): number {
    if (this.#room > 0 && (this.#waiting[0]?.kind !== "alone" || this.#holders === 0)) return 0;
    return Math.max(0, this.#waiting.findIndex(({ kind }) => kind === "change"));
  }
}
