// Sideline on the embedded store: opens and loads the store, finishes unfinished events, then answers questions.
import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Logger } from "pino";
import { emailHasher, readEmailKey } from "../events/email.ts";
import { orgOfLedger } from "../ledger/event-record.ts";
import { modelIdOf, type PolicyVersion } from "../policy/version.ts";
import { policyPart } from "../sidecar/policy-part.ts";
import { gaugeOf, type Part, type Sidecar, type StoreInfo } from "../sidecar/sidecar.ts";
import { StateLock } from "../sidecar/state-lock.ts";
import type { Model } from "../model/rewrite.ts";
import { viewOf } from "../domain/state-view.ts";
import { openEmbeddedStore, type EmbeddedStore } from "./embedded-store.ts";
import type { LostEvents } from "./lost-events.ts";
import { createTupleSet } from "../memory/indexed-tuple-set.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";
import type { Tuple } from "../tuples/tuple.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { EmbeddedChecker } from "./embedded-checker.ts";
import { eventKeysOf, openHistory } from "./embedded-history.ts";
import { EmbeddedIntake } from "./embedded-intake.ts";
import { openPast } from "./embedded-past.ts";
import { claimPolicy } from "./embedded-policy.ts";
import { StoreOrigins } from "./store-origins.ts";
import { StoreBackups } from "./store-backup.ts";
import { StoreWatch } from "./store-watch.ts";
import { LEDGER_TYPE } from "../domain/object-names.ts";

/** Options for opening an embedded Sideline. */
export interface EmbeddedOptions {
  /** Folder of the store, or ":memory:". */
  readonly folder: string;
  readonly storeName: string;
  /** Id of the store if it is new, a ULID; default: DEFAULT_STORE_ID. */
  readonly storeId?: string | undefined;
  readonly model: Model;
  /** Key of the email hashes; without one, the store's own key is used. */
  readonly emailKey: string | undefined;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when the process must end because memory and disk may differ. */
  readonly fatal: (why: string) => void;
  /** Uses this build's model even if the store's is newer. */
  readonly replaceModel?: boolean | undefined;
  /** The number of missing acknowledged events with which the store may still be opened. */
  readonly acceptLostEvents?: LostEvents | undefined;
  /** Tuples to write into a new store before it is loaded, each with its own key. */
  readonly initialTuples?: readonly Tuple[];
  /** Called while the store is loaded, with the number of tuples so far and the total. */
  readonly loading?: (loaded: number, all: number) => void;
}

/** A sidecar that can be closed. */
export interface EmbeddedSidecar extends Sidecar {
  close(): Promise<void>;
}

/**
 * Opens the store of a folder, loads its tuples in turns of some milliseconds, and finishes unfinished events. Throws
 * StoreError where the folder is held by another process, is damaged, lacks acknowledged events, has a newer policy, or
 * cannot be written.
 */
export async function openEmbeddedSidecar(options: EmbeddedOptions): Promise<EmbeddedSidecar> {
  const { folder, log, now, fatal } = options;
  const store = openEmbeddedStore(folder, now, options.acceptLostEvents);
  reportLoss(store, options);
  const policy = await claimOrClose(store, options);
  await writeInitial(store, options.initialTuples ?? []);
  const tuples = createTupleSet(randomBytes(4).readInt32LE());
  for (const loaded of store.loading(tuples)) {
    options.loading?.(loaded, store.size);
    await setImmediate();
  }
  const watch = new StoreWatch({ store, folder, log, fatal });
  const sidecar = await assemble(store, tuples, watch, policy, options);
  watch.start();
  return sidecar;
}

async function writeInitial(store: EmbeddedStore, tuples: readonly Tuple[]): Promise<void> {
  for (let i = 0; i < tuples.length; i += MAX_TUPLES_PER_DELTA) {
    const applied = await store.apply([{ writes: tuples.slice(i, i + MAX_TUPLES_PER_DELTA), deletes: [] }]);
    if (!applied.ok) throw new Error(`the tuple ${applied.conflict} is given twice`);
  }
}

