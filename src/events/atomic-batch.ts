// Decides a batch of events as a whole: all of them apply, in order, or none does.
import { hasContinuation, unfinishedOf } from "../ledger/continuation.ts";
import { PLATFORM } from "../ledger/envelope.ts";
import { eventObject, recordText } from "../ledger/event-record.ts";
import type { View } from "../domain/state-view.ts";
import { decideEvent, orgOfEvent, type Step, type Surroundings } from "./decide-event.ts";
import type { DomainEvent } from "./domain-event.ts";
import type { AtomicRefusal } from "./event.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";

/** A batch that cannot be decided until an earlier event of an org has had all of its writes. */
export interface Behind {
  readonly behind: string;
}

/**
 * Decides events in order, each on the state after the ones before it. Returns one step for each; or the refusal of the
 * first event that is refused; or the org whose unfinished event must be finished first. `apply` makes the changes of a
 * step, or returns why there is no room for them. The caller undoes what was applied if the batch is not written.
 *
 * The batch has the org of its first event about something known. A duplicate may be of any org. An event about
 * something unknown that changes nothing has its record in the order of the batch, which is written as one.
 */
export function decideTogether(
  events: readonly DomainEvent[], view: View, around: Surroundings,
  apply: (step: Step, event: DomainEvent) => Refusal | undefined,
): readonly Step[] | AtomicRefusal | Behind {
  const steps: Step[] = [];
  const batchOrg = orgOfBatch(events, view);
  for (const [index, event] of events.entries()) {
    const org = orgOfEvent(event, view) ?? batchOrg;
    if (unfinishedOf(view.tuples, org) !== undefined) return { behind: org };
    const decided = decideEvent(event, view, { ...around, unknownIn: batchOrg });
    if (isRefusal(decided)) return { index, refusal: decided };
    if (decided.status === "duplicate" && hasContinuation(view.tuples, decided.org, event.envelope)) {
      return { behind: decided.org };
    }
    const fault = faultOf(decided, batchOrg) ?? apply(decided, event);
    if (fault !== undefined) return { index, refusal: fault };
    steps.push(decided);
  }
  return steps;
}

/**
 * Returns the org of an atomic batch: that of its first event about something known which has no record yet. Where all
 * have one, that of the first; PLATFORM where nothing is known.
 */
export function orgOfBatch(events: readonly DomainEvent[], view: View): string {
  let first: string | undefined;
  for (const event of events) {
    const org = orgOfEvent(event, view);
    if (org === undefined) continue;
    if (recordText(view.tuples, eventObject(event.envelope), org) === undefined) return org;
    first ??= org;
  }
  return first ?? PLATFORM;
}

/** Returns why a batch of an org cannot hold a step; undefined where it can. */
function faultOf({ status, org, more, event }: Step, batchOrg: string): Refusal | undefined {
  if (status === "duplicate") return undefined;
  if (org !== batchOrg) return refuse("wrong_org", "all events of an atomic batch are of one org, that of the first");
  return more
    ? refuse("batch_too_large", `${nameOf(event)} changes more than one write of the store holds: send it by itself`)
    : undefined;
}

function nameOf(event: Step["event"]): string {
  return event.definition?.type ?? "the event";
}
