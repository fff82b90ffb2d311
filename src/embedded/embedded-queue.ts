// Events that wait on the embedded store, in the order they came; those of an org whose event has begun are held back.
import type { Receipt } from "../events/event.ts";
import type { Refusal } from "../events/refusal.ts";
import type { Sent } from "./embedded-group.ts";

export type Answer = (outcome: Receipt | Refusal) => void;

/** An event that waits to be decided. */
export interface Waiting extends Sent {
  readonly answer: Answer;
  /** The same for all events that were handed in together. */
  readonly batch: object;
  /** Counts events in the order they came, from 1. */
  readonly number: number;
  /** Its org was looked for before. */
  wasLookedAt: boolean;
}

/** What events are looked at with. */
export interface Look {
  /** The org in whose order an event would stand; undefined where the state does not have what it is about. */
  readonly orgOf: (waiting: Waiting) => string | undefined;
  /** True once the turn has no room to look at another event. */
  readonly isFull: () => boolean;
}

/** An event that was looked at and has to wait; `org` is where it waits, as far as that is known. */
interface Held {
  readonly waiting: Waiting;
  readonly org: string | undefined;
}

/**
 * The queue of events. Where an event has begun and needs further writes, those of other orgs go past it. What stays in
 * order: the events of one org, those of one batch, and an event about what does not exist, which waits for all before
 * it, since one of them may be about to make it.
 *
 * Each event is looked at once in a pass, so that many that are held back cost the others nothing. What has ended is
 * seen by the next pass, which begins once this one has looked at every event that was there when it began.
 */
export class EventQueue {
  /** Events that this pass has not looked at; the first `#at` are done with. */
  #ahead: Waiting[] = [];
  #at = 0;
  /** How many of these were there when the pass began. */
  #left = 0;
  #held: Held[] = [];
  /** Orgs whose events are held back in this pass: one has begun, or waits itself. */
  readonly #orgs = new Set<string>();
  readonly #batches = new Set<object>();
  /** Orgs that somebody waits for. */
  readonly #awaited = new Set<string>();
  /** Orgs with an event that has begun; undefined where it was found at the start. */
  readonly #begun = new Map<string, Waiting | undefined>();
  /** Orgs whose event is at a halt: nobody waits for it to make something. */
  readonly #halted = new Set<string>();
  #isReleased = false;

  /** Whether there is an event to look at. */
  get hasWork(): boolean {
    return this.#ahead.length > this.#at || (this.#isReleased && this.#held.length > 0);
  }

  push(waiting: Waiting): void {
    this.#ahead.push(waiting);
  }

  /** True while an event waits for the one of an org that has begun. */
  isAwaited(org: string): boolean {
    return this.#awaited.has(org);
  }

  /** The events that may be decided now, in their order: each on the state after the ones before it. */
  *next({ orgOf, isFull }: Look): Generator<Waiting, void> {
    if (this.#isReleased && this.#left <= this.#at) this.#beginPass();
    this.#dropDone();
    for (let waiting = this.#ahead[0]; waiting !== undefined; waiting = this.#ahead[this.#at]) {
      if (this.#begun.size + this.#held.length === 0) {
        this.#at++;
        yield waiting;
        continue;
      }
      if (isFull()) return;
      this.#at++;
      const org = orgOf(waiting);
      const isHeld = org === undefined ? this.#isAnyAhead(waiting) : this.#orgs.has(org);
      if (isHeld || this.#batches.has(waiting.batch)) this.hold(waiting, org);
      else yield waiting;
    }
  }

  /** Holds an event back, for what is begun in an org. */
  hold(waiting: Waiting, org: string | undefined): void {
    this.#held.push({ waiting, org });
    this.#batches.add(waiting.batch);
    if (org === undefined) return;
    this.#orgs.add(org);
    this.#awaited.add(org);
  }

  /** An event has begun: from here on those of its org and of its batch are held back. */
  begin(org: string, waiting: Waiting | undefined): void {
    this.#begun.set(org, waiting);
    this.#orgs.add(org);
    if (waiting !== undefined) this.#batches.add(waiting.batch);
  }

  /** The event of an org that has begun is at a halt, or goes on. */
  halt(org: string, isHalted: boolean): void {
    if (isHalted) this.#halted.add(org);
    else this.#halted.delete(org);
  }

  /** The event of an org has had all of its writes: what waited for it is looked at again. */
  end(org: string): void {
    this.#begun.delete(org);
    this.#halted.delete(org);
    this.#isReleased = true;
  }

  /** Takes out the events that wait for the one of an org, which cannot go on now. */
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

  /** True while an event that came before this one is not done with, and will be. */
  #isAnyAhead({ number }: Waiting): boolean {
    if (this.#held.length > 0) return true;
    return [...this.#begun].some(([org, begun]) => !this.#halted.has(org) && (begun?.number ?? 0) < number);
  }
}
