// Differences where OpenFGA's answer is not determined by model, tuples and question: narrow classes, each counted.
import { buildModel, type AuthorizationModelJson, type Tuple } from "../../src/engine.ts";
import { typeOf } from "../../src/tuples/tuple.ts";
import type { Disagreement } from "./compare.ts";
import type { Reference } from "./reference.ts";

/** A class of differences: when it applies, and why OpenFGA has no single answer there. */
interface Class {
  readonly name: "cycle under but not" | "list-users over an exclusion" | "depth"
    | "plain objects in a list of usersets" | "covered by the listed wildcard" | "hidden behind an unmet condition"
    | "sent along with the key of a stored one";
  readonly applies: (
    found: Disagreement, json: AuthorizationModelJson, reference: Reference, tuples: readonly Tuple[],
  ) => boolean;
}

const DEPTH = "authorization_model_resolution_too_complex";

function hasDifference(json: AuthorizationModelJson): boolean {
  return JSON.stringify(json).includes('"difference"');
}

function isRecursive(json: AuthorizationModelJson): boolean {
  return buildModel(json).relations.some((relation) => relation.recursive);
}

const listed = (answer: string): string[] => answer.slice(1, -1).split(" ").filter((user) => user !== "");

/** Entries of one list that the other lacks. */
function beyond(list: string, other: string): string[] {
  return listed(list).filter((user) => !listed(other).includes(user));
}

function isAnswered({ engine, server }: Disagreement): boolean {
  return !engine.startsWith("error") && !server.startsWith("error");
}

/**
 * Whether the naive reference confirms every yes that only the evaluator gives. Where OpenFGA's answer depends on its
 * strategy, the evaluator may say no, but never a yes that no reading of the policy supports.
 */
function isSafe({ question, engine, server }: Disagreement, reference: Reference): boolean {
  switch (question.ask) {
    case "check":
      return engine === "no" || reference.check(question.user, question.relation, question.object) === "yes";
    case "list-objects":
      return beyond(engine, server)
        .every((object) => reference.check(question.user, question.relation, object) === "yes");
    case "list-users":
      return beyond(engine, server)
        .every((user) => reference.check(user, question.relation, question.object) === "yes");
  }
}

/** Whether a tuple of the user and one of its wildcard, or two with the same key, coincide, and one has a condition. */
function meets(user: string, tuples: readonly Tuple[]): boolean {
  const keys = tuples.filter((tuple) => tuple.user === user || tuple.user === `${typeOf(user)}:*`);
  return keys.some((one) => one.condition !== undefined && keys.some((other) =>
    other !== one && other.object === one.object && other.relation === one.relation));
}

/** Whether a contextual tuple has the key of a stored one, and one of them has a condition. */
function isSentTwice({ contextualTuples }: Disagreement["question"], tuples: readonly Tuple[]): boolean {
  const keyOf = (tuple: Tuple): string => `${tuple.object}#${tuple.relation}@${tuple.user}`;
  return (contextualTuples ?? []).some((one) => tuples.some((other) =>
    keyOf(one) === keyOf(other) && (one.condition ?? other.condition) !== undefined));
}

const CLASSES: readonly Class[] = [
  // Where its key is looked up, a contextual tuple hides the stored one. Where OpenFGA goes from users to objects or
  // expands, the stored one counts as well; the evaluator then has fewer tuples, and the reference has OpenFGA's.
  { name: "sent along with the key of a stored one", applies: (found, _json, reference, tuples) =>
    isAnswered(found) && isSentTwice(found.question, tuples) && beyond(found.engine, found.server).length === 0
    && found.engine !== "yes" && isSafe({ ...found, engine: found.server, server: found.engine }, reference) },
  // One of OpenFGA's strategies keeps a single tuple per object, the user's or its wildcard's, before it evaluates
  // conditions. If the condition of that tuple is not met, the other tuple goes unseen.
  { name: "hidden behind an unmet condition", applies: (found, _json, reference, tuples) =>
    found.question.ask === "check" && found.engine === "yes" && found.server === "no" && isSafe(found, reference)
    && meets(found.question.user, [...found.question.contextualTuples ?? [], ...tuples]) },
  // For usersets of a type, OpenFGA compares only the type and also lists plain objects of it.
  { name: "plain objects in a list of usersets", applies: ({ question, engine, server }) =>
    question.ask === "list-users" && question.filter.includes("#") && engine.startsWith("[") && server.startsWith("[")
    && beyond(engine, server).length === 0 && beyond(server, engine).every((user) => !user.includes("#")) },
  // A user may or may not be listed next to the wildcard that covers them: both lists grant the same.
  { name: "covered by the listed wildcard", applies: ({ question, engine, server }) =>
    question.ask === "list-users" && listed(engine).includes("user:*") && listed(server).includes("user:*")
    && [...beyond(engine, server), ...beyond(server, engine)].every((user) => /^user:\d+$/.test(user))
    && beyond(server, engine).length === 0 },
  // Depth 24 to 26: the chosen strategy decides whether the limit is exceeded, and lists have other limits than checks.
  { name: "depth", applies: (found, _json, reference) =>
    found.engine.includes(DEPTH) || (found.server.includes(DEPTH) && isSafe({ ...found, server: "[]" }, reference)) },
  // A cycle below `but not` denies on one strategy and is harmless on another; the list algorithms differ again.
  // (OpenFGA evaluates operands at once: one that decides an intersection first hides a cycle in another.)
  { name: "cycle under but not", applies: (found, json, reference) =>
    hasDifference(json) && isRecursive(json) && found.question.ask !== "list-users"
    && isAnswered(found) && isSafe(found, reference) },
  // Several parents or groups, one of which excludes the user: the answer that arrives last wins.
  { name: "list-users over an exclusion", applies: (found, json, reference) =>
    hasDifference(json) && found.question.ask === "list-users" && isAnswered(found) && isSafe(found, reference) },
];

/** The class of a difference, or undefined if one side is wrong. */
export function classOf(
  found: Disagreement, json: AuthorizationModelJson, reference: Reference, tuples: readonly Tuple[],
): Class["name"] | undefined {
  return CLASSES.find((each) => each.applies(found, json, reference, tuples))?.name;
}
