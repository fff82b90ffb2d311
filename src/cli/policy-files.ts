// Reads the files of the `policy` commands: models, claims, and the tuples of stores.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { readClaimsFile, type ClaimsFile } from "../analysis/claims-file.ts";
import { openEmbeddedStore } from "../embedded/embedded-store.ts";
import { createTupleSet } from "../memory/indexed-tuple-set.ts";
import { compileModel } from "../model/compile.ts";
import { parseModules } from "../model/dsl.ts";
import type { Model } from "../model/rewrite.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import { OpenfgaServer } from "../openfga/client.ts";
import { OpenfgaStore } from "../openfga/write/openfga-store.ts";
import type { Tuple } from "../tuples/tuple.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import type { NamedModel } from "./policy-output.ts";
import { readTupleFile } from "./store-document.ts";

/** The policy of this package. */
export const OWN_MODEL = fileURLToPath(new URL("../../model.fga", import.meta.url));

/**
 * Reads a model, by the ending of the file's name: `.json`; `fga.mod`, which lists the modules of a model; `.yaml`, a
 * store file with a model or the name of its file; any other name is OpenFGA's language. Throws if the file is
 * unreadable or the model invalid.
 */
export function readModel(file: string): NamedModel<Model> {
  const text = readFileSync(file, "utf8");
  if (file.endsWith(".json")) return { file, text, model: compileModel(JSON.parse(text) as AuthorizationModelJson) };
  if (file.endsWith("fga.mod")) {
    const { contents } = contentOf(file, modFile, text);
    const modules = contents.map((name) => ({ name, text: readFileSync(join(dirname(file), name), "utf8") }));
    const joined = modules.map((each) => each.text).join("\n");
    return { file, text: joined, model: compileModel(parseModules(modules)) };
  }
  if (/\.ya?ml$/.test(file)) {
    const { model, model_file: other } = contentOf(file, storeModel, text);
    if (model !== undefined) return { file, text: model, model: compileModel(model) };
    if (other !== undefined) return { ...readModel(join(dirname(file), other)), file };
    throw new Error(`${file} has neither model nor model_file`);
  }
  return { file, text, model: compileModel(text) };
}

function contentOf<T>(file: string, schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success) throw new Error(`${file} is not as expected: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const modFile = z.object({ contents: z.array(z.string()).min(1) });
const storeModel = z.object({ model: z.string().optional(), model_file: z.string().optional() });

/** Returns the name of the claims file of a model: `model.claims.yaml` for `model.fga` or `model.fga.yaml`. */
export function claimsFileOf(model: string): string {
  return `${model.replace(/(?:\.(?:fga|json|mod))?(?:\.ya?ml)?$/, "")}.claims.yaml`;
}

/** Reads a claims file. Throws a ClaimError that names a fault in it. */
export function readClaims(file: string): ClaimsFile {
  return readClaimsFile(parse(readFileSync(file, "utf8")));
}

const tuple = z.object({
  user: z.string(), relation: z.string(), object: z.string(),
  condition: z.object({ name: z.string(), context: z.record(z.string(), z.unknown()).default({}) }).optional(),
});
const storeFile = z.object({
  tuples: z.array(tuple).default([]),
  tuple_file: z.string().optional(),
  tuple_files: z.array(z.string()).default([]),
  tests: z.array(z.object({ tuples: z.array(tuple).default([]) })).default([]),
});

/**
 * Reads the tuples of a store file, `.fga.yaml`: its own, those of the files that it names, and those of its tests.
 * Throws if one of them is not as expected.
 */
export function readStoreFile(file: string): TupleSet {
  const parsed = storeFile.safeParse(parse(readFileSync(file, "utf8")));
  if (!parsed.success) throw new Error(`${file} is no store file: ${z.prettifyError(parsed.error)}`);
  const { tuples, tuple_file: one, tuple_files: others, tests } = parsed.data;
  const named = [...(one === undefined ? [] : [one]), ...others];
  const more = named.flatMap((name) => readTupleFile(join(dirname(file), name)));
  return setOf([...tuples, ...more, ...tests.flatMap((test) => test.tuples)] as Tuple[]);
}

/** Reads the tuples of an embedded store. Throws if there is none, or another process has it open. */
export async function readFolder(folder: string): Promise<TupleSet> {
  if (!existsSync(join(folder, "store.db"))) throw new Error(`there is no store at ${folder}`);
  const store = openEmbeddedStore(folder);
  try {
    const tuples = createTupleSet();
    store.load(tuples);
    return tuples;
  } finally {
    await store.close();
  }
}

/** Reads the tuples of a store on an OpenFGA server. Throws if there is no such store. */
export async function readServer(url: string, storeName: string, token: string | undefined): Promise<TupleSet> {
  const server = new OpenfgaServer({ url, token });
  try {
    const [found] = await server.stores(storeName);
    if (found === undefined) throw new Error(`there is no store ${storeName} at ${url}`);
    const tuples: Tuple[] = [];
    for await (const each of new OpenfgaStore(server, found.id, "").read()) tuples.push(each);
    return setOf(tuples);
  } finally {
    server.close();
  }
}

function setOf(tuples: readonly Tuple[]): TupleSet {
  const set = createTupleSet();
  for (const each of tuples) set.add(each);
  return set;
}
