// The intake and the checker of a world on one lock, and the order of their answers.
import { EmbeddedChecker } from "../../src/embedded/embedded-checker.ts";
import { EmbeddedIntake } from "../../src/embedded/embedded-intake.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { StateLock } from "../../src/sidecar/state-lock.ts";
import { MODEL, START, type World } from "../world/world.ts";

/** `noting` records in `order` when an answer came, and returns the answer. */
export function onOneLock(world: World) {
  const store = openEmbeddedStore(":memory:", () => START);
  store.commit([...world.tuples.read({})].map((tuple) => ({ writes: [tuple], deletes: [] })), START);
  const lock = new StateLock();
  const intake = new EmbeddedIntake({
    view: world.view, store, now: () => START, emailHash: (email) => email,
    failed: (error) => { throw error; }, broken: (why) => { throw new Error(why); },
  }, lock);
  const checker = new EmbeddedChecker(MODEL, world.tuples, store, () => START, lock);
  const order: string[] = [];
  const noting = async <T>(name: string, answer: T | Promise<T>): Promise<T> => {
    const answered = await answer;
    order.push(name);
    return answered;
  };
  return { intake, checker, order, noting };
}
