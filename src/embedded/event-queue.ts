// The queue of events on the embedded store, in order of arrival; holds back those of an org with an unfinished event.
import type { BatchFate } from "../events/batch-fate.ts";
import type { Receipt } from "../events/event.ts";
import type { Refusal } from "../events/refusal.ts";
import type { Sent } from "./embedded-group.ts";

export type Answer = (outcome: Receipt | Refusal) => void;

/** An event that waits to be decided. */
export interface Waiting extends Sent {
  readonly answer: Answer;
  /** The batch: the same for all events submitted together. */
  readonly batch: BatchFate;
  /** Number of the event in order of arrival, from 1. */
  readonly number: number;
  /** Whether its org was looked up before. */
  wasLookedAt: boolean;
}

/** The functions a pass needs to look at events. */
export interface Look {
  /** Returns the org whose order an event belongs to; undefined if the state lacks the thing the event is about. */
  readonly orgOf: (waiting: Waiting) => string | undefined;
  /** True once the turn has no room to look at another event. */
  readonly isFull: () => boolean;
}

/** An event that was looked at and has to wait; `org` is the org it waits for, if known. */
interface Held {
  readonly waiting: Waiting;
  readonly org: string | undefined;
}

/**
 * The queue of events. While one org has an unfinished event, events of other orgs overtake it. The events of one org
 * stay in order, and so do those of one batch. An event about something that does not exist waits for all events before
 * it, since one of them may be about to create it.
 *
 * A pass looks at each event once, so that many held events cost the others nothing. An event released by a finished
 * one is seen by the next pass, which begins once this one has looked at every event present when it began.
 */
export class EventQueue {
  /** Events that this pass has not looked at; the first `#at` are done. */
  #ahead: Waiting[] = [];
  #at = 0;
  /** Number of these that were present when the pass began. */
  #left = 0;
  #held: Held[] = [];
  /** Orgs whose events are held back in this pass: one of their events is unfinished, or waits itself. */
  readonly #orgs = new Set<string>();
  readonly #batches = new Set<object>();
  /** Orgs that a held event waits for. */
  readonly #awaited = new Set<string>();
  /** Orgs with an unfinished event; undefined where it was found at the start of the process. */
  readonly #begun = new Map<string, Waiting | undefined>();
  /** Orgs whose unfinished event is halted: no event waits for it to create something. */
  readonly #halted = new Set<string>();
  #isReleased = false;

  /** Whether there is an event to look at. */
  get hasWork(): boolean {
    return this.#ahead.length > this.#at || (this.#isReleased && this.#held.length > 0);
  }

  push(waiting: Waiting): void {
    this.#ahead.push(waiting);
  }

  /** True while an event waits for an org's unfinished event. */
  isAwaited(org: string): boolean {
    return this.#awaited.has(org);
  }

  /** Yields the events that may be decided now, in order, each on the state after the ones before it. */
  *next({ orgOf, isFull }: Look): Generator<Waiting, void> {
    if (this.#isReleased && this.#left <= this.#at) this.#beginPass();
    this.#dropDone();
    const oldest = this.#oldestBegun();
    for (let waiting = this.#ahead[0]; waiting !== undefined; waiting = this.#ahead[this.#at]) {
      if (this.#begun.size + this.#held.length === 0) {
        this.#at++;
        yield waiting;
        continue;
      }
      if (isFull()) return;
      this.#at++;
      const org = orgOf(waiting);
      const isHeld = org === undefined ? this.#held.length > 0 || oldest < waiting.number : this.#orgs.has(org);
      if (isHeld || this.#batches.has(waiting.batch)) this.hold(waiting, org);
      else yield waiting;
    }
  }

  /** Holds an event back until the unfinished event of an org has ended. */
  hold(waiting: Waiting, org: string | undefined): void {
    this.#held.push({ waiting, org });
    this.#batches.add(waiting.batch);
    if (org === undefined) return;
    this.#orgs.add(org);
    this.#awaited.add(org);
  }

  /** Notes that an event is unfinished: from here on, events of its org and of its batch are held back. */
  begin(org: string, waiting: Waiting | undefined): void {
    this.#begun.set(org, waiting);
    this.#orgs.add(org);
    if (waiting !== undefined) this.#batches.add(waiting.batch);
  }

  /** Notes that the unfinished event of an org is halted, or continues. */
  halt(org: string, isHalted: boolean): void {
    if (isHalted) this.#halted.add(org);
    else this.#halted.delete(org);
  }

  /** Notes that the event of an org has had all of its writes: the next pass looks again at the events it held back. */
  end(org: string): void {
    this.#begun.delete(org);
    this.#halted.delete(org);
    this.#isReleased = true;
  }

  /** Removes and returns the events that wait for an org's unfinished event, which cannot continue now. */
  dropAwaiting(org: string): Waiting[] {
    const dropped = this.#held.filter((held) => held.org === org).map(({ waiting }) => waiting);
    this.#held = this.#held.filter((held) => held.org !== org);
    this.#awaited.delete(org);
    this.#isReleased = true;
    return dropped;
  }

  #beginPass(): void {
    this.#dropDone();
    this.#ahead = [...this.#held.map(({ waiting }) => waiting), ...this.#ahead];
    this.#left = this.#ahead.length;
    this.#held = [];
    for (const set of [this.#orgs, this.#batches, this.#awaited]) set.clear();
    for (const [org, waiting] of this.#begun) this.begin(org, waiting);
    this.#isReleased = false;
  }

  #dropDone(): void {
    this.#ahead.splice(0, this.#at);
    this.#left -= this.#at;
    this.#at = 0;
  }

  /** Number of the oldest unfinished event that is not halted. */
  #oldestBegun(): number {
    const numbers = [...this.#begun].map(([org, begun]) => (this.#halted.has(org) ? Infinity : begun?.number ?? 0));
    return numbers.reduce((least, number) => Math.min(least, number), Infinity);
  }
}
