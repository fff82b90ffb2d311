// Random models of schema 1.1: nested set operators, usersets, tuplesets, wildcards, conditions, recursion.
import { buildModel, ModelError, type AuthorizationModelJson, type Model } from "../../src/engine.ts";
import type { Draw } from "../laws/draw.ts";

type TypeDefinition = AuthorizationModelJson["type_definitions"][number];
type Rewrite = NonNullable<TypeDefinition["relations"]>[string];
type Restriction = { type: string; relation?: string; wildcard?: object; condition?: string };

/** Types besides `user`; the first two are the usual groups of people. */
const TYPES = ["group", "folder", "doc"];
/** Relations to plain objects, which tuplesets follow. */
const LINKS = ["parent", "owner_of"];
/** Relations with any definition. */
const RELATIONS = ["member", "viewer", "editor", "blocked", "extra"];

/** Conditions of random tuples; their parameters are always supplied in full. */
const CONDITIONS = {
  less: { name: "less", expression: "x < limit", parameters: { x: int(), limit: int() } },
  named: { name: "named", expression: 'name == "a"', parameters: { name: { type_name: "TYPE_NAME_STRING" } } },
};

/** Contexts of `$expression`. Only the request's context decides them. */
const INLINE = [
  { expression: 'name == "a"' }, { expression: 'name in ["b", "c"]' }, { expression: "true" }, { expression: "1 > 2" },
  { expression: "x < limit", parameters: { x: "int", limit: "int" } },
  { expression: 'x > 4 || name == "b"', parameters: { x: "int" } },
  { expression: '["a", name].all(each, each == "a")', parameters: { limit: "any" } },
];
/** Conditions that a type restriction may require. */
const NAMES = [...Object.keys(CONDITIONS), "$expression"];

function int(): { type_name: "TYPE_NAME_INT" } {
  return { type_name: "TYPE_NAME_INT" };
}

/** A model that the evaluator accepts; OpenFGA may still refuse it. Undefined if the draw was not a valid model. */
export function drawModel(draw: Draw): Model | undefined {
  const json = drawJson(draw);
  try {
    return buildModel(json);
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}

function drawJson(draw: Draw): AuthorizationModelJson {
  const types = TYPES.slice(0, 2 + draw.below(2));
  const relations = new Map(types.map((type) => [type, RELATIONS.slice(0, 2 + draw.below(4))]));
  const links = new Map(types.map((type) => [type, LINKS.slice(0, 1 + draw.below(2))]));
  const style = { conditions: draw.chance(35), exclusion: draw.chance(45), wildcards: draw.chance(50) };
  const definitions = types.map((type): TypeDefinition => {
    const rewrites: Record<string, Rewrite> = {};
    const metadata: Record<string, { directly_related_user_types: Restriction[] }> = {};
    for (const link of links.get(type)!) {
      rewrites[link] = { this: {} };
      metadata[link] = { directly_related_user_types: draw.some(types).map((to) => ({ type: to })) };
    }
    for (const relation of relations.get(type)!) {
      const rewrite = drawRewrite(draw, relation, relations.get(type)!, links.get(type)!, style.exclusion, 0);
      rewrites[relation] = rewrite;
      const restrictions = hasThis(rewrite) ? drawRestrictions(draw, relations, style) : [];
      metadata[relation] = { directly_related_user_types: restrictions };
    }
    return { type, relations: rewrites, metadata: { relations: metadata } };
  });
  const json = { schema_version: "1.1", type_definitions: [{ type: "user" }, ...definitions] };
  return (style.conditions ? { ...json, conditions: CONDITIONS } : json) as AuthorizationModelJson;
}

function drawRestrictions(
  draw: Draw, relations: ReadonlyMap<string, readonly string[]>, style: { conditions: boolean; wildcards: boolean },
): Restriction[] {
  const found = new Map<string, Restriction>();
  const add = (restriction: Restriction): void => void found.set(JSON.stringify(restriction), restriction);
  const withCondition = (restriction: Restriction): Restriction =>
    style.conditions && draw.chance(30)
      ? { ...restriction, condition: draw.pick(NAMES) } : restriction;
  if (draw.chance(90)) add(withCondition({ type: "user" }));
  if (style.wildcards && draw.chance(30)) add(withCondition({ type: "user", wildcard: {} }));
  for (let i = draw.below(3); i > 0; i--) {
    const type = draw.pick([...relations.keys()]);
    add(withCondition({ type, relation: draw.pick(relations.get(type)!) }));
  }
  if (found.size === 0) add({ type: "user" });
  return [...found.values()];
}

function drawRewrite(
  draw: Draw, self: string, siblings: readonly string[], links: readonly string[], exclusion: boolean, depth: number,
): Rewrite {
  const deeper = (): Rewrite => drawRewrite(draw, self, siblings, links, exclusion, depth + 1);
  const dice = draw.below(depth >= 2 ? 60 : 100);
  if (dice < 32) return { this: {} };
  if (dice < 45) return { computedUserset: { relation: draw.pick(siblings) } };
  if (dice < 60) {
    const computed = draw.pick(RELATIONS.slice(0, 3));
    return { tupleToUserset: { tupleset: { relation: draw.pick(links) }, computedUserset: { relation: computed } } };
  }
  // The DSL puts direct relations once and first; here they may appear anywhere, once.
  const children = Array.from({ length: 2 + draw.below(2) }, deeper);
  if (dice < 82) return { union: { child: onceDirect(children, siblings, self) } };
  if (dice < 91 || !exclusion) return { intersection: { child: onceDirect(children, siblings, self) } };
  const [base, subtract] = onceDirect(children.slice(0, 2), siblings, self) as [Rewrite, Rewrite];
  return { difference: { base, subtract } };
}

/** Direct relations at most once among the operands; further ones become computed. */
function onceDirect(children: Rewrite[], siblings: readonly string[], self: string): Rewrite[] {
  let seen = false;
  const others = siblings.filter((name) => name !== self);
  return children.map((child, i) => {
    const again = hasThis(child) && seen;
    seen ||= hasThis(child);
    return again ? { computedUserset: { relation: others[i % others.length] ?? self } } : child;
  });
}

function hasThis(rewrite: Rewrite): boolean {
  const children = [...rewrite.union?.child ?? [], ...rewrite.intersection?.child ?? [],
    ...(rewrite.difference === undefined ? [] : [rewrite.difference.base, rewrite.difference.subtract])];
  return rewrite.this !== undefined || children.some(hasThis);
}

/** The context of a tuple's condition: some of the parameters, or the expression. */
export function tupleContext(condition: string, draw: Draw): Record<string, unknown> {
  if (condition === "$expression") return draw.pick(INLINE);
  if (condition === "named") return draw.chance(50) ? {} : { name: draw.pick(["a", "b"]) };
  return draw.chance(50) ? { limit: draw.below(10) } : { x: draw.below(10) };
}

/** A request's context that supplies every parameter; a tuple's own context overrides it. */
export function fullContext(draw: Draw): Record<string, unknown> {
  return { x: draw.below(10), limit: draw.below(10), name: draw.pick(["a", "b"]) };
}
