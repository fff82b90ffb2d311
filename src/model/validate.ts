// Refuses the models that OpenFGA refuses on a write: bad names, undefined relations, no entry point, computed cycles.
import { ModelError } from "./model-error.ts";
import {
  INLINE_EXPRESSION, type AuthorizationModelJson, type RelationReferenceJson, type TypeDefinitionJson,
  type UsersetJson,
} from "./schema.ts";

type Types = ReadonlyMap<string, TypeDefinitionJson>;

/** Returns the type restrictions of a relation, as listed in the model. */
export function restrictionsOf(type: TypeDefinitionJson, relation: string): readonly RelationReferenceJson[] {
  return type.metadata?.relations?.[relation]?.directly_related_user_types ?? [];
}

/** Returns the operands of a set operator, or undefined for any other rewrite. */
export function operandsOf(rewrite: UsersetJson): readonly UsersetJson[] | undefined {
  if (rewrite.difference) return [rewrite.difference.base, rewrite.difference.subtract];
  return rewrite.union?.child ?? rewrite.intersection?.child;
}

/** Throws a ModelError for a model that OpenFGA 1.22.1 refuses. (Other code compiles its conditions.) */
export function validateModel(model: AuthorizationModelJson): void {
  if (model.schema_version !== "1.1" && model.schema_version !== "1.2") {
    throw new ModelError(`schema version '${model.schema_version}' is not supported`);
  }
  const types = new Map<string, TypeDefinitionJson>();
  for (const type of model.type_definitions) {
    if (types.has(type.type)) throw new ModelError(`type '${type.type}' is defined twice`);
    validateName("type", type.type);
    for (const relation of Object.keys(type.relations ?? {})) validateName("relation", relation);
    types.set(type.type, type);
  }
  const tuplesets = tuplesetsOf(model);
  for (const type of types.values()) {
    for (const [relation, rewrite] of Object.entries(type.relations ?? {})) {
      const name = `${type.type}#${relation}`;
      validateRewrite(types, type, relation, rewrite);
      validateRestrictions(model, types, type, relation, tuplesets.has(name));
      if (!hasEntrypoint(types, type.type, relation, rewrite, new Map())) {
        throw new ModelError(`relation '${name}' has no entry point: no tuple can ever grant it`);
      }
      if (hasComputedCycle(types, type.type, relation, rewrite, new Set())) {
        throw new ModelError(`relation '${name}' is computed from itself`);
      }
    }
  }
}

function validateName(what: string, name: string): void {
  if (name === "") throw new ModelError(`a ${what} has an empty name`);
  if (name === "self" || name === "this") throw new ModelError(`${what} '${name}': the name is reserved`);
}

/** Returns `type#relation` for every relation used as a tupleset. */
function tuplesetsOf(model: AuthorizationModelJson): Set<string> {
  const found = new Set<string>();
  const walk = (type: string, rewrite: UsersetJson): void => {
    if (rewrite.tupleToUserset) found.add(`${type}#${rewrite.tupleToUserset.tupleset.relation ?? ""}`);
    for (const child of operandsOf(rewrite) ?? []) walk(type, child);
  };
  for (const type of model.type_definitions) {
    for (const rewrite of Object.values(type.relations ?? {})) walk(type.type, rewrite);
  }
  return found;
}

function rewriteOf(types: Types, type: string, relation: string): UsersetJson | undefined {
  const relations = types.get(type)?.relations;
  return relations && Object.hasOwn(relations, relation) ? relations[relation] : undefined;
}

function validateRewrite(types: Types, type: TypeDefinitionJson, relation: string, rewrite: UsersetJson): void {
  const name = `${type.type}#${relation}`;
  const undefinedRelation = (missing: string): never => {
    throw new ModelError(`relation '${name}' names '${missing}', which is not a relation of '${type.type}'`);
  };
  const operands = operandsOf(rewrite);
  if (operands) {
    if (operands.length < 2) throw new ModelError(`relation '${name}': a set operator needs two operands`);
    for (const operand of operands) validateRewrite(types, type, relation, operand);
  } else if (rewrite.computedUserset) {
    const computed = rewrite.computedUserset.relation ?? "";
    if (computed === relation) throw new ModelError(`relation '${name}' is computed from itself`);
    if (!rewriteOf(types, type.type, computed)) undefinedRelation(computed);
  } else if (rewrite.tupleToUserset) {
    const tupleset = rewrite.tupleToUserset.tupleset.relation ?? "";
    const computed = rewrite.tupleToUserset.computedUserset.relation ?? "";
    const tuplesetRewrite = rewriteOf(types, type.type, tupleset) ?? undefinedRelation(tupleset);
    if (!tuplesetRewrite.this) {
      throw new ModelError(`relation '${type.type}#${tupleset}' is used as a tupleset and must be a direct relation`);
    }
    if (!restrictionsOf(type, tupleset).some((parent) => rewriteOf(types, parent.type, computed))) {
      throw new ModelError(`relation '${name}': no type of '${tupleset}' has a relation '${computed}'`);
    }
  } else if (!rewrite.this) {
    throw new ModelError(`relation '${name}' has no definition`);
  }
}

