// Counts work that waits or runs against a limit.

/** A number of places for work that waits or runs. */
export class Places {
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /** Runs work that has some of the places until it ends, also if it fails. Returns undefined if too few are free. */
  run<T>(count: number, work: () => Promise<T>): Promise<T> | undefined {
    return count > this.#free ? undefined : this.#during(count, work);
  }

  async #during<T>(count: number, work: () => Promise<T>): Promise<T> {
    this.#free -= count;
    try {
      return await work();
    } finally {
      this.#free += count;
    }
  }
}
