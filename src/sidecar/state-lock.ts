// The lock that keeps the state at one revision while a long answer is made of it, over several turns.

/** Ends a hold. A second call does nothing. */
export type Release = () => void;

interface Waiting {
  readonly kind: "hold" | "change";
  readonly start: () => void;
}

/**
 * Changes of the state wait while somebody holds it, and holds wait behind the changes that came before them. So a
 * stream of long answers cannot keep events out, nor a stream of events the answers. Nothing waits while nobody holds.
 */
export class StateLock {
  #holders = 0;
  /** In the order they came. The first is always a change. */
  readonly #waiting: Waiting[] = [];

  /** Whether a hold would start at once. */
  get isFree(): boolean {
    return this.#waiting.length === 0;
  }

  /** Calls `then` once no change is waiting, and keeps the state still from there until the release. */
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

  /** Runs a change of the state once nobody holds it, at once where nobody does. */
  change(apply: () => void): void {
    this.#enter({ kind: "change", start: apply });
  }

  /** As `change`, and resolves to what the change returns. */
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
      if (next.kind === "change" && this.#holders > 0) return;
      this.#waiting.shift();
      try {
        next.start();
      } catch (error) {
        // One that fails keeps nobody behind it waiting.
        this.#advance();
        throw error;
      }
    }
  }
}
