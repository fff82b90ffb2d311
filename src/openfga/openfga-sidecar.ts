// The whole of Sideline on OpenFGA: store and model found, replica read, ready to take events and be asked.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { checkCounted } from "../checks/evaluate.ts";
import { emailHasher, readEmailKey } from "../events/email.ts";
import { LogLimit } from "../events/log-limit.ts";
import type { Sidecar } from "../events/sidecar.ts";
import type { Model } from "../model/rewrite.ts";
import { viewOf } from "../state/view.ts";
import { askOpenfga } from "./ask.ts";
import { OpenfgaServer } from "./client.ts";
import { Drift } from "./drift.ts";
import { Follower } from "./follower.ts";
import { OpenfgaChecker } from "./openfga-checker.ts";
import { revisionIn } from "./feed.ts";
import { OpenfgaIntake } from "./openfga-intake.ts";
import { readinessOf } from "./openfga-readiness.ts";
import { startOn } from "./openfga-start.ts";
import { isUnavailable } from "./openfga-error.ts";
import { OpenfgaStore } from "./openfga-store.ts";
import { PolicyWatch } from "./policy-watch.ts";
import { Unfinished } from "./unfinished.ts";
import { Shadow } from "./shadow.ts";

/** Milliseconds between two polls of the change feed. */
const POLL_INTERVAL = 1_000;
/** Longest time questions are answered while OpenFGA cannot be asked, in milliseconds. */
const MAX_STALENESS = 30_000;

/** Milliseconds between two comparisons of the whole store with the replica. */
const DRIFT_INTERVAL = 600_000;

/** How long a start waits for OpenFGA, and between two tries, in milliseconds. */
const START_PATIENCE = 60_000;
const START_PAUSE = 500;
/** Maximum number of failed tries to store events that are logged in a minute. */
const FAILURES_LOGGED = 10;

/** What a Sideline on OpenFGA is opened with. */
export interface OpenfgaOptions {
  readonly url: string;
  readonly token?: string | undefined;
  readonly storeName: string;
  readonly model: Model;
  /** Key of the email hashes, the same for all sidecars; without one, events with an email are refused. */
  readonly emailKey?: string | undefined;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pollInterval?: number | undefined;
  readonly maxStaleness?: number | undefined;
  /** Write this build's model although the store's is newer. */
  readonly replaceModel?: boolean | undefined;
  /** Keep a second model without rules in the store, for Writes alone. */
  readonly writeModel?: boolean | undefined;
  readonly maxTuples?: number | undefined;
  /** Milliseconds an unfinished event of another sidecar is left to it. */
  readonly patience?: number | undefined;
  /** Share (0..1) of the checks answered from the replica that OpenFGA is asked, too; default 0. */
  readonly shadow?: number | undefined;
  /** Milliseconds between two comparisons of the whole store with the replica; 0: none; default 10 minutes. */
  readonly driftInterval?: number | undefined;
  /** Longest wait for the answer to a read or a question, in milliseconds; default 4 s. */
  readonly readTimeout?: number | undefined;
  /** How long an event is retried before it is refused as `store_unavailable`, in milliseconds; default 8 s. */
  readonly giveUpAfter?: number | undefined;
  /** How long a question waits for the replica after this process stood still, in milliseconds; default 5 s. */
  readonly wakeWait?: number | undefined;
  /** Milliseconds between two looks for a newer policy; default 15 s. */
  readonly policyInterval?: number | undefined;
  /** Called while a start reads the store, with the number of tuples so far. */
  readonly loading?: ((tuples: number) => void) | undefined;
}

/** A sidecar on OpenFGA, with what tests and maintenance look at. */
export interface OpenfgaSidecar extends Sidecar {
  readonly follower: Follower;
  readonly drift: Drift;
  readonly store: OpenfgaStore;
  readonly policy: PolicyWatch;
  close(): Promise<void>;
}

/**
 * Finds or makes store and model, reads every tuple, and follows the store from there. Throws OpenfgaError when OpenFGA
 * cannot be asked, ModelTooNewError when the store's model is newer than this build's.
 */
export async function openOpenfgaSidecar(options: OpenfgaOptions): Promise<OpenfgaSidecar> {
  const { model, log, now, patience, giveUpAfter, readTimeout } = options;
  const server = new OpenfgaServer({ url: options.url, token: options.token, readTimeout });
  const { store: found, modelId, writeModelId } = await patiently(log,
    () => startOn(server, options.storeName, model.json,
      { replace: options.replaceModel, writeModel: options.writeModel }));
  const store = new OpenfgaStore(server, found.id, writeModelId);
  const follower = new Follower({
    store: { server, id: found.id }, interval: options.pollInterval ?? POLL_INTERVAL, log, loading: options.loading,
    wakeWait: options.wakeWait,
  });
  await patiently(log, () => follower.start());
  const { tuples } = follower.replica;
  const revisionOf = async (ledger: string): Promise<number> => {
    const page = await server.read(found.id, { object: ledger, relation: "at" }, "");
    return Math.max(0, ...page.tuples.map(({ tuple }) => revisionIn(tuple.user) ?? 0));
  };
  const failures = new LogLimit(FAILURES_LOGGED, () => performance.now());
  const emailHash = options.emailKey === undefined ? undefined : emailHasher(readEmailKey(options.emailKey));
  const intake = new OpenfgaIntake({
    store, follower, view: viewOf(model, tuples, now), revisionOf, now, emailHash, maxTuples: options.maxTuples,
    writer: randomBytes(6).toString("base64url"), giveUpAfter,
    failed: (error) => failures.write((leftOut) => log.warn({ err: error, ...leftOut }, "OpenFGA did not take events")),
  });
  const unfinished = new Unfinished({ replica: follower.replica, finish: (org) => intake.finish(org), patience });
  const maxStaleness = options.maxStaleness ?? MAX_STALENESS;
  const at = { server, storeId: found.id, modelId };
  const shadow = options.shadow === undefined || options.shadow === 0 ? undefined : new Shadow({
    share: options.shadow, follower, log,
    evaluate: (request, meter) => checkCounted(model, tuples, request, meter),
    ask: (request) => askOpenfga(at, request),
  });
  const drift = new Drift({
    store: { server, id: found.id }, follower, log, interval: options.driftInterval ?? DRIFT_INTERVAL,
  });
  drift.start();
  const policy = new PolicyWatch({ store: { server, id: found.id }, model: model.json, log,
    interval: options.policyInterval });
  log.info({ policy: policy.own, store: found.id }, "the store is followed");
  const checker = new OpenfgaChecker({ ...at, model, follower, shadow, maxStaleness, revisionOf, now });
  return {
    intake, checker, tuples, now, follower, drift, store, policy, changes: store.changes.bind(store),
    viewOf: (state) => viewOf(model, state, now),
    lock: follower.replica.lock,
    info: { ...found, modelId, model: model.json },
    readiness: () => readinessOf({ follower, maxStaleness, drift, shadow, policy: policy.part }),
    staleFor: () => checker.staleFor(),
    close: async () => {
      unfinished.close();
      policy.close();
      intake.close();
      shadow?.close();
      drift.close();
      follower.close();
      await store.close();
    },
  };
}

/** Tries again while OpenFGA cannot be asked, START_PATIENCE at most: it may be starting, too. */
async function patiently<T>(log: OpenfgaOptions["log"], call: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + START_PATIENCE; ;) {
    try {
      return await call();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() >= end) throw error;
      log.warn({ err: error }, "waiting for OpenFGA");
      await sleep(START_PAUSE);
    }
  }
}
