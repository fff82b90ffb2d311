// Turns an event into tuples: envelope -> table -> actor's right -> delta or refusal. Pure: the time is an argument.
import { MAX_EVENT_STEPS } from "../checks/limits.ts";
import { Meter, TooManySteps } from "../checks/steps.ts";
import { withinMeter, type View } from "../domain/state-view.ts";
import { isBookkeeping } from "../domain/object-names.ts";
import { Draft, isEmpty, join, NOTHING, sizeOf, type Delta } from "../tuples/delta.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";
import { KeptEvent, type DomainEvent } from "./domain-event.ts";
import { ID_RULE, isId, type Outcome, type Scene } from "./event.ts";
import { PLATFORM, type Envelope } from "../ledger/envelope.ts";
import {
  continuationOf, dropContinuation, putContinuation, unfinishedOf, type Continuation,
} from "../ledger/continuation.ts";
import { marksOf } from "../ledger/change-marks.ts";
import {
  contentOf, earlierDelivery, eventObject, keptHash, payloadWithoutAddress, putRecord, putRevision, recordText,
  revisionOf, withoutAddress,
} from "../ledger/event-record.ts";
import { keptName } from "./kept-names.ts";
import { isRefusal, refuse, unknownType, type Refusal } from "./refusal.ts";
import { isStale, putSequence } from "../ledger/sequence.ts";
import { NO_ROWS, touchedRows, type TouchedRows } from "../domain/touched-rows.ts";
import { firstPart } from "./write-order.ts";
import { MAX_TIME_AHEAD_MS } from "../domain/event-limits.ts";

/** The inputs of a decision besides the envelope and the state. */
export interface Surroundings {
  /** True if the caller may act as the system. */
  readonly system: boolean;
  /** The server's clock, in milliseconds since 1970. */
  readonly clock: number;
  readonly emailHash?: ((email: string) => string) | undefined;
  /** Maximum number of tuples in one write. The default is OpenFGA's limit. */
  readonly maxTuples?: number;
  /** Unique name of this sidecar in event records, if several sidecars write to the store. */
  readonly writer?: string | undefined;
  /** Org in whose order an event about an unknown object stands, in a batch of one org; by default PLATFORM. */
  readonly unknownIn?: string | undefined;
}

/** One write of an event: a delta that is applied as a whole, and its meaning. */
export interface Step {
  /** The event that the write is part of: for `continueEvent`, so that its payload is not parsed again. */
  readonly event: DomainEvent | KeptEvent;
  readonly status: "applied" | "unchanged" | "duplicate";
  readonly delta: Delta;
  /** Org in whose order the event stands, or PLATFORM. */
  readonly org: string;
  /** Revision of that order after this write. */
  readonly revision: number;
  /** Rows that the whole event starts, promotes or ends; for a duplicate, those of the first delivery. */
  readonly rows: TouchedRows;
  /** True if the event needs further writes: decide the next one on the state after this one (`continueEvent`). */
  readonly more: boolean;
}

/**
 * Decides one event on one state. Returns its (first) write, or a refusal. The decision is made in one turn of the
 * event loop: the steps that all its checks together may take are bounded.
 *
 * @example
 * import { readFileSync } from "node:fs";
 * import { viewOf } from "../domain/state-view.ts";
 * import { DomainEvent } from "./domain-event.ts";
 * const view = viewOf(compileModel(readFileSync("model.fga", "utf8")), createTupleSet(), () => 0);
 * const sent = { source: "/app", id: "1", type: "org.created", data: { org: "fc", kind: "club", owner: "ann" } };
 * const step = decideEvent(DomainEvent.sent(sent), view, { system: true, clock: 0 });
 * [step.status, step.org, step.revision, step.more] // ["applied", "fc", 1, false]
 * step.delta.writes.some(({ object, user }) => object === "org:fc" && user === "user:ann") // true
 * decideEvent(DomainEvent.sent({ ...sent, data: {} }), view, { system: true, clock: 0 }).refused // "invalid_event"
 */
export function decideEvent(event: DomainEvent, view: View, around: Surroundings): Step | Refusal {
  try {
    return decideFirst(event, withinMeter(view, new Meter(MAX_EVENT_STEPS)), around);
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error;
    const detail = `deciding this takes more than ${MAX_EVENT_STEPS} steps, the limit for one event`;
    return refuse("actor_not_allowed", detail);
  }
}

