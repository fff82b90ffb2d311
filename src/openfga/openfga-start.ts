// Start on OpenFGA: one store of a name and one model in it, however many sidecars start at once.
import type { AuthorizationModelJson } from "../model/schema.ts";
import type { FoundModel, FoundStore, OpenfgaServer } from "./client.ts";

/** A store and the model every request is pinned to. */
export interface Started {
  readonly store: FoundStore;
  readonly modelId: string;
}

/** The store's model is not one this build may replace. The message says what can be done. */
export class ModelTooNewError extends Error {
  readonly code = "MODEL_TOO_NEW";
}

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
 * The id of our model in a store, written where the store's newest is another. A store whose newest model is another
 * although ours is among the older ones was moved on by a newer build: ModelTooNewError, unless `replace`.
 */
async function pinModel(
  server: OpenfgaServer, store: FoundStore, model: AuthorizationModelJson, replace: boolean,
): Promise<string> {
  const ours = canonicalModel(model);
  const there = await server.models(store.id);
  const pinned = oldestOfNewest(there, ours);
  if (pinned !== undefined) return pinned;
  if (!replace && there.some(({ json }) => canonicalModel(json) === ours)) {
    throw new ModelTooNewError(`the store ${store.name} has a model (${there[0]?.id}) that is newer than this build's: `
      + "run the newer build, or set SIDELINE_OPENFGA_REPLACE_MODEL=true to go back to this one's");
  }
  await server.writeModel(store.id, model);
  const written = oldestOfNewest(await server.models(store.id), ours);
  if (written === undefined) throw new Error(`another model was written to the store ${store.name} meanwhile`);
  return written;
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

/** Finds or makes the store and the model. */
export async function startOn(
  server: OpenfgaServer, name: string, model: AuthorizationModelJson, replace: boolean,
): Promise<Started> {
  const store = await findStore(server, name);
  return { store, modelId: await pinModel(server, store, model, replace) };
}

/** A model as text that is equal for equal models: OpenFGA spells out unset fields and does not keep their order. */
function canonicalModel({ schema_version, type_definitions, conditions }: AuthorizationModelJson): string {
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
