// Proves or refutes the claims about a model, each for every possible set of tuples.
import type { Model, Relation } from "../model/rewrite.ts";
import { restrictionsOf } from "../model/validate.ts";
import { patternOf, ClaimError, Variables, Vocabulary } from "./claim-patterns.ts";
import type { ClaimsFile, WrittenClaim, WrittenInvariant } from "./claims-file.ts";
import { findCounterexample, type Search } from "./counterexample.ts";
import { shapesOfRelation } from "./definition-text.ts";
import { chased, type Invariant } from "./invariants.ts";
import { firstMatch, TupleTable } from "./matching.ts";
import { smallExample } from "./small-example.ts";
import { frozen, withPattern, type World } from "./tuple-world.ts";
import { TooManyWays, Unrolling } from "./unroll.ts";
import { OBJECT, USER, type Pattern, type Way } from "./way.ts";
import { isYes } from "./written-world.ts";

/** A question of a claim, with its lists filled in. */
export interface ClaimQuestion {
  /** `type#relation`. */
  readonly place: string;
  readonly userType: string;
}

/** The outcome of one claim. */
export interface ClaimOutcome {
  readonly claim: WrittenClaim;
  readonly verdict: "proved" | "refuted" | "undecided";
  /** Number of questions that the claim's lists and alternatives stand for, and of ways that were examined. */
  readonly questions: number;
  readonly ways: number;
  /** Whether the proof uses the claim's invariants. A proof without them holds for any tuples at all. */
  readonly usesInvariants: boolean;
  /** Number of passes through a cycle of definitions up to which the proof holds; undefined without recursion. */
  readonly bound: number | undefined;
  /** For a refuted claim: a world in which it is false, and the question. */
  readonly example: { readonly question: ClaimQuestion; readonly world: World } | undefined;
  /** For an undecided claim: the reason. */
  readonly reason: string | undefined;
}

/**
 * Decides every claim of a file, for every set of tuples. Throws a ClaimError if a claim names something that the model
 * does not have, and TooManyWays if a relation is too large.
 *
 * @example
 * const model = compileModel(`
 *   model
 *     schema 1.1
 *   type user
 *   type note
 *     relations
 *       define author: [user]
 *       define reader: [user] or author`);
 * const claims = readClaimsFile({ claims: [{
 *   id: "readers", rules: "R1", says: "Only the author reads.",
 *   "whoever has": "note:n#reader@user:u", satisfies: "note:n#author@user:u",
 * }] });
 * const [outcome] = proveClaims(model, claims);
 * outcome.verdict // "refuted"
 */
export function proveClaims(model: Model, file: ClaimsFile): ClaimOutcome[] {
  const prover = new Prover(model, file);
  return file.claims.map((claim) => prover.decide(claim));
}

/** One question with its patterns: the unit of a proof. */
interface Case {
  readonly question: ClaimQuestion;
  readonly search: (invariants: readonly Invariant[]) => { searches: readonly Search[]; bound: number | undefined };
  readonly isExample: (world: World) => boolean;
}

class Prover {
  readonly #model: Model;
  readonly #file: ClaimsFile;
  readonly #unrolling: Unrolling;
  readonly #vocabulary: Vocabulary;
  readonly #invariants: ReadonlyMap<string, Invariant>;
  readonly #shapes: ReadonlySet<string>;

