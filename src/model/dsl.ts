// The OpenFGA DSL: the only importer of its (large) parser.
import transformers from "@openfga/syntax-transformer";
import { ModelError } from "./model-error.ts";
import type { AuthorizationModelJson } from "./schema.ts";

/** Parses a model in OpenFGA's DSL. Throws a ModelError that carries the parser's message, with line and column. */
export function parseDsl(source: string): AuthorizationModelJson {
  try {
    return transformers.transformer.transformDSLToJSONObject(source) as AuthorizationModelJson;
  } catch (error) {
    throw new ModelError(error instanceof Error ? error.message : String(error));
  }
}
