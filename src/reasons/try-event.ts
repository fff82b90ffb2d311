// Decides an event on trial: its changes without its record, for an explanation that undoes them.
import { TooManySteps, type Meter } from "../checks/steps.ts";
import { withinMeter, type View } from "../domain/state-view.ts";
import type { DomainEvent } from "../events/domain-event.ts";
import { isRefusal, unknownType, type Refusal } from "../events/refusal.ts";
import { unfinishedOf } from "../ledger/continuation.ts";
import { PLATFORM } from "../ledger/envelope.ts";
import { revisionOf } from "../ledger/event-record.ts";
import { isEmpty, join, NOTHING, sizeOf, type Delta } from "../tuples/delta.ts";

/** The decision about an event on trial. */
export type TrialStep = Delta | Refusal | "unchanged" | "undecided";

/** The inputs of a trial besides the event and the state. */
export interface TrialSurroundings {
  /** Milliseconds since 1970. */
  readonly clock: number;
  /** Maximum number of tuples that it may change. */
  readonly room: number;
  /** Counts the steps of its questions, and bounds them. */
  readonly meter: Meter;
}

/**
 * Returns the tuples that an event would change besides its record, as `decideEvent` decides it for the system, or for
 * an actor who has the right that the event asks: the caller has asked the model. Returns `undecided` if it needs more
 * than one write or more steps than it may take, or its org has an unfinished event.
 *
 * @example
 * import { readFileSync } from "node:fs";
 * import { Meter } from "../checks/steps.ts";
 * import { viewOf } from "../domain/state-view.ts";
 * import { DomainEvent } from "../events/domain-event.ts";
 * const view = viewOf(compileModel(readFileSync("model.fga", "utf8")), createTupleSet(), () => 0);
 * const sent = { source: "/app", id: "1", type: "org.created", data: { org: "fc", kind: "club", owner: "ann" } };
 * const delta = tryEvent(DomainEvent.sent(sent), view, { clock: 0, room: 100, meter: new Meter(1000) });
 * delta.writes.some(({ object, user }) => object === "org:fc" && user === "user:ann") // true
 * delta.writes.some(({ object }) => object.startsWith("event:")) // false
 */
export function tryEvent(event: DomainEvent, view: View, around: TrialSurroundings): TrialStep {
  try {
    return tryWithin(event, withinMeter(view, around.meter), around);
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error;
    return "undecided";
  }
}

function tryWithin(
  { definition, payload, envelope }: DomainEvent, view: View, { clock, room }: TrialSurroundings,
): TrialStep {
  if (definition === undefined) return unknownType(envelope.type);
  if ("refused" in payload) return payload;
  const org = definition.org(payload.data, view) ?? PLATFORM;
  const { tuples } = view;
  if (unfinishedOf(tuples, org) !== undefined) return "undecided";
  const outcome = definition.decide(payload.data, {
    view, actor: envelope.actor, now: clock, revision: revisionOf(tuples, org) + 1, room, from: "",
    resuming: false, emailHash: undefined,
  });
  if (isRefusal(outcome)) return outcome;
  const delta = join(outcome, outcome.end ?? NOTHING);
  if (outcome.left !== undefined || sizeOf(delta) > room) return "undecided";
  return isEmpty(delta) ? "unchanged" : delta;
}
