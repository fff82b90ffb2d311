// Long answers made over several turns of the event loop, on one revision; short ones in the turn they are asked in.
import type { Parts } from "../checks/parts.ts";
import type { StateLock } from "./state-lock.ts";

/** Calls a function in a later turn of the event loop. */
type Later = (turn: () => void) => void;

/**
 * Runs a piece of work. A part is done in this turn; where more is left, the state is held and each further part gets a
 * turn of its own. Where a change of the state waits already, the work waits behind it and starts over.
 */
export function inTurns<T>(begin: () => Parts<T>, lock: StateLock, later: Later): T | Promise<T> {
  const work = begin();
  const first = work.next();
  if (first.done === true) return first.value;
  if (lock.isFree) return heldTo(lock, () => work, later);
  // Names that the work holds are released before the state changes.
  work.return(undefined as T);
  return heldTo(lock, begin, later);
}

/** Runs a piece of work that reads nothing but what it was given: a part in this turn, each further one in its own. */
export function spread<T>(work: Parts<T>, later: Later): T | Promise<T> {
  const first = work.next();
  return first.done === true ? first.value : new Promise((done, failed) => goThrough(work, later, done, failed));
}

function heldTo<T>(lock: StateLock, begin: () => Parts<T>, later: Later): Promise<T> {
  return new Promise((done, failed) => {
    lock.hold((release) => {
      // Released in a turn of its own, which then belongs to the change that waited.
      const end = (tell: () => void): void => {
        later(release);
        tell();
      };
      const fail = (error: unknown): void => end(() => failed(error));
      try {
        goThrough(begin(), later, (value) => end(() => done(value)), fail);
      } catch (error) {
        fail(error);
      }
    });
  });
}

function goThrough<T>(work: Parts<T>, later: Later, done: (value: T) => void, failed: (error: unknown) => void): void {
  const turn = (): void => {
    let part: IteratorResult<undefined, T>;
    try {
      part = work.next();
    } catch (error) {
      return failed(error);
    }
    if (part.done === true) done(part.value);
    else later(turn);
  };
  later(turn);
}
