// Edits that change no answer of any store: the two definitions are one and the same boolean function of their tuples.
import type { Edit } from "./edits.ts";
import type { Definition, Node, PlainModel } from "./plain-model.ts";

/** Most facts a function may have to be compared over all of their values. */
const MAX_FACTS = 16;

/** A boolean function of facts, each named by a text. */
type Formula = (facts: ReadonlySet<string>) => boolean;

/**
 * Whether an edit provably changes nothing. Both definitions are written out down to facts about one object (a tuple
 * of a relation, or a relation `from` another object) and compared over all values of these facts. Facts may depend on
 * each other, so a no proves nothing.
 */
export function isEqual({ place, definition }: Edit, model: PlainModel): boolean {
  const before = model.get(place);
  if (before === undefined || before.restrictions !== definition.restrictions) return false;
  const facts = new Set<string>();
  const [a, b] = [before, definition].map((one) => written(one, place, model, facts)) as [Formula, Formula];
  if (facts.size > MAX_FACTS) return false;
  const names = [...facts];
  for (let bits = 0; bits < 2 ** names.length; bits++) {
    const given = new Set(names.filter((_, i) => (bits & (1 << i)) !== 0));
    if (a(given) !== b(given)) return false;
  }
  return true;
}

function written({ node }: Definition, place: string, model: PlainModel, facts: Set<string>): Formula {
  const type = place.slice(0, place.indexOf("#"));
  const fact = (name: string): Formula => {
    facts.add(name);
    return (given) => given.has(name);
  };
  const of = (each: Node): Formula => {
    switch (each.kind) {
      case "this": return fact(place);
      case "from": return fact(`${each.relation} from ${each.tupleset}`);
      case "computed": {
        const target = `${type}#${each.relation}`;
        const definition = model.get(target);
        return definition === undefined ? fact(target) : written(definition, target, model, facts);
      }
      case "difference": {
        const [base, subtract] = [of(each.base), of(each.subtract)];
        return (given) => base(given) && !subtract(given);
      }
      default: {
        const children = each.children.map(of);
        return each.kind === "union" ? (given) => children.some((child) => child(given))
          : (given) => children.every((child) => child(given));
      }
    }
  };
  return of(node);
}
