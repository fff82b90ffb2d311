// Compares two models for every possible set of tuples: which relations can gain or lose an answer, with an example.
import type { Model, Relation } from "../model/rewrite.ts";
import { findCounterexample, type Search } from "./counterexample.ts";
import { smallExample } from "./small-example.ts";
import { changedConditions, touchedRelations } from "./touched-relations.ts";
import type { World } from "./tuple-world.ts";
import { TooManyWays, Unrolling, type Unrolled } from "./unroll.ts";
import { readShape, type Way } from "./way.ts";
import { isYes } from "./written-world.ts";

/** Whether some set of tuples has a yes of one model that is a no of the other. */
export type Verdict =
  /** No set of tuples has. `bound`: only up to this number of passes through a cycle of definitions. */
  | { readonly outcome: "none"; readonly bound: number | undefined }
  /** This world has: no tuple of it can be dropped. `ways` is the number of ways that give such a yes. */
  | { readonly outcome: "found"; readonly example: World; readonly ways: number }
  | { readonly outcome: "undecided"; readonly reason: string };

/** The comparison of one relation. */
export interface RelationComparison {
  /** `type#relation`. */
  readonly place: string;
  /** A no of the model before that is a yes of the model after. */
  readonly gain: Verdict;
  /** A yes of the model before that is a no of the model after. */
  readonly loss: Verdict;
}

/** The comparison of two models. */
export interface ModelComparison {
  /** The relations whose definition differs, or uses one that does. In the order of the model after. */
  readonly relations: readonly RelationComparison[];
  /** Number of other relations. Their answers are equal for every set of tuples. */
  readonly untouched: number;
}

/**
 * Compares two models for every possible set of tuples and every plain user. A relation that one of them lacks gives no
 * yes there. A condition that both declare with the same content counts as met or unmet in both alike; where its
 * content differs, the relations that use it are undecided.
 *
 * @example
 * const model = (viewer) => compileModel(`
 *   model
 *     schema 1.1
 *   type user
 *   type document
 *     relations
 *       define owner: [user]
 *       define viewer: ${viewer}`);
 * const [viewer] = compareModels(model("[user] or owner"), model("[user]")).relations;
 * [viewer.place, viewer.gain.outcome, viewer.loss.outcome] // ["document#viewer", "none", "found"]
 */
export function compareModels(before: Model, after: Model): ModelComparison {
  const changed = new Set(changedConditions(before.json, after.json));
  const [old, fresh] = [new Side(before, changed), new Side(after, changed)];
  const touched = touchedRelations(before, after);
  const places = new Set([...fresh.places(), ...old.places()]);
  const compared = [...places].filter((place) => touched.has(place) || old.isChanged(place) || fresh.isChanged(place));
  const relations = compared.map((place): RelationComparison => (
    { place, gain: escapes(fresh, old, place), loss: escapes(old, fresh, place) }));
  return { relations, untouched: places.size - relations.length };
}

/** One of two compared models. */
class Side {
  readonly model: Model;
  readonly #unrolling: Unrolling;
  readonly #relations: ReadonlyMap<string, Relation>;
  readonly #changed: ReadonlySet<string>;

  constructor(model: Model, changed: ReadonlySet<string>) {
    this.model = model;
    this.#unrolling = new Unrolling(model);
    this.#relations = new Map(model.relations.map((each) => [`${each.type.name}#${each.name}`, each]));
    this.#changed = changed;
  }

  places(): Iterable<string> {
    return this.#relations.keys();
  }

  has(place: string): boolean {
    return this.#relations.has(place);
  }

  /** Returns the ways of a relation, none if the model lacks it. */
  of(place: string): Unrolled {
    const relation = this.#relations.get(place);
    return relation === undefined ? { ways: [], bound: undefined } : this.#unrolling.of(relation);
  }

  /** Whether a relation uses a condition whose content differs between the models. */
  isChanged(place: string): boolean {
    if (this.#changed.size === 0) return false;
    try {
      return this.#usesChanged(place);
    } catch (error) {
      // Whether it is changed is unknown, so it is compared, and found undecided.
      if (error instanceof TooManyWays) return true;
      throw error;
    }
  }

  #usesChanged(place: string): boolean {
    return this.of(place).ways.flatMap(shapesOf).some((shape) => this.#changed.has(readShape(shape).condition));
  }

  isYes(place: string, world: World): boolean {
    return this.has(place) && isYes(this.model, world, place.slice(place.indexOf("#") + 1));
  }
}

function shapesOf(way: Way): string[] {
  return [...way.tuples.map(({ shape }) => shape), ...way.negations.flatMap(({ ways }) => ways.flatMap(shapesOf))];
}

/** Finds a yes of one side that is a no of the other. */
function escapes(yes: Side, no: Side, place: string): Verdict {
  try {
    if (yes.isChanged(place) || no.isChanged(place)) {
      return { outcome: "undecided", reason: "it uses a condition whose content differs" };
    }
    const [left, right] = [yes.of(place), no.of(place)];
    const isExample = (world: World): boolean => yes.isYes(place, world) && !no.isYes(place, world);
    const found = left.ways.map((way) => findCounterexample(way, right.ways));
    const bound = left.bound ?? right.bound;
    return verdictOf(found, bound, isExample, place);
  } catch (error) {
    if (error instanceof TooManyWays) return { outcome: "undecided", reason: error.message };
    throw error;
  }
}

function verdictOf(
  searches: readonly Search[], bound: number | undefined, isExample: (world: World) => boolean, place: string,
): Verdict {
  const worlds = searches.flatMap((each) => (each.outcome === "found" ? [each.world] : []));
  const examples = worlds.filter(isExample);
  if (examples.length < worlds.length && bound === undefined) {
    throw new Error(`the analysis and the evaluator disagree about an example of ${place}`);
  }
  const [first, ...others] = examples;
  if (first !== undefined) {
    const smallest = others.reduce((a, b) => (b.tuples.length < a.tuples.length ? b : a), first);
    return { outcome: "found", example: smallExample(smallest, isExample), ways: examples.length };
  }
  const undecided = searches.find(({ outcome }) => outcome === "undecided");
  return undecided?.outcome === "undecided" ? undecided : { outcome: "none", bound };
}
