// Opens Sideline on OpenFGA: finds store and model, reads the replica, then takes events and answers questions.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { checkCounted } from "../checks/evaluate.ts";
import { emailHasher, readEmailKey } from "../events/email.ts";
import { RefusedEvents } from "../history/refused-events.ts";
import { RefusedIntake } from "../history/refused-intake.ts";
import { LogLimit } from "../sidecar/log-limit.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import type { Model } from "../model/rewrite.ts";
import { viewOf } from "../domain/state-view.ts";
import { checkRemotely } from "./remote-check.ts";
import { OpenfgaServer } from "./client.ts";
import { Drift } from "./verify/drift.ts";
import { FeedHistory } from "./follow/feed-history.ts";
import { Follower } from "./follow/follower.ts";
import { OpenfgaChecker } from "./openfga-checker.ts";
import { revisionIn } from "./follow/feed.ts";
import { OpenfgaIntake } from "./write/openfga-intake.ts";
import { readinessOf } from "./openfga-readiness.ts";
import { startOn } from "./openfga-start.ts";
import { isUnavailable } from "./openfga-error.ts";
import { OpenfgaStore } from "./write/openfga-store.ts";
import { PolicyWatch } from "./policy-watch.ts";
import { Continuations } from "./write/continuations.ts";
import { Shadow } from "./verify/shadow.ts";
import {
  DRIFT_INTERVAL_MS, FAILURES_LOGGED_PER_MINUTE, MAX_STALENESS_MS, POLL_INTERVAL_MS, START_PATIENCE_MS, START_PAUSE_MS,
} from "./openfga-limits.ts";
import { base64url } from "../tuples/digest.ts";

/** Options of a Sideline on OpenFGA. */
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
  /** Writes this build's model even if the store's is newer. */
  readonly replaceModel?: boolean | undefined;
  /** Keeps a second model without rules in the store, for Writes alone. */
  readonly writeModel?: boolean | undefined;
  readonly maxTuples?: number | undefined;
  /** How long a pending event of another sidecar is left to it, in milliseconds. */
  readonly patience?: number | undefined;
  /** Fraction (0 to 1) of checks answered from the replica that also go to OpenFGA; default 0. */
  readonly shadow?: number | undefined;
  /** Milliseconds between two comparisons of the whole store with the replica; 0: none; default 10 minutes. */
  readonly driftInterval?: number | undefined;
  /** Longest wait for the answer to a read or a question, in milliseconds; default 4 s. */
  readonly readTimeout?: number | undefined;
  /** How long an event is retried before it is refused as `store_unavailable`, in milliseconds; default 8 s. */
  readonly giveUpAfter?: number | undefined;
  /** How long a question waits for the replica after a pause of this process, in milliseconds; default 5 s. */
  readonly wakeWait?: number | undefined;
  /** Milliseconds between two looks for a newer policy; default 15 s. */
  readonly policyInterval?: number | undefined;
  /** Called while a start reads the store, with the number of tuples read so far. */
  readonly loading?: ((tuples: number) => void) | undefined;
}

/** A sidecar on OpenFGA, with the parts that tests and maintenance use. */
export interface OpenfgaSidecar extends Sidecar {
  readonly follower: Follower;
  readonly drift: Drift;
  readonly store: OpenfgaStore;
  readonly policy: PolicyWatch;
  close(): Promise<void>;
}

/**
 * Finds or makes store and model, reads every tuple, and follows the store from there. Throws OpenfgaError when OpenFGA
 * is unavailable, and ModelTooNewError when the store's model is newer than this build's.
 */
export async function openOpenfgaSidecar(options: OpenfgaOptions): Promise<OpenfgaSidecar> {
  const { model, log, now, patience, giveUpAfter, readTimeout } = options;
  const server = new OpenfgaServer({ url: options.url, token: options.token, readTimeout });
  const { store: found, modelId, writeModelId } = await patiently(log,
    () => startOn(server, options.storeName, model.json,
      { replace: options.replaceModel, writeModel: options.writeModel }));
  const store = new OpenfgaStore(server, found.id, writeModelId);
  const follower = new Follower({
    store: { server, id: found.id }, interval: options.pollInterval ?? POLL_INTERVAL_MS, log, loading: options.loading,
    wakeWait: options.wakeWait,
  });
  await patiently(log, () => follower.start());
  const { tuples } = follower.replica;
  const revisionOf = async (ledger: string): Promise<number> => {
    const page = await server.read(found.id, { object: ledger, relation: "at" }, "");
    return Math.max(0, ...page.tuples.map(({ tuple }) => revisionIn(tuple.user) ?? 0));
  };
  const failures = new LogLimit(FAILURES_LOGGED_PER_MINUTE, () => performance.now());
  const emailHash = options.emailKey === undefined ? undefined : emailHasher(readEmailKey(options.emailKey));
  const view = viewOf(model, tuples, now);
  const writer = base64url(randomBytes(6));
  const intake = new OpenfgaIntake({
    store, follower, view, revisionOf, now, emailHash, maxTuples: options.maxTuples, writer, giveUpAfter,
    failed: (error) => failures.write((leftOut) => log.warn({ err: error, ...leftOut }, "OpenFGA refused to write")),
  });
  const refused = new RefusedEvents();
  const history = new FeedHistory({
    store: { server, id: found.id }, model, refused, now, emailHash, writer, log,
  });
  const { past } = history;
  history.start();
  const watched = new RefusedIntake({ intake, refused, view, last: () => history.last, now, emailHash });
  const unfinished = new Continuations({ replica: follower.replica, finish: (org) => intake.finish(org), patience });
  const maxStaleness = options.maxStaleness ?? MAX_STALENESS_MS;
  const at = { server, storeId: found.id, modelId };
  const shadow = options.shadow === undefined || options.shadow === 0 ? undefined : new Shadow({
    share: options.shadow, follower, log,
    evaluate: (request, meter) => checkCounted(model, tuples, request, meter),
    ask: (request) => checkRemotely(at, request),
  });
  const drift = new Drift({
    store: { server, id: found.id }, follower, log, interval: options.driftInterval ?? DRIFT_INTERVAL_MS,
  });
  drift.start();
  const policy = new PolicyWatch({ store: { server, id: found.id }, model: model.json, log,
    interval: options.policyInterval });
  log.info({ policy: policy.own, store: found.id }, "following the store");
  const checker = new OpenfgaChecker({ ...at, model, follower, shadow, maxStaleness, revisionOf, now, past });
  return {
    intake: watched, checker, tuples, model, now, follower, drift, store, policy, history, past,
    changes: store.changes.bind(store),
    viewOf: (state, at) => viewOf(model, state, at === undefined ? now : () => at),
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
      await history.close();
      await store.close();
    },
  };
}

/** Retries while OpenFGA is unavailable, for at most START_PATIENCE_MS: it may be starting as well. */
async function patiently<T>(log: OpenfgaOptions["log"], call: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + START_PATIENCE_MS; ;) {
    try {
      return await call();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() >= end) throw error;
      log.warn({ err: error }, "waiting for OpenFGA");
      await sleep(START_PAUSE_MS);
    }
  }
}
