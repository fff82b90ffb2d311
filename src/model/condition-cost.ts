// The cost of evaluating a condition, by cel-go's runtime cost model (0.31): what OpenFGA limits it by.

/** Cost beyond which OpenFGA gives up: its `--max-condition-evaluation-cost`. */
export const MAX_CONDITION_COST = 100;

/** Cost of making a list or map that is not constant. */
const LIST_COST = 10;
const MAP_COST = 30;
/** Cost of a character of a text that is gone through, and of one of a regular expression. */
const TEXT_FACTOR = 0.1;
const REGEX_FACTOR = 0.25;

/** A node of the CEL library's syntax tree, as far as its cost depends on it. */
export interface CelNode {
  readonly op: string;
  readonly args: unknown;
  readonly input: string;
  readonly start: number;
  readonly meta: {
    readonly alternate?: CelNode;
    readonly macro?: { evaluate(evaluator: unknown, macro: unknown, scope: unknown): unknown };
    evaluate(evaluator: unknown, node: unknown, scope: unknown): unknown;
  };
  readonly checkedType?: { readonly kind: string; readonly name: string };
  evaluate(evaluator: unknown, node: unknown, scope: unknown): unknown;
}

/** The parts of a comprehension (`all`, `exists`, `exists_one`, `map`, `filter`). */
interface Comprehension {
  readonly iterable: CelNode;
  readonly init: CelNode;
  readonly step: CelNode;
}

/** Counts the cost of one evaluation at a time of an expression whose nodes tell it what they came to. */
export class CostMeter {
  private cost = 0;

  /** True when the cost is beyond the limit. */
  get exceeded(): boolean {
    return this.cost > MAX_CONDITION_COST;
  }

  /** Begins another evaluation. */
  reset(): void {
    this.cost = 0;
  }

  /** Makes a type-checked expression tell its cost to this meter. Once it is exceeded, evaluation throws. */
  watch(node: CelNode): void {
    this.wrap(node, new Map());
  }

  private wrap(node: CelNode, values: Map<CelNode, unknown>, parent?: CelNode): void {
    if (isConstant(node)) return;
    const inner = node.meta.alternate;
    for (const child of inner === undefined ? childrenOf(node) : [inner]) this.wrap(child, values, node);
    const costOf = inner !== undefined || isFolded(node, parent) || isPart(node, parent) ? NOTHING
      : node.op === "comprehension" ? this.comprehension(node.args as Comprehension, values)
      : costFunction(node, values);
    const { meta } = node;
    node.evaluate = (evaluator, self, scope) => {
      const value = inner !== undefined ? inner.evaluate(evaluator, inner, scope)
        : meta.macro !== undefined ? meta.macro.evaluate(evaluator, meta.macro, scope)
        : meta.evaluate(evaluator, self, scope);
      values.set(node, value);
      this.cost += costOf();
      if (this.exceeded) throw new RangeError(`it costs more than ${MAX_CONDITION_COST}`);
      return value;
    };
  }

  /** Adds the cost of each turn of a comprehension to its steps; returns that of its end. */
  private comprehension({ iterable, init, step }: Comprehension, values: ReadonlyMap<CelNode, unknown>): () => number {
    const { turn, ending, stop } = init.args === true ? ALL : init.args === false ? EXISTS
      : init.args === 0 ? EXISTS_ONE : MAP;
    let turns = 0;
    if (!isConstant(step)) {
      const evaluate = step.evaluate;
      step.evaluate = (evaluator, self, scope) => {
        turns++;
        this.cost += turn;
        return evaluate(evaluator, self, scope);
      };
    }
    return () => {
      const stopped = turns < sizeOf(isConstant(iterable) ? constantOf(iterable) : values.get(iterable));
      turns = 0;
      return ending + (stopped ? stop : 0);
    };
  }
}

/** What cel-go's macros evaluate beside the predicate: in each turn, at the end, and in the turn at which they stop. */
const ALL = { turn: 3, ending: 1, stop: 2 };
const EXISTS = { turn: 4, ending: 1, stop: 3 };
const EXISTS_ONE = { turn: 0, ending: 2, stop: 0 };
const MAP = { turn: 0, ending: 1, stop: 0 };

const isNode = (part: unknown): part is CelNode =>
  typeof part === "object" && part !== null && "op" in part && "meta" in part;

/** The nodes of the syntax tree among the arguments of another. */
export function nodesIn(part: unknown): CelNode[] {
  if (isNode(part)) return [part];
  return Array.isArray(part) ? part.flatMap(nodesIn) : [];
}

/** The nodes right below one; of a comprehension what it goes through and what it does in each turn. */
export function childrenOf(node: CelNode): CelNode[] {
  if (node.op !== "comprehension") return nodesIn(node.args);
  const { iterable, step } = node.args as Comprehension;
  return [iterable, step];
}

