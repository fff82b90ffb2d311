// Writes a contest of two formulas in SMT-LIB, for z3: satisfiable means that a world has the first and not the second.
import { factsOf, kindOf, type Contest, type Fact, type Formula, type Term } from "./formula.ts";

/** The text of a contest: declarations, axioms and the question. */
export function smtText({ user, object, left, right, axioms }: Contest): string {
  const formulas = [left, right, ...axioms];
  const facts = new Map(formulas.flatMap(factsOf).map((fact) => [kindOf(fact), fact]));
  const types = new Set([user.type, object.type,
    ...[...facts.values()].flatMap((fact) => [fact.object.type, fact.userType]), ...formulas.flatMap(boundTypes)]);
  return [
    ...[...types].map((type) => `(declare-sort ${sort(type)} 0)`),
    ...[...facts].map(([kind, fact]) => {
      const user_ = fact.user === "*" ? "" : ` ${sort(fact.userType)}`;
      return `(declare-fun |${kind}| (${sort(fact.object.type)}${user_}) Bool)`;
    }),
    ...exclusions([...facts.values()]),
    `(declare-const ${name(user)} ${sort(user.type)})`,
    `(declare-const ${name(object)} ${sort(object.type)})`,
    ...axioms.map((axiom) => `(assert ${print(axiom)})`),
    `(assert ${print(left)})`,
    `(assert (not ${print(right)}))`,
  ].join("\n");
}

function boundTypes(formula: Formula): string[] {
  switch (formula.kind) {
    case "fact": case "same": return [];
    case "and": case "or": return formula.parts.flatMap(boundTypes);
    case "not": return boundTypes(formula.part);
    case "some": return [formula.variable.type, ...boundTypes(formula.part)];
  }
}

/** A store holds one tuple for each object, relation and user, so it is under one condition at most. */
function exclusions(facts: readonly Fact[]): string[] {
  const bare = (fact: Fact): string => kindOf({ ...fact, condition: "" });
  return facts.flatMap((a, i) => facts.slice(i + 1).filter((b) => bare(a) === bare(b)).map((b) => {
    const [x, y] = [`(x ${sort(a.object.type)})`, a.user === "*" ? "" : `(y ${sort(a.userType)})`];
    const terms = a.user === "*" ? "x" : "x y";
    return `(assert (forall (${x} ${y}) (not (and (|${kindOf(a)}| ${terms}) (|${kindOf(b)}| ${terms})))))`;
  }));
}

function sort(type: string): string {
  return `|type ${type}|`;
}

function name({ type, name: own }: Term): string {
  return `|${type}:${own}|`;
}

function print(formula: Formula): string {
  switch (formula.kind) {
    case "fact": {
      const { object, user } = formula.fact;
      return `(|${kindOf(formula.fact)}| ${name(object)}${user === "*" ? "" : ` ${name(user)}`})`;
    }
    case "and": return formula.parts.length === 0 ? "true" : `(and ${formula.parts.map(print).join(" ")})`;
    case "or": return formula.parts.length === 0 ? "false" : `(or ${formula.parts.map(print).join(" ")})`;
    case "not": return `(not ${print(formula.part)})`;
    case "some": {
      const { variable, part } = formula;
      return `(exists ((${name(variable)} ${sort(variable.type)})) ${print(part)})`;
    }
    case "same": return `(= ${name(formula.a)} ${name(formula.b)})`;
  }
}
