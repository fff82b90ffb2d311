// Groups within groups: chains, ladders, rings and dense graphs, under models that OpenFGA resolves in one way.
import { compileModel, type Model, type Tuple } from "../../src/engine.ts";
import type { Draw } from "../laws/draw.ts";
import type { Question } from "./compare.ts";

/** The relation from one group to the next, and the resulting access of its members. */
export interface Groups {
  readonly name: string;
  readonly model: Model;
  /** Tuple by which a group contains another one. */
  readonly link: (outer: string, inner: string) => Tuple;
  readonly relation: string;
  /** Whether tuples may carry the condition `ok`. */
  readonly conditional: boolean;
}

const HEAD = "model\n  schema 1.1\ntype user\n";
/** A document that names members of groups. */
const DOC = `type doc
  relations
    define banned: [user, group#member]
    define viewer: [user, user:*] but not banned
    define reader: [group#member]
`;
const OK = 'condition ok(level: string) {\n  level == "high"\n}\n';

/** The conditions of a tuple: met, not met, or decided by the request, whose context may lack the parameter. */
const CONTEXTS = [{ level: "high" }, { level: "low" }, {}];

const usersets = (relation: string) => (outer: string, inner: string): Tuple =>
  ({ object: outer, relation, user: `${inner}#${relation}` });
const parents = (outer: string, inner: string): Tuple => ({ object: outer, relation: "parent", user: inner });

/** Models whose groups OpenFGA certainly resolves level by level. */
export const PLAIN: readonly Groups[] = [
  {
    name: "usersets", relation: "member", link: usersets("member"), conditional: false,
    model: compileModel(`${HEAD}type group
  relations
    define member: [user, user:*, group#member]
${DOC}`),
  },
  {
    name: "parents", relation: "member", link: parents, conditional: false,
    model: compileModel(`${HEAD}type group
  relations
    define parent: [group]
    define owner: [user]
    define blocked: [user, user:*]
    define member: [user] or (owner but not blocked) or member from parent
type doc
  relations
    define group: [group]
    define banned: member from group
    define viewer: [user, user:*] but not banned
    define reader: member from group
`),
  },
  {
    name: "conditions", relation: "member", link: usersets("member"), conditional: true,
    model: compileModel(`${HEAD}type group
  relations
    define member: [user, user with ok, group#member, group#member with ok]
${DOC}${OK}`),
  },
];

/** A graph of groups: each with the groups it contains. */
export type Graph = (readonly [outer: number, inner: number])[];

/** A chain of `length` groups below group 0. */
export function chain(length: number): Graph {
  return Array.from({ length }, (_, i) => [i, i + 1] as const);
}

/** Levels with a number of groups each, every group within every group of the level above. */
export function ladder(levels: number, width: number): Graph {
  return Array.from({ length: levels }, (_, level) => level)
    .flatMap((level) => Array.from({ length: width * width }, (_, i) =>
      [level * width + Math.floor(i / width), (level + 1) * width + (i % width)] as const));
}

/** A ring in which each group contains the next ones. */
export function ring(length: number, reach: number): Graph {
  return Array.from({ length: length * reach }, (_, i) =>
    [Math.floor(i / reach), (Math.floor(i / reach) + 1 + (i % reach)) % length] as const)
    .filter(([outer, inner]) => outer !== inner);
}

/** Arbitrary groups within arbitrary others. */
export function dense(groups: number, links: number, draw: Draw): Graph {
  const pairs = Array.from({ length: links }, () => [draw.below(groups), draw.below(groups)] as const);
  const proper = [[0, 1] as const, ...pairs.filter(([a, b]) => a !== b)];
  return [...new Map(proper.map((pair) => [pair.join(), pair])).values()];
}

const groupsOf = (graph: Graph): number[] => [...new Set(graph.flat())].sort((a, b) => a - b);

/** A graph as tuples, with members in some groups, and documents of group 0. */
export function worldOf({ model, link, relation, conditional }: Groups, graph: Graph, draw: Draw): Tuple[] {
  const found = new Map<string, Tuple>();
  const add = (tuple: Tuple, may = false): void => {
    const condition = may && conditional && draw.chance(40) ? { name: "ok", context: draw.pick(CONTEXTS) } : undefined;
    found.set(`${tuple.object} ${tuple.relation} ${tuple.user}`, condition ? { ...tuple, condition } : tuple);
  };
  for (const [outer, inner] of graph) add(link(`group:${outer}`, `group:${inner}`), true);
  const all = groupsOf(graph);
  const last = Math.max(...all);
  add({ object: `group:${last}`, relation: "member", user: "user:deepest" });
  add({ object: "group:elsewhere", relation: "member", user: "user:elsewhere" });
  for (const user of ["user:1", "user:2"]) {
    add({ object: `group:${draw.pick(all)}`, relation: "member", user }, true);
    if (model.types.get("group")!.relations.has("owner")) {
      add({ object: `group:${draw.pick(all)}`, relation: "owner", user });
      const blocked = draw.pick([user, "user:*"]);
      if (draw.chance(50)) add({ object: `group:${draw.pick(all)}`, relation: "blocked", user: blocked });
    }
  }
  const [first = 0] = all;
  const isFrom = model.types.get("doc")!.relations.has("group");
  for (const held of isFrom ? ["group"] : ["banned", "reader"]) {
    add({ object: "doc:1", relation: held, user: isFrom ? `group:${first}` : `group:${first}#${relation}` });
  }
  add({ object: "doc:1", relation: "viewer", user: "user:*" });
  return [...found.values()];
}

/** Questions about such a world. `lists` adds the lists, for which OpenFGA follows each path. */
export function questionsOf(graph: Graph, conditional: boolean, lists: boolean, draw: Draw): Question[] {
  const context = conditional && draw.chance(70) ? { level: draw.pick(["high", "low"]) } : undefined;
  const of = context === undefined ? {} : { context };
  const all = groupsOf(graph);
  const objects = [`group:${all[0]!}`, `group:${draw.pick(all)}`];
  const users = ["user:deepest", "user:elsewhere", "user:1", "user:2", "user:stranger", "user:*"];
  const questions: Question[] = users.flatMap((user): Question[] => [
    ...objects.map((object): Question => ({ ask: "check", user, relation: "member", object, ...of })),
    ...["banned", "viewer", "reader"].map((relation): Question =>
      ({ ask: "check", user, relation, object: "doc:1", ...of })),
  ]);
  if (!lists) return questions;
  for (const object of objects) {
    questions.push({ ask: "list-users", object, relation: "member", filter: "user", ...of });
  }
  for (const user of users) {
    questions.push({ ask: "list-objects", user, relation: "member", type: "group", ...of });
    questions.push({ ask: "list-objects", user, relation: "viewer", type: "doc", ...of });
  }
  return questions;
}

/** Groups that lead back to themselves by two relations: OpenFGA follows each path. */
export const MUTUAL: Groups = {
  name: "mutual", relation: "member", conditional: false,
  link: (outer, inner) => ({ object: outer, relation: "team", user: `${inner}#team` }),
  model: compileModel(`${HEAD}type group
  relations
    define member: [user, user:*] or team
    define team: [group#team, group#member]
${DOC}`),
};
