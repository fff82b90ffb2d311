// Differences in which OpenFGA is no function of model, tuples and question: narrow classes, each counted.
import type { AuthorizationModelJson } from "../../src/engine.ts";
import type { Disagreement } from "./compare.ts";

/** A class of differences: when it applies, and why OpenFGA has no single answer there. */
interface Class {
  readonly name: "cycle under but not" | "list-users over an exclusion" | "depth";
  readonly applies: (found: Disagreement, json: AuthorizationModelJson) => boolean;
}

const DEPTH = "authorization_model_resolution_too_complex";

function hasDifference(json: AuthorizationModelJson): boolean {
  return JSON.stringify(json).includes('"difference"');
}

const CLASSES: readonly Class[] = [
  // Depth 24 to 26: which strategy is taken decides whether the limit is met; lists have other limits than checks.
  { name: "depth", applies: ({ engine, server }) => engine.includes(DEPTH) || server.includes(DEPTH) },
  // A cycle below `but not` denies on one strategy and is harmless on another; the list algorithms differ again.
  { name: "cycle under but not", applies: ({ question, engine, server }, json) =>
    hasDifference(json) && question.ask !== "list-users" && !engine.startsWith("error") && !server.startsWith("error") },
  // Several parents or groups, one of which excludes the user: whichever answer arrives last wins.
  { name: "list-users over an exclusion", applies: ({ question, engine, server }, json) =>
    hasDifference(json) && question.ask === "list-users" && !engine.startsWith("error") && !server.startsWith("error") },
];

/** The class a difference belongs to, or undefined: then it is a fault of one side. */
export function classOf(found: Disagreement, json: AuthorizationModelJson): Class["name"] | undefined {
  return CLASSES.find((each) => each.applies(found, json))?.name;
}
