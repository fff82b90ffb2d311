// Parses CEL expressions by the grammar of cel-go, with its limits, and expands macros.
import { Budget, CHARACTERS_PER_STEP } from "./condition-budget.ts";
import { CONSTANTS, KEYWORDS, literalOf, RESERVED, SyntaxFault, tokensOf, type Token } from "./lexer.ts";
import { Macros } from "./macros.ts";
import type { Expression } from "./syntax.ts";
import { MAX_EXPRESSION_CHARACTERS, MAX_EXPRESSION_NESTING } from "../model-limits.ts";

const TOO_DEEP = `nested more than ${MAX_EXPRESSION_NESTING} levels deep`;

const COMPARISONS = new Map([
  ["<", "_<_"], ["<=", "_<=_"], [">=", "_>=_"], [">", "_>_"], ["==", "_==_"], ["!=", "_!=_"], ["in", "@in"],
]);
/** Arithmetic: the function of an operator, and its precedence. */
const ARITHMETIC = new Map<string, readonly [string, number]>([
  ["*", ["_*_", 2]], ["/", ["_/_", 2]], ["%", ["_%_", 2]], ["+", ["_+_", 1]], ["-", ["_-_", 1]],
]);

/** Parses an expression. Throws a SyntaxFault. `budget` counts the work. */
export function parse(source: string, budget = new Budget()): Expression {
  budget.add(source.length / CHARACTERS_PER_STEP);
  if (source.length > MAX_EXPRESSION_CHARACTERS && [...source].length > MAX_EXPRESSION_CHARACTERS) {
    throw new SyntaxFault(`an expression has at most ${MAX_EXPRESSION_CHARACTERS} characters`);
  }
  return new Parser(tokensOf(source, budget)).whole();
}

type Rule = "expression" | "relation" | "calculation" | "member";

class Parser {
  private readonly tokens: readonly Token[];
  private next = 0;
  private readonly nesting: Record<Rule, number> = { expression: 0, relation: 0, calculation: 0, member: 0 };
  /** By expression: the maximum number of operators, fields, method calls and indexes applied to each other in it. */
  private readonly levels = new Map<Expression, number>();
  private readonly make = new Macros();

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(): Expression {
    const parsed = this.expression();
    if (this.token.kind !== "end") throw this.unexpected();
    return parsed;
  }

  private expression(): Expression {
    this.enter("expression");
    const condition = this.logical("||", "_||_", () => this.logical("&&", "_&&_", () => this.relation(1)));
    let parsed = condition;
    if (this.accept("?")) {
      const id = this.make.id();
      const yes = this.logical("||", "_||_", () => this.logical("&&", "_&&_", () => this.relation(1)));
      this.expect(":");
      const no = this.expression();
      parsed = this.over(this.make.call("_?_:_", [condition, yes, no], id), 1, [condition, yes, no]);
    }
    this.leave("expression");
    return parsed;
  }

  /** Parses operands joined by `&&` or `||` into a balanced tree. */
  private logical(mark: string, name: string, operand: () => Expression): Expression {
    const operands = [operand()];
    while (this.accept(mark)) operands.push(operand());
    return this.balanced(name, operands);
  }

  private balanced(name: string, operands: readonly Expression[]): Expression {
    if (operands.length === 1) return operands[0]!;
    const middle = (operands.length >> 1) + (operands.length & 1);
    const halves = [this.balanced(name, operands.slice(0, middle)), this.balanced(name, operands.slice(middle))];
    return this.over(this.make.call(name, halves), 0, halves);
  }

  private relation(binding: number): Expression {
    this.enter("relation");
    let turns = 0;
    let left = this.calculation(1);
    for (let name = this.comparison(); name !== undefined && binding <= 1; name = this.comparison()) {
      turns++;
      this.next++;
      const right = this.relation(2);
      left = this.over(this.make.call(name, [left, right]), 1, [left, right]);
    }
    this.leave("relation", turns);
    return left;
  }

  private comparison(): string | undefined {
    const { kind, text } = this.token;
    return kind === "mark" || (kind === "name" && text === "in") ? COMPARISONS.get(text) : undefined;
  }

  private calculation(binding: number): Expression {
    this.enter("calculation");
    let turns = 0;
    let left = this.unary();
    for (let found = this.arithmetic(); found !== undefined && found[1] >= binding; found = this.arithmetic()) {
      turns++;
      this.next++;
      const right = this.calculation(found[1] + 1);
      left = this.over(this.make.call(found[0], [left, right]), 1, [left, right]);
    }
    this.leave("calculation", turns);
    return left;
  }

  private arithmetic(): readonly [string, number] | undefined {
    return this.token.kind === "mark" ? ARITHMETIC.get(this.token.text) : undefined;
  }

  private unary(): Expression {
    for (const [mark, name] of [["!", "!_"], ["-", "-_"]] as const) {
      if (!this.is(mark) || (mark === "-" && this.isNumber(1))) continue;
      let marks = 0;
      while (this.accept(mark)) marks++;
      const operand = this.member();
      return marks % 2 === 0 ? operand : this.over(this.make.call(name, [operand]), 0, [operand]);
    }
    return this.member();
  }

