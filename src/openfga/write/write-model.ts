// The model named by Writes: it allows the same tuples with hardly a rule, as OpenFGA rebuilds the model per Write.
import type { AuthorizationModelJson, TypeDefinitionJson, UsersetJson } from "../../model/schema.ts";

/** Type and relation that mark such a model. No tuple has them, so the relation is never granted. */
const NOBODY = "write_only";

const THIS: UsersetJson = { this: {} };
const NEVER: UsersetJson = { computedUserset: { relation: NOBODY } };

/** Returns true for a model made by `writeModelOf`. */
export function isWriteModel({ type_definitions }: AuthorizationModelJson): boolean {
  return type_definitions.some(({ type }) => type === NOBODY);
}

/**
 * Returns the model without its rules. It allows exactly the tuples the whole model allows. OpenFGA 1.22.1 builds the
 * graph of the model for each Write: profiled on a busy machine, that takes 15 ms for the whole policy and 2 ms for
 * this one. A check against this model grants no more than the whole model: a relation is granted by its tuples where
 * the whole model grants it by them alone, and otherwise never.
 */
export function writeModelOf(model: AuthorizationModelJson): AuthorizationModelJson {
  const named = new Set(model.type_definitions.flatMap((type) => usersetsIn(type)));
  const types = model.type_definitions.map((type) => withoutRules(type, named));
  return { ...model, type_definitions: [{ type: NOBODY }, ...types] };
}

/** Returns the usersets that a type's relations may be granted to, as `type#relation`. */
function usersetsIn({ metadata }: TypeDefinitionJson): string[] {
  return Object.values(metadata?.relations ?? {}).flatMap(({ directly_related_user_types: users = [] }) =>
    users.filter(({ relation }) => relation !== undefined && relation !== "").map((u) => `${u.type}#${u.relation}`));
}

function withoutRules({ type, relations = {}, metadata }: TypeDefinitionJson, named: Set<string>): TypeDefinitionJson {
  const kept: Record<string, UsersetJson> = {};
  const users: Record<string, object> = {};
  for (const [name, rewrite] of Object.entries(relations)) {
    const direct = metadata?.relations?.[name]?.directly_related_user_types ?? [];
    if (direct.length > 0) {
      kept[name] = grantsByTuples(rewrite) ? THIS : { intersection: { child: [THIS, NEVER] } };
      users[name] = { directly_related_user_types: direct };
    } else if (named.has(`${type}#${name}`)) kept[name] = NEVER;
  }
  if (Object.keys(kept).length === 0) return { type };
  const nobody = { directly_related_user_types: [{ type: NOBODY }] };
  return { type, relations: { ...kept, [NOBODY]: THIS }, metadata: { relations: { ...users, [NOBODY]: nobody } } };
}

/** Returns whether a tuple alone grants: not where another rule must also hold, or may exclude the user. */
function grantsByTuples(rewrite: UsersetJson): boolean {
  return rewrite.this !== undefined || (rewrite.union?.child.some(grantsByTuples) ?? false);
}
