// Edits that change no answer in any store: the two definitions are the same boolean function of their tuples.
import type { Edit } from "./edits.ts";
import { parentsOf, type Node, type PlainModel } from "./plain-model.ts";

/** Maximum number of facts of a function, since all combinations of their values are compared. */
const MAX_FACTS = 16;

/** A boolean function of facts, each named by a text. */
type Formula = (facts: ReadonlySet<string>) => boolean;

/**
 * Whether an edit provably changes nothing. Both definitions are expanded to facts about one object (a tuple of a
 * relation, or the answer of another object that a tuple leads to) and compared over all values of these facts. Facts
 * may depend on each other, so a no proves nothing.
 */
export function isEqual({ place, definition }: Edit, model: PlainModel): boolean {
  const before = model.get(place);
  if (before === undefined || before.restrictions !== definition.restrictions) return false;
  const facts = new Set<string>();
  const [a, b] = [before, definition].map(({ node }) => written(node, place, model, facts)) as [Formula, Formula];
  if (facts.size > MAX_FACTS) return false;
  const names = [...facts];
  for (let bits = 0; bits < 2 ** names.length; bits++) {
    const given = new Set(names.filter((_, i) => (bits & (1 << i)) !== 0));
    if (a(given) !== b(given)) return false;
  }
  return true;
}

/**
 * A node of the definition of `place` as a function of facts. `via` names the tuples that lead from the object to the
 * one on which the node is evaluated. There may be several such objects, and the function says whether one of them has
 * the user. So a union splits into facts, while a node that one object must satisfy as a whole, such as `and`, is one
 * fact.
 */
function written(node: Node, place: string, model: PlainModel, facts: Set<string>, via = ""): Formula {
  const type = place.slice(0, place.indexOf("#"));
  const fact = (name: string): Formula => {
    facts.add(name);
    return (given) => given.has(name);
  };
  const of = (each: Node): Formula => written(each, place, model, facts, via);
  const relation = (target: string, by: string): Formula => {
    const definition = model.get(target);
    return definition === undefined ? () => false : written(definition.node, target, model, facts, by);
  };
  const some = (parts: readonly Formula[]): Formula => (given) => parts.some((part) => part(given));
  switch (node.kind) {
    case "this": return fact(`${place}${via}`);
    case "computed": return relation(`${type}#${node.relation}`, via);
    case "from": return some(parentsOf(model, type, node.tupleset).map((parent) =>
      relation(`${parent}#${node.relation}`, ` from ${type}#${node.tupleset}${via}`)));
    case "union": return some(node.children.map(of));
  }
  if (via !== "") return fact(`${place} ${JSON.stringify(node)}${via}`);
  if (node.kind === "difference") {
    const [base, subtract] = [of(node.base), of(node.subtract)];
    return (given) => base(given) && !subtract(given);
  }
  const children = node.children.map(of);
  return (given) => children.every((child) => child(given));
}
