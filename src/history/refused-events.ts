// The newest refused events, in memory: what each was, who sent it, and why it was refused.
import { shownActor } from "../events/kept-names.ts";
import { maskAddresses, type RefusalCode } from "../events/refusal.ts";
import type { HistoryEvent, HistoryFilter } from "./event-history.ts";
import { MAX_REFUSED_CHARACTERS, MAX_REFUSED_EVENTS, REFUSED_KEPT_FOR_MS } from "./history-limits.ts";

/** A refused event. Its payload is not kept, only the names in it by which the event is found. */
export interface RefusedEvent {
  /** Place among the refused events, from 1. */
  readonly number: number;
  /** Number of the row of the log after which it was refused. */
  readonly after: number;
  readonly type: string;
  /** Id of a user, or the keyed hash of one that looks like an address; null for the system. */
  readonly actor: string | null;
  /** Whether `actor` is such a hash. */
  readonly isHashed: boolean;
  readonly source: string;
  readonly id: string;
  readonly code: RefusalCode;
  readonly org: string | null;
  /** The users and objects that its payload names, as `type:id` or as keyed hashes (`namesIn`). */
  readonly about: readonly string[];
  /** When it happened (S13), and when it was refused, in milliseconds since 1970. */
  readonly time: number;
  readonly at: number;
}

/** Maximum number of events and of their characters. */
export interface RefusedLimits {
  readonly events: number;
  readonly characters: number;
}

const LIMITS: RefusedLimits = { events: MAX_REFUSED_EVENTS, characters: MAX_REFUSED_CHARACTERS };

/** Keeps refused events in order; drops the oldest where there are too many. */
export class RefusedEvents {
  readonly #limits: RefusedLimits;
  #events: RefusedEvent[] = [];
  /** Number of dropped events at the beginning of the array, and of those that have left it. */
  #dropped = 0;
  #sliced = 0;
  #characters = 0;
  #next = 1;

  constructor(limits: RefusedLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Number of the next event. */
  get next(): number {
    return this.#next;
  }

  /** Number of the oldest event that is kept. */
  get first(): number {
    return this.#events[this.#dropped]?.number ?? this.#next;
  }

  /** Leaves the numbers up to one to events that are on disk. */
  continueAfter(last: number): void {
    this.#next = Math.max(this.#next, last + 1);
  }

  /** Adds an event with a higher number than those before. */
  add(event: RefusedEvent): void {
    this.#events.push(event);
    this.continueAfter(event.number);
    this.#characters += sizeOf(event);
    while (this.#events.length - this.#dropped > this.#limits.events || this.#characters > this.#limits.characters) {
      this.#drop();
    }
  }

  /** Drops events that were refused too long ago. `now`: milliseconds since 1970. */
  expire(now: number): void {
    for (;;) {
      const oldest = this.#events[this.#dropped];
      if (oldest === undefined || oldest.at > now - REFUSED_KEPT_FOR_MS) return;
      this.#drop();
    }
  }

  /** Yields the events whose number is below some number, newest first. */
  *newest(below: number): Generator<RefusedEvent, undefined> {
    let [low, high] = [this.#dropped, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#events[middle]!.number < below) low = middle + 1;
      else high = middle;
    }
    // Events that are dropped meanwhile may leave the array.
    for (let place = this.#sliced + low - 1; place >= this.#sliced + this.#dropped; place--) {
      yield this.#events[place - this.#sliced]!;
    }
    return undefined;
  }

  #drop(): void {
    this.#characters -= sizeOf(this.#events[this.#dropped]!);
    this.#dropped++;
    if (this.#dropped * 2 <= this.#limits.events) return;
    this.#events = this.#events.slice(this.#dropped);
    this.#sliced += this.#dropped;
    this.#dropped = 0;
  }
}

function sizeOf({ actor, source, id, type, org, about }: RefusedEvent): number {
  const named = about.reduce((sum, name) => sum + name.length, 0);
  return source.length + id.length + type.length + (actor?.length ?? 0) + (org?.length ?? 0) + named;
}

/** Fields of payloads that name a user or an object, with its type. Invites are left out: their ids let people in. */
const NAMED: Readonly<Record<string, string>> = {
  user: "user", coach: "user", author: "user", creator: "user", owner: "user", head_coach: "user", athlete: "athlete",
  team: "team", from: "team", to: "team", note: "note", coaching: "coaching", assignment: "team_assignment",
  activity: "activity", comment: "activity_comment",
};

/** Returns the type of what a field of a payload names by a bare id; undefined for other fields. */
export function typeNamedBy(field: string): string | undefined {
  return Object.hasOwn(NAMED, field) ? NAMED[field] : undefined;
}

/** Makes the name of a user or an object, as `type:id`, one to keep and to search by. */
export type KeepName = (name: string) => string;

/** Returns a function that hides a name that looks like an address behind its keyed hash. */
export function keepNamesWith(emailHash: ((address: string) => string) | undefined): KeepName {
  return (name) => (maskAddresses(name) === name ? name : emailHash?.(name) ?? "");
}

/** Returns the users and objects that a payload names, as they are kept. */
export function namesIn(data: unknown, keep: KeepName): string[] {
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).flatMap(([field, value]) => {
    if (typeof value !== "string") return [];
    if (field === "artifact") return [keep(value)];
    const type = typeNamedBy(field);
    return type === undefined ? [] : [keep(`${type}:${value}`)];
  });
}

/**
 * Returns a test: true for a refused event that a question asks for. `keep`: as the names of events were kept. It is
 * called once for each name, and not for each event.
 */
export function refusedFilter(
  { org, user, object, type, since = -Infinity, until = Infinity }: HistoryFilter, keep: KeepName,
): (event: RefusedEvent) => boolean {
  const [hashedActor, keptUser] = user === undefined ? [] : [keep(user), keep(`user:${user}`)];
  const keptObject = object === undefined ? undefined : keep(object);
  const isOf = ({ about }: RefusedEvent, name: string | undefined): boolean =>
    name === undefined || about.includes(name);
  const isActor = ({ actor, isHashed }: RefusedEvent): boolean => actor === (isHashed ? hashedActor : user);
  return (event) => (org === undefined || event.org === org) && (type === undefined || event.type === type)
    && (user === undefined || isActor(event) || isOf(event, keptUser)) && isOf(event, keptObject)
    && event.at >= since && event.at < until;
}

/** Returns a refused event as an answer shows it. */
export function refused(event: RefusedEvent): HistoryEvent {
  const { type, actor, isHashed, source, id, org, code, time, at } = event;
  const about = shownNames(event);
  return {
    type, actor: isHashed ? HIDDEN_ACTOR : shownActor(actor ?? undefined), source, id, org, revision: null,
    time: new Date(time).toISOString(), recorded: new Date(at).toISOString(), outcome: "refused", code,
    ...(about.length === 0 ? {} : { about }), changes: { write: [], delete: [] },
  };
}

/** Returns the names in a payload that are kept as they were sent: a hash has no type, and no address is shown. */
function shownNames({ about }: RefusedEvent): string[] {
  return [...new Set(about)].filter((name) => name.includes(":") && maskAddresses(name) === name);
}

/** The mask of an actor whose id looks like an address. */
const HIDDEN_ACTOR = shownActor("a@b");
