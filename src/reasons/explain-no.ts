// Explains a no: the smallest sets of tuples that would turn it into a yes, each judged by the evaluator.
import { USER } from "../analysis/way.ts";
import type { Parts } from "../checks/parts.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import { printTuple, typeOf, type Tuple } from "../tuples/tuple.ts";
import type { CompiledWay, RelationWays } from "./compiled-ways.ts";
import type { Explanation, Missing, ModelNotes } from "./explained.ts";
import { FactReader } from "./fact-reader.ts";
import { findProofs, userEnd } from "./find-proofs.ts";
import { MissingSearch, type PartialMatch } from "./find-missing.ts";
import { MatchJudge, type Change, type JudgedQuestion } from "./match-judge.ts";
import { inOrder } from "./missing-order.ts";
import { MissingTexts } from "./missing-texts.ts";
import { MAX_REASONS, STEPS_OF_A_WAY } from "./reasons-limits.ts";
import { RulesOfWays } from "./rules-of-ways.ts";

/** A partial match that the evaluator confirmed. */
interface Confirmed extends Change {
  readonly match: PartialMatch;
  /** False where a condition is not met: the evaluator cannot suppose that it is. */
  readonly isJudged: boolean;
}

/** Explains a no. Other questions may name the same user and object for a while: their ids are held. */
export function* explainNo(
  question: JudgedQuestion, index: TupleIndex, ways: RelationWays, notes: ModelNotes,
): Parts<Explanation> {
  const { names } = index;
  const { user, object } = question.request;
  const held = [user, object].filter((name) => names.find(name) !== 0).map((name) => names.retain(name));
  const no = new NoExplanation(question, index, ways);
  try {
    return yield* no.explain(notes);
  } finally {
    no.end();
    for (const id of held) names.release(id);
  }
}

/** One explanation of a no. */
class NoExplanation {
  readonly #question: JudgedQuestion;
  readonly #ways: RelationWays;
  readonly #reader: FactReader;
  readonly #judge: MatchJudge;

  constructor(question: JudgedQuestion, index: TupleIndex, ways: RelationWays) {
    this.#question = question;
    this.#ways = ways;
    this.#reader = new FactReader(question.model, index, question.request.context);
    this.#judge = new MatchJudge(question);
  }

  /** Undoes what is supposed. */
  end(): void {
    this.#judge.end();
  }

