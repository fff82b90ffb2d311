// The model in the form of OpenFGA's answers, with unset fields spelled out.
import type {
  ConditionJson, ParameterTypeJson, TypeDefinitionJson, UsersetJson,
} from "../model/schema.ts";
import type { StoreInfo } from "../sidecar/sidecar.ts";

/** Returns a store's one model, with its id. */
export function modelBody({ modelId, model }: StoreInfo): object {
  return {
    id: modelId, schema_version: model.schema_version, type_definitions: model.type_definitions.map(typeBody),
    conditions: mapValues(model.conditions ?? {}, conditionBody),
  };
}

function typeBody({ type, relations, metadata }: TypeDefinitionJson): object {
  const about = metadata === undefined || metadata === null ? null : {
    relations: mapValues(metadata.relations ?? {}, (relation) => ({
      directly_related_user_types: (relation.directly_related_user_types ?? [])
        .map((reference) => ({ ...reference, condition: reference.condition ?? "" })),
      module: "", source_info: null,
    })),
    module: "", source_info: null,
  };
  return { type, relations: mapValues(relations ?? {}, rewriteBody), metadata: about };
}

function rewriteBody(rewrite: UsersetJson): object {
  if (rewrite.computedUserset) return { computedUserset: relationBody(rewrite.computedUserset) };
  if (rewrite.tupleToUserset) {
    const { tupleset, computedUserset } = rewrite.tupleToUserset;
    return { tupleToUserset: { tupleset: relationBody(tupleset), computedUserset: relationBody(computedUserset) } };
  }
  if (rewrite.union) return { union: { child: rewrite.union.child.map(rewriteBody) } };
  if (rewrite.intersection) return { intersection: { child: rewrite.intersection.child.map(rewriteBody) } };
  if (rewrite.difference) {
    const { base, subtract } = rewrite.difference;
    return { difference: { base: rewriteBody(base), subtract: rewriteBody(subtract) } };
  }
  return { this: {} };
}

function relationBody({ relation }: { readonly relation?: string }): object {
  return { object: "", relation: relation ?? "" };
}

function conditionBody({ name, expression, parameters }: ConditionJson): object {
  return { name, expression, parameters: mapValues(parameters ?? {}, parameterBody), metadata: null };
}

function parameterBody({ type_name, generic_types }: ParameterTypeJson): object {
  return { type_name, generic_types: (generic_types ?? []).map(parameterBody) };
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
