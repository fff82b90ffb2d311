// The OpenFGA DSL. Only this file imports its parser, which is large.
import transformers from "@openfga/syntax-transformer";
import { ModelError } from "./model-error.ts";
import { INLINE_EXPRESSION, type AuthorizationModelJson } from "./schema.ts";

/** The name in `with $expression` of a type restriction. The parser accepts `with` before a name nowhere else. */
const RESTRICTION = /(?<=[ \t\f]with[ \t\f]+)\$expression(?![\w./-])/g;

/**
 * Parses a model in OpenFGA's DSL. Throws a ModelError with the parser's message, including line and column. The parser
 * does not know `with $expression` yet. It therefore reads a condition's name of the same length that occurs nowhere in
 * the source, and that name is replaced by `$expression` in its result and in its errors.
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

/** One file of a modular model: its name and its text. */
export interface ModuleText {
  readonly name: string;
  readonly text: string;
}

/**
 * Parses a model of several modules, which begin with `module` and extend each other's types. The result has schema
 * 1.1: the modules of schema 1.2 only say which file a relation comes from. Throws a ModelError with the parser's
 * message.
 */
export function parseModules(files: readonly ModuleText[]): AuthorizationModelJson {
  try {
    const modules = files.map(({ name, text }) => ({ name, contents: text }));
    const { type_definitions, conditions } = transformers.transformer.transformModuleFilesToModel(modules, "1.2");
    const json = { schema_version: "1.1", type_definitions, conditions: conditions ?? {} };
    return JSON.parse(JSON.stringify(json)) as AuthorizationModelJson;
  } catch (error) {
    throw new ModelError(error instanceof Error ? error.message : String(error));
  }
}

/** Returns a name as long as `$expression` that the source does not contain. */
function unusedName(source: string): string {
  for (let i = 0; ; i++) {
    const name = `e${String(i).padStart(INLINE_EXPRESSION.length - 1, "0")}`;
    if (!source.includes(name)) return name;
  }
}
