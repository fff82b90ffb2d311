// From a model's text to the compiled model.
import { buildModel } from "./build.ts";
import { parseDsl } from "./dsl.ts";
import type { Model } from "./rewrite.ts";
import type { AuthorizationModelJson } from "./schema.ts";

/**
 * Compiles a model, DSL or JSON, schema 1.1, `with $expression` included (OpenFGA's `--experimentals
 * inline_expressions`). Throws a ModelError naming the fault when OpenFGA would refuse it.
 */
export function compileModel(source: string | AuthorizationModelJson): Model {
  return buildModel(typeof source === "string" ? parseDsl(source) : source);
}
