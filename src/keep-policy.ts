// What a build keeps of model.fga for every start: the text it read, by its digest, and what that says, as JSON.
import { createHash } from "node:crypto";
import { parseDsl } from "./model/dsl.ts";

/** The content of dist/model.json for the text of a model.fga. Throws a ModelError where it is not one. */
export function keepPolicy(source: string): string {
  return JSON.stringify({ sha256: createHash("sha256").update(source).digest("hex"), model: parseDsl(source) });
}
