// CEL's arithmetic: 64-bit integers, whose overflow is an error, doubles, times, texts and lists.
import type { Budget } from "./condition-budget.ts";
import { LAST_INSTANT, FIRST_INSTANT } from "./instant.ts";
import {
  Duration, EvaluationError, isList, MAX_INT, MAX_UINT, MIN_INT, NO_OVERLOAD, Timestamp, Uint, type Value,
} from "./values.ts";

export const INT_OVERFLOW = new EvaluationError("integer overflow");
export const UINT_OVERFLOW = new EvaluationError("unsigned integer overflow");
export const TIMESTAMP_OVERFLOW = new EvaluationError("timestamp overflow");

/** Returns a value if it fits into 64 bits, and an overflow error otherwise. */
export const intOf = (value: bigint): Value => (value < MIN_INT || value > MAX_INT ? INT_OVERFLOW : value);
export const uintOf = (value: bigint): Value => (value < 0n || value > MAX_UINT ? UINT_OVERFLOW : new Uint(value));
const durationOf = (nanoseconds: bigint): Value =>
  (nanoseconds < MIN_INT || nanoseconds > MAX_INT ? INT_OVERFLOW : new Duration(nanoseconds));

/** An operator: its work on two ints (or uints) and on two doubles. */
interface Operator {
  readonly whole: (one: bigint, other: bigint) => bigint | EvaluationError;
  readonly double?: (one: number, other: number) => number;
}

const DIVISION_BY_ZERO = new EvaluationError("division by zero");
const MODULUS_BY_ZERO = new EvaluationError("modulus by zero");

const OPERATORS = {
  plus: { whole: (one, other) => one + other, double: (one, other) => one + other },
  minus: { whole: (one, other) => one - other, double: (one, other) => one - other },
  times: { whole: (one, other) => one * other, double: (one, other) => one * other },
  by: { whole: (one, other) => (other === 0n ? DIVISION_BY_ZERO : one / other), double: (one, other) => one / other },
  modulo: {
    whole: (one, other) => other === 0n ? MODULUS_BY_ZERO
      : one === MIN_INT && other === -1n ? INT_OVERFLOW : one % other,
  },
} satisfies Record<string, Operator>;

function calculate({ whole, double }: Operator, one: Value, other: Value): Value {
  if (typeof one === "bigint" && typeof other === "bigint") {
    const result = whole(one, other);
    return typeof result === "bigint" ? intOf(result) : result;
  }
  if (typeof one === "number" && typeof other === "number" && double !== undefined) return double(one, other);
  if (!(one instanceof Uint) || !(other instanceof Uint)) return NO_OVERLOAD;
  const result = whole(one.value, other.value);
  return typeof result === "bigint" ? uintOf(result) : result;
}

/** Returns `one + other`. */
export function add(one: Value, other: Value, budget: Budget): Value {
  if (typeof one === "string" && typeof other === "string") {
    budget.read(one.length + other.length);
    return one + other;
  }
  if (isList(one) && isList(other)) {
    budget.walk(one.length + other.length);
    return [...one, ...other];
  }
  if (one instanceof Uint8Array && other instanceof Uint8Array) {
    budget.read(one.length + other.length);
    return Uint8Array.from([...one, ...other]);
  }
  if (one instanceof Duration) {
    if (other instanceof Duration) return durationOf(one.nanoseconds + other.nanoseconds);
    return other instanceof Timestamp ? later(other, one.nanoseconds) : NO_OVERLOAD;
  }
  if (one instanceof Timestamp) return other instanceof Duration ? later(one, other.nanoseconds) : NO_OVERLOAD;
  return calculate(OPERATORS.plus, one, other);
}

/** Returns `one - other`. */
export function subtract(one: Value, other: Value): Value {
  if (one instanceof Duration) {
    return other instanceof Duration ? durationOf(one.nanoseconds - other.nanoseconds) : NO_OVERLOAD;
  }
  if (one instanceof Timestamp) {
    if (other instanceof Timestamp) return between(other, one);
    if (!(other instanceof Duration)) return NO_OVERLOAD;
    return other.nanoseconds === MIN_INT ? INT_OVERFLOW : later(one, -other.nanoseconds);
  }
  return calculate(OPERATORS.minus, one, other);
}

/** The other arithmetic operators. */
export const multiply = (one: Value, other: Value): Value => calculate(OPERATORS.times, one, other);
export const divide = (one: Value, other: Value): Value => calculate(OPERATORS.by, one, other);
export const modulo = (one: Value, other: Value): Value => calculate(OPERATORS.modulo, one, other);

/** Returns `-value`. */
export function negate(value: Value): Value {
  if (typeof value === "bigint") return intOf(-value);
  if (typeof value === "number") return -value;
  return value instanceof Duration ? durationOf(-value.nanoseconds) : NO_OVERLOAD;
}

function later({ nanoseconds, offset }: Timestamp, by: bigint): Value {
  const result = nanoseconds + by;
  return result < FIRST_INSTANT || result > LAST_INSTANT ? TIMESTAMP_OVERFLOW : new Timestamp(result, offset);
}

const SECOND = 1_000_000_000n;

/** Returns the time from one instant to another. As in cel-go, its whole seconds must also be in range. */
function between(from: Timestamp, to: Timestamp): Value {
  const seconds = wholeSeconds(to) - wholeSeconds(from);
  if (seconds * SECOND < MIN_INT || seconds * SECOND > MAX_INT) return INT_OVERFLOW;
  return durationOf(to.nanoseconds - from.nanoseconds);
}

/** Returns the seconds since 1970, rounded down. */
export function wholeSeconds({ nanoseconds }: Timestamp): bigint {
  return (nanoseconds - (((nanoseconds % SECOND) + SECOND) % SECOND)) / SECOND;
}
