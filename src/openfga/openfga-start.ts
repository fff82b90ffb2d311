// Start on OpenFGA: one store of a name and one model in it, however many sidecars start at once.
import type { AuthorizationModelJson } from "../model/schema.ts";
import type { FoundModel, FoundStore, OpenfgaServer } from "./client.ts";
import { isWriteModel, writeModelOf } from "./write-model.ts";

/** The models a store is used with: the one every question is pinned to, and the one Writes name. */
interface PinnedModels {
  readonly modelId: string;
  readonly writeModelId: string;
}

/** A store and its models. */
export interface Started extends PinnedModels {
  readonly store: FoundStore;
}

/** The store has a model of a newer build than this one. */
export class ModelTooNewError extends Error {
  readonly code = "MODEL_TOO_NEW";
}

/** The store's newest model is none of Sideline's, or of this build's version and yet another. */
export class ModelUnknownError extends Error {
  readonly code = "MODEL_UNKNOWN";
}

/** Where older and newer builds start at once, the newer ones write so often until theirs is the newest. */
const MAX_WRITES = 5;

/** Finds the oldest store of a name, making it where there is none: of several made at once, all take the oldest. */
async function findStore(server: OpenfgaServer, name: string): Promise<FoundStore> {
  const [there] = await server.stores(name);
  if (there !== undefined) return there;
  await server.createStore(name);
  const [made] = await server.stores(name);
  if (made === undefined) throw new Error(`OpenFGA made the store ${name} and does not list it`);
  return made;
}

/**
 * Our models in a store, written where the store's newest is of an older version. Throws ModelTooNewError where the
 * store has or had a newer one, ModelUnknownError where the newest is none to follow on; unless `replace`. The model
 * for Writes is written before the other and never the newest: that is the one of who names none.
 */
async function pinModels(
  server: OpenfgaServer, store: FoundStore, model: AuthorizationModelJson, replace: boolean,
): Promise<PinnedModels> {
  const ours = canonicalModel(model);
  const forWrites = writeModelOf(model);
  const forWritesText = canonicalModel(forWrites);
  for (let writes = 0; writes <= MAX_WRITES; writes++) {
    const all = await server.models(store.id);
    const there = all.filter(({ json }) => !isWriteModel(json));
    const pinned = oldestOfNewest(there, ours);
    if (!replace) {
      // Every model counts: where an older build writes at the moment a newer one does, its own may be the newest.
      assertNoneNewer(there, versionOf(model), store.name);
      if (pinned === undefined && there[0] !== undefined) assertOlder(there[0], versionOf(model), store.name);
    }
    const writeModelId = all.find(({ json }) => canonicalModel(json) === forWritesText)?.id;
    // A store whose model was written by a build without a model for Writes goes on as it is.
    if (pinned !== undefined && there[0] === all[0]) return { modelId: pinned, writeModelId: writeModelId ?? pinned };
    if (writeModelId === undefined) await server.writeModel(store.id, forWrites);
    await server.writeModel(store.id, model);
  }
  throw new Error(`other models are written to the store ${store.name} all the time`);
}

const REMEDY = "set SIDELINE_OPENFGA_REPLACE_MODEL=true to use this build's";

function assertNoneNewer(there: readonly FoundModel[], version: number, name: string): void {
  const newer = there.find(({ json }) => versionOf(json) > version);
  if (newer === undefined) return;
  const { id, json } = newer;
  throw new ModelTooNewError(`MODEL_TOO_NEW: the store ${name} has a model (${id}) of version ${versionOf(json)}, `
    + `newer than this build's ${version}: run the newer build, or ${REMEDY}`);
}

function assertOlder({ id, json }: FoundModel, version: number, name: string): void {
  const isOurs = json.type_definitions.some(({ type }) => type === "ledger");
  if (isOurs && versionOf(json) < version) return;
  const what = isOurs ? `of this build's version ${version} that says something else` : "that is not Sideline's";
  throw new ModelUnknownError(`MODEL_UNKNOWN: the store ${name} has a model (${id}) ${what}: choose another store by `
    + `SIDELINE_OPENFGA_STORE, or ${REMEDY}`);
}

/** The version of a model: of its type `policy`, the number in the name of the relation. 0 before there were any. */
export function versionOf({ type_definitions }: AuthorizationModelJson): number {
  const policy = type_definitions.find(({ type }) => type === "policy");
  const versions = Object.keys(policy?.relations ?? {}).map((name) => /^version_(\d{1,9})$/.exec(name)?.[1] ?? 0);
  return Math.max(0, ...versions.map(Number));
}

/** Of the models that are ours and newer than any other, the oldest: what all sidecars that start at once agree on. */
function oldestOfNewest(newestFirst: readonly FoundModel[], ours: string): string | undefined {
  let oldest: string | undefined;
  for (const { id, json } of newestFirst) {
    if (canonicalModel(json) !== ours) break;
    oldest = id;
  }
  return oldest;
}

/** Finds or makes the store and its models. */
export async function startOn(
  server: OpenfgaServer, name: string, model: AuthorizationModelJson, replace: boolean,
): Promise<Started> {
  const store = await findStore(server, name);
  return { store, ...await pinModels(server, store, model, replace) };
}

/** A model as text that is equal for equal models: OpenFGA spells out unset fields and does not keep their order. */
export function canonicalModel({ schema_version, type_definitions, conditions }: AuthorizationModelJson): string {
  return JSON.stringify(plain({ schema_version, type_definitions, conditions }));
}

/** Sorts keys and drops what says nothing: null, empty texts, lists and objects (but keeps `this: {}`, a wildcard). */
function plain(part: unknown, name = ""): unknown {
  if (Array.isArray(part)) return part.map((entry) => plain(entry));
  if (part === null || typeof part !== "object") return part;
  const entries = Object.entries(part).filter(([key]) => key !== "module" && key !== "source_info")
    .map(([key, value]): [string, unknown] => [key, plain(value, key)])
    .filter(([key, value]) => key === "this" || key === "wildcard" ? value !== null : !isNothing(value));
  // A type's relations are a set; so are conditions and parameters. Lists keep their order.
  return name === "this" ? {} : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
