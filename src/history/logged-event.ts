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

/** Returns an event as an answer shows it. */
export function applied({ record, revision, at, steps }: LoggedEvent): HistoryEvent {
  const { type, actor, source = null, id = null, org } = record;
  return {
    type, actor: shownActor(actor), source, id, org: org === PLATFORM ? null : org, revision,
    time: new Date(record.at).toISOString(), recorded: new Date(at).toISOString(), outcome: "applied",
    changes: changesOf(steps),
  };
}

/** Returns what an event changed in the end, tuples of access only. */
function changesOf(steps: readonly LoggedStep[]): HistoryEvent["changes"] {
  const writes = new Map<string, Tuple>();
  const deletes = new Map<string, TupleKey>();
  for (const step of steps) {
    for (const key of step.deletes) {
      // Deleting a tuple that an earlier write of the event wrote only takes that back.
      if (!isBookkeeping(key.object) && !writes.delete(printTuple(key))) deletes.set(printTuple(key), key);
    }
    for (const tuple of step.writes) if (!isBookkeeping(tuple.object)) writes.set(printTuple(tuple), tuple);
  }
  return { write: [...writes.values()], delete: [...deletes.values()] };
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
    const named = by.replace(/#.*$/, "");
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

/** True if an applied event is one that a question asks for, its times aside. */
export function isAsked({ record, steps }: LoggedEvent, filter: HistoryFilter, tuples: Tuples): boolean {
  const { org, user: who, object, type } = filter;
  if (org !== undefined && record.org !== org) return false;
  if (type !== undefined && record.type !== type) return false;
  if (who === undefined && object === undefined) return true;
  const concerned = steps.map((step) => concernedBy(step, tuples));
  const concerns = (name: string): boolean => concerned.some((each) => each.has(name));
  return (who === undefined || record.actor === who || concerns(user(who)))
    && (object === undefined || concerns(object));
}
