// The syntax tree of an expression: its free names, and a fault that the CEL library's type check does not find.
import { childrenOf, nodesIn, type CelNode } from "./condition-cost.ts";

/** The part of a comprehension (`all`, `exists`, `exists_one`, `map`, `filter`) that names stand in. */
interface Comprehension {
  readonly iterable: CelNode;
  readonly iterVarName: string;
  readonly step: CelNode;
}

const NONE: ReadonlySet<string> = new Set();

/** The identifiers of a parsed expression that no comprehension binds. */
export function freeNames(node: CelNode, bound = NONE, found = new Set<string>()): Set<string> {
  const { alternate } = node.meta;
  if (alternate !== undefined) return freeNames(alternate, bound, found);
  if (node.op === "comprehension") {
    const { iterable, iterVarName, step } = node.args as Comprehension;
    freeNames(iterable, bound, found);
    return freeNames(step, new Set(bound).add(iterVarName), found);
  }
  if (node.op === "id") return bound.has(node.args as string) ? found : found.add(node.args as string);
  for (const child of nodesIn(node.args)) freeNames(child, bound, found);
  return found;
}

/** What `has` is asked about: its fields, the last first, then the name they belong to. */
interface Has {
  readonly macroHasProps?: readonly CelNode[];
}

interface CheckedType {
  readonly kind: string;
  readonly name: string;
  readonly valueType?: CheckedType;
}

/** Why `has` cannot ask for a field in a type-checked expression, or undefined. */
export function fieldFault(node: CelNode): string | undefined {
  const path = (node.meta.macro as Has | undefined)?.macroHasProps;
  if (path !== undefined) return pathFault(path.at(-1)!.checkedType as CheckedType, path.length - 1);
  const { alternate } = node.meta;
  for (const child of alternate === undefined ? childrenOf(node) : [alternate]) {
    const fault = fieldFault(child);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Why a value of a type has no fields so many levels deep; what is of any type may have all. */
function pathFault(type: CheckedType, levels: number): string | undefined {
  if (levels === 0 || type.kind === "dyn") return undefined;
  if (type.kind !== "map") return `type '${type.name}' has no fields to ask for`;
  return pathFault(type.valueType!, levels - 1);
}
