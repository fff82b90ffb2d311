// Start on OpenFGA: finds or makes one store of a name and one model in it, however many sidecars start at once.
import { setTimeout as sleep } from "node:timers/promises";
import { canonicalModel, REPLACE_MODEL_REMEDY, versionOf } from "../policy/version.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import type { FoundModel, FoundStore, OpenfgaServer } from "./client.ts";
import { isWriteModel, writeModelOf } from "./write/write-model.ts";
import {
  MAX_MODEL_WRITES, MODEL_LOOKS, MODEL_LOOK_PAUSE_MS, STORES_SETTLED_FACTOR, STORES_SETTLED_MS,
} from "./openfga-limits.ts";
import { LEDGER_TYPE } from "../domain/object-names.ts";

/** The models used with a store: the one that every question is pinned to, and the one that Writes name. */
interface PinnedModels {
  readonly modelId: string;
  /** The same id, unless the start asked for a model for Writes. */
  readonly writeModelId: string;
}

/** A store and its models. */
export interface Started extends PinnedModels {
  readonly store: FoundStore;
}

/** Options of a start. */
export interface StartOptions {
  /** Writes this build's model even if the store's is newer or belongs to another program. */
  readonly replace?: boolean | undefined;
  /** Keeps a second model without rules, for Writes alone, which OpenFGA processes in a fraction of the time. */
  readonly writeModel?: boolean | undefined;
  /** Pause between two looks whether another sidecar has written the model, in ms; default MODEL_LOOK_PAUSE_MS. */
  readonly look?: number | undefined;
}

/** Thrown where the store has a model of a newer build than this one. */
class ModelTooNewError extends Error {
  readonly code = "MODEL_TOO_NEW";
}

/** Thrown where the store holds another program's model and tuples. */
class ModelUnknownError extends Error {
  readonly code = "MODEL_UNKNOWN";
}

/**
 * Finds the oldest store of a name, or makes one if none exists; `ours` is true if it was made now. If several sidecars
 * make stores at once, all of them take the oldest, and each deletes its own if that is another one and not yet in use.
 */
async function findStore(server: OpenfgaServer, name: string): Promise<{ store: FoundStore; ours: boolean }> {
  const began = performance.now();
  const [there] = await server.stores(name);
  const own = there === undefined ? await server.createStore(name) : undefined;
  if (there !== undefined && (await server.models(there.id)).length > 0) return { store: there, ours: false };
  // A store without a model may have been made a moment ago.
  await sleep(Math.max(STORES_SETTLED_MS, STORES_SETTLED_FACTOR * (performance.now() - began)));
  const [oldest] = await server.stores(name);
  if (oldest === undefined) throw new Error(`OpenFGA created the store ${name} but does not list it`);
  const isLeft = own !== undefined && own !== oldest.id && (await server.models(own)).length === 0;
  if (isLeft) await server.deleteStore(own);
  return { store: oldest, ours: own === oldest.id };
}

/** Waits for another sidecar to write our model. Returns false where none does. */
async function isWritten(server: OpenfgaServer, store: FoundStore, ours: string, look: number): Promise<boolean> {
  for (let looks = MODEL_LOOKS + Math.random() * MODEL_LOOKS; looks > 0; looks--) {
    await sleep(look);
    const [newest] = (await server.models(store.id)).filter(({ json }) => !isWriteModel(json));
    if (newest !== undefined && canonicalModel(newest.json) === ours) return true;
  }
  return false;
}

/**
 * Returns our models in a store, and writes them where the store's newest is another. Unless `replace`, throws
 * ModelTooNewError where the store has or had a newer model, and ModelUnknownError where it holds another program's
 * tuples. A model for Writes is written before the other, so that it is never the newest: callers that name no model
 * get the newest.
 */
async function pinModels(
  server: OpenfgaServer, { store, ours: isMaker }: { store: FoundStore; ours: boolean }, model: AuthorizationModelJson,
  { replace = false, writeModel = false, look = MODEL_LOOK_PAUSE_MS }: StartOptions,
): Promise<PinnedModels> {
  const ours = canonicalModel(model);
  const forWrites = writeModelOf(model);
  const forWritesText = canonicalModel(forWrites);
  for (let writes = 0; writes <= MAX_MODEL_WRITES; writes++) {
    const all = await server.models(store.id);
    const there = all.filter(({ json }) => !isWriteModel(json));
    const pinned = oldestOfNewest(there, ours);
    if (!replace) {
      // Every model counts: where an older and a newer build write at the same moment, the older model may be the
      // newest.
      assertNoneNewer(there, versionOf(model), store.name);
      if (pinned === undefined) await assertFollows(server, store, there, ours);
    }
    const writeModelId = writeModel ? all.find(({ json }) => canonicalModel(json) === forWritesText)?.id : pinned;
    if (pinned !== undefined && writeModelId !== undefined && there[0] === all[0]) {
      return { modelId: pinned, writeModelId };
    }
    if (!isMaker && writes === 0 && await isWritten(server, store, ours, look)) continue;
    if (writeModel && writeModelId === undefined) await server.writeModel(store.id, forWrites);
    await server.writeModel(store.id, model);
  }
  throw new Error(`other programs keep writing models to the store ${store.name}`);
}

function assertNoneNewer(there: readonly FoundModel[], version: number, name: string): void {
  const newer = there.find(({ json }) => versionOf(json) > version);
  if (newer === undefined) return;
  const { id, json } = newer;
  throw new ModelTooNewError(`MODEL_TOO_NEW: the store ${name} has a model (${id}) of version ${versionOf(json)}, `
    + `newer than this build's ${version}: run the newer build, or ${REPLACE_MODEL_REMEDY}`);
}

/** Refuses our model after another build's of the same version, and after another program's with tuples. */
async function assertFollows(
  server: OpenfgaServer, { id, name }: FoundStore, there: readonly FoundModel[], ours: string,
): Promise<void> {
  const [newest] = there;
  if (newest === undefined) return;
  const same = there.find(({ json }) => canonicalModel(json) === ours);
  if (same !== undefined && versionOf(newest.json) === versionOf(same.json)) {
    throw new ModelTooNewError(`MODEL_TOO_NEW: the store ${name} has a model (${newest.id}) that was written after `
      + `this build's: run the newer build, or ${REPLACE_MODEL_REMEDY}`);
  }
  if (newest.json.type_definitions.some(({ type }) => type === LEDGER_TYPE)) return;
  if ((await server.read(id, {}, "", 1)).tuples.length === 0) return;
  throw new ModelUnknownError(`MODEL_UNKNOWN: the store ${name} has another program's model (${newest.id}) and tuples: `
    + `choose another store with SIDELINE_OPENFGA_STORE, or ${REPLACE_MODEL_REMEDY}`);
}

/** Returns the oldest model that is ours with only ours after it: all sidecars that start at once agree on it. */
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
  server: OpenfgaServer, name: string, model: AuthorizationModelJson, options: StartOptions = {},
): Promise<Started> {
  const found = await findStore(server, name);
  return { store: found.store, ...await pinModels(server, found, model, options) };
}
