// The ways of a relation as text: each pattern of tuples that gives it.
import type { Model } from "../model/rewrite.ts";
import { TooManyWays, Unrolling } from "./unroll.ts";
import { variableNames } from "./variable-names.ts";
import { OBJECT, readShape, USER, WILDCARD, type Way } from "./way.ts";

/** A way as text. */
export interface WrittenWay {
  /** The user and the object of the question, such as `user:u` and `note:n`. */
  readonly user: string;
  readonly object: string;
  /** The tuples that must exist: `note:n#author@user:u`, with ` with <condition>` where a condition must be met. */
  readonly tuples: readonly string[];
  /** The sentences that must be false: `user:u is linked_ever from athlete of note:n`. */
  readonly unless: readonly string[];
  /** The relations that the way passes through, as `type#relation`. */
  readonly lines: readonly string[];
}

/** The ways of a relation, or the reason why they cannot be listed. */
export type WayList =
  | {
    readonly ways: readonly WrittenWay[];
    /** Number of passes through a cycle of definitions up to which the list is complete; undefined: complete. */
    readonly bound: number | undefined;
  }
  | { readonly fault: string };

/**
 * Lists the ways of a relation: each minimal pattern of tuples that gives it. A user has the relation exactly if the
 * tuples of one way exist and nothing of its `unless` holds. A tuple under a condition counts while that is met.
 * Returns a fault for an unknown relation, or one with more ways than the analysis can hold. Callers that list several
 * relations of a model pass the same unrolling each time, so that shared definitions are unrolled once.
 *
 * @example
 * const model = compileModel(`
 *   model
 *     schema 1.1
 *   type user
 *   type document
 *     relations
 *       define blocked: [user]
 *       define owner: [user]
 *       define viewer: ([user] or owner) but not blocked`);
 * const { ways } = listWays(model, "document#viewer");
 * ways.map(({ tuples }) => tuples) // [["document:d#viewer@user:u"], ["document:d#owner@user:u"]]
 * ways[0].unless // ["user:u is blocked of document:d"]
 */
export function listWays(model: Model, place: string, unrolling = new Unrolling(model)): WayList {
  const [type = "", name = ""] = place.split("#");
  const relation = model.types.get(type)?.relations.get(name);
  if (relation === undefined) return { fault: `the model has no relation '${place}'` };
  try {
    const { ways, bound } = unrolling.of(relation);
    return { ways: ways.map(writeWay), bound };
  } catch (error) {
    if (error instanceof TooManyWays) return { fault: error.message };
    throw error;
  }
}

/** Writes a way as text. */
function writeWay(way: Way): WrittenWay {
  const names = variableNames(way.types, [USER, OBJECT]);
  const tuples = way.tuples.map(({ shape, object, user }) => {
    const { relation, userType, userRelation, condition } = readShape(shape);
    const name = user === WILDCARD ? `${userType}:*` : names[user]! + (userRelation === "" ? "" : `#${userRelation}`);
    return `${names[object]}#${relation}@${name}${condition === "" ? "" : ` with ${condition}`}`;
  });
  const unless = way.negations.map(({ name, object }) =>
    `${names[USER]} is ${name.replace(/^.* but not /, "")} of ${names[object]}`);
  return { user: names[USER]!, object: names[OBJECT]!, tuples, unless, lines: way.lines };
}