function decideFirst(event: DomainEvent, view: View, around: Surroundings): Step | Refusal {
  const { definition } = event;
  const envelope = withoutAddress(event.envelope, around.emailHash);
  if (definition === undefined) return unknownType(envelope.type);
  if (envelope.actor === undefined && !around.system) {
    return refuse("actor_required", "an event without an actor is the system's own, which this caller may not send");
  }
  if (envelope.actor !== undefined && !isId(envelope.actor)) {
    return refuse("invalid_event", `actor is not an id: ${ID_RULE}`, [{ path: "actor", message: ID_RULE }]);
  }
  const untimely = timeFault(envelope, around.clock);
  if (untimely !== undefined) return untimely;
  const { payload } = event;
  if ("refused" in payload) return payload;

  const found = definition.org(payload.data, view);
  // An event about an object that does not exist stands in the platform's order.
  const org = found ?? around.unknownIn ?? PLATFORM;
  const again = redelivery(event, envelope, org, view, definition.freesId !== true);
  if (again !== undefined) return again;
  if (isStale(view.tuples, org, envelope)) {
    return refuse("stale_event", `sequence ${envelope.sequence} is not after the last one of this source and subject`);
  }
  if (envelope.actor !== undefined && !definition.may(payload.data, envelope.actor, view, found)) {
    const { actor, type } = envelope;
    return refuse("actor_not_allowed", `${actor} lacks the right for ${type}, or the object does not exist`);
  }
  const begun: Continuation = {
    event: eventObject(envelope), type: envelope.type, data: payloadWithoutAddress(envelope, payload.data),
    now: timeOf(envelope, around.clock), left: "", envelope,
  };
  return decide(event, begun, org, view, around);
}

/**
 * Answers an event whose source and id were used before. Equal content makes it a duplicate, in whichever org. Other
 * content is a conflict only within the same org, so that nobody can use up another org's ids.
 */
function redelivery(
  event: DomainEvent, envelope: Envelope, org: string, view: View, isOnlyThere: boolean,
): Step | Refusal | undefined {
  const { same, isTaken } = earlierDelivery(view.tuples, envelope, org, isOnlyThere);
  if (same !== undefined) {
    const revision = revisionOf(view.tuples, same.org);
    return { event, status: "duplicate", delta: NOTHING, org: same.org, revision, rows: same.rows, more: false };
  }
  return isTaken
    ? refuse("event_conflict", `this source has used the id ${envelope.id} for another type, actor or data`)
    : undefined;
}

/**
 * Returns the org (or PLATFORM) in whose order an event will stand; undefined if its object does not exist in this
 * state. An event that is refused in any state counts as the platform's.
 */
export function orgOfEvent({ definition, payload }: DomainEvent, view: View): string | undefined {
  return definition === undefined || "refused" in payload ? PLATFORM : definition.org(payload.data, view);
}

/**
 * Returns the next write of an org's event that still needs writes; undefined if the org has no continuation. `known`:
 * the event that the org's last write was of, so that its payload is not parsed again.
 */
export function continueEvent(
  org: string, view: View, around: Surroundings, known?: DomainEvent | KeptEvent,
): Step | undefined {
  const pending = continuationOf(view.tuples, org);
  if (pending === undefined) return undefined;
  const event = known?.isOf(pending, around.emailHash) === true ? known : new KeptEvent(pending);
  // The first write decided the right and the guards. From there on, the system finishes the event.
  const step = decide(event, pending, org, view, around, true);
  if (isRefusal(step)) throw new Error(`pending ${pending.event} of ${pending.type} cannot continue: ${step.detail}`);
  return step;
}

function decide(
  event: DomainEvent | KeptEvent, pending: Continuation, org: string, view: View, around: Surroundings,
  resuming = false,
): Step | Refusal {
  const unfinished = unfinishedOf(view.tuples, org);
  if (!resuming && unfinished !== undefined) throw new Error(`${unfinished} of ${org} must be finished first`);
  const { definition, payload } = event;
  if (definition === undefined) return unknownType(pending.type);
  if ("refused" in payload) return payload;
  const { now, left } = pending;
  const scene: Scene = {
    view, actor: resuming ? undefined : pending.envelope?.actor, now, revision: revisionOf(view.tuples, org) + 1,
    room: around.maxTuples ?? MAX_TUPLES_PER_DELTA, from: left, resuming,
    emailHash: event instanceof KeptEvent ? keptHash : around.emailHash,
  };
  const outcome = definition.decide(payload.data, scene);
  return isRefusal(outcome) ? outcome : step(outcome, event, pending, org, scene, around);
}

