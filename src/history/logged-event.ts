// An applied event as a log has it: all of its writes, what they changed, and whom and what they concern.
import { shownActor } from "../events/kept-names.ts";
import { PLATFORM } from "../ledger/envelope.ts";
import type { EventRecord } from "../ledger/record-text.ts";
import { isBookkeeping, pairOf, role, user } from "../domain/object-names.ts";
import { ROW_TYPES } from "../domain/relationship-rows.ts";
import type { Tuples } from "../tuples/tuple-set.ts";
import { printTuple, typeOf, type Tuple, type TupleKey } from "../tuples/tuple.ts";
import type { HistoryEvent, HistoryFilter } from "./event-history.ts";
import type { LoggedStep } from "./log-delta.ts";

/** An applied event. */
export interface LoggedEvent {
  readonly record: EventRecord;
  readonly revision: number;
  /** Number and time of its last row: its place among the events. */
  readonly seq: number;
  readonly at: number;
  /** Its writes in order. */
  readonly steps: readonly LoggedStep[];
}

/** Returns the event of all of its writes, in order; undefined if none of them has a record. */
export function eventOf(steps: readonly LoggedStep[]): LoggedEvent | undefined {
  const marked = steps.find((step) => step.marked !== undefined)?.marked;
  const last = steps.at(-1);
  return marked === undefined || last === undefined ? undefined : { ...marked, seq: last.seq, at: last.at, steps };
}

/** Returns an event as an answer shows it: with its changes in the end, and when it was recorded (ms since 1970). */
export function applied(
  { record, revision }: LoggedEvent, changes: HistoryEvent["changes"], recordedAt: number,
): HistoryEvent {
  const { type, actor, source = null, id = null, org } = record;
  return {
    type, actor: shownActor(actor), source, id, org: org === PLATFORM ? null : org, revision,
    time: new Date(record.at).toISOString(), recorded: new Date(recordedAt).toISOString(), outcome: "applied", changes,
  };
}

/** The changes of an event, tuples of access only: the sum of its writes. */
export class EventChanges {
  readonly #writes = new Map<string, Tuple>();
  readonly #deletes = new Map<string, TupleKey>();

  /** Adds a write, in order. */
  add(step: LoggedStep): void {
    for (const key of step.deletes) {
      // Deleting a tuple that an earlier write of the event wrote only takes that back.
      if (!isBookkeeping(key.object) && !this.#writes.delete(printTuple(key))) this.#deletes.set(printTuple(key), key);
    }
    for (const tuple of step.writes) if (!isBookkeeping(tuple.object)) this.#writes.set(printTuple(tuple), tuple);
  }

  get sum(): HistoryEvent["changes"] {
    return { write: [...this.#writes.values()], delete: [...this.#deletes.values()] };
  }
}

/**
 * Returns the users and objects that a write concerns, as `type:id`: those in its tuples, and the coaches of rows, whom
 * `tuples` knows for every row that ever was.
 */
export function concernedBy({ writes, deletes }: Pick<LoggedStep, "writes" | "deletes">, tuples: Tuples): Set<string> {
  const found = new Set<string>();
  for (const { object, user: by } of [...writes, ...deletes]) {
    const about = subjectOf(object);
    if (about === undefined) continue;
    found.add(about);
    const hash = by.indexOf("#");
    const named = hash < 0 ? by : by.slice(0, hash);
    if (typeOf(named) !== "value" && !isBookkeeping(named) && !named.endsWith(":*")) found.add(named);
    if (ROW_TYPES.includes(typeOf(object))) for (const coach of tuples.users(object, "coach")) found.add(coach);
  }
  return found;
}

/** Returns the object that the bookkeeping is about, for its own objects; undefined for the order of events itself. */
function subjectOf(object: string): string | undefined {
  if (!isBookkeeping(object)) return object;
  const id = object.slice(object.indexOf(":") + 1);
  switch (typeOf(object)) {
    case "membership": return user(pairOf(object).id);
    case "role_entry": return role(pairOf(object).org, pairOf(object).id);
    case "invitation": return `invite:${id}`;
    case "home": case "claim": return id.replace("/", ":");
    default: return undefined;
  }
}

/**
 * Returns the users and objects that an event must concern to be one that a question asks for; undefined if it is none.
 * Its times are not looked at.
 */
export function namesAsked(record: EventRecord, { org, user: who, object, type }: HistoryFilter): string[] | undefined {
  if ((org !== undefined && record.org !== org) || (type !== undefined && record.type !== type)) return undefined;
  return [
    ...(who === undefined || record.actor === who ? [] : [user(who)]), ...(object === undefined ? [] : [object]),
  ];
}
