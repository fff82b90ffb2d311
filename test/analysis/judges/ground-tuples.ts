// Tuples of an example in the judges' own form.
import type { Tuple } from "../../../src/tuples/tuple.ts";
import type { Fact, Term } from "./formula.ts";

/** A tuple as a fact over constants. */
export function groundOf({ object, relation, user, condition }: Tuple): Fact {
  const [who = "", userset = ""] = user.split("#");
  const term = termOf(who);
  return {
    object: termOf(object), relation, user: term.name === "*" ? "*" : term, userType: term.type, userset,
    condition: condition?.name ?? "",
  };
}

/** `type:name` as a term. */
export function termOf(entity: string): Term {
  const colon = entity.indexOf(":");
  return { type: entity.slice(0, colon), name: entity.slice(colon + 1) };
}
