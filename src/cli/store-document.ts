// Reads a store file of OpenFGA (`.fga.yaml`): its model and its tuples, in the file itself or in files that it names.
import { readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { tupleRefusal } from "../model/admits.ts";
import { compileModel } from "../model/compile.ts";
import type { Model } from "../model/rewrite.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import { canonical } from "../tuples/digest.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";
import { UsageError } from "./command-line.ts";
import { readCsvRow } from "./csv-row.ts";

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
/** The fields of the format. The tests of a store file are for `fga model test`; a server does not run them. */
const document = z.strictObject({
  name: text.optional(), model: text.optional(), model_file: text.optional(), tuples: tupleList.nullish(),
  tuple_file: text.optional(), tuple_files: z.array(text).optional(), tests: z.unknown().optional(),
}).refine(({ model, model_file: file }) => (model === undefined) !== (file === undefined),
  "has exactly one of model and model_file");

/**
 * Reads a store file, and the files that it names by paths relative to its folder. Throws a UsageError that names the
 * file and its fault: an unknown field, a model that OpenFGA refuses, a tuple that the model does not admit.
 */
export function readStoreDocument(path: string): StoreDocument {
  const { name, model: inline, model_file: modelFile, tuples, tuple_file: one, tuple_files: more = [] } =
    check(path, document, parsed(path, read(path)));
  const folder = dirname(path);
  const model = inline === undefined ? modelOf(join(folder, modelFile!)) : compiled(path, inline);
  const files = [...(one === undefined ? [] : [one]), ...more].map((file) => join(folder, file));
  const all = [...tuples ?? [], ...files.flatMap(readTupleFile)];
  return { name: name ?? "store file", model, tuples: admitted(path, model, all) };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** Parses the content of a file, or a part of it. */
function parsed(path: string, source: string, isJson = extname(path) === ".json"): unknown {
  try {
    return isJson ? JSON.parse(source) : parse(source);
  } catch (error) {
    throw new UsageError(`${path} cannot be parsed: ${(error as Error).message}`);
  }
}

function check<T>(path: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new UsageError(`${path} is not a store file: ${place}${issue?.message ?? "unknown fault"}`);
}

function modelOf(path: string): Model {
  if (path.endsWith("fga.mod")) throw new UsageError(`${path}: a model of several modules is not read; name one file`);
  const source = read(path);
  return compiled(path, extname(path) === ".json" ? parsed(path, source) as AuthorizationModelJson : source);
}

function compiled(path: string, source: string | AuthorizationModelJson): Model {
  try {
    return compileModel(source);
  } catch (error) {
    throw new UsageError(`the model in ${path} is not valid: ${(error as Error).message}`);
  }
}

/** Reads a file of tuples, by the ending of its name. Throws a UsageError that names the file and its fault. */
export function readTupleFile(path: string): readonly Tuple[] {
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
      throw new UsageError(`${path}: a file of tuples ends in .yaml, .yml, .json, .jsonl or .csv`);
  }
}

/** Reads the columns that the `fga` command exports. */
function rowsOf(path: string, source: string): object[] {
  const [header, ...rows] = source.split("\n").map((line) => line.trim()).filter((line) => line !== "")
    .map((line) => readCsvRow(line));
  return rows.map((cells, i) => {
    if (header === undefined || cells?.length !== header.length) {
      throw new UsageError(`${path} is not a store file: row ${i + 1} does not fit the header`);
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
    if (refusal !== undefined) throw new UsageError(`${path}: the model does not admit ${name}: ${refusal.message}`);
    const other = found.get(name);
    if (other !== undefined && canonical(other.condition ?? null) !== canonical(each.condition ?? null)) {
      throw new UsageError(`${path}: ${name} is given twice, with different conditions`);
    }
    found.set(name, each);
  }
  return [...found.values()];
}
