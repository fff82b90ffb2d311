// How a sidecar on OpenFGA fares: whether its replica is fresh enough to answer, and its figures.
import { counterOf, gaugeOf, type Part, type Readiness } from "../events/sidecar.ts";
import type { Drift } from "./drift.ts";
import type { Follower } from "./follower.ts";
import type { Shadow } from "./shadow.ts";

/** The readiness of a sidecar whose answers may be `maxStaleness` milliseconds old while OpenFGA cannot be asked. */
export function readinessOf(
  follower: Follower, maxStaleness: number, drift: Drift, shadow: Shadow | undefined,
): Readiness {
  const replica = replicaPart(follower, maxStaleness);
  // The trouble itself may name what nobody without a key is to see.
  const ready = follower.trouble === undefined;
  const openfga = { name: "openfga", ready, detail: ready ? "answers" : "cannot be followed now: the log says why" };
  const asked = shadow === undefined ? [] : [shadowPart(shadow)];
  return { ready: replica.ready, parts: [replica, openfga, driftPart(drift), ...asked] };
}

function replicaPart({ settledAt, replica, counts }: Follower, maxStaleness: number): Part {
  const stale = Date.now() - settledAt;
  const { size } = replica.tuples;
  const figures = [
    gaugeOf("tuples", "Tuples of the replica.", size),
    gaugeOf("staleness_seconds", "Seconds since the replica was last known to be complete; -1: never yet.",
      settledAt === 0 ? -1 : stale / 1000),
    counterOf("changes_total", "Changes of the replica: Writes of the store, and corrections.", replica.version),
    counterOf("polls_total", "Polls of the change feed that left the replica complete.", counts.polls),
    counterOf("scans_total", "Readings of the whole store, the first one included.", counts.scans),
    counterOf("foreign_writes_total", "Writes to the store by somebody else than Sideline.", counts.foreign),
  ];
  const detail = settledAt === 0 ? "the store has not been read yet"
    : `${size} tuples, complete ${Math.round(stale / 100) / 10} s ago`;
  return { name: "replica", ready: settledAt > 0 && stale <= maxStaleness, detail, figures };
}

/** Not ready once answers have differed: somebody must look. */
function shadowPart({ counts, share }: Shadow): Part {
  const { asked, agreed, disagreed, unsettled, failed, dropped } = counts;
  const figures = [
    gaugeOf("share", "Share of the checks that OpenFGA is asked, too.", share),
    counterOf("asked_total", "Checks that OpenFGA was asked, too.", asked),
    counterOf("agreed_total", "Those that OpenFGA answered as the replica did.", agreed),
    counterOf("disagreed_total", "Those that OpenFGA answered differently at one revision.", disagreed),
    counterOf("unsettled_total", "Those of which nothing can be said: the revision moved on every time.", unsettled),
    counterOf("failed_total", "Those that OpenFGA did not answer.", failed),
    counterOf("dropped_total", "Those that were not asked, since too many waited.", dropped),
  ];
  const detail = `${disagreed} of ${asked} checks answered differently by OpenFGA`;
  return { name: "shadow", ready: disagreed === 0, detail, figures };
}

/** Not ready while the last comparison found differences. */
function driftPart({ counts, last }: Drift): Part {
  const found = { extra: last?.extra.length ?? 0, missing: last?.missing.length ?? 0 };
  const figures = [
    counterOf("passes_total", "Comparisons of the whole store with the replica.", counts.passes),
    counterOf("failed_total", "Comparisons that could not be made.", counts.failed),
    counterOf("extra_total", "Tuples found that only the store had.", counts.extra),
    counterOf("missing_total", "Tuples found that only the replica had.", counts.missing),
    gaugeOf("last_extra", "Those of the last comparison that only the store had.", found.extra),
    gaugeOf("last_missing", "Those of the last comparison that only the replica had.", found.missing),
    gaugeOf("last_pass_timestamp_seconds", "End of the last comparison, in seconds since 1970; 0: none yet.",
      (last?.at ?? 0) / 1000),
  ];
  const detail = last === undefined ? "not compared yet"
    : `${last.tuples} tuples compared: ${found.extra} extra, ${found.missing} missing`;
  return { name: "drift", ready: found.extra + found.missing === 0, detail, figures };
}
