// Sets of absent tuples that a search has accepted: what contains one of them is not minimal.

/** Sets of numbers of keys. */
export class AcceptedSets {
  readonly #sets: (readonly number[])[] = [];
  /** By tuple: whether it is in the set that is asked about. */
  readonly #isIn: boolean[] = [];

  add(set: readonly number[]): void {
    this.#sets.push(set);
  }

  /** Whether a set contains an accepted one. */
  isDominated(set: readonly number[]): boolean {
    if (this.#sets.length === 0) return false;
    for (const tuple of set) this.#isIn[tuple] = true;
    const isFound = this.#sets.some((accepted) => accepted.every((tuple) => this.#isIn[tuple] === true));
    for (const tuple of set) this.#isIn[tuple] = false;
    return isFound;
  }
}