  constructor(model: Model, file: ClaimsFile) {
    this.#model = model;
    this.#file = file;
    this.#unrolling = new Unrolling(model);
    this.#shapes = new Set(model.json.type_definitions.flatMap((type) => Object.keys(type.relations ?? {})
      .flatMap((relation) => shapesOfRelation(type.type, relation, restrictionsOf(type, relation)))));
    this.#vocabulary = new Vocabulary(file.words);
    this.#invariants = new Map(file.invariants.map((each) => [each.name, this.#invariant(each)]));
  }

  decide(claim: WrittenClaim): ClaimOutcome {
    try {
      const invariants = claim.using.map((name) => {
        const found = this.#invariants.get(name);
        if (found === undefined) throw new ClaimError(`there is no invariant '${name}'`);
        return found;
      });
      return decideCases(claim, this.#cases(claim), invariants);
    } catch (error) {
      if (error instanceof TooManyWays) {
        const none = { questions: 0, ways: 0, usesInvariants: false, bound: undefined, example: undefined };
        return { claim, ...none, verdict: "undecided", reason: error.message };
      }
      if (error instanceof ClaimError) throw new ClaimError(`claim '${claim.id}': ${error.message}`);
      throw error;
    }
  }

  /** Returns the cases of a claim: for each question, one for each choice of the lists that it is about. */
  #cases(claim: WrittenClaim): Case[] {
    return claim.questions.flatMap((question) => {
      const json = JSON.stringify({ ...claim, says: "", questions: [question] });
      const names = [...new Set([...json.matchAll(/<([^<>]+)>/g)].map(([, name = ""]) => name))];
      let filled = [json];
      for (const name of names) {
        const list = this.#file.lists[name];
        if (list === undefined) throw new ClaimError(`there is no list '${name}'`);
        filled = filled.flatMap((text) => list.map((value) => text.replaceAll(`<${name}>`, value)));
      }
      return filled.map((text) => JSON.parse(text) as WrittenClaim).flatMap((each) =>
        this.#casesOf(each, each.questions[0]!));
    });
  }

  #casesOf(claim: WrittenClaim, text: string): Case[] {
    const [, object = "", relation = "", user = ""] = /^(\w[\w-]*:\w+)#(\w+)@(\w[\w-]*:\w+)$/.exec(text) ?? [];
    if (relation === "") throw new ClaimError(`'${text}' is not a question such as note:n#can_read@user:u`);
    const [type = "", userType = ""] = [object, user].map((name) => name.slice(0, name.indexOf(":")));
    const found = this.#model.types.get(type)?.relations.get(relation);
    if (found === undefined) throw new ClaimError(`the model has no relation '${type}#${relation}'`);
    // Without the type nobody has the relation, and a claim with a misspelt type would look proved.
    if (!this.#model.types.has(userType)) throw new ClaimError(`the model has no type '${userType}'`);
    const question = { place: `${type}#${relation}`, userType };
    const names = new Variables([user, object]);
    if (claim.kind === "whoever satisfies") {
      return this.#vocabulary.clausesOf(claim.alternatives).map((clause): Case => {
        const variables = names.copy();
        const pattern = patternOf(clause, variables, this.#admits);
        const exceptions = this.#vocabulary.clausesOf(claim.exceptions)
          .map((each) => patternOf(each, variables.copy(), this.#admits));
        return this.#permission(question, found, pattern, exceptions);
      });
    }
    const [given, ...others] = this.#vocabulary.clausesOf([claim.given]);
    if (given === undefined || others.length > 0) throw new ClaimError("`given` has alternatives");
    const givenPattern = patternOf(given, names, this.#admits);
    const alternatives = this.#vocabulary.clausesOf(claim.alternatives)
      .map((clause) => patternOf(clause, names.copy(), this.#admits));
    return [this.#limit(question, found, givenPattern, alternatives)];
  }

  readonly #admits = (shape: string): boolean => this.#shapes.has(shape);

  /** Whoever has the relation, in worlds with the tuples of `given`, satisfies one of the alternatives. */
  #limit(question: ClaimQuestion, relation: Relation, given: Pattern, alternatives: readonly Pattern[]): Case {
    const shared = given.types.map((_, i) => i);
    const right = alternatives.map((pattern) => asWay(pattern, shared));
    return {
      question,
      search: (invariants) => {
        const { ways, bound } = this.#unrolling.of(relation);
        const left = ways.filter((way) => way.types[USER] === question.userType).map((way) => together(way, given));
        return { searches: left.map((way) => findCounterexample(way, right, invariants)), bound };
      },
      isExample: (world) => {
        const table = new TupleTable(world);
        const fixed = [world.user, world.object];
        return firstMatch(asWay(given, shared), table, fixed) !== undefined
          && right.every((way) => firstMatch(way, table, fixed) === undefined)
          && isYes(this.#model, withoutMarks(world), relation.name);
      },
    };
  }

  /** Whoever satisfies the pattern has the relation or satisfies one of the exceptions. */
  #permission(
    question: ClaimQuestion, relation: Relation, pattern: Pattern, exceptions: readonly Pattern[],
  ): Case {
    const shared = pattern.types.map((_, i) => i);
    const [left, other] = [asWay(pattern, shared), exceptions.map((each) => asWay(each, shared))];
    return {
      question,
      search: (invariants) => {
        const { ways, bound } = this.#unrolling.of(relation);
        return { searches: [findCounterexample(left, [...ways, ...other], invariants)], bound };
      },
      isExample: (world) => {
        const table = new TupleTable(world);
        const fixed = [world.user, world.object];
        return firstMatch(left, table, fixed) !== undefined
          && other.every((each) => firstMatch(each, table, fixed) === undefined)
          && !isYes(this.#model, withoutMarks(world), relation.name);
      },
    };
  }

  #invariant({ name, when, then }: WrittenInvariant): Invariant {
    const variables = new Variables();
    const pattern = patternOf(when, variables, this.#admits);
    if (then === "never") return { name, when: pattern, then: { kind: "never" } };
    if ("same" in then) {
      const [a, b] = then.same.map((each) => variables.number(each)) as [number, number];
      // A name that the pattern lacks would stand for nothing, and make a false claim look proved.
      if (Math.max(a, b) >= pattern.types.length || pattern.types[a] !== pattern.types[b]) {
        throw new ClaimError(`the invariant '${name}' equates names that its pattern lacks, or of two types`);
      }
      return { name, when: pattern, then: { kind: "same", a, b } };
    }
    return { name, when: pattern, then: { kind: "tuples", pattern: patternOf(then, variables, this.#admits) } };
  }
}

/** Decides a claim without its invariants, and where that finds no proof, with them. */
function decideCases(claim: WrittenClaim, cases: readonly Case[], invariants: readonly Invariant[]): ClaimOutcome {
  const both = { claim, questions: cases.length, example: undefined, reason: undefined };
  let [ways, usesInvariants, bound] = [0, false, undefined as number | undefined];
  let reason: string | undefined;
  for (const each of cases) {
    let found = each.search([]);
    if (invariants.length > 0 && found.searches.some(({ outcome }) => outcome !== "none")) {
      usesInvariants = true;
      found = each.search(invariants);
    }
    ways += found.searches.length;
    bound ??= found.bound;
    const worlds = found.searches.flatMap((search) => (search.outcome === "found" ? [search.world] : []));
    const examples = worlds.filter(each.isExample);
    // An unrolling up to a bound may miss a way by which the evaluator says yes.
    if (examples.length < worlds.length && found.bound === undefined) {
      throw new Error(`the analysis and the evaluator disagree about an example of claim '${claim.id}'`);
    }
    const [smallest] = examples.sort((a, b) => a.tuples.length - b.tuples.length);
    if (smallest !== undefined) {
      const isSmaller = (world: World): boolean => each.isExample(world) && isClosed(world, invariants);
      const world = withoutMarks(smallExample(smallest, isSmaller));
      const example = { question: each.question, world };
      return { ...both, verdict: "refuted", ways, usesInvariants, bound, example };
    }
    for (const search of found.searches) if (search.outcome === "undecided") reason = search.reason;
  }
  return { ...both, verdict: reason === undefined ? "proved" : "undecided", ways, usesInvariants, bound, reason };
}

/** Whether a world satisfies the invariants. */
function isClosed(world: World, invariants: readonly Invariant[]): boolean {
  return chased(world, invariants) === world;
}

const MARK = "given ";

/** Returns a pattern as a way, with a mark on each of the given variables so that they keep their meaning. */
function asWay({ types, tuples }: Pattern, marked: readonly number[]): Way {
  const marks = marked.filter((i) => i > OBJECT).map((i) => ({ shape: `${MARK}${i}`, object: i, user: i }));
  return { types, tuples: [...tuples, ...marks], negations: [], lines: [] };
}

/** Returns a way with the tuples of a given pattern as well. */
function together(way: Way, given: Pattern): Way {
  const marked = asWay(given, given.types.map((_, i) => i));
  const { types, tuples } = withPattern(frozen(way), marked, [USER, OBJECT]);
  return { ...way, types, tuples };
}

function withoutMarks(world: World): World {
  return { ...world, tuples: world.tuples.filter(({ shape }) => !shape.startsWith(MARK)) };
}