  private isNumber(ahead: number): boolean {
    const kind = this.tokens[this.next + ahead]?.kind;
    return kind === "int" || kind === "float";
  }

  private member(): Expression {
    this.enter("member");
    let turns = 0;
    let operand = this.primary();
    while (this.is(".") || this.is("[")) {
      turns++;
      if (this.accept(".")) operand = this.field(operand);
      else {
        this.next++;
        const index = this.expression();
        this.expect("]");
        operand = this.over(this.make.call("_[_]", [operand, index]), 1, [operand, index]);
      }
    }
    this.leave("member", turns);
    return operand;
  }

  private field(operand: Expression): Expression {
    const { kind, text } = this.token;
    if (kind === "escaped") {
      this.next++;
      return this.over(this.make.selection(operand, text.slice(1, -1)), 1, [operand]);
    }
    const name = this.name();
    if (!this.accept("(")) return this.over(this.make.selection(operand, name), 1, [operand]);
    const args = this.list(")", false);
    return this.over(this.make.memberCall(operand, name, args), 1, [operand, ...args]);
  }

  private primary(): Expression {
    const token = this.token;
    switch (token.kind) {
      case "int": case "uint": case "float": case "string": case "bytes":
        return this.literal("");
      case "name":
        return this.named("");
      case "mark":
        break;
      default:
        throw this.unexpected();
    }
    this.next++;
    switch (token.text) {
      case "-":
        if (!this.isNumber(0)) throw this.unexpected();
        return this.literal("-");
      case ".":
        return this.named(".");
      case "(": {
        const inner = this.expression();
        this.expect(")");
        return inner;
      }
      case "[":
        return this.listed();
      case "{":
        return this.map();
      default:
        this.next--;
        throw this.unexpected();
    }
  }

  private literal(sign: string): Expression {
    return this.make.literal(literalOf(this.tokens[this.next++]!, sign));
  }

  /** Parses a constant such as `true` or `null`, a name, or a call of a function. */
  private named(dot: string): Expression {
    const { text } = this.token;
    const constant = dot === "" ? CONSTANTS.get(text) : undefined;
    if (constant !== undefined) {
      this.next++;
      return this.make.literal(constant);
    }
    if (RESERVED.has(text)) throw new SyntaxFault(`reserved identifier: ${text}`);
    const name = dot + this.name();
    if (!this.accept("(")) return this.make.identifier(name);
    const args = this.list(")", false);
    return this.over(this.make.globalCall(name, args), 0, args);
  }

  private listed(): Expression {
    const elements = this.list("]", true);
    return this.over(this.make.list(elements), 0, elements);
  }

  private name(): string {
    const { kind, text } = this.token;
    if (kind !== "name" || KEYWORDS.has(text)) throw this.unexpected();
    this.next++;
    return text;
  }

  /** Parses expressions up to an end mark. `mayTrail` allows a comma before that mark. */
  private list(end: string, mayTrail: boolean): Expression[] {
    const found: Expression[] = [];
    if (mayTrail && this.is(",")) this.next++;
    else if (!this.is(end)) {
      do {
        if (mayTrail && found.length > 0 && this.is(end)) break;
        found.push(this.expression());
      } while (this.accept(","));
    }
    this.expect(end);
    return found;
  }

  private map(): Expression {
    const entries: [Expression, Expression][] = [];
    if (this.is(",")) this.next++;
    else if (!this.is("}")) {
      do {
        if (entries.length > 0 && this.is("}")) break;
        const key = this.expression();
        this.expect(":");
        entries.push([key, this.expression()]);
      } while (this.accept(","));
    }
    this.expect("}");
    return this.over(this.make.map(entries), 0, entries.flat());
  }

  private get token(): Token {
    return this.tokens[this.next]!;
  }

  private is(mark: string): boolean {
    return this.token.kind === "mark" && this.token.text === mark;
  }

  private accept(mark: string): boolean {
    if (!this.is(mark)) return false;
    this.next++;
    return true;
  }

  private expect(mark: string): void {
    if (!this.accept(mark)) throw this.unexpected();
  }

  /** Notes the levels of an expression: `more` than the deepest of its parts. */
  private over(made: Expression, more: number, parts: readonly Expression[]): Expression {
    let levels = 0;
    for (const part of parts) levels = Math.max(levels, this.levels.get(part) ?? 0);
    if (levels + more > MAX_EXPRESSION_NESTING) throw new SyntaxFault(TOO_DEEP);
    if (levels + more > 0) this.levels.set(made, levels + more);
    return made;
  }

  private enter(rule: Rule): void {
    if (++this.nesting[rule] > MAX_EXPRESSION_NESTING) throw new SyntaxFault(TOO_DEEP);
  }

  /** Leaves a rule. Like cel-go's parser, it leaves it once more per turn of its loop, but never falls below zero. */
  private leave(rule: Rule, turns = 0): void {
    this.nesting[rule] = Math.max(0, this.nesting[rule] - 1 - turns);
  }

  private unexpected(): SyntaxFault {
    const { kind, text, at } = this.token;
    return new SyntaxFault(kind === "end" ? "unexpected end" : `unexpected '${text}' at ${at}`);
  }
}
