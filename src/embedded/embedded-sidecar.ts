// The whole of Sideline on the embedded store: opened, loaded, unfinished events finished, ready to be asked.
import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import { ulid } from "ulid";
import { emailHasher, readEmailKey } from "../events/email.ts";
import { orgOfLedger } from "../events/marker.ts";
import { policyOf, policyPart } from "../events/policy-version.ts";
import { gaugeOf, type Part, type Sidecar, type StoreInfo } from "../events/sidecar.ts";
import type { Model } from "../model/rewrite.ts";
import { viewOf } from "../state/view.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../tuples/embedded-store.ts";
import { createTupleSet, type TupleSet } from "../tuples/tuple-set.ts";
import { EmbeddedChecker } from "./embedded-checker.ts";
import { EmbeddedIntake } from "./embedded-intake.ts";

/** What an embedded Sideline is opened with. */
export interface EmbeddedOptions {
  /** Folder of the store, or ":memory:". */
  readonly folder: string;
  readonly storeName: string;
  readonly model: Model;
  /** Key of the email hashes; without one, the store's own. */
  readonly emailKey: string | undefined;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when the process must end: what it holds in memory and what is on disk may differ. */
  readonly fatal: (why: string) => void;
}

/** A sidecar that can be closed. */
export interface EmbeddedSidecar extends Sidecar {
  close(): Promise<void>;
}

/**
 * Opens the store of a folder, loads its tuples and finishes what was unfinished. Throws StoreError where the folder is
 * held by another process, damaged, or cannot be written.
 */
export function openEmbeddedSidecar(options: EmbeddedOptions): EmbeddedSidecar {
  const { model, log, now } = options;
  const store = openEmbeddedStore(options.folder, now);
  const tuples = createTupleSet(randomBytes(4).readInt32LE());
  const loaded = store.load(tuples);
  const key = options.emailKey === undefined ? store.emailKey() : readEmailKey(options.emailKey);
  const intake = new EmbeddedIntake({
    view: viewOf(model, tuples, now), store, now, emailHash: emailHasher(key), broken: options.fatal,
    failed: (error) => onFailure(store, options, error),
  });
  const finished = intake.finishPending(pendingOrgs(tuples));
  const policy = policyOf(model.json);
  log.info({ tuples: loaded, finished, folder: options.folder, policy }, "store loaded");
  return {
    intake, tuples, now,
    checker: new EmbeddedChecker(model, tuples, store, now),
    changes: store.changes.bind(store),
    info: infoOf(store, options),
    readiness: () => ({ ready: true, parts: [partOf(tuples), policyPart(policy)] }),
    close: () => store.close(),
  };
}

function partOf({ size }: TupleSet): Part {
  const figures = [gaugeOf("tuples", "Tuples of the store.", size)];
  return { name: "store", ready: true, detail: `${size} tuples`, figures };
}

/** A full disk passes; a store that cannot tell what it holds ends the process, and the next start reads it anew. */
function onFailure(store: EmbeddedStore, options: EmbeddedOptions, error: unknown): void {
  options.log.error({ err: error }, "events were not written");
  try {
    store.getMeta("store id");
  } catch (ended) {
    options.fatal(ended instanceof Error ? ended.message : String(ended));
  }
}

/** The orgs (or the platform) with an event that has not had all of its writes. */
function pendingOrgs(tuples: TupleSet): string[] {
  return [...tuples.read({ objectType: "ledger", relation: "pending" })].map(({ object }) => orgOfLedger(object));
}

/** The store's id is made once; the model's whenever the model is not the one of the last start. */
function infoOf(store: EmbeddedStore, options: EmbeddedOptions): StoreInfo {
  const kept = (name: string, make: () => string): string => {
    const there = store.getMeta(name);
    if (there !== undefined) return there;
    const made = make();
    store.setMeta(name, made);
    return made;
  };
  const id = kept("store id", () => ulid(options.now()));
  const createdAt = Number(kept("created at", () => String(options.now())));
  const model = options.model.json;
  const text = JSON.stringify(model);
  if (store.getMeta("model") !== text) {
    store.setMeta("model id", ulid(options.now()));
    store.setMeta("model", text);
  }
  return { id, name: options.storeName, createdAt, modelId: kept("model id", () => ulid(options.now())), model };
}
