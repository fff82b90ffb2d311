// Start on OpenFGA: one store of a name and one model in it, however many sidecars start at once.
import { setTimeout as sleep } from "node:timers/promises";
import { canonicalModel, REPLACE_MODEL_REMEDY, versionOf } from "../policy/version.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import type { FoundModel, FoundStore, OpenfgaServer } from "./client.ts";
import { isWriteModel, writeModelOf } from "./write/write-model.ts";

/** The models a store is used with: the one every question is pinned to, and the one Writes name. */
interface PinnedModels {
  readonly modelId: string;
  /** The same, unless the start asked for a model for Writes. */
  readonly writeModelId: string;
}

/** A store and its models. */
export interface Started extends PinnedModels {
  readonly store: FoundStore;
}

/** How a build starts on a store. */
export interface StartOptions {
  /** Writes this build's model although the store's is newer, or another program's. */
  readonly replace?: boolean | undefined;
  /** Keeps a second model without rules, for Writes alone: OpenFGA works it out in a part of the time. */
  readonly writeModel?: boolean | undefined;
  /** Milliseconds between two looks whether another sidecar has written the model; default LOOK. */
  readonly look?: number | undefined;
}

/** The store has a model of a newer build than this one. */
export class ModelTooNewError extends Error {
  readonly code = "MODEL_TOO_NEW";
}

/** The store holds tuples of another program. */
export class ModelUnknownError extends Error {
  readonly code = "MODEL_UNKNOWN";
}

/** Where older and newer builds start at once, the newer ones write so often until theirs is the newest. */
const MAX_WRITES = 5;

/**
 * Stores made at once are all listed after so many milliseconds, or so many times as long as it took to make one:
 * OpenFGA knows no unique names, and an id is from before its store is committed.
 */
const SETTLED = 300;
const SETTLED_FACTOR = 4;
/** Between two looks whether another sidecar has written the model, in milliseconds. */
const LOOK = 100;
/** Whoever did not make the store looks so often, and a random number of times more, before writing the model. */
const LOOKS = 5;

/**
 * Finds the oldest store of a name, making it where there is none; `ours` where it was made now. Of several made at
 * once all take the oldest, and each deletes its own where that is another, and nobody has begun to use it.
 */
async function findStore(server: OpenfgaServer, name: string): Promise<{ store: FoundStore; ours: boolean }> {
  const began = performance.now();
  const [there] = await server.stores(name);
  const own = there === undefined ? await server.createStore(name) : undefined;
  if (there !== undefined && (await server.models(there.id)).length > 0) return { store: there, ours: false };
  // One without a model may be a moment old.
  await sleep(Math.max(SETTLED, SETTLED_FACTOR * (performance.now() - began)));
  const [oldest] = await server.stores(name);
  if (oldest === undefined) throw new Error(`OpenFGA made the store ${name} and does not list it`);
  const isLeft = own !== undefined && own !== oldest.id && (await server.models(own)).length === 0;
  if (isLeft) await server.deleteStore(own);
  return { store: oldest, ours: own === oldest.id };
}

/** Waits for another sidecar to write our model; it is written here where none does. */
async function isWritten(server: OpenfgaServer, store: FoundStore, ours: string, look: number): Promise<boolean> {
  for (let looks = LOOKS + Math.random() * LOOKS; looks > 0; looks--) {
    await sleep(look);
    const [newest] = (await server.models(store.id)).filter(({ json }) => !isWriteModel(json));
    if (newest !== undefined && canonicalModel(newest.json) === ours) return true;
  }
  return false;
}

/**
 * Our models in a store, written where the store's newest is another. Throws ModelTooNewError where the store has or
 * had a newer one, ModelUnknownError where it holds another program's tuples; unless `replace`. A model for Writes is
 * written before the other and never the newest: that is the one of who names none.
 */
async function pinModels(
  server: OpenfgaServer, { store, ours: isMaker }: { store: FoundStore; ours: boolean }, model: AuthorizationModelJson,
  { replace = false, writeModel = false, look = LOOK }: StartOptions,
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
  throw new Error(`other models are written to the store ${store.name} all the time`);
}

function assertNoneNewer(there: readonly FoundModel[], version: number, name: string): void {
  const newer = there.find(({ json }) => versionOf(json) > version);
  if (newer === undefined) return;
  const { id, json } = newer;
  throw new ModelTooNewError(`MODEL_TOO_NEW: the store ${name} has a model (${id}) of version ${versionOf(json)}, `
    + `newer than this build's ${version}: run the newer build, or ${REPLACE_MODEL_REMEDY}`);
}

/** A model of ours is followed by another build's, but not back by the same; another program's only without tuples. */
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
  if (newest.json.type_definitions.some(({ type }) => type === "ledger")) return;
  if ((await server.read(id, {}, "", 1)).tuples.length === 0) return;
  throw new ModelUnknownError(`MODEL_UNKNOWN: the store ${name} has another program's model (${newest.id}) and tuples: `
    + `choose another store by SIDELINE_OPENFGA_STORE, or ${REPLACE_MODEL_REMEDY}`);
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
  server: OpenfgaServer, name: string, model: AuthorizationModelJson, options: StartOptions = {},
): Promise<Started> {
  const found = await findStore(server, name);
  return { store: found.store, ...await pinModels(server, found, model, options) };
}
