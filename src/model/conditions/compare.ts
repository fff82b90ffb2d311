// Equality and order of CEL values, as in cel-go: numbers of different types are compared by value.
import type { Budget } from "./condition-budget.ts";
import { IpAddress } from "./ip-address.ts";
import {
  Duration, EvaluationError, isList, isMap, native, NO_OVERLOAD, Timestamp, TWO_TO_63, TWO_TO_64, TypeName, Uint,
  type CelMap, type Value,
} from "./values.ts";

/**
 * The error of comparing lists or maps when one has an IP address where the other has another value. (OpenFGA considers
 * such lists equal.)
 */
export const ADDRESS_INSIDE = new EvaluationError("an IP address in a list or map compared with something else");

/** Whether two values are equal. Returns an error when an IP address is compared with another kind of value. */
export function areEqual(one: Value, other: Value, budget: Budget): boolean | EvaluationError {
  budget.walk(1);
  if (one === null || other === null) return one === other;
  if (isNumber(one)) return isNumber(other) && compareNumbers(one, other) === 0;
  if (typeof one !== "object") {
    if (typeof one === "string" && typeof other === "string") budget.read(Math.min(one.length, other.length));
    return one === other;
  }
  if (isList(one)) return isList(other) && areListsEqual(one, other, budget);
  if (isMap(one)) return isMap(other) && areMapsEqual(one, other, budget);
  if (one instanceof IpAddress) return other instanceof IpAddress ? one.equals(other) : NO_OVERLOAD;
  if (one instanceof Uint8Array) return other instanceof Uint8Array && compareBytes(one, other, budget) === 0;
  if (one instanceof Timestamp) return other instanceof Timestamp && one.nanoseconds === other.nanoseconds;
  if (one instanceof Duration) return other instanceof Duration && one.nanoseconds === other.nanoseconds;
  return one instanceof TypeName && other instanceof TypeName && one.name === other.name;
}

function areListsEqual(one: readonly Value[], other: readonly Value[], budget: Budget): boolean | EvaluationError {
  if (one.length !== other.length) return false;
  let isCertain = true;
  for (let i = 0; i < one.length; i++) {
    const equal = areEqual(native(one[i]!, budget), native(other[i]!, budget), budget);
    if (equal === false) return false;
    isCertain &&= equal === true;
  }
  return isCertain || ADDRESS_INSIDE;
}

/** Number of steps counted per entry when two maps are compared. */
const STEPS_PER_ENTRY = 4;

function areMapsEqual(one: CelMap, other: CelMap, budget: Budget): boolean | EvaluationError {
  if (one.size !== other.size) return false;
  budget.walk(STEPS_PER_ENTRY * one.size);
  let isCertain = true;
  for (const key of one.keys()) {
    const [first, second] = [findIn(one, key, budget), findIn(other, key, budget)];
    if (first === undefined || second === undefined) return false;
    const equal = areEqual(native(first, budget), native(second, budget), budget);
    if (equal === false) return false;
    isCertain &&= equal === true;
  }
  return isCertain || ADDRESS_INSIDE;
}

/** Returns the value of a key in a map, or undefined. Counts the characters of a text key. */
export function findIn(map: CelMap, key: Value, budget: Budget): Value | undefined {
  if (typeof key === "string") budget.read(key.length);
  return map.find(key);
}

/** Returns -1, 0 or 1; an error for values without an order; undefined for NaN, which is neither less nor greater. */
export function compare(one: Value, other: Value, budget: Budget): number | undefined | EvaluationError {
  if (!isOrdered(one)) return NO_OVERLOAD;
  if (Number.isNaN(one) || Number.isNaN(other)) return undefined;
  if (isNumber(one)) return isNumber(other) ? compareNumbers(one, other) : NO_OVERLOAD;
  if (typeof one === "string") return typeof other === "string" ? compareTexts(one, other, budget) : NO_OVERLOAD;
  if (typeof one === "boolean") return typeof other === "boolean" ? Number(one) - Number(other) : NO_OVERLOAD;
  if (one instanceof Uint8Array) return other instanceof Uint8Array ? compareBytes(one, other, budget) : NO_OVERLOAD;
  if (one instanceof Timestamp && other instanceof Timestamp) return order(one.nanoseconds, other.nanoseconds);
  if (one instanceof Duration && other instanceof Duration) return order(one.nanoseconds, other.nanoseconds);
  return NO_OVERLOAD;
}

function isOrdered(value: Value): boolean {
  return typeof value === "string" || typeof value === "boolean" || isNumber(value) || value instanceof Uint8Array
    || value instanceof Timestamp || value instanceof Duration;
}

type CelNumber = bigint | number | Uint;

function isNumber(value: Value): value is CelNumber {
  return typeof value === "bigint" || typeof value === "number" || value instanceof Uint;
}

function order<T extends bigint | number>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Compares numbers by value; undefined for NaN. To be compared with a double, a whole number is rounded to one. */
function compareNumbers(one: CelNumber, other: CelNumber): number | undefined {
  if (typeof other === "number") {
    if (Number.isNaN(one) || Number.isNaN(other)) return undefined;
    return typeof one === "number" ? order(one, other) : 0 - compareDouble(other, one);
  }
  if (typeof one === "number") return Number.isNaN(one) ? undefined : compareDouble(one, other);
  return order(wholeOf(one), wholeOf(other));
}

function wholeOf(value: bigint | Uint): bigint {
  return typeof value === "bigint" ? value : value.value;
}

function compareDouble(double: number, whole: bigint | Uint): number {
  const [least, most] = whole instanceof Uint ? [0, TWO_TO_64] : [-TWO_TO_63, TWO_TO_63];
  if (double < least) return -1;
  return double > most ? 1 : order(double, Number(wholeOf(whole)));
}

/** Compares texts by code points, which is the order of their UTF-8 bytes. */
function compareTexts(one: string, other: string, budget: Budget): number {
  const length = Math.min(one.length, other.length);
  budget.read(length);
  for (let i = 0; i < length; i++) {
    const [a, b] = [one.charCodeAt(i), other.charCodeAt(i)];
    if (a !== b) return rank(a) - rank(b) < 0 ? -1 : 1;
  }
  return order(one.length, other.length);
}

/** Ranks a UTF-16 unit. Surrogates rank after all others, because they stand for code points above 0xffff. */
function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
}

function compareBytes(one: Uint8Array, other: Uint8Array, budget: Budget): number {
  const length = Math.min(one.length, other.length);
  budget.read(length);
  for (let i = 0; i < length; i++) {
    if (one[i] !== other[i]) return order(one[i]!, other[i]!);
  }
  return order(one.length, other.length);
}
