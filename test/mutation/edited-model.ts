// The model of the policy with one edit in it.
import { compileModel } from "../../src/model/compile.ts";
import type { Model } from "../../src/model/rewrite.ts";
import type { AuthorizationModelJson, UsersetJson } from "../../src/model/schema.ts";
import type { Edit } from "./edits.ts";
import type { Node } from "./plain-model.ts";

function jsonOf(node: Node): UsersetJson {
  switch (node.kind) {
    case "this": return { this: {} };
    case "computed": return { computedUserset: { relation: node.relation } };
    case "from": return {
      tupleToUserset: { tupleset: { relation: node.tupleset }, computedUserset: { relation: node.relation } },
    };
    case "union": return { union: { child: node.children.map(jsonOf) } };
    case "intersection": return { intersection: { child: node.children.map(jsonOf) } };
    case "difference": return { difference: { base: jsonOf(node.base), subtract: jsonOf(node.subtract) } };
  }
}

/** Compiles a model with an edit of a definition. The edit must leave the type restrictions as they are. */
export function editedModel(json: AuthorizationModelJson, { place, definition }: Edit): Model {
  const [type = "", relation = ""] = place.split("#");
  return compileModel({
    ...json,
    type_definitions: json.type_definitions.map((one) => one.type !== type ? one
      : { ...one, relations: { ...one.relations, [relation]: jsonOf(definition.node) } }),
  });
}
