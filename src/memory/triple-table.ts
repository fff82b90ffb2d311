// Hash table of triples: holds the entries of long lists by object, relation and user, so one probe finds a member.
import { grown, hashOf, isFull, placesFor } from "./hash-index.ts";

/** Multiset of triples. Equal ones are found in the order they were added. The first word of a triple is above 0. */
export class TripleTable {
  private words: Int32Array<ArrayBuffer>;
  private places: number;
  private count = 0;

  constructor(entries: number = 0) {
    this.places = placesFor(entries);
    this.words = new Int32Array(this.places * 4);
  }

  /** Returns the value stored with a triple, or -1 if the triple is absent. */
  find(a: number, b: number, c: number): number {
    const at = this.seek(a, b, c);
    return at < 0 ? -1 : this.words[at * 4 + 3]!;
  }

  /** Adds a triple with a value of at least 0. */
  add(a: number, b: number, c: number, value: number): void {
    if (isFull(this.count, this.places)) this.resize(grown(this.places));
    this.place(a, b, c, value);
    this.count++;
  }

  /** Removes a triple, the oldest of equal ones, and closes the gap. Throws if it is absent. */
  remove(a: number, b: number, c: number): void {
    const { words, places } = this;
    let hole = this.seek(a, b, c);
    if (hole < 0) throw new Error("a tuple is missing from the index of its list");
    for (let at = this.after(hole); words[at * 4] !== 0; at = this.after(at)) {
      const home = this.home(words[at * 4]!, words[at * 4 + 1]!, words[at * 4 + 2]!);
      const distance = at >= home ? at - home : at - home + places;
      const toHole = at >= hole ? at - hole : at - hole + places;
      if (distance < toHole) continue;
      words.copyWithin(hole * 4, at * 4, at * 4 + 4);
      hole = at;
    }
    words.fill(0, hole * 4, hole * 4 + 4);
    this.count--;
  }

  private seek(a: number, b: number, c: number): number {
    const { words } = this;
    for (let at = this.home(a, b, c); words[at * 4] !== 0; at = this.after(at)) {
      if (words[at * 4 + 2] === c && words[at * 4] === a && words[at * 4 + 1] === b) return at;
    }
    return -1;
  }

  private home(a: number, b: number, c: number): number {
    return Math.floor((hashOf(a, b, c) >>> 0) * (this.places / 2 ** 32));
  }

  private after(at: number): number {
    return at + 1 === this.places ? 0 : at + 1;
  }

  private place(a: number, b: number, c: number, value: number): void {
    const { words } = this;
    let at = this.home(a, b, c);
    while (words[at * 4] !== 0) at = this.after(at);
    words[at * 4] = a;
    words[at * 4 + 1] = b;
    words[at * 4 + 2] = c;
    words[at * 4 + 3] = value;
  }

  private resize(places: number): void {
    const old = this.words;
    this.words = new Int32Array(places * 4);
    this.places = places;
    // Start at a gap, so that equal triples that wrap around the end keep their order.
    let gap = 0;
    while (old[gap] !== 0) gap += 4;
    for (let i = 0; i < old.length; i += 4) {
      const at = (gap + i) % old.length;
      if (old[at] !== 0) this.place(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!);
    }
  }
}
