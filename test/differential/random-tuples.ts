// Random tuples that a model admits, drawn from small pools of ids so that they share objects.
import type { AuthorizationModelJson, Tuple } from "../../src/engine.ts";
import type { Draw } from "../laws/draw.ts";

/** One shape of a tuple: `object#relation@user`, with open ids. */
export interface Shape {
  readonly object: string;
  readonly relation: string;
  /** `user`, `user:*` or `group#member`. */
  readonly user: string;
  readonly condition: string | undefined;
}

/** Every shape that a model admits. */
export function shapesOf(json: AuthorizationModelJson): Shape[] {
  return json.type_definitions.flatMap((type) => Object.entries(type.metadata?.relations ?? {})
    .flatMap(([relation, { directly_related_user_types: admitted }]) => (admitted ?? []).map((to) => ({
      object: type.type, relation, condition: to.condition || undefined,
      user: to.wildcard ? `${to.type}:*` : to.relation ? `${to.type}#${to.relation}` : to.type,
    }))));
}

/** Ids of a type: `t1` ... */
function idsOf(type: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${type}:${i + 1}`);
}

/** A tuple of a shape with ids 1 to `count` per type. `contextOf` draws the context of its condition. */
export function tupleOf(
  shape: Shape, count: number, draw: Draw, contextOf: (condition: string) => Record<string, unknown>,
): Tuple {
  const object = draw.pick(idsOf(shape.object, count));
  const [type = "", relation] = shape.user.split("#");
  const user = shape.user.endsWith(":*") ? shape.user
    : draw.pick(idsOf(type, count)) + (relation === undefined ? "" : `#${relation}`);
  const key = { object, relation: shape.relation, user };
  const { condition } = shape;
  return condition === undefined ? key : { ...key, condition: { name: condition, context: contextOf(condition) } };
}
