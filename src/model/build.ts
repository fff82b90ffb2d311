// Compiles a model from its JSON form, without the parser of the DSL.
import { plainKind, relationMark, usersetKind, wildcardKind, type UserKind } from "../memory/entity-names.ts";
import { internRelation, internType } from "../memory/symbols.ts";
import { analyse } from "./analyse.ts";
import { compileCondition, type Condition } from "./condition.ts";
import { inlineExpressions } from "./inline-expression.ts";
import { ModelError } from "./model-error.ts";
import {
  ADMITS_CONDITIONS, ADMITS_PLAIN, type Model, type Relation, type Rewrite, type RewriteKind, type Type,
} from "./rewrite.ts";
import {
  INLINE_EXPRESSION, type AuthorizationModelJson, type RelationReferenceJson, type TypeDefinitionJson,
  type UsersetJson,
} from "./schema.ts";
import { operandsOf, restrictionsOf, validateModel } from "./validate.ts";

/**
 * Compiles a model from JSON. Throws a ModelError that names the fault when OpenFGA would refuse the model.
 *
 * @example
 * const model = buildModel({ schema_version: "1.1", type_definitions: [{ type: "user" }] });
 * [...model.types.keys()] // ["user"]
 * buildModel({ schema_version: "1.0", type_definitions: [] }) // throws schema
 */
export function buildModel(json: AuthorizationModelJson): Model {
  validateModel(json);
  const conditions = new Map<string, Condition>();
  for (const [name, condition] of Object.entries(json.conditions ?? {})) {
    if (name !== condition.name) throw new ModelError(`condition '${condition.name}' stands under the name '${name}'`);
    conditions.set(name, compileCondition(condition));
  }
  // A condition that the model declares under this name must compile but is never used.
  conditions.set(INLINE_EXPRESSION, inlineExpressions);
  const builder = new Builder(json);
  const { types, relations, typeOf, relationOf } = builder;
  const reach = analyse(relations, builder.places);
  return { json, conditions, types, relations, typeOf, relationOf, reach };
}

/** Initial values of the fields that `analyse` fills in. */
const FACTS = { risky: false, conditional: false, cost: 1 };
const NODE = { target: undefined, tupleset: undefined, targets: [], children: [], ...FACTS };

class Builder {
  readonly types = new Map<string, Type>();
  readonly relations: Relation[] = [];
  readonly typeOf: (Type | undefined)[] = [];
  readonly relationOf: (Relation | undefined)[] = [];
  /** Number of places assigned so far: see Reach. */
  places = 0;

  constructor(json: AuthorizationModelJson) {
    for (const definition of json.type_definitions) this.addType(definition);
    for (const definition of json.type_definitions) {
      const type = this.types.get(definition.type)!;
      for (const [name, rewrite] of Object.entries(definition.relations ?? {})) {
        const relation = type.relations.get(name)!;
        (relation.usersets as Relation[]).push(...this.usersetsOf(definition, name));
        relation.rewrite = this.rewrite(rewrite, relation);
      }
    }
  }

  private addType(definition: TypeDefinitionJson): void {
    const relations = new Map<string, Relation>();
    const symbol = internType(definition.type);
    const type: Type = { index: this.types.size, symbol, name: definition.type, relations };
    this.types.set(type.name, type);
    this.typeOf[symbol] = type;
    for (const name of Object.keys(definition.relations ?? {})) {
      const relation = this.relation(type, name, restrictionsOf(definition, name));
      relations.set(name, relation);
      this.relations.push(relation);
      this.relationOf[relation.symbol] = relation;
    }
  }

  private relation(type: Type, name: string, restrictions: readonly RelationReferenceJson[]): Relation {
    const { admits, conditions } = admission(restrictions);
    const symbol = internRelation(type.symbol, name);
    return {
      index: this.relations.length, symbol, type, name,
      usersetMark: relationMark(symbol, true), plainMark: relationMark(symbol, false),
      place: this.places++, usersetsPlace: this.places++, rewrite: this.node("this"), admits, conditions, usersets: [],
      conditionalUsersets: restrictions.some((r) => r.relation && r.condition),
      inline: restrictions.some((r) => r.condition === INLINE_EXPRESSION),
      ...FACTS, shared: false, recursive: false, component: 0,
    };
  }

  private usersetsOf(definition: TypeDefinitionJson, relation: string): Set<Relation> {
    const named = restrictionsOf(definition, relation).filter((restriction) => restriction.relation);
    return new Set(named.map((r) => this.types.get(r.type)!.relations.get(r.relation!)!));
  }

  private rewrite(json: UsersetJson, relation: Relation): Rewrite {
    const siblings = relation.type.relations;
    const operands = operandsOf(json);
    if (operands) {
      const kind: RewriteKind = json.union ? "union" : json.intersection ? "intersection" : "difference";
      return this.node(kind, { children: operands.map((operand) => this.rewrite(operand, relation)) });
    }
    if (json.computedUserset) {
      return this.node("computed", { target: siblings.get(json.computedUserset.relation!)! });
    }
    if (json.tupleToUserset) {
      const tupleset = siblings.get(json.tupleToUserset.tupleset.relation!)!;
      const computed = json.tupleToUserset.computedUserset.relation!;
      const targets: (Relation | undefined)[] = [];
      for (const parent of this.types.values()) {
        if (tupleset.admits[plainKind(parent.symbol)]) targets[parent.symbol] = parent.relations.get(computed);
      }
      return this.node("from", { tupleset, targets });
    }
    return this.node("this");
  }

  private node(kind: RewriteKind, parts: Partial<Rewrite> = {}): Rewrite {
    return { kind, place: this.places++, ...NODE, ...parts };
  }
}

/** Returns the user kinds that type restrictions admit: see Relation.admits and Relation.conditions. */
function admission(restrictions: readonly RelationReferenceJson[]): Pick<Relation, "admits" | "conditions"> {
  const conditions = new Map<UserKind, Set<string>>();
  for (const restriction of restrictions) {
    const type = internType(restriction.type);
    const facet = restriction.relation
      ? usersetKind(internRelation(type, restriction.relation))
      : restriction.wildcard ? wildcardKind(type) : plainKind(type);
    const names = conditions.get(facet) ?? new Set();
    conditions.set(facet, names.add(restriction.condition ?? ""));
  }
  const admits = new Uint8Array(Math.max(0, ...conditions.keys()) + 1);
  for (const [facet, names] of conditions) {
    const plain = names.size === 1 && names.has("");
    admits[facet] = plain ? ADMITS_PLAIN : ADMITS_CONDITIONS;
  }
  return { admits, conditions };
}
