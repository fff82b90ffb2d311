// Reads models and store files of OpenFGA (`.fga.yaml`): model and tuples, in the file itself or in files it names.
import { readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { tupleRefusal } from "../model/admits.ts";
import { compileModel } from "../model/compile.ts";
import { parseModules } from "../model/dsl.ts";
import type { Model } from "../model/rewrite.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import { canonical } from "../tuples/digest.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";
import { readCsvRow } from "./csv-row.ts";

/** A fault of a file: the message names the file and the fault. */
export class FileFault extends Error {}

/** A model, and its text; of a model of several modules, their texts in order. */
interface ModelText {
  readonly text: string;
  readonly model: Model;
}

/** The content of a store file. */
interface StoreDocument {
  readonly name: string;
  readonly model: Model;
  /** Tuples that the model admits, each with its own key. */
  readonly tuples: readonly Tuple[];
}

const text = z.string().min(1);
const tuple = z.strictObject({
  user: text, relation: text, object: text,
  condition: z.strictObject({ name: text, context: z.record(z.string(), z.unknown()).nullish() }).nullish(),
}).transform(({ condition, ...key }): Tuple => (condition === undefined || condition === null ? key
  : { ...key, condition: { name: condition.name, context: condition.context ?? {} } }));
const tupleList = z.array(tuple);
const tupleFields = {
  tuples: tupleList.nullish(), tuple_file: text.optional(), tuple_files: z.array(text).optional(),
};
/** The fields of the format. The tests of a store file are for `fga model test`; a server does not read them. */
const document = z.strictObject({
  name: text.optional(), model: text.optional(), model_file: text.optional(), ...tupleFields,
  tests: z.unknown().optional(),
});
const testList = z.array(z.object(tupleFields));
const modFile = z.object({ contents: z.array(text).min(1) });

/**
 * Reads a model, by the ending of the file's name: `.json`; `fga.mod`, which lists the modules of a model; `.yaml`, a
 * store file with a model or the name of its file; any other name is OpenFGA's language. Throws a FileFault for a file
 * that cannot be read, and for a model that OpenFGA refuses.
 */
export function readModelFile(path: string): ModelText {
  return /\.ya?ml$/.test(path) ? modelOf(path, readDocument(path)) : plainModel(path);
}

/**
 * Reads a store file, and the files that it names by paths relative to its folder. Throws a FileFault for an unknown
 * field, a model that OpenFGA refuses, and a tuple that the model does not admit.
 */
export function readStoreDocument(path: string): StoreDocument {
  const content = readDocument(path);
  const { model } = modelOf(path, content);
  return { name: content.name ?? "store file", model, tuples: admitted(path, model, tuplesOf(path, content)) };
}

/**
 * Reads the tuples of a store file: its own, those of the files that it names, and those of its tests. It needs no
 * model. Throws a FileFault as above.
 */
export function readStoreTuples(path: string): readonly Tuple[] {
  const content = readDocument(path);
  return [content, ...check(path, testList, content.tests ?? [])].flatMap((part) => tuplesOf(path, part));
}

function readDocument(path: string): z.output<typeof document> {
  return check(path, document, parsed(path, read(path)));
}

function modelOf(path: string, { model, model_file: file }: z.output<typeof document>): ModelText {
  if ((model === undefined) === (file === undefined)) {
    throw new FileFault(`${path} is not a store file: has exactly one of model and model_file`);
  }
  return model === undefined ? plainModel(join(dirname(path), file!))
    : { text: model, model: compiled(path, () => model) };
}

function plainModel(path: string): ModelText {
  const source = read(path);
  if (path.endsWith("fga.mod")) {
    const modules = check(path, modFile, parsed(path, source), "an fga.mod").contents
      .map((name) => ({ name, text: read(join(dirname(path), name)) }));
    const texts = modules.map((each) => each.text).join("\n");
    return { text: texts, model: compiled(path, () => parseModules(modules)) };
  }
  const isJson = extname(path) === ".json";
  const json = isJson ? parsed(path, source) as AuthorizationModelJson : source;
  return { text: source, model: compiled(path, () => json) };
}

function compiled(path: string, source: () => string | AuthorizationModelJson): Model {
  try {
    return compileModel(source());
  } catch (error) {
    throw new FileFault(`the model in ${path} is not valid: ${(error as Error).message}`);
  }
}

type TupleFields = Pick<z.output<typeof document>, "tuples" | "tuple_file" | "tuple_files">;

function tuplesOf(path: string, { tuples, tuple_file: one, tuple_files: more = [] }: TupleFields): readonly Tuple[] {
  const files = [...(one === undefined ? [] : [one]), ...more].map((file) => join(dirname(path), file));
  return [...tuples ?? [], ...files.flatMap(readTupleFile)];
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new FileFault(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** Parses the content of a file, or a part of it. */
function parsed(path: string, source: string, isJson = extname(path) === ".json"): unknown {
  try {
    return isJson ? JSON.parse(source) : parse(source);
  } catch (error) {
    throw new FileFault(`${path} cannot be parsed: ${(error as Error).message}`);
  }
}

function check<T>(path: string, schema: z.ZodType<T>, value: unknown, what = "a store file"): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new FileFault(`${path} is not ${what}: ${place}${issue?.message ?? "unknown fault"}`);
}

/** Reads a file of tuples, by the ending of its name. */
function readTupleFile(path: string): readonly Tuple[] {
  const source = read(path);
  switch (extname(path)) {
    case ".yaml": case ".yml": case ".json":
      return check(path, tupleList, parsed(path, source));
    case ".jsonl":
      return check(path, tupleList, source.split("\n").filter((line) => line.trim() !== "").map((line) =>
        parsed(path, line, true)));
    case ".csv":
      return check(path, tupleList, rowsOf(path, source));
    default:
      throw new FileFault(`${path}: a file of tuples ends in .yaml, .yml, .json, .jsonl or .csv`);
  }
}

/** Reads the columns that the `fga` command exports. */
function rowsOf(path: string, source: string): object[] {
  const [header, ...rows] = source.split("\n").map((line) => line.trim()).filter((line) => line !== "")
    .map((line) => readCsvRow(line));
  return rows.map((cells, i) => {
    if (header === undefined || cells?.length !== header.length) {
      throw new FileFault(`${path} is not a store file: row ${i + 1} does not fit the header`);
    }
    const row: Readonly<Record<string, string>> = Object.fromEntries(header.map((name, at) => [name, cells[at]!]));
    const of = (name: string): string => row[name] ?? "";
    const userRelation = of("user_relation") === "" ? "" : `#${of("user_relation")}`;
    const context: unknown = of("condition_context") === "" ? {} : parsed(path, of("condition_context"), true);
    return {
      user: `${of("user_type")}:${of("user_id")}${userRelation}`, relation: of("relation"),
      object: `${of("object_type")}:${of("object_id")}`,
      ...(of("condition_name") === "" ? {} : { condition: { name: of("condition_name"), context } }),
    };
  });
}

/** Returns the tuples, each once. */
function admitted(path: string, model: Model, tuples: readonly Tuple[]): readonly Tuple[] {
  const found = new Map<string, Tuple>();
  for (const each of tuples) {
    const name = printTuple(each);
    const refusal = tupleRefusal(model, each);
    if (refusal !== undefined) throw new FileFault(`${path}: the model does not admit ${name}: ${refusal.message}`);
    const other = found.get(name);
    if (other !== undefined && canonical(other.condition ?? null) !== canonical(each.condition ?? null)) {
      throw new FileFault(`${path}: ${name} is given twice, with different conditions`);
    }
    found.set(name, each);
  }
  return [...found.values()];
}
