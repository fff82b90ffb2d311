// Differences in which OpenFGA is no function of model, tuples and question: narrow classes, each counted.
import { buildModel, type AuthorizationModelJson } from "../../src/engine.ts";
import type { Disagreement } from "./compare.ts";

/** A class of differences: when it applies, and why OpenFGA has no single answer there. */
interface Class {
  readonly name: "cycle under but not" | "list-users over an exclusion" | "depth"
    | "plain objects in a list of usersets" | "covered by the listed wildcard";
  readonly applies: (found: Disagreement, json: AuthorizationModelJson) => boolean;
}

const DEPTH = "authorization_model_resolution_too_complex";

function hasDifference(json: AuthorizationModelJson): boolean {
  return JSON.stringify(json).includes('"difference"');
}

function isRecursive(json: AuthorizationModelJson): boolean {
  return buildModel(json).relations.some((relation) => relation.recursive);
}

const listed = (answer: string): string[] => answer.slice(1, -1).split(" ").filter((user) => user !== "");

/** What one list has and the other has not. */
function beyond(list: string, other: string): string[] {
  return listed(list).filter((user) => !listed(other).includes(user));
}

const CLASSES: readonly Class[] = [
  // Asked for usersets of a type, OpenFGA compares the type only and lists plain objects of it too.
  { name: "plain objects in a list of usersets", applies: ({ question, engine, server }) =>
    question.ask === "list-users" && question.filter.includes("#") && engine.startsWith("[") && server.startsWith("[")
    && beyond(engine, server).length === 0 && beyond(server, engine).every((user) => !user.includes("#")) },
  // Whether somebody is listed beside the wildcard that covers them: both lists grant the same.
  { name: "covered by the listed wildcard", applies: ({ question, engine, server }) =>
    question.ask === "list-users" && listed(engine).includes("user:*") && listed(server).includes("user:*")
    && [...beyond(engine, server), ...beyond(server, engine)].every((user) => /^user:\d+$/.test(user))
    && beyond(server, engine).length === 0 },
  // Depth 24 to 26: which strategy is taken decides whether the limit is met; lists have other limits than checks.
  { name: "depth", applies: ({ engine, server }) => engine.includes(DEPTH) || server.includes(DEPTH) },
  // A cycle below `but not` denies on one strategy and is harmless on another; the list algorithms differ again.
  // (An operand that settles an intersection first hides a cycle in another: OpenFGA runs them at once.)
  { name: "cycle under but not", applies: ({ question, engine, server }, json) =>
    hasDifference(json) && isRecursive(json) && question.ask !== "list-users"
    && !engine.startsWith("error") && !server.startsWith("error") },
  // Several parents or groups, one of which excludes the user: whichever answer arrives last wins.
  { name: "list-users over an exclusion", applies: ({ question, engine, server }, json) =>
    hasDifference(json) && question.ask === "list-users"
    && !engine.startsWith("error") && !server.startsWith("error") },
];

/** The class a difference belongs to, or undefined: then it is a fault of one side. */
export function classOf(found: Disagreement, json: AuthorizationModelJson): Class["name"] | undefined {
  return CLASSES.find((each) => each.applies(found, json))?.name;
}
