// Makes the nodes of a syntax tree and expands macros (`has`, `all`, `exists`, `exists_one`, `map`, `filter`).
import { SyntaxFault } from "./lexer.ts";
import { ACCUMULATOR, type Comprehension, type Expression } from "./syntax.ts";
import type { Value } from "./values.ts";

/** Makes nodes and numbers them in order. */
export class Macros {
  private last = 0;

  id(): number {
    return ++this.last;
  }

  literal(value: Value): Expression {
    return { kind: "literal", id: this.id(), value };
  }

  identifier(name: string): Expression {
    return { kind: "identifier", id: this.id(), name };
  }

  selection(operand: Expression, field: string, test = false): Expression {
    return { kind: "selection", id: this.id(), operand, field, test };
  }

  call(name: string, args: readonly Expression[], id = this.id()): Expression {
    return { kind: "call", id, name, target: undefined, args };
  }

  list(elements: readonly Expression[]): Expression {
    return { kind: "list", id: this.id(), elements };
  }

  map(entries: readonly (readonly [Expression, Expression])[]): Expression {
    return { kind: "map", id: this.id(), entries };
  }

  /** Makes the node for `name(args)`: a call, or the presence test of `has(a.b)`. */
  globalCall(name: string, args: readonly Expression[]): Expression {
    if (name !== "has" || args.length !== 1) return this.call(name, args);
    const [asked] = args as [Expression];
    if (asked.kind !== "selection") throw new SyntaxFault("invalid argument to has() macro");
    return this.selection(asked.operand, asked.field, true);
  }

  /** Makes the node for `target.name(args)`: a call, or the comprehension of a macro. */
  memberCall(target: Expression, name: string, args: readonly Expression[]): Expression {
    const [variable, body, transform] = args;
    switch (`${name}/${args.length}`) {
      case "all/2":
        return this.quantifier(target, variable!, true, "_&&_", body!);
      case "exists/2":
        return this.quantifier(target, variable!, false, "_||_", body!);
      case "exists_one/2":
        return this.existsOne(target, variable!, body!);
      case "map/2":
        return this.collect(target, variable!, undefined, body!);
      case "map/3":
        return this.collect(target, variable!, body!, transform!);
      case "filter/2":
        return this.collect(target, variable!, body!, variable!);
      default:
        return { kind: "call", id: this.id(), name, target, args };
    }
  }

  private quantifier(
    range: Expression, variable: Expression, init: boolean, join: string, predicate: Expression,
  ): Expression {
    const accumulator = this.identifier(ACCUMULATOR);
    const condition = this.call("@not_strictly_false", [init ? accumulator : this.call("!_", [accumulator])]);
    const step = this.call(join, [this.identifier(ACCUMULATOR), predicate]);
    return this.loop(range, variable, {
      init: this.literal(init), condition, step, result: this.identifier(ACCUMULATOR),
    });
  }

  private existsOne(range: Expression, variable: Expression, predicate: Expression): Expression {
    const more = this.call("_+_", [this.identifier(ACCUMULATOR), this.literal(1n)]);
    return this.loop(range, variable, {
      init: this.literal(0n), condition: this.literal(true),
      step: this.call("_?_:_", [predicate, more, this.identifier(ACCUMULATOR)]),
      result: this.call("_==_", [this.identifier(ACCUMULATOR), this.literal(1n)]),
    });
  }

  /** Makes a comprehension that lists the transformed elements that pass the filter. */
  private collect(
    range: Expression, variable: Expression, filter: Expression | undefined, transform: Expression,
  ): Expression {
    const more = this.call("_+_", [this.identifier(ACCUMULATOR), this.list([transform])]);
    return this.loop(range, variable, {
      init: this.list([]), condition: this.literal(true),
      step: filter === undefined ? more : this.call("_?_:_", [filter, more, this.identifier(ACCUMULATOR)]),
      result: this.identifier(ACCUMULATOR),
    });
  }

  private loop(
    range: Expression, variable: Expression, parts: Pick<Comprehension, "init" | "condition" | "step" | "result">,
  ): Expression {
    if (variable.kind !== "identifier") throw new SyntaxFault("argument must be a simple name");
    if (variable.name === "__result__") {
      throw new SyntaxFault("iteration variable overwrites accumulator variable");
    }
    return { kind: "comprehension", id: this.id(), range, variable: variable.name, ...parts };
  }
}
