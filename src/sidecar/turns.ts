// Computes long answers over several turns of the event loop, on one revision, and short ones in the current turn.
import type { Parts } from "../checks/parts.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import type { Release, StateLock } from "./state-lock.ts";

/** Calls a function in a later turn of the event loop. */
type Later = (turn: () => void) => void;
/** Calls a function once the state is held, with the release. */
type Enter = (then: (release: Release) => void) => void;

/** Nobody waits for an answer any longer, so it was not made. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
  override readonly message = "the client has disconnected";
}

const NEVER = (): boolean => false;

/**
 * Runs a piece of work. The first part runs in this turn. If more parts follow, the state is held and each of them gets
 * its own turn. If the state cannot be held at once, the work waits and starts over. Rejects with ClientGone, and ends
 * the work, once `isGone` returns true before a part.
 */
export function inTurns<T>(
  begin: () => Parts<T>, lock: StateLock, later: Later, isGone: () => boolean = NEVER,
): T | Promise<T> {
  const work = begin();
  const first = work.next();
  if (first.done === true) return first.value;
  const hold: Enter = (then) => lock.hold(then);
  if (lock.isFree) return heldTo(hold, () => work, later, isGone);
  // The names that the work holds must be released before the state changes.
  work.return(undefined as T);
  return heldTo(hold, begin, later, isGone);
}

/**
 * Runs a piece of work that changes the state and restores it before each rest. Each part gets its own turn; until the
 * last one, nobody else holds or changes the state. `isGone` is that of `inTurns`.
 */
export function inTurnsAlone<T>(
  begin: () => Parts<T>, lock: StateLock, later: Later, isGone: () => boolean = NEVER,
): Promise<T> {
  return heldTo((then) => lock.alone(then), begin, later, isGone);
}

/**
 * Does work in parts that reads some tuples. Throws if they change between two parts, even if they are restored before
 * the second one: the places in the index that the work keeps would be those of other tuples. Nobody may do that while
 * the state is held; the error comes instead of a wrong answer.
 */
export function* onOneState<T>(tuples: TupleSet, work: Parts<T>): Parts<T> {
  const index = indexOf(tuples);
  try {
    for (let part = work.next(); ; part = work.next()) {
      if (part.done === true) return part.value;
      const { version } = index;
      yield;
      if (index.version !== version) throw new Error("the tuples changed while an answer was made from them");
    }
  } finally {
    // The names that the work holds are released.
    work.return(undefined as T);
  }
}

/** Runs work that reads only its own input: the first part in this turn, each further part in its own turn. */
export function spread<T>(work: Parts<T>, later: Later): T | Promise<T> {
  const first = work.next();
  return first.done === true ? first.value : new Promise((done, failed) => goThrough(work, later, NEVER, done, failed));
}

function heldTo<T>(enter: Enter, begin: () => Parts<T>, later: Later, isGone: () => boolean): Promise<T> {
  return new Promise((done, failed) => {
    enter((release) => {
      // The release gets its own turn, since the waiting change then runs in that turn.
      const end = (answer: () => void): void => {
        later(release);
        answer();
      };
      const fail = (error: unknown): void => end(() => failed(error));
      try {
        goThrough(begin(), later, isGone, (value) => end(() => done(value)), fail);
      } catch (error) {
        fail(error);
      }
    });
  });
}

function goThrough<T>(
  work: Parts<T>, later: Later, isGone: () => boolean, done: (value: T) => void, failed: (error: unknown) => void,
): void {
  const turn = (): void => {
    let part: IteratorResult<undefined, T>;
    try {
      if (isGone()) {
        work.return(undefined as T);
        throw new ClientGone();
      }
      part = work.next();
    } catch (error) {
      return failed(error);
    }
    if (part.done === true) done(part.value);
    else later(turn);
  };
  later(turn);
}
