// Finds the relations that an edit of a model may affect: those with another definition, and those that use them.
import { neighbours, nodesOf } from "../model/reach.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import type { AuthorizationModelJson } from "../model/schema.ts";
import { restrictionsOf } from "../model/validate.ts";
import { canonical } from "../tuples/digest.ts";
import { printDefinition } from "./definition-text.ts";

/** Returns the places, `type#relation`, of either model whose answers may differ between the two. */
export function touchedRelations(before: Model, after: Model): ReadonlySet<string> {
  const [old, fresh] = [definitionsOf(before.json), definitionsOf(after.json)];
  const changed = new Set([...old.keys(), ...fresh.keys()].filter((place) => old.get(place) !== fresh.get(place)));
  const touched = new Set<string>(changed);
  for (const model of [before, after]) {
    for (const place of usersOf(model, changed)) touched.add(place);
  }
  return touched;
}

/** Returns the names of the conditions that both models declare with different content. */
export function changedConditions(before: AuthorizationModelJson, after: AuthorizationModelJson): string[] {
  const of = (model: AuthorizationModelJson, name: string): string => canonical(model.conditions?.[name]);
  return Object.keys(before.conditions ?? {})
    .filter((name) => after.conditions?.[name] !== undefined && of(before, name) !== of(after, name));
}

/** Returns the text of each definition, by place. */
function definitionsOf(model: AuthorizationModelJson): ReadonlyMap<string, string> {
  return new Map(model.type_definitions.flatMap((type) => Object.entries(type.relations ?? {})
    .map(([relation, rewrite]): [string, string] =>
      [`${type.type}#${relation}`, printDefinition(rewrite, restrictionsOf(type, relation))])));
}

/** Returns the places of a model that use one of the given places, directly or through others. */
function usersOf(model: Model, places: ReadonlySet<string>): Set<string> {
  const users = new Map<Relation, Relation[]>();
  for (const relation of model.relations) {
    for (const used of usedBy(relation)) users.set(used, [...users.get(used) ?? [], relation]);
  }
  const found = new Set<string>();
  const queue = model.relations.filter((relation) => places.has(placeOf(relation)));
  for (const relation of queue) {
    for (const user of users.get(relation) ?? []) {
      if (found.has(placeOf(user))) continue;
      found.add(placeOf(user));
      queue.push(user);
    }
  }
  return found;
}

function usedBy(relation: Relation): Set<Relation> {
  const nodes = nodesOf(relation.rewrite);
  return new Set([...neighbours(relation.rewrite, relation),
    ...nodes.flatMap(({ tupleset }) => (tupleset === undefined ? [] : [tupleset]))]);
}

function placeOf({ type, name }: Relation): string {
  return `${type.name}#${name}`;
}
