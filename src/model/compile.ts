// Compiles a model from its text or its JSON form.
import { buildModel } from "./build.ts";
import { parseDsl } from "./dsl.ts";
import type { Model } from "./rewrite.ts";
import type { AuthorizationModelJson } from "./schema.ts";

/**
 * Compiles a model in DSL or JSON, schema 1.1, including `with $expression` (OpenFGA's `--experimentals
 * inline_expressions`). Throws a ModelError that names the fault when OpenFGA would refuse the model.
 *
 * @example
 * const model = compileModel(`
 *   model
 *     schema 1.1
 *   type user
 *   type document
 *     relations
 *       define viewer: [user]`);
 * [...model.types.keys()] // ["user", "document"]
 * compileModel("model\n  schema 1.1\ntype document\n  relations\n    define viewer: editor") // throws editor
 */
export function compileModel(source: string | AuthorizationModelJson): Model {
  return buildModel(typeof source === "string" ? parseDsl(source) : source);
}
