// The smallest sets of tuples that would turn a no into a yes: partial matches of the ways of the relation.
import { AcceptedSets } from "./accepted-sets.ts";
import type { CompiledWay } from "./compiled-ways.ts";
import { OutOfSteps, type End, type FactReader } from "./fact-reader.ts";
import type { FixedFacts } from "./fixed-facts.ts";
import { PartialMatching, type FoundMatch } from "./partial-matching.ts";
import { SupposedTuples } from "./supposed-tuples.ts";

/** A partial match of a way: some of its tuples exist, the others would have to. */
export interface PartialMatch extends FoundMatch {
  readonly way: CompiledWay;
}

/** Numbers of absent tuples up to which the passes of a search look. The last pass looks at all. */
const PASSES = [2, 5];

/** Finds the partial matches of ways. */
export class MissingSearch {
  readonly tuples: SupposedTuples;
  readonly #ways: readonly CompiledWay[];
  readonly #reader: FactReader;
  readonly #facts: FixedFacts;
  readonly #accepted = new AcceptedSets();

  constructor(ways: readonly CompiledWay[], reader: FactReader, facts: FixedFacts) {
    this.#ways = ways;
    this.#reader = reader;
    this.#facts = facts;
    this.tuples = new SupposedTuples(reader, facts);
  }

  /**
   * Yields the partial matches in passes, in each those with the fewest absent tuples first, and an empty list after
   * each way that was searched. No pass has one that contains a set accepted before it. Ends early, with the reader
   * marked as cut, when the reader's steps are used up.
   */
  *passes(user: End, object: End): Generator<readonly PartialMatch[]> {
    const most = Math.max(0, ...this.#ways.map(({ patterns }) => patterns.length));
    try {
      let looked = -1;
      for (const largest of [...PASSES, most]) {
        const found: PartialMatch[] = [];
        for (const way of this.#ways) {
          const search = { reader: this.#reader, facts: this.#facts, tuples: this.tuples, accepted: this.#accepted };
          new PartialMatching(search, way, largest, (match) => {
            if (match.absent.length > looked) found.push({ way, ...match });
          }).from(user, object);
          yield [];
        }
        yield found.toSorted((a, b) => a.absent.length - b.absent.length);
        if (largest >= most) return;
        looked = largest;
      }
    } catch (error) {
      if (!(error instanceof OutOfSteps)) throw error;
    }
  }

  /** Whether a match contains a set that was accepted. */
  isDominated({ absent }: PartialMatch): boolean {
    return this.#accepted.isDominated(this.#keysOf(absent));
  }

  /** Drops matches that contain the absent tuples of this one from the rest of the search. */
  accept({ absent }: PartialMatch): void {
    this.#accepted.add(this.#keysOf(absent));
  }

  #keysOf(absent: readonly number[]): number[] {
    return absent.map((tuple) => this.tuples.key(tuple));
  }
}
