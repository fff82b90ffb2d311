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
    gaugeOf("lag_polls", "Number of polls by which the replica is behind; 0 while that is normal.",
      Math.min(lag, MAX_LAG_POLLS)),
    gaugeOf("clock_skew_seconds", "Seconds by which clocks of OpenFGA's servers lately differed, or one went back.",
      skew / 1000),
  ];
  const detail = trouble !== undefined ? "cannot be followed now: the log has the reason"
    : lag > 0 ? `lags by more than ${LAGGING_POLLS} polls` : "answers";
  return { name: "openfga", ready: trouble === undefined && lag === 0, detail, figures };
}

function ledgersPart({ replica: { damaged } }: Follower): Part {
  const figures = [
    gaugeOf("damaged", "Number of ledgers that another program changed: events of these orgs are refused.",
      damaged.size),
  ];
  const detail = damaged.size === 0 ? "no ledger is damaged"
    : `another program changed ${damaged.size}: the log names them`;
  return { name: "ledgers", ready: damaged.size === 0, detail, figures };
}

function replicaPart(follower: Follower, maxStaleness: number): Part {
  const { age, replica, counts, foreign } = follower;
  const { size } = replica.tuples;
  // Questions that wait after a pause of this process are answered in a moment.
  const isBehind = follower.waking === undefined && follower.isBehind;
  const figures = [
    gaugeOf("tuples", "Number of tuples in the replica.", size),
    gaugeOf("staleness_seconds", "Seconds since the replica was last known to be complete; -1 if unknown.",
      age === Infinity ? -1 : age / 1000),
    counterOf("changes_total", "Number of changes: Writes to the store, and corrections.", replica.version),
    counterOf("polls_total", "Number of polls that left the replica complete.", counts.polls),
    counterOf("scans_total", "Number of times that the whole store was read, including the first.", counts.scans),
    counterOf("foreign_writes_total", "Number of Writes to the store by other programs than Sideline.", foreign.count),
  ];
  const detail = isBehind ? "from before a pause of this process"
    : age === Infinity ? "not known to be complete"
    : `${size} tuples, complete ${Math.round(age / 100) / 10} s ago`;
  return { name: "replica", ready: age <= maxStaleness && !isBehind, detail, figures };
}

/** Reports shadow verification. Not ready once answers have differed: an operator must look. */
function shadowPart({ counts, share }: Shadow): Part {
  const { asked, agreed, disagreed, unsettled, failed, dropped } = counts;
  const figures = [
    gaugeOf("share", "Fraction (0 to 1) of checks also sent to OpenFGA.", share),
    counterOf("asked_total", "Number of checks also sent to OpenFGA.", asked),
    counterOf("agreed_total", "Number of those that OpenFGA and the replica answered alike.", agreed),
    counterOf("disagreed_total", "Number of those that they answered differently at one revision.", disagreed),
    counterOf("unsettled_total", "Number of those not compared: the revision changed at each attempt.", unsettled),
    counterOf("failed_total", "Number of those that OpenFGA did not answer.", failed),
    counterOf("dropped_total", "Number of checks not sent, since too many waited.", dropped),
  ];
  const detail = `${disagreed} of ${asked} checks answered differently by OpenFGA`;
  return { name: "shadow", ready: disagreed === 0, detail, figures };
}

/** Reports the drift pass. Not ready while the last comparison found differences. */
function driftPart({ counts, last }: Drift): Part {
  const found = { extra: last?.extra.length ?? 0, missing: last?.missing.length ?? 0 };
  const figures = [
    counterOf("passes_total", "Number of comparisons of the whole store with the replica.", counts.passes),
    counterOf("failed_total", "Number of comparisons that failed.", counts.failed),
    counterOf("extra_total", "Number of tuples found that only the store had.", counts.extra),
    counterOf("missing_total", "Number of tuples found that only the replica had.", counts.missing),
    gaugeOf("last_extra", "Number found by the last comparison that only the store had.", found.extra),
    gaugeOf("last_missing", "Number found by the last comparison that only the replica had.", found.missing),
    gaugeOf("last_pass_timestamp_seconds", "End of the last comparison, in seconds since 1970; 0 before the first.",
      (last?.at ?? 0) / 1000),
  ];
  const detail = last === undefined ? "not compared yet"
    : `${last.tuples} tuples compared: ${found.extra} extra, ${found.missing} missing`;
  return { name: "drift", ready: found.extra + found.missing === 0, detail, figures };
}