async function assemble(
  store: EmbeddedStore, tuples: TupleSet, watch: StoreWatch, policy: PolicyVersion, options: EmbeddedOptions,
): Promise<EmbeddedSidecar> {
  const { folder, model, log, now } = options;
  const key = options.emailKey === undefined ? store.emailKey() : readEmailKey(options.emailKey);
  const lock = new StateLock();
  const [view, emailHash] = [viewOf(model, tuples, now), emailHasher(key)];
  const intake = new EmbeddedIntake({
    view, store: watch, now, emailHash, broken: options.fatal, failed: (error) => watch.failed(error),
  }, lock);
  const finished = await intake.finishContinuations(orgsToContinue(tuples));
  log.info({ tuples: tuples.size, finished, folder, policy }, "store loaded");
  const backups = new StoreBackups(store, folder, (error) => log.error({ err: error }, "the backup failed"));
  const past = openPast({ store, folder, model, tuples, now, log, events: eventKeysOf(store, tuples) });
  const origins = new StoreOrigins(store, past.states, past.rowEvents);
  const { history, watched, close } = await openHistory({ store, index: past.index, view, now, emailHash, log });
  return {
    intake: watched(intake), tuples, now, lock, model,
    viewOf: (state, at) => viewOf(model, state, at === undefined ? now : () => at),
    checker: new EmbeddedChecker(model, tuples, store, now, lock, past.states),
    changes: watch.changes,
    cursorAt: store.cursorAt.bind(store),
    rowTimes: store.rowTimes,
    origins,
    past: past.states,
    history,
    info: infoOf(store, options),
    readiness: () => ({ ready: true, parts: [partOf(tuples), ...watch.parts(), policyPart(policy)] }),
    ...(folder === ":memory:" ? {} : { backup: () => backups.make() }),
    close: async () => {
      watch.stop();
      close();
      await past.stop();
      await store.close();
    },
  };
}

function partOf({ size }: TupleSet): Part {
  const figures = [gaugeOf("tuples", "Number of tuples in the store.", size)];
  return { name: "store", ready: true, detail: `${size} tuples`, figures };
}

/** Claims a store for this build's policy; closes it if a newer build's policy has to stay. */
async function claimOrClose(store: EmbeddedStore, options: EmbeddedOptions): Promise<PolicyVersion> {
  const { folder, model, log, replaceModel: replace = false } = options;
  try {
    return claimPolicy(store, { folder, model: model.json, replace, log });
  } catch (error) {
    await store.close();
    throw error;
  }
}

function reportLoss({ lost }: EmbeddedStore, { folder, log, acceptLostEvents: accepted }: EmbeddedOptions): void {
  if (lost !== undefined) {
    log.error({ lost, folder }, "acknowledged events are missing, which SIDELINE_ACCEPT_LOST_EVENTS allows: "
      + "revocations may be among them; send the missing events again, then unset it");
  } else if (accepted !== undefined) {
    log.warn({ folder }, "SIDELINE_ACCEPT_LOST_EVENTS is set, but no acknowledged event is missing: unset it");
  }
}

/** Returns the orgs (or the platform) with an event that has not had all of its writes. */
function orgsToContinue(tuples: TupleSet): string[] {
  return [...tuples.read({ objectType: LEDGER_TYPE, relation: "pending" })].map(({ object }) => orgOfLedger(object));
}

/** Id of a new embedded store unless the settings name another: SDKs can then be configured before it exists. */
const DEFAULT_STORE_ID = "01S1DE11NE0000000000000000";

/** Returns the store's info. A store keeps the id it was created with; the model's id is derived from the model. */
function infoOf(store: EmbeddedStore, options: EmbeddedOptions): StoreInfo {
  const kept = (name: string, make: () => string): string => {
    const there = store.getMeta(name);
    if (there !== undefined) return there;
    const made = make();
    store.setMeta(name, made);
    return made;
  };
  const named = options.storeId ?? DEFAULT_STORE_ID;
  const id = kept("store id", () => named);
  if (options.storeId !== undefined && id !== named) {
    options.log.warn({ id, named }, "SIDELINE_STORE_ID is ignored: the store keeps the id it was created with");
  }
  const createdAt = Number(kept("created at", () => String(options.now())));
  const model = options.model.json;
  return { id, name: options.storeName, createdAt, modelId: modelIdOf(model), model };
}
