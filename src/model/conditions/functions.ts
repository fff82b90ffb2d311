// The implementations of CEL's functions and operators, except `&&`, `||`, `?:` and indexing.
import { add, divide, modulo, multiply, negate, subtract } from "./arithmetic.ts";
import type { Budget } from "./condition-budget.ts";
import { ADDRESS_INSIDE, areEqual, compare, findIn } from "./compare.ts";
import { CONVERT, readingSteps } from "./conversions.ts";
import { GETTERS, getPart } from "./getters.ts";
import { IpAddress, readIpAddress } from "./ip-address.ts";
import { compilePattern, matches } from "./pattern.ts";
import {
  Abort, EvaluationError, isList, isMap, native, NO_OVERLOAD, TWO_TO_63, TypeName, typeNameOf, Uint,
  type Value,
} from "./values.ts";
import { MAX_READ_CHARACTERS } from "../model-limits.ts";

/** The work of a function on its arguments, none of which is an error. The target of a method comes first. */
export type Implementation = (args: readonly Value[], budget: Budget) => Value;

const binary = (work: (one: Value, other: Value, budget: Budget) => Value): Implementation =>
  ([one, other], budget) => work(one!, other!, budget);

const onTexts = (work: (text: string, other: string, budget: Budget) => Value): Implementation =>
  ([text, other], budget) => typeof text === "string" && typeof other === "string"
    ? work(text, other, budget) : NO_OVERLOAD;

/** Aborts when the first operand is an IP address: OpenFGA's server fails at such an operator. */
const notOfAddress = (work: Implementation): Implementation => (args, budget) => {
  if (args[0] instanceof IpAddress) throw new Abort("an IP address has no such operator");
  return work(args, budget);
};

const TOO_LONG = new EvaluationError(`a text to be read has more than ${MAX_READ_CHARACTERS} characters`);

/** Wraps a function that reads texts: limits their length and counts the steps. */
function readable(work: Implementation): Implementation {
  return (args, budget) => {
    for (const arg of args) {
      if (typeof arg !== "string") continue;
      if (arg.length > MAX_READ_CHARACTERS) return TOO_LONG;
      budget.walk(readingSteps(arg));
    }
    return work(args, budget);
  };
}

/** Wraps an operator on numbers, texts, times or collections. */
const arithmetic = (work: (one: Value, other: Value, budget: Budget) => Value): Implementation =>
  notOfAddress(binary(work));

/** Returns a comparison: whether the order of two values is one of the wanted ones. */
const ordered = (...wanted: readonly number[]): Implementation => arithmetic((one, other, budget) => {
  const order = compare(one, other, budget);
  return order instanceof EvaluationError ? order : order !== undefined && wanted.includes(order);
});

/** The implementations, by the name of their function. */
export const IMPLEMENTATIONS: ReadonlyMap<string, Implementation> = new Map(Object.entries<Implementation>({
  "_==_": binary(areEqual),
  "_!=_": binary((one, other, budget) => {
    const equal = areEqual(one, other, budget);
    return equal === ADDRESS_INSIDE ? equal : equal !== true;
  }),
  "_<_": ordered(-1), "_<=_": ordered(-1, 0), "_>_": ordered(1), "_>=_": ordered(1, 0),
  "_+_": arithmetic(add), "_-_": arithmetic(subtract), "_*_": arithmetic(multiply), "_/_": arithmetic(divide),
  "_%_": arithmetic(modulo),
  "-_": notOfAddress(([value]) => negate(value!)),
  "!_": ([value]) => (typeof value === "boolean" ? !value : NO_OVERLOAD),
  "@not_strictly_false": ([value]) => (typeof value === "boolean" ? value : true),
  "@in": binary(isIn),
  size: notOfAddress(([value], budget) => sizeOf(value!, budget)),
  dyn: ([value]) => value!,
  type: ([value]) => new TypeName(typeNameOf(value!)),
  contains: onTexts((text, part, budget) => {
    budget.read(text.length);
    return text.includes(part);
  }),
  startsWith: onTexts((text, start) => text.startsWith(start)),
  endsWith: onTexts((text, end) => text.endsWith(end)),
  matches: notOfAddress(onTexts(match)),
  ipaddress: readable(([text]) => typeof text !== "string" ? NO_OVERLOAD
    : readIpAddress(text) ?? new EvaluationError(`'${text.slice(0, 50)}' is not an IP address`)),
  in_cidr: readable(([address, cidr]) => !(address instanceof IpAddress) || typeof cidr !== "string" ? NO_OVERLOAD
    : address.inCidr(cidr) ?? new EvaluationError(`'${cidr.slice(0, 50)}' is a malformed CIDR string`)),
  ...Object.fromEntries(Object.entries(CONVERT).map(([name, convert]): [string, Implementation] => [name,
    name === "string" || name === "bytes" ? ([value], budget) => convert(value!, budget)
      : readable(([value], budget) => convert(value!, budget))])),
  ...Object.fromEntries(GETTERS.map((name): [string, Implementation] =>
    [name, readable(([value, zone], budget) => getPart(name, value!, zone, budget))])),
}));

function sizeOf(value: Value, budget: Budget): Value {
  if (typeof value === "string") return BigInt(budget.charactersOf(value));
  if (isList(value) || value instanceof Uint8Array) return BigInt(value.length);
  return isMap(value) ? BigInt(value.size) : NO_OVERLOAD;
}

function isIn(value: Value, all: Value, budget: Budget): Value {
  if (isMap(all)) return findIn(all, value, budget) !== undefined;
  if (!isList(all)) return NO_OVERLOAD;
  let isCertain = true;
  for (const element of all) {
    const equal = areEqual(value, native(element, budget), budget);
    if (equal === true) return true;
    isCertain &&= equal !== ADDRESS_INSIDE;
  }
  return isCertain ? false : ADDRESS_INSIDE;
}

function match(text: string, pattern: string, budget: Budget): Value {
  try {
    return matches(compilePattern(pattern, budget), text, budget);
  } catch (error) {
    if (error instanceof Abort) throw error;
    return new EvaluationError(error instanceof Error ? error.message : String(error));
  }
}

/** Selects an element of a list or a map by an index or a key. */
export function select(of: Value, key: Value, budget: Budget): Value {
  if (!isKey(key)) return new EvaluationError(`a value of type ${typeNameOf(key)} is no index`);
  if (isMap(of)) {
    const found = findIn(of, key, budget);
    return found === undefined ? new EvaluationError("no such key") : native(found, budget);
  }
  if (!isList(of)) return new EvaluationError(`no such key in a value of type ${typeNameOf(of)}`);
  const index = indexOf(key);
  if (index === undefined) return new EvaluationError(`unsupported index type '${typeNameOf(key)}' in list`);
  const found = of[index];
  return found === undefined ? new EvaluationError("index out of bounds") : native(found, budget);
}

/** Whether a value has a field. */
export function hasField(of: Value, field: string): Value {
  if (isList(of)) return new EvaluationError("unsupported index type 'string' in list");
  return isMap(of) && of.find(field) !== undefined;
}

/** Whether a value may be a key or an index. */
export function isKey(value: Value): boolean {
  return ["string", "bool", "int", "uint", "double"].includes(typeNameOf(value));
}

/** Returns the list index for a number: -1 if no list has it, undefined if the value is not a whole number. */
function indexOf(key: Value): number | undefined {
  if (typeof key === "number") return Number.isInteger(key) && Math.abs(key) < TWO_TO_63 ? key : undefined;
  const whole = key instanceof Uint ? key.value : key;
  if (typeof whole !== "bigint") return undefined;
  return whole >= 0n && whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : -1;
}
