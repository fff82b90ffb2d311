// Reads the files of the `policy` commands: models, claims, and the tuples of stores.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { readClaimsFile, type ClaimsFile } from "../analysis/claims-file.ts";
import { openEmbeddedStore } from "../embedded/embedded-store.ts";
import { createTupleSet } from "../memory/indexed-tuple-set.ts";
import type { Model } from "../model/rewrite.ts";
import { OpenfgaServer } from "../openfga/client.ts";
import { OpenfgaStore } from "../openfga/write/openfga-store.ts";
import type { Tuple } from "../tuples/tuple.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import type { NamedModel } from "./policy-output.ts";
import { readModelFile, readStoreTuples } from "./store-document.ts";

/** The policy of this package. */
export const OWN_MODEL = fileURLToPath(new URL("../../model.fga", import.meta.url));

/** Reads a model with its file's name. Throws if the file is unreadable or the model invalid. */
export function readModel(file: string): NamedModel<Model> {
  return { file, ...readModelFile(file) };
}

/** Returns the name of the claims file of a model: `model.claims.yaml` for `model.fga` or `model.fga.yaml`. */
export function claimsFileOf(model: string): string {
  return `${model.replace(/(?:\.(?:fga|json|mod))?(?:\.ya?ml)?$/, "")}.claims.yaml`;
}

/** Reads a claims file. Throws a ClaimError that names a fault in it. */
export function readClaims(file: string): ClaimsFile {
  return readClaimsFile(parse(readFileSync(file, "utf8")));
}

/** Reads the tuples of a store file, `.fga.yaml`, and of its tests. Throws if it is not as expected. */
export function readStoreFile(file: string): TupleSet {
  return setOf(readStoreTuples(file));
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
