// Hash table of triples: holds the entries of long lists by object, relation and user, so one probe finds a member.
import { hashOf, SlotTable } from "./slot-table.ts";

/** Multiset of triples. Equal ones are found in the order they were added. The first word of a triple is above 0. */
export class TripleTable extends SlotTable {
  constructor(entries: number = 0) {
    super(4, entries);
  }

  /** Returns the value stored with a triple, or -1 if the triple is absent. */
  find(a: number, b: number, c: number): number {
    const at = this.seek(a, b, c);
    return at < 0 ? -1 : this.words[at * 4 + 3]!;
  }

  /** Adds a triple with a value of at least 0. */
  add(a: number, b: number, c: number, value: number): void {
    const at = this.placeOfNew(hashOf(a, b, c)) * 4;
    const { words } = this;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = value;
  }

  /** Removes a triple, the oldest of equal ones. Throws if it is absent. */
  remove(a: number, b: number, c: number): void {
    const at = this.seek(a, b, c);
    if (at < 0) throw new Error("a tuple is missing from the index of its list");
    this.close(at);
  }

  protected hashAt(words: Int32Array, at: number): number {
    return hashOf(words[at]!, words[at + 1]!, words[at + 2]!);
  }

  private seek(a: number, b: number, c: number): number {
    const { words } = this;
    for (let at = this.home(hashOf(a, b, c)); words[at * 4] !== 0; at = this.after(at)) {
      if (words[at * 4 + 2] === c && words[at * 4] === a && words[at * 4 + 1] === b) return at;
    }
    return -1;
  }
}
