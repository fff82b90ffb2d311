// The lock that keeps the state at one revision while a long answer is computed from it, over several turns.

/** Ends a hold. A second call does nothing. */
export type Release = () => void;

interface Waiting {
  readonly kind: "hold" | "change" | "alone";
  readonly start: () => void;
}

/**
 * Changes of the state wait while a hold lasts, and a hold waits for the changes that came before it. So a stream of
 * long answers cannot block events, and a stream of events cannot block answers. Without a hold, nothing waits.
 */
export class StateLock {
  #holders = 0;
  /** True while a change lasts over several turns. */
  #isAlone = false;
  /** In the order of arrival. Without a lasting change, the first is never a hold. */
  readonly #waiting: Waiting[] = [];

  /** True if a hold would start at once. */
  get isFree(): boolean {
    return this.#waiting.length === 0 && !this.#isAlone;
  }

  /** Calls `then` once no earlier change is waiting. From then until the release, the state does not change. */
  hold(then: (release: Release) => void): void {
    this.#enter({ kind: "hold", start: () => {
      this.#holders++;
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
    this.#enter({ kind: "change", start: apply });
  }

  /**
   * Calls `then` when the holds have ended. From then until the release, nobody else holds or changes the state. The
   * caller must undo its changes before each turn of the event loop ends, since short answers do not wait.
   */
  alone(then: (release: Release) => void): void {
    this.#enter({ kind: "alone", start: () => {
      this.#isAlone = true;
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
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#isAlone || (next.kind !== "hold" && this.#holders > 0)) return;
      this.#waiting.shift();
      try {
        next.start();
      } catch (error) {
        // A failed entry must not block the entries behind it.
        this.#advance();
        throw error;
      }
    }
  }
}