function containsThis(rewrite: UsersetJson): boolean {
  return rewrite.this !== undefined || (operandsOf(rewrite) ?? []).some(containsThis);
}

function validateRestrictions(
  model: AuthorizationModelJson, types: Types, type: TypeDefinitionJson, relation: string, isTupleset: boolean,
): void {
  const name = `${type.type}#${relation}`;
  const restrictions = restrictionsOf(type, relation);
  const assignable = containsThis(type.relations![relation]!);
  if (assignable !== restrictions.length > 0) {
    throw new ModelError(assignable
      ? `relation '${name}' is assignable and needs a type restriction`
      : `relation '${name}' is not assignable and must not have type restrictions`);
  }
  for (const restriction of restrictions) {
    const shown = `${restriction.type}${restriction.relation ? `#${restriction.relation}` : ""}`;
    if (!types.has(restriction.type)) {
      throw new ModelError(`relation '${name}': '${shown}' is not a valid type restriction`);
    }
    if ((restriction.relation || restriction.wildcard) && isTupleset) {
      throw new ModelError(`relation '${name}' is used as a tupleset and admits plain objects only, not '${shown}'`);
    }
    if (restriction.relation && !rewriteOf(types, restriction.type, restriction.relation)) {
      throw new ModelError(`relation '${name}': '${shown}' is not a valid type restriction`);
    }
    const { condition } = restriction;
    if (condition && condition !== INLINE_EXPRESSION && !Object.hasOwn(model.conditions ?? {}, condition)) {
      throw new ModelError(`relation '${name}': condition '${condition}' is not defined`);
    }
  }
}

/** Visited relations: maps `type#relation` to whether an entry point has been found for it. */
type Visited = Map<string, boolean>;

function hasEntrypoint(
  types: Types, type: string, relation: string, rewrite: UsersetJson, visited: Visited,
): boolean {
  const seen = new Map(visited).set(`${type}#${relation}`, false);
  const follow = (nextType: string, nextRelation: string): boolean => {
    const next = rewriteOf(types, nextType, nextRelation);
    if (next === undefined) return false;
    return seen.get(`${nextType}#${nextRelation}`) ?? hasEntrypoint(types, nextType, nextRelation, next, seen);
  };
  if (rewrite.this) {
    return restrictionsOf(types.get(type)!, relation).some((restriction) =>
      !restriction.relation || follow(restriction.type, restriction.relation));
  }
  if (rewrite.computedUserset) return follow(type, rewrite.computedUserset.relation ?? "");
  if (rewrite.tupleToUserset) {
    const { tupleset, computedUserset } = rewrite.tupleToUserset;
    return restrictionsOf(types.get(type)!, tupleset.relation ?? "")
      .some((parent) => follow(parent.type, computedUserset.relation ?? ""));
  }
  const test = (child: UsersetJson): boolean => hasEntrypoint(types, type, relation, child, visited);
  const operands = operandsOf(rewrite) ?? [];
  return rewrite.union ? operands.some(test) : operands.every(test);
}

function hasComputedCycle(
  types: Types, type: string, relation: string, rewrite: UsersetJson, visited: ReadonlySet<string>,
): boolean {
  const seen = new Set(visited).add(relation);
  if (rewrite.computedUserset) {
    const computed = rewrite.computedUserset.relation ?? "";
    return seen.has(computed) || hasComputedCycle(types, type, computed, rewriteOf(types, type, computed)!, seen);
  }
  return (operandsOf(rewrite) ?? []).some((child) => hasComputedCycle(types, type, relation, child, seen));
}
