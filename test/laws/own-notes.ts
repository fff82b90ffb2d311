// NP3, S21: the one way in which less can be more: who stops counting as once the athlete of a note may read it.
import { check } from "../../src/checks/evaluate.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { MODEL } from "../events/world.ts";
import { partsOf, type Yes } from "./answers.ts";

/** True for a yes on a note about an athlete whose account the person is or was, as the state before had it. */
export function isOwnNote(before: TupleSet, yes: Yes): boolean {
  const { user, relation, object } = partsOf(yes);
  if (!object.startsWith("note:") || relation !== "can_read") return false;
  return before.users(object, "athlete").some((athlete) => {
    const answer = check(MODEL, before, { user, relation: "linked_ever", object: athlete });
    return "allowed" in answer && answer.allowed;
  });
}