  *explain({ rules, phrases, facts }: ModelNotes): Parts<Explanation> {
    const { request, pace } = this.#question;
    const { ways, isComplete } = this.#ways;
    const search = new MissingSearch(ways, this.#reader, facts);
    const confirmed = yield* this.#search(search);
    this.end();
    const isMonotone = isComplete && ways.every(({ way }) => way.negations.length === 0);
    const minimal = yield* this.#judge.minimal(confirmed.filter(({ isJudged }) => isJudged), isMonotone);
    this.end();
    const texts = new MissingTexts(request, phrases);
    const rulesOf = new RulesOfWays(ways, rules);
    const places = new Map<Missing, number>();
    for (const each of confirmed) {
      if (each.isJudged && !minimal.has(each)) continue;
      pace.add(STEPS_OF_A_WAY);
      yield* pace.rest();
      places.set(this.#missing(each, search, texts, rulesOf), ways.indexOf(each.match.way));
    }
    const missing = inOrder([...places.keys()], (one) => places.get(one)!);
    // The search leaves out wildcards as users, and the tuples by which a `but not` inside another one gives.
    const isCut = this.#reader.isCut || request.user.endsWith(":*") || ways.some(isNested);
    return { allowed: false, missing, ...(isCut ? { truncated: true } : {}) };
  }

  /** Returns the partial matches that suffice, MAX_REASONS at most. Not all need be minimal. */
  *#search(search: MissingSearch): Parts<Confirmed[]> {
    const { request, pace } = this.#question;
    const reader = this.#reader;
    const found: Confirmed[] = [];
    const seen = new Set<string>();
    let searched = 0;
    for (const pass of search.passes(reader.endOf(request.user), reader.endOf(request.object))) {
      pace.add(reader.steps - searched);
      searched = reader.steps;
      yield* pace.rest();
      for (const match of pass) {
        if (search.isDominated(match)) continue;
        const one = yield* this.#confirm(match, search);
        if (one !== undefined) {
          const { absent, against } = one;
          if (against.length === 0) search.accept(match);
          const key = [...absent, ...against].map(printTuple).sort().join(" ");
          if (seen.has(key)) continue;
          seen.add(key);
          if (found.length === MAX_REASONS) {
            reader.isCut = true;
            return found;
          }
          found.push(one);
        }
        yield* this.#rest();
      }
      // The search reads the set.
      this.end();
    }
    return found;
  }

  /** Returns a partial match with the change that it proposes, if that suffices. */
  *#confirm(match: PartialMatch, { tuples: supposed }: MissingSearch): Parts<Confirmed | undefined> {
    const absent = match.absent.map((number) => supposed.tuple(number));
    const simple = { match, absent, against: [], isJudged: true };
    if (match.absent.some((number) => supposed.presence(number) === "failed")) {
      this.end();
      return { ...simple, against: this.#takingAway(match), isJudged: false };
    }
    if (this.#judge.suffices(simple)) return simple;
    if (match.way.negations.length === 0) return undefined;
    yield* this.#rest();
    this.end();
    const against = this.#takingAway(match);
    const { tuples } = this.#question;
    const areStored = against.every(({ object, relation, user }) => tuples.has(object, relation, user));
    if (against.length === 0 || !areStored) return undefined;
    yield* this.#rest();
    return this.#judge.suffices({ absent, against }) ? { ...simple, against } : undefined;
  }

  /** Rests if it is time, with the state as it was. */
  *#rest(): Parts<undefined> {
    const { pace } = this.#question;
    if (pace.isDue) this.end();
    return yield* pace.rest();
  }

  /** Returns the tuples about the user, or about everybody, by which the negations of a way hold. */
  #takingAway({ way, ends }: PartialMatch): Tuple[] {
    const reader = this.#reader;
    const found = new Map<string, Tuple>();
    for (const { object, ways } of way.negations) {
      for (const { tuples } of findProofs(ways, reader, ends[USER]!, ends[object]!)) {
        const user = reader.nameOf(ends[USER]!);
        const everybody = `${typeOf(user)}:*`;
        for (const tuple of tuples) {
          if (tuple.user === user || tuple.user === everybody) found.set(printTuple(tuple), tuple);
        }
      }
    }
    return [...found.values()];
  }

  #missing(
    { match: { way, ends, absent: numbers }, absent, against }: Confirmed, { tuples: supposed }: MissingSearch,
    texts: MissingTexts, rulesOf: RulesOfWays,
  ): Missing {
    const reader = this.#reader;
    const keys = numbers.map((number) => supposed.key(number));
    const isMissing = way.patterns.map((pattern) => {
      const number = supposed.find(pattern, ends);
      return number !== undefined && keys.includes(supposed.key(number));
    });
    const present = way.patterns.filter((_, i) => !isMissing[i])
      .map((pattern) => reader.tuple(pattern, ends[pattern.object]!, userEnd(pattern, ends)));
    const names = ends.map((end) => reader.nameOf(end));
    return {
      rules: rulesOf.way(way), text: texts.text(way.way, names, isMissing, against),
      present: [...new Map(present.map((tuple) => [printTuple(tuple), tuple])).values()], absent,
      ...(against.length === 0 ? {} : { against }),
    };
  }
}

/** Whether a way has a negation that itself has one. */
function isNested({ negations }: CompiledWay): boolean {
  return negations.some(({ ways }) => ways.some((way) => way.negations.length > 0));
}
