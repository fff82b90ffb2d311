// The graph of a model's relations upwards: the relations that a changed answer can change, as far as they are checked.
import type { Model, Relation, Rewrite } from "../model/rewrite.ts";

/** A place in a definition where one relation uses another. */
export interface Use {
  /** The relation whose definition it is. */
  readonly relation: Relation;
  /** How it gets there: on the same object, by a tuple with a userset, or by a tuple of this tupleset. */
  readonly by: "object" | "userset" | Relation;
  /** True below the subtracted side of a `but not`: there a yes can take away, and a no can give. */
  readonly isSubtracted: boolean;
}

/** A definition that goes through a tupleset, and the relations it asks for on the other side, by type symbol. */
export interface TuplesetUse {
  readonly relation: Relation;
  readonly targets: readonly (Relation | undefined)[];
  /** As in `Use`. */
  readonly isSubtracted: boolean;
}

/** The uses of each relation that lead to a checkable relation; all others are left out. */
export class AccessGraph {
  readonly #uses = new Map<Relation, Use[]>();
  readonly #tuplesets = new Map<Relation, TuplesetUse[]>();
  readonly #checkable = new Set<Relation>();
  /** Relations whose own tuples are below the subtracted side of a `but not`. */
  readonly #subtracted = new Set<Relation>();
  /** Relations from which a path leads to a checkable one. */
  readonly #leading = new Set<Relation>();

  /** `relationsOf` returns the checkable relations of a type. */
  constructor(model: Model, relationsOf: (type: string) => readonly string[] | undefined) {
    for (const type of model.types.values()) {
      for (const name of relationsOf(type.name) ?? []) {
        const relation = type.relations.get(name);
        if (relation !== undefined) this.#checkable.add(relation);
      }
    }
    const below = new Map(model.relations.map((relation) => [relation, this.#note(relation, relation.rewrite, false)]));
    const queue = [...this.#checkable];
    for (const relation of queue) {
      if (this.#leading.has(relation)) continue;
      this.#leading.add(relation);
      queue.push(...below.get(relation)!);
    }
    const leads = ({ relation }: { readonly relation: Relation }): boolean => this.#leading.has(relation);
    for (const [relation, uses] of this.#uses) this.#uses.set(relation, uses.filter(leads));
    for (const [relation, uses] of this.#tuplesets) this.#tuplesets.set(relation, uses.filter(leads));
  }

  /** True for a relation that apps may check. */
  isCheckable(relation: Relation): boolean {
    return this.#checkable.has(relation);
  }

  /** True if an answer about the relation is checkable or can change one that is. */
  leads(relation: Relation): boolean {
    return this.#leading.has(relation);
  }

  /** True if a tuple of the relation can take away. */
  isSubtracted(relation: Relation): boolean {
    return this.#subtracted.has(relation);
  }

  /** Returns the places that use a relation's answers. */
  usesOf(relation: Relation): readonly Use[] {
    return this.#uses.get(relation) ?? [];
  }

  /** Returns the definitions that go through a relation's tuples as a tupleset. */
  throughTupleset(relation: Relation): readonly TuplesetUse[] {
    return this.#tuplesets.get(relation) ?? [];
  }

  /** Notes the uses in one node of a definition. Returns the relations that it uses. */
  #note(relation: Relation, node: Rewrite, isSubtracted: boolean): Relation[] {
    const use = (target: Relation, by: Use["by"]): Relation => {
      add(this.#uses, target, { relation, by, isSubtracted });
      return target;
    };
    switch (node.kind) {
      case "this":
        if (isSubtracted) this.#subtracted.add(relation);
        return relation.usersets.map((target) => use(target, "userset"));
      case "computed":
        return [use(node.target!, "object")];
      case "from": {
        add(this.#tuplesets, node.tupleset!, { relation, targets: node.targets, isSubtracted });
        const targets = new Set(node.targets.filter((target) => target !== undefined));
        return [...targets].map((target) => use(target, node.tupleset!));
      }
      case "difference":
        return node.children.flatMap((child, i) => this.#note(relation, child, isSubtracted || i === 1));
      default:
        return node.children.flatMap((child) => this.#note(relation, child, isSubtracted));
    }
  }
}

function add<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
