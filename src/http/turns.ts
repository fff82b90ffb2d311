// Long answers made over several turns of the event loop, on one revision; short ones in the turn they are asked in.
import { setImmediate } from "node:timers/promises";
import type { StateLock } from "../events/state-lock.ts";

/** A piece of work that yields where it may rest: each part takes a few milliseconds at most. */
export type Parts<T> = Generator<undefined, T>;

/**
 * Runs a piece of work. A part is done in this turn; where more is left, the state is held and each further part gets a
 * turn of its own. Where a change of the state waits already, the work waits behind it and starts over. Without a lock
 * all is done in one turn, since the state could change between two.
 */
export function inTurns<T>(begin: () => Parts<T>, lock: StateLock | undefined): T | Promise<T> {
  const work = begin();
  const first = work.next();
  if (first.done === true) return first.value;
  return lock === undefined ? endOf(work) : heldTo(lock, lock.isFree ? () => work : begin);
}

/** Runs a piece of work that reads nothing but what it was given: a part in this turn, each further one in its own. */
export function spread<T>(work: Parts<T>): T | Promise<T> {
  const first = work.next();
  return first.done === true ? first.value : restOf(work);
}

/** Entries of an array that are written as JSON at a time: a few milliseconds. */
const ENTRIES_AT_A_TIME = 2000;

/** The JSON text of an object, whose arrays are written a part at a time; `tell` says what stands for an entry. */
export function* textOf<T>(
  answer: Readonly<Record<string, readonly T[]>>, tell: (entry: T) => unknown = (entry) => entry,
): Parts<string> {
  const fields: string[] = [];
  for (const [name, entries] of Object.entries(answer)) {
    const texts: string[] = [];
    for (let at = 0; at < entries.length; at += ENTRIES_AT_A_TIME) {
      if (at > 0) yield;
      texts.push(JSON.stringify(entries.slice(at, at + ENTRIES_AT_A_TIME).map(tell)).slice(1, -1));
    }
    fields.push(`${JSON.stringify(name)}:[${texts.join(",")}]`);
  }
  return `{${fields.join(",")}}`;
}

function endOf<T>(work: Parts<T>): T {
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
  }
}

function heldTo<T>(lock: StateLock, begin: () => Parts<T>): Promise<T> {
  return new Promise((done, failed) => {
    lock.hold((release) => {
      // Released in a turn of its own, which then belongs to the change that waited.
      const finish = async (): Promise<T> => {
        try {
          return await restOf(begin());
        } finally {
          void setImmediate().then(release);
        }
      };
      finish().then(done, failed);
    });
  });
}

async function restOf<T>(work: Parts<T>): Promise<T> {
  for (;;) {
    await setImmediate();
    const part = work.next();
    if (part.done === true) return part.value;
  }
}