/** Adds the bookkeeping to a delta and returns as much as one write holds. `end` is part of the last write. */
function step(
  outcome: Outcome, of: DomainEvent | KeptEvent, pending: Continuation, org: string, scene: Scene,
  around: Surroundings,
): Step {
  const { view: { tuples }, revision, room, resuming } = scene;
  const { event, type, envelope } = pending;
  // An event that already has a record is not decided for the first time.
  const isMarked = resuming && recordText(tuples, event, org) !== undefined;
  const end = outcome.end ?? NOTHING;
  const rows = isMarked ? NO_ROWS : touchedRows(tuples, join(outcome, end), outcome.rows?.());
  const isNothing = isEmpty(outcome) && isEmpty(end) && outcome.left === undefined;
  const status: "applied" | "unchanged" = isNothing && !resuming ? "unchanged" : "applied";
  // The first of several writes takes the id and the sequence, so that no other event can take them before the last.
  const bookkeeping = new Draft(tuples);
  putRevision(bookkeeping, org, revision);
  if (!isMarked) {
    if (envelope === undefined) throw new Error(`pending ${event} of ${type} has no record`);
    const { actor } = envelope;
    const { writer } = around;
    const content = contentOf(envelope);
    const [source, id] = [keptName(envelope.source), keptName(envelope.id)];
    const marks = writer === undefined ? undefined : marksOf(join(outcome, end));
    const facts = { status, type, actor, org, writer, content, rows, source, id, marks } as const;
    putRecord(bookkeeping, event, { ...facts, at: scene.now }, revision);
    putSequence(bookkeeping, org, envelope);
  }
  const last = new Draft(tuples);
  dropContinuation(last, org);
  const whole = join(join(outcome, end), join(bookkeeping.delta(), last.delta()));
  if (outcome.left === undefined && sizeOf(whole) <= room) {
    return { event: of, status, delta: whole, org, revision, rows, more: false };
  }
  const part = partOf(outcome, bookkeeping.delta(), { ...pending, left: outcome.left ?? scene.from }, org, scene);
  // A first write may hold only the bookkeeping; every later write must advance the event.
  if (part === undefined || (resuming && part.isIdle)) {
    throw new Error(`no part of ${type} fits into ${room} tuples`);
  }
  return { event: of, status: "applied", delta: part.delta, org, revision, rows, more: true };
}

/**
 * Returns as much of an outcome as one write holds in addition to the bookkeeping; undefined if the bookkeeping alone
 * is too much. `isIdle` is true if the write does not advance the event.
 */
function partOf(
  outcome: Outcome, bookkeeping: Delta, pending: Continuation, org: string, scene: Scene,
): { readonly delta: Delta; readonly isIdle: boolean } | undefined {
  const { view: { tuples }, from, room } = scene;
  const draft = new Draft(tuples);
  const isBegun = unfinishedOf(tuples, org) !== undefined;
  if (!isBegun || pending.left !== from) putContinuation(draft, org, pending);
  const kept = join(bookkeeping, draft.delta());
  const first = firstPart(outcome, room - sizeOf(kept));
  // The next write decides the part that was cut off again, from the point where this write began.
  const isCut = sizeOf(first) < sizeOf(outcome);
  if (isCut && pending.left !== from) return partOf(outcome, bookkeeping, { ...pending, left: from }, org, scene);
  return sizeOf(kept) > room ? undefined
    : { delta: join(first, kept), isIdle: isEmpty(first) && pending.left === from };
}

/** Refuses a `time` that is not a timestamp, or is too far ahead of the clock. */
function timeFault({ time }: Envelope, clock: number): Refusal | undefined {
  if (time === undefined) return undefined;
  const fault = (message: string): Refusal =>
    refuse("invalid_event", `time is ${message}`, [{ path: "time", message }]);
  const said = Date.parse(time);
  if (Number.isNaN(said)) return fault("not an RFC 3339 time");
  return said - clock > MAX_TIME_AHEAD_MS ? fault("more than a day ahead of the server's clock") : undefined;
}

/** Returns the time of an event (S13): the clock for an actor's, its `time` but at most the clock for the system's. */
export function timeOf({ actor, time }: Envelope, clock: number): number {
  return actor !== undefined || time === undefined ? clock : Math.min(Date.parse(time), clock);
}

/** Returns the access tuples that a delta writes and deletes, without bookkeeping. */
export function accessOf(delta: Delta): Delta {
  return {
    writes: delta.writes.filter((tuple) => !isBookkeeping(tuple.object)),
    deletes: delta.deletes.filter((tuple) => !isBookkeeping(tuple.object)),
  };
}