/** A name, or fields and entries of one: cel-go resolves it as one attribute. */
function isAttribute(node: CelNode): boolean {
  if (node.op === "id") return true;
  return (node.op === "." || node.op === "[]") && isAttribute((node.args as CelNode[])[0]!);
}

/** An attribute that is an index, or a branch of a conditional, is resolved as part of the whole. */
function isPart(node: CelNode, parent: CelNode | undefined): boolean {
  return (parent?.op === "[]" || parent?.op === "?:") && node !== (parent.args as CelNode[])[0] && isAttribute(node);
}

/** Of negations one after the other two are none: an even run costs nothing, an odd one as much as its first. */
function isFolded(node: CelNode, parent: CelNode | undefined): boolean {
  if (node.op !== "!_" && node.op !== "-_") return false;
  const follows = (outer: CelNode | undefined, inner: CelNode): boolean =>
    outer?.op === inner.op && !outer.input.slice(outer.start, inner.start).includes("(");
  if (follows(parent, node)) return true;
  let run = 1;
  for (let at = node; follows(at, at.args as CelNode); at = at.args as CelNode) run++;
  return run % 2 === 0;
}

/** What cel-go has worked out before: literals, lists and maps of literals, and conversions of a literal. */
function isConstant(node: CelNode): boolean {
  if (node.meta.alternate !== undefined || node.meta.macro !== undefined) return false;
  if (node.op === "value") return true;
  if (node.op === "list" || node.op === "map") return nodesIn(node.args).every(isConstant);
  if (node.op === "-_") return (node.args as CelNode).op === "value";
  if (node.op === "in") return isEmptyList((node.args as CelNode[])[1]!);
  if (node.op !== "call") return false;
  const [name, args] = node.args as [string, CelNode[]];
  return CONVERSIONS.has(name) && args.length === 1 && args[0]!.op === "value";
}

function isEmptyList(node: CelNode): boolean {
  return node.op === "list" && (node.args as unknown[]).length === 0;
}

const CONVERSIONS = new Set(["bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "uint"]);

const NOTHING = (): number => 0;
const ONE = (): number => 1;

/** The cost of one evaluation of a node, its parts not counted; `values` holds what they came to. */
function costFunction(node: CelNode, values: ReadonlyMap<CelNode, unknown>): () => number {
  const size = (of: CelNode): number => sizeOf(isConstant(of) ? constantOf(of) : values.get(of));
  const parts = nodesIn(node.args);
  switch (node.op) {
    case "&&": case "||": case "?:":
      return NOTHING;
    case "==": case "!=":
      return () => Math.ceil(Math.min(size(parts[0]!), size(parts[1]!)) * TEXT_FACTOR);
    case "<": case "<=": case ">": case ">=":
      return isText(parts[0]!) && isText(parts[1]!)
        ? () => Math.ceil(Math.min(size(parts[0]!), size(parts[1]!)) * TEXT_FACTOR) : ONE;
    case "+":
      return isText(parts[0]!) ? () => Math.ceil((size(parts[0]!) + size(parts[1]!)) * TEXT_FACTOR) : ONE;
    case "in":
      if (isConstant(parts[1]!)) return parts[1]!.op === "list" ? NOTHING : ONE;
      return parts[1]!.checkedType?.kind === "list" ? () => size(parts[1]!) : ONE;
    case "list":
      return () => LIST_COST;
    case "map":
      return () => MAP_COST;
    case ".": case "[]":
      return isAttribute(parts[0]!) || parts[0]!.op === "." || parts[0]!.op === "[]" ? ONE : () => 2;
    case "accuValue":
      return NOTHING;
    case "accuInc":
      return () => 2;
    case "accuPush":
      return () => LIST_COST + 2;
    case "call": case "rcall":
      return callCost(node, parts, size);
    default:
      return ONE;
  }
}

function callCost(node: CelNode, parts: readonly CelNode[], size: (of: CelNode) => number): () => number {
  const [name] = node.args as [string];
  const text = (of: CelNode, factor = TEXT_FACTOR): number => Math.ceil(size(of) * factor);
  switch (name) {
    case "startsWith": case "endsWith":
      return () => text(parts[1]!);
    case "contains":
      return () => text(parts[0]!) * text(parts[1]!);
    case "matches":
      return () => Math.ceil((1 + size(parts[0]!)) * TEXT_FACTOR) * text(parts[1]!, REGEX_FACTOR);
    case "bytes": case "string":
      return isText(parts[0]!) && parts[0]!.checkedType!.name !== name ? () => text(parts[0]!) : ONE;
    default:
      return ONE;
  }
}

function isText(node: CelNode): boolean {
  const name = node.checkedType?.name;
  return name === "string" || name === "bytes";
}

function constantOf(node: CelNode): unknown {
  return node.op === "list" || node.op === "map" ? Array.from(node.args as unknown[]) : node.args;
}

/** Characters of a text, entries of a list or map; anything else is of size 1. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return [...value].length;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.keys(value).length;
  }
  return 1;
}
