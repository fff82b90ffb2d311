// Every one-place edit of a model: an operand dropped, `and` for `or`, no `but not`, another name in a name's place.
import { parentsOf, type Definition, type Node, type PlainModel } from "./plain-model.ts";

/** One edit: the relation it changes, the change, and the new definition. */
export interface Edit {
  /** `type#relation`. */
  readonly place: string;
  /** Description of the change, such as `sessions_read -> sessions_write`. */
  readonly change: string;
  readonly definition: Definition;
}

/** Every edit of the relations of these types. */
export function* editsOf(model: PlainModel, types: ReadonlySet<string>): Generator<Edit> {
  const names = new Names(model);
  for (const [place, definition] of model) {
    const type = place.slice(0, place.indexOf("#"));
    if (!types.has(type)) continue;
    for (const { change, node } of nodeEdits(definition.node, type, place, names)) {
      yield { place, change, definition: { ...definition, node } };
    }
    for (const [i, restriction] of definition.restrictions.entries()) {
      const rest = definition.restrictions.filter((_, k) => k !== i);
      // OpenFGA refuses a relation of tuples without any allowed user.
      if (rest.length > 0) {
        yield { place, change: `[${restriction}] dropped`, definition: { ...definition, restrictions: rest } };
      }
      for (const other of names.insteadOfRestriction(restriction)) {
        if (definition.restrictions.includes(other)) continue;
        const restrictions = definition.restrictions.with(i, other);
        yield { place, change: `[${restriction}] -> [${other}]`, definition: { ...definition, restrictions } };
      }
    }
  }
}

/** Every edit that widens a relation of these types: one more form of users that its tuples may name. */
export function* wideningsOf(model: PlainModel, types: ReadonlySet<string>): Generator<Edit> {
  const places = [...model].filter(([place]) => types.has(place.slice(0, place.indexOf("#"))));
  const forms = [...new Set(places.flatMap(([, { restrictions }]) => restrictions))];
  for (const [place, definition] of places) {
    const { restrictions } = definition;
    if (restrictions.length === 0) continue;
    const conditional = restrictions.filter((form) => !form.includes(" with ")).map((form) => `${form} with unexpired`);
    for (const form of new Set([...forms, ...conditional])) {
      if (restrictions.includes(form)) continue;
      yield { place, change: `[${form}] added`, definition: { ...definition, restrictions: [...restrictions, form] } };
    }
  }
}

interface NodeEdit {
  readonly change: string;
  readonly node: Node;
}

function* nodeEdits(node: Node, type: string, place: string, names: Names): Generator<NodeEdit> {
  switch (node.kind) {
    case "this": return;
    case "computed":
      for (const relation of names.insteadOf(type, node.relation, place)) {
        yield { change: `${node.relation} -> ${relation}`, node: { ...node, relation } };
      }
      return;
    case "from":
      for (const relation of names.insteadOfTarget(type, node.tupleset, node.relation)) {
        yield { change: `${node.relation} from ${node.tupleset} -> ${relation}`, node: { ...node, relation } };
      }
      for (const tupleset of names.insteadOfTupleset(type, node.tupleset, node.relation)) {
        yield { change: `${node.relation} from ${node.tupleset} -> from ${tupleset}`, node: { ...node, tupleset } };
      }
      return;
    case "difference":
      yield { change: "`but not` dropped", node: node.base };
      for (const { change, node: base } of nodeEdits(node.base, type, place, names)) {
        yield { change, node: { ...node, base } };
      }
      for (const { change, node: subtract } of nodeEdits(node.subtract, type, place, names)) {
        yield { change: `but not: ${change}`, node: { ...node, subtract } };
      }
      return;
    default: {
      const { kind, children } = node;
      const other = kind === "union" ? "intersection" : "union";
      yield { change: `${kind} -> ${other} of ${children.map(print).join(", ")}`, node: { kind: other, children } };
      for (const [i, child] of children.entries()) {
        const rest = children.filter((_, k) => k !== i);
        const [only] = rest;
        if (only === undefined) continue;
        yield { change: `${print(child)} dropped`, node: rest.length === 1 ? only : { kind, children: rest } };
        for (const edit of nodeEdits(child, type, place, names)) {
          yield { change: edit.change, node: { kind, children: children.with(i, edit.node) } };
        }
      }
    }
  }
}

