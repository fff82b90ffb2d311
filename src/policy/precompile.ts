// Precompiles model.fga at build time: the digest of its text, and its model as JSON, for every start to read.
import { parseDsl } from "../model/dsl.ts";
import { digest } from "../tuples/digest.ts";

/** Returns the content of dist/model.json for the text of a model.fga. Throws a ModelError for an invalid text. */
export function keepPolicy(source: string): string {
  return JSON.stringify({ digest: digest(source), model: parseDsl(source) });
}
