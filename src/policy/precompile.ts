// What a build keeps of model.fga for every start: the text it read, by its digest, and what that says, as JSON.
import { parseDsl } from "../model/dsl.ts";
import { digest } from "../tuples/digest.ts";

/** The content of dist/model.json for the text of a model.fga. Throws a ModelError where it is not one. */
export function keepPolicy(source: string): string {
  return JSON.stringify({ digest: digest(source), model: parseDsl(source) });
}
