// Readiness and figures of a sidecar on OpenFGA: whether its replica is fresh enough to answer.
import { counterOf, gaugeOf, type Part, type Readiness } from "../sidecar/sidecar.ts";
import type { Drift } from "./verify/drift.ts";
import type { Follower } from "./follow/follower.ts";
import type { Shadow } from "./verify/shadow.ts";
import { LAGGING_POLLS, MAX_LAG_POLLS } from "./openfga-limits.ts";

/** Dependencies of the readiness. */
export interface ReadinessParts {
  readonly follower: Follower;
  /** Longest time answers continue from a replica that cannot be kept fresh, in milliseconds. */
  readonly maxStaleness: number;
  readonly drift: Drift;
  readonly shadow: Shadow | undefined;
  readonly policy: Part;
}

/** Returns the readiness of a sidecar. It is not ready while answers are too old, or a ledger holds no order. */
export function readinessOf({ follower, maxStaleness, drift, shadow, policy }: ReadinessParts): Readiness {
  const replica = replicaPart(follower, maxStaleness);
  const ledgers = ledgersPart(follower);
  const asked = shadow === undefined ? [] : [shadowPart(shadow)];
  return {
    ready: replica.ready && ledgers.ready,
    parts: [replica, openfgaPart(follower), ledgers, policy, driftPart(drift), ...asked],
  };
}

/** Reports whether OpenFGA is followed without delay. Leaves out the trouble: callers without a key must not see it. */
function openfgaPart(follower: Follower): Part {
  const { trouble, lag, skew } = follower;
  const figures = [
    gaugeOf("lag_polls", "Polls by which the replica is behind; 0 while it is no more than usual.",
      Math.min(lag, MAX_LAG_POLLS)),
    gaugeOf("clock_skew_seconds", "Seconds by which clocks of OpenFGA's servers differ, or one went back, lately.",
      skew / 1000),
  ];
  const detail = trouble !== undefined ? "cannot be followed now: the log says why"
    : lag > 0 ? `lags by more than ${LAGGING_POLLS} polls` : "answers";
  return { name: "openfga", ready: trouble === undefined && lag === 0, detail, figures };
}

function ledgersPart({ replica: { damaged } }: Follower): Part {
  const figures = [
    gaugeOf("damaged", "Ledgers that somebody wrote to, so that they hold no order: events of these orgs are refused.",
      damaged.size),
  ];
  const detail = damaged.size === 0 ? "every order of events is whole"
    : `${damaged.size} were written to by somebody else: the log names them`;
  return { name: "ledgers", ready: damaged.size === 0, detail, figures };
}

function replicaPart(follower: Follower, maxStaleness: number): Part {
  const { age, replica, counts, foreign } = follower;
  const { size } = replica.tuples;
  // Questions that wait after a pause of this process are answered in a moment.
  const isBehind = follower.waking === undefined && follower.isBehind;
  const figures = [
    gaugeOf("tuples", "Tuples of the replica.", size),
    gaugeOf("staleness_seconds", "Seconds since the replica was last known to be complete; -1: unknown.",
      age === Infinity ? -1 : age / 1000),
    counterOf("changes_total", "Changes of the replica: Writes of the store, and corrections.", replica.version),
    counterOf("polls_total", "Polls of the change feed that left the replica complete.", counts.polls),
    counterOf("scans_total", "Readings of the whole store, the first one included.", counts.scans),
    counterOf("foreign_writes_total", "Writes to the store by somebody else than Sideline.", foreign.count),
  ];
  const detail = isBehind ? "from before this process stood still"
    : age === Infinity ? "not known to be complete"
    : `${size} tuples, complete ${Math.round(age / 100) / 10} s ago`;
  return { name: "replica", ready: age <= maxStaleness && !isBehind, detail, figures };
}

/** Reports shadow verification. Not ready once answers have differed: an operator must look. */
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

/** Reports the drift pass. Not ready while the last comparison found differences. */
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
