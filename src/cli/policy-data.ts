// The comparison of two models on the tuples of one store: the users who gain and lose, by name.
import { compareModels, type Verdict } from "../analysis/compare-models.ts";
import { listUsers } from "../checks/list-users.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { countOf, DIFFERENT, jsonOf, linesOf, SAME, type NamedModel, type Output } from "./policy-output.ts";

/** Arguments of the command with tuples. */
export interface DataArguments {
  readonly before: NamedModel<Model>;
  readonly after: NamedModel<Model>;
  readonly tuples: TupleSet;
  /** The time of conditions, `current_time`, as RFC 3339. */
  readonly time: string;
  readonly allowLossOnly: boolean;
  readonly json: boolean;
}

/** The answers of one relation that differ on the tuples. Each is a user and an object. */
interface RelationChange {
  readonly place: string;
  readonly gained: readonly Answer[];
  readonly lost: readonly Answer[];
  /** Objects that could not be compared, each with the reason. */
  readonly faults: readonly string[];
}

interface Answer {
  readonly user: string;
  readonly object: string;
}

/** Maximum number of names that the text output lists for each relation, of those who gain and of those who lose. */
const NAMED = 20;

/** True if no set of tuples shows a difference, however deep a recursion goes. */
function isEqualForAll(verdict: Verdict): boolean {
  return verdict.outcome === "none" && verdict.bound === undefined;
}

/**
 * Compares two models on the tuples of a store: lists each user who gains or loses a relation to an object. Looks only
 * at relations that can differ. Status 0 if nothing differs (with `allowLossOnly`: if nothing is
 * gained), otherwise 1.
 */
export function policyDiffOnData(args: DataArguments): Output {
  const { before, after, allowLossOnly, json } = args;
  const { relations } = compareModels(before.model, after.model);
  // Where a search ended at a bound, only the tuples decide.
  const changes = relations.filter(({ gain, loss }) => !isEqualForAll(gain) || !isEqualForAll(loss))
    .map(({ place }) => changeOf(place, args))
    .filter(({ gained, lost, faults }) => gained.length + lost.length + faults.length > 0);
  const gained = changes.reduce((sum, each) => sum + each.gained.length, 0);
  const lost = changes.reduce((sum, each) => sum + each.lost.length, 0);
  const faults = changes.flatMap((each) => each.faults);
  const status = gained === 0 && faults.length === 0 && (lost === 0 || allowLossOnly) ? SAME : DIFFERENT;
  if (json) return { status, text: jsonOf({ before: before.file, after: after.file, gained, lost, changes }) };
  return { status, text: linesOf([
    `${before.file} -> ${after.file} on ${countOf(args.tuples.size, "tuple")}: ${countOf(gained, "answer")} gained, `
      + `${lost} lost`,
    ...changes.flatMap((change) => [
      `${change.place}: ${change.gained.length} gained, ${change.lost.length} lost`,
      ...names("+", change.gained), ...names("-", change.lost), ...change.faults.map((fault) => `  ? ${fault}`),
    ]),
  ]) };
}

function names(sign: string, answers: readonly Answer[]): string[] {
  const shown = answers.slice(0, NAMED).map(({ user, object }) => `  ${sign} ${user} ${object}`);
  return answers.length <= NAMED ? shown : [...shown, `  ${sign} and ${answers.length - NAMED} others`];
}

function changeOf(place: string, { before, after, tuples, time }: DataArguments): RelationChange {
  const [type = "", name = ""] = place.split("#");
  const objects = new Set([...tuples.read({ objectType: type })].map(({ object }) => object));
  const [gained, lost, faults]: [Answer[], Answer[], string[]] = [[], [], []];
  for (const object of objects) {
    const [old, fresh] = [before.model, after.model].map((model) => usersOf(model, tuples, object, name, time));
    if (typeof old === "string" || typeof fresh === "string") {
      faults.push(`${object}: ${typeof old === "string" ? old : String(fresh)}`);
      continue;
    }
    for (const user of fresh!) if (!old!.has(user)) gained.push({ user, object });
    for (const user of old!) if (!fresh!.has(user)) lost.push({ user, object });
  }
  return { place, gained, lost, faults };
}

/** Returns the users of a relation by a model, none where it lacks the relation, or the reason why it cannot say. */
function usersOf(
  model: Model, tuples: TupleSet, object: string, relation: string, time: string,
): ReadonlySet<string> | string {
  const type = object.slice(0, object.indexOf(":"));
  const found = model.types.get(type)?.relations.get(relation);
  const users = new Set<string>();
  for (const userType of found === undefined ? [] : typesOf(model, found)) {
    const context = { current_time: time };
    const answer = listUsers(model, tuples, { object, relation, userFilter: { type: userType }, context });
    if ("error" in answer) return answer.error.message;
    for (const user of answer.users) users.add(user);
  }
  return users;
}

/** Returns the types whose objects may have a relation. */
function typesOf(model: Model, { place }: Relation): string[] {
  return [...model.types.values()].filter((type) => model.reach.ofType(type)[place] === 1).map(({ name }) => name);
}
