// The OpenFGA DSL: the only importer of its (large) parser.
import transformers from "@openfga/syntax-transformer";
import { ModelError } from "./model-error.ts";
import { INLINE_EXPRESSION, type AuthorizationModelJson } from "./schema.ts";

/** `with $expression` of a type restriction; the parser takes no `with` before a name anywhere else. */
const RESTRICTION = /(?<=[ \t\f]with[ \t\f]+)\$expression(?![\w./-])/g;

/**
 * Parses a model in OpenFGA's DSL. Throws a ModelError that carries the parser's message, with line and column. The
 * parser does not know `with $expression` yet: it reads a condition's name of the same length instead, one that stands
 * nowhere in the source, and wherever that comes out again the source's own text is put back.
 */
export function parseDsl(source: string): AuthorizationModelJson {
  const name = unusedName(source);
  const restored = (text: string): string => text.replaceAll(name, INLINE_EXPRESSION);
  try {
    const json = transformers.transformer.transformDSLToJSONObject(source.replace(RESTRICTION, name));
    return JSON.parse(restored(JSON.stringify(json))) as AuthorizationModelJson;
  } catch (error) {
    throw new ModelError(restored(error instanceof Error ? error.message : String(error)));
  }
}

/** A name as long as `$expression` that the source does not contain. */
function unusedName(source: string): string {
  for (let i = 0; ; i++) {
    const name = `e${String(i).padStart(INLINE_EXPRESSION.length - 1, "0")}`;
    if (!source.includes(name)) return name;
  }
}
