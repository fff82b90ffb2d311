// The law on type restrictions: a relation accepts the forms of users that events write, and no other.
import { Explorer } from "../explore/explorer.ts";
import { REAL } from "../explore/move.ts";
import { SLICES } from "../explore/slices.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { typeOf } from "../../src/tuples/tuple.ts";
import { keyWorlds } from "./key-worlds.ts";
import type { PlainModel } from "./plain-model.ts";
import { rowWorlds } from "./row-worlds.ts";

/** Number of states whose moves are played in each slice. */
const STATES = 40;

/** The form of a tuple's user, as a type restriction names it: `role#holder`, `user:* with unexpired`. */
function formOf({ user, condition }: Tuple): string {
  const hash = user.indexOf("#");
  const form = hash >= 0 ? typeOf(user) + user.slice(hash) : typeOf(user) + (user.endsWith(":*") ? ":*" : "");
  return form + (condition === undefined ? "" : ` with ${condition.name}`);
}

/** `type#relation form` of every tuple that events write in explored states, and in worlds with a role for each key. */
export function writtenForms(): Set<string> {
  const forms = new Set<string>();
  const add = (tuple: Tuple): void => {
    forms.add(`${typeOf(tuple.object)}#${tuple.relation} ${formOf(tuple)}`);
  };
  for (const { tuples } of [...keyWorlds(), ...rowWorlds()]) tuples.forEach(add);
  for (const slice of SLICES) {
    const explorer = new Explorer(slice, REAL);
    explorer.goTo(0).tuples.forEach(add);
    while (explorer.expanded < Math.min(STATES, explorer.states)) {
      explorer.expand(({ step }) => step.delta.writes.forEach(add));
    }
  }
  return forms;
}

/** The restrictions of a model's relations of these types, as `type#relation form`. */
export function acceptedForms(model: PlainModel, types: ReadonlySet<string>): Set<string> {
  return new Set([...model].filter(([place]) => types.has(place.slice(0, place.indexOf("#"))))
    .flatMap(([place, { restrictions }]) => restrictions.map((form) => `${place} ${form}`)));
}
