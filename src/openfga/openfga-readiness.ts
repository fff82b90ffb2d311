// How a sidecar on OpenFGA fares: whether its replica is fresh enough to answer, and its figures.
import { counterOf, gaugeOf, type Part, type Readiness } from "../events/sidecar.ts";
import type { Follower } from "./follower.ts";
import type { Shadow } from "./shadow.ts";

/** The readiness of a sidecar whose answers may be `maxStaleness` milliseconds old while OpenFGA cannot be asked. */
export function readinessOf(follower: Follower, maxStaleness: number, shadow: Shadow | undefined): Readiness {
  const replica = replicaPart(follower, maxStaleness);
  const { trouble } = follower;
  const openfga = { name: "openfga", ready: trouble === undefined, detail: trouble ?? "answers" };
  return { ready: replica.ready, parts: [replica, openfga, ...(shadow === undefined ? [] : [shadowPart(shadow)])] };
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