function print(node: Node): string {
  switch (node.kind) {
    case "this": return "[...]";
    case "computed": return node.relation;
    case "from": return `${node.relation} from ${node.tupleset}`;
    case "difference": return `(${print(node.base)} but not ${print(node.subtract)})`;
    default: return `(${node.children.map(print).join(node.kind === "union" ? " or " : " and ")})`;
  }
}

/** The names that may replace a name. */
class Names {
  readonly #model: PlainModel;
  readonly #relations = new Map<string, string[]>();

  constructor(model: PlainModel) {
    this.#model = model;
    for (const place of model.keys()) {
      const [type = "", relation = ""] = place.split("#");
      this.#relations.set(type, [...this.#relations.get(type) ?? [], relation]);
    }
  }

  /**
   * Other relations of a type in place of one: all that belong to no family, and the nearest ones of its own family.
   */
  insteadOf(type: string, relation: string, place: string): string[] {
    const all = this.#relations.get(type) ?? [];
    return this.#similar(all, relation).filter((other) => `${type}#${other}` !== place);
  }

  /** Other relations of the objects that a tupleset leads to. */
  insteadOfTarget(type: string, tupleset: string, relation: string): string[] {
    const parents = parentsOf(this.#model, type, tupleset).filter((parent) => this.#model.has(`${parent}#${relation}`));
    const all = new Set(parents.flatMap((parent) => this.#relations.get(parent) ?? []));
    return this.#similar([...all], relation);
  }

  /** Other tuplesets of a type that lead to a relation of this name. */
  insteadOfTupleset(type: string, tupleset: string, relation: string): string[] {
    return (this.#relations.get(type) ?? []).filter((other) => other !== tupleset && this.#isTupleset(type, other)
      && parentsOf(this.#model, type, other).some((parent) => this.#model.has(`${parent}#${relation}`)));
  }

  /** Another relation in place of a userset's: `role#row_holder` for `role#holder`. */
  insteadOfRestriction(restriction: string): string[] {
    const [type = "", relation] = restriction.split("#");
    if (relation === undefined) return [];
    return this.#similar(this.#relations.get(type) ?? [], relation).map((other) => `${type}#${other}`);
  }

  #isTupleset(type: string, relation: string): boolean {
    const definition = this.#model.get(`${type}#${relation}`);
    return definition?.node.kind === "this" && definition.restrictions.every((form) => !/[#:]/.test(form));
  }

  /** A key resembles every other key of its resource and its two neighbours; other relations resemble each other. */
  #similar(all: readonly string[], relation: string): string[] {
    const family = familyOf(relation);
    const peers = all.filter((other) => familyOf(other).family === family.family);
    const at = peers.indexOf(relation);
    const near = (other: string, i: number): boolean => family.family === "other"
      || familyOf(other).resource === family.resource || Math.abs(i - at) <= 2;
    return peers.filter((other, i) => other !== relation && near(other, i));
  }
}

/** Families of many relations of one kind: levels of a role, effective levels, keys. */
function familyOf(relation: string): { family: string; resource: string } {
  const level = /^(.*)_(?:view|edit|generate)(_role)?$/.exec(relation);
  if (level !== null && !relation.startsWith("can_")) {
    return { family: level[2] === undefined ? "level" : "level_role", resource: level[1] ?? "" };
  }
  const key = /^(.*)_(?:read|write|delete|assign|share|send|upload|annotate|submit|run|review|grant|manage|invite)$/
    .exec(relation);
  return key === null ? { family: "other", resource: relation } : { family: "key", resource: key[1] ?? "" };
}
