// Reach: from which users a path in the model leads to a relation or to a part of its definition.
import { plainKind, wildcardKind } from "../memory/entity-names.ts";
import { admits, type Reach, type ReachRow, type Relation, type Rewrite, type Type } from "./rewrite.ts";
import { MAX_ROWS_OF_MARKS } from "./model-limits.ts";

/** Returns the relations that the evaluation of a rewrite of `relation` may lead to. */
export function neighbours(rewrite: Rewrite, relation: Relation): readonly Relation[] {
  switch (rewrite.kind) {
    case "this":
      return relation.usersets;
    case "computed":
      return [rewrite.target!];
    case "from":
      return rewrite.targets.filter((target) => target !== undefined);
    default:
      return rewrite.children.flatMap((child) => neighbours(child, relation));
  }
}

/** Returns every node of a relation's definition. */
export function nodesOf(rewrite: Rewrite): Rewrite[] {
  return [rewrite, ...rewrite.children.flatMap(nodesOf)];
}

/**
 * The graph of a model's places (relations, their usersets, nodes of their definitions), and the places reached in it.
 * Rows are computed on first use. Construct it before the operands are reordered.
 */
export class ReachGraph implements Reach {
  /** By place: the places that it feeds. */
  private readonly up: number[][];
  /** The same, except that an intersection is fed by its first operand only, and a difference by its base only. */
  private readonly leadUp: number[][];
  /** By place: how many of the places that feed it must be reached. All operands for an intersection, otherwise one. */
  private readonly needed: Int32Array;
  /** Places of the subtracted sides of differences. Such a side alone reaches nothing. */
  private readonly subtracted = new Set<number>();
  private readonly relations: readonly Relation[];
  private readonly rowsOfMarks = new Map<number, ReachRow>();
  private readonly rows = new Map<string, ReachRow>();

  constructor(relations: readonly Relation[], places: number) {
    this.relations = relations;
    this.up = Array.from({ length: places }, () => []);
    this.leadUp = Array.from({ length: places }, () => []);
    this.needed = new Int32Array(places).fill(1);
    for (const relation of relations) {
      for (const userset of relation.usersets) this.feed(userset.place, relation.usersetsPlace);
      for (const node of nodesOf(relation.rewrite)) this.connect(node, relation);
      this.feed(relation.rewrite.place, relation.place);
    }
  }

  ofType(type: Type): ReachRow {
    return this.row(`t${type.index}`, this.up, () => this.assignable(type));
  }

  ofMarks(type: Type, marks: number): ReachRow {
    const key = type.index * 2 ** 32 + (marks >>> 0);
    const known = this.rowsOfMarks.get(key);
    if (known !== undefined) return known;
    const whole = this.ofType(type);
    if (this.rowsOfMarks.size >= MAX_ROWS_OF_MARKS) return whole;
    const row = this.narrow(whole, this.assignable(type, marks));
    this.rowsOfMarks.set(key, row);
    return row;
  }

  ofUserset(relation: Relation): ReachRow {
    return this.row(`u${relation.index}`, this.up, () => [relation.place]);
  }

  leadOf(type: Type, relation: Relation | undefined): ReachRow {
    return relation === undefined
      ? this.row(`lt${type.index}`, this.leadUp, () => this.assignable(type))
      : this.row(`lu${relation.index}`, this.leadUp, () => [relation.place]);
  }

  wildcardOf(type: Type): ReachRow {
    const facet = wildcardKind(type.symbol);
    return this.row(`w${type.index}`, this.up, () => this.directNodes((relation) => admits(relation, facet)));
  }

  /** Returns the places that the given places feed, directly or indirectly. */
  closure(seeds: readonly number[]): ReachRow {
    return closure(this.up, seeds);
  }

  private assignable(type: Type, marks = -1): number[] {
    const plain = plainKind(type.symbol);
    const wildcard = wildcardKind(type.symbol);
    return this.directNodes((relation) =>
      (relation.plainMark & marks) !== 0 && (admits(relation, plain) || admits(relation, wildcard)));
  }

  /** Returns the part of a row that remains with fewer seeds. Risky places stay as they are. */
  private narrow(whole: ReachRow, seeds: readonly number[]): ReachRow {
    const risky = this.relations.flatMap((relation) => [relation, ...nodesOf(relation.rewrite)])
      .filter((part) => part.risky && whole[part.place] === 1).map((part) => part.place);
    const row = new Uint8Array(whole.length);
    const missing = this.needed.slice();
    const queue = [...seeds, ...risky];
    for (const place of queue) {
      if (row[place]) continue;
      row[place] = 1;
      if (this.subtracted.has(place)) continue;
      for (const next of this.up[place]!) if (--missing[next]! === 0) queue.push(next);
    }
    return row;
  }

  private directNodes(isMeant: (relation: Relation) => boolean): number[] {
    return this.relations.filter(isMeant)
      .flatMap((relation) => nodesOf(relation.rewrite).filter((node) => node.kind === "this"))
      .map((node) => node.place);
  }

  private connect(node: Rewrite, relation: Relation): void {
    if (node.kind === "intersection") this.needed[node.place] = node.children.length;
    for (const [i, child] of node.children.entries()) {
      if (node.kind === "difference" && i === 1) this.subtracted.add(child.place);
      this.up[child.place]!.push(node.place);
      if (node.kind === "union" || i === 0) this.leadUp[child.place]!.push(node.place);
    }
    if (node.kind === "this") this.feed(relation.usersetsPlace, node.place);
    else if (node.children.length === 0) {
      for (const target of neighbours(node, relation)) this.feed(target.place, node.place);
    }
  }

  private feed(from: number, to: number): void {
    this.up[from]!.push(to);
    this.leadUp[from]!.push(to);
  }

  private row(key: string, edges: number[][], seeds: () => readonly number[]): ReachRow {
    const known = this.rows.get(key);
    if (known !== undefined) return known;
    const row = closure(edges, seeds());
    this.rows.set(key, row);
    return row;
  }
}

function closure(edges: readonly number[][], seeds: readonly number[]): ReachRow {
  const row = new Uint8Array(edges.length);
  const queue = [...seeds];
  for (const place of queue) {
    if (row[place]) continue;
    row[place] = 1;
    queue.push(...edges[place]!);
  }
  return row;
}
