// Small random models without recursion, and the same models with one random edit.
import { buildModel, ModelError, type AuthorizationModelJson } from "../../../src/engine.ts";
import type { UsersetJson } from "../../../src/model/schema.ts";
import type { Draw } from "../../laws/draw.ts";
import { childrenOf } from "./formula.ts";

type TypeDefinition = AuthorizationModelJson["type_definitions"][number];
type Restriction = { type: string; relation?: string; wildcard?: object; condition?: string };

/** Types from the ground up; each links to those before it. */
const TYPES = ["org", "team", "note"];
const CONDITIONS = {
  soon: { name: "soon", expression: "x < 10", parameters: { x: { type_name: "TYPE_NAME_INT" } } },
};

/** Two models; the second has one edit. */
export interface Pair {
  readonly before: AuthorizationModelJson;
  readonly after: AuthorizationModelJson;
}

/** Draws a pair of valid models. */
export function drawPair(draw: Draw): Pair {
  for (;;) {
    const before = drawJson(draw);
    const after = drawEdit(before, draw);
    if (isValid(before) && isValid(after) && JSON.stringify(before) !== JSON.stringify(after)) return { before, after };
  }
}

function isValid(json: AuthorizationModelJson): boolean {
  try {
    buildModel(json);
    return true;
  } catch (error) {
    if (error instanceof ModelError) return false;
    throw error;
  }
}

function drawJson(draw: Draw): AuthorizationModelJson {
  const style = { conditions: draw.chance(25), wildcards: draw.chance(40) };
  const known = new Map<string, string[]>();
  const types = TYPES.map((type): TypeDefinition => {
    const relations: Record<string, UsersetJson> = {};
    const metadata: Record<string, { directly_related_user_types: Restriction[] }> = {};
    const below = [...known.keys()];
    const links = below.length === 0 ? [] : draw.chance(40) && below.length > 1 ? ["on", "under"] : ["on"];
    for (const link of links) {
      relations[link] = { this: {} };
      metadata[link] = { directly_related_user_types: draw.some(below).map((to) => ({ type: to })) };
    }
    const names: string[] = [];
    known.set(type, names);
    for (const name of ["a", "b", "c", ...["d", "e", "f"].slice(0, 1 + draw.below(3))]) {
      const rewrite = name <= "c" ? { this: {} } : drawRewrite(draw, names, links, 0);
      relations[name] = rewrite;
      const restrictions = hasThis(rewrite) ? drawRestrictions(draw, known, type, style) : [];
      metadata[name] = { directly_related_user_types: restrictions };
      names.push(name);
    }
    return { type, relations, metadata: { relations: metadata } };
  });
  const json = { schema_version: "1.1", type_definitions: [{ type: "user" }, ...types] };
  return style.conditions ? { ...json, conditions: CONDITIONS } : json;
}

function drawRestrictions(
  draw: Draw, known: ReadonlyMap<string, readonly string[]>, own: string,
  style: { readonly conditions: boolean; readonly wildcards: boolean },
): Restriction[] {
  const found: Restriction[] = draw.chance(85) ? [{ type: "user" }] : [];
  if (style.wildcards && draw.chance(30)) found.push({ type: "user", wildcard: {} });
  const usersets = [...known].filter(([type]) => type !== own)
    .flatMap(([type, names]) => names.map((relation) => ({ type, relation })));
  if (usersets.length > 0 && draw.chance(40)) found.push(draw.pick(usersets));
  if (style.conditions && draw.chance(40)) found.push({ type: "user", condition: "soon" });
  return found.length === 0 ? [{ type: "user" }] : found;
}

function drawRewrite(draw: Draw, names: readonly string[], links: readonly string[], depth: number): UsersetJson {
  const leaf = depth >= 2 || draw.chance(25);
  if (leaf) {
    if (depth > 0 && draw.chance(10)) return { this: {} };
    if (links.length === 0 || draw.chance(55)) return { computedUserset: { relation: draw.pick(names) } };
    const computedUserset = { relation: draw.pick(["a", "b", "c", "d"]) };
    return { tupleToUserset: { tupleset: { relation: draw.pick(links) }, computedUserset } };
  }
  const child = Array.from({ length: 2 + draw.below(2) }, () => drawRewrite(draw, names, links, depth + 1));
  if (draw.chance(45)) return { union: { child } };
  if (draw.chance(60)) return { intersection: { child } };
  return { difference: { base: child[0]!, subtract: child[1]! } };
}

function hasThis(rewrite: UsersetJson): boolean {
  return rewrite.this !== undefined || childrenOf(rewrite).some(hasThis);
}

interface Editable {
  readonly type_definitions: { relations?: Record<string, UsersetJson> }[];
}

/** Returns a model with one place of one definition changed. It may be invalid. */
function drawEdit(json: AuthorizationModelJson, draw: Draw): AuthorizationModelJson {
  const copy = structuredClone(json) as unknown as Editable;
  const type = draw.pick(copy.type_definitions.filter(({ relations }) => relations !== undefined));
  const derived = Object.keys(type.relations!).filter((name) => name >= "d" && name.length === 1);
  const name = draw.pick(derived);
  const nodes = nodesOf(type.relations![name]!);
  type.relations![name] = replaced(type.relations![name]!, draw.pick(nodes), draw);
  return copy as unknown as AuthorizationModelJson;
}

function nodesOf(rewrite: UsersetJson): UsersetJson[] {
  return [rewrite, ...childrenOf(rewrite).flatMap(nodesOf)];
}

function replaced(rewrite: UsersetJson, target: UsersetJson, draw: Draw): UsersetJson {
  if (rewrite === target) return edited(rewrite, draw);
  const { union, intersection, difference } = rewrite;
  if (union) return { union: { child: union.child.map((each) => replaced(each, target, draw)) } };
  if (intersection) return { intersection: { child: intersection.child.map((each) => replaced(each, target, draw)) } };
  if (difference) {
    return { difference: { base: replaced(difference.base, target, draw),
      subtract: replaced(difference.subtract, target, draw) } };
  }
  return rewrite;
}

function edited(node: UsersetJson, draw: Draw): UsersetJson {
  const { union, intersection, difference, computedUserset, tupleToUserset } = node;
  const child = union?.child ?? intersection?.child;
  if (child) {
    if (draw.chance(40)) return union ? { intersection: { child } } : { union: { child } };
    if (draw.chance(30)) return { difference: { base: child[0]!, subtract: child[1]! } };
    const rest = child.filter((_, i) => i !== draw.below(child.length));
    return rest.length === 1 ? rest[0]! : union ? { union: { child: rest } } : { intersection: { child: rest } };
  }
  if (difference) {
    return draw.pick([difference.base, { intersection: { child: [difference.base, difference.subtract] } },
      { difference: { base: difference.subtract, subtract: difference.base } }]);
  }
  if (computedUserset) return { computedUserset: { relation: draw.pick(["a", "b", "c"]) } };
  if (tupleToUserset) {
    return { tupleToUserset: { ...tupleToUserset, computedUserset: { relation: draw.pick(["a", "b"]) } } };
  }
  return { computedUserset: { relation: draw.pick(["a", "b", "c"]) } };
}
