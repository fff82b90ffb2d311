// The parameters of conditions: their types, and the conversion of JSON values to CEL values (OpenFGA's coercions).
import type { Budget } from "./conditions/condition-budget.ts";
import { readingSteps } from "./conditions/conversions.ts";
import { readDuration, readTimestamp } from "./conditions/instant.ts";
import { readIpAddress } from "./conditions/ip-address.ts";
import {
  ANY, BOOL, DOUBLE, DURATION, INT, IP_ADDRESS, listOf, mapOf, STRING, TIMESTAMP, UINT, type Type,
} from "./conditions/types.ts";
import { MAX_INT, MIN_INT, native, TextMap, Uint, type Value } from "./conditions/values.ts";
import { ModelError } from "./model-error.ts";
import type { ParameterTypeJson } from "./schema.ts";
import { MAX_READ_CHARACTERS } from "./model-limits.ts";

/** The result of converting a JSON value of the wrong type or form. */
export const MISMATCH: unique symbol = Symbol("mismatch");

/** A parameter's type: its CEL type, and the conversion of JSON values. */
export interface ParameterType {
  readonly cel: Type;
  /** Converts a value. Returns MISMATCH when it does not fit; throws an Abort when the budget has too few steps. */
  convert(value: unknown, budget: Budget): Value | typeof MISMATCH;
}

/** Largest exponent of ten or two in exact arithmetic. Larger ones overflow every type. */
const MAX_EXPONENT = 400;

type Convert = ParameterType["convert"];

const text = (read: (text: string) => Value | undefined): Convert => (value, budget) => {
  if (typeof value !== "string" || value.length > MAX_READ_CHARACTERS) return MISMATCH;
  budget.walk(readingSteps(value));
  return read(value) ?? MISMATCH;
};

/** Returns the conversion to a number type. The number may be given as text. */
const number = (convert: (value: unknown) => Value | typeof MISMATCH): Convert => (value, budget) => {
  if (typeof value === "string" && value.length <= MAX_READ_CHARACTERS) budget.walk(readingSteps(value));
  return convert(value);
};

const SCALARS: Readonly<Record<string, ParameterType>> = {
  TYPE_NAME_ANY: { cel: ANY, convert: (value, budget) => native(value as Value, budget) },
  TYPE_NAME_BOOL: { cel: BOOL, convert: (value) => (typeof value === "boolean" ? value : MISMATCH) },
  TYPE_NAME_STRING: { cel: STRING, convert: (value) => (typeof value === "string" ? value : MISMATCH) },
  TYPE_NAME_INT: { cel: INT, convert: number(toInt) },
  TYPE_NAME_UINT: { cel: UINT, convert: number(toUint) },
  TYPE_NAME_DOUBLE: { cel: DOUBLE, convert: number(toDouble) },
  TYPE_NAME_DURATION: { cel: DURATION, convert: text(readDuration) },
  TYPE_NAME_TIMESTAMP: { cel: TIMESTAMP, convert: text(readTimestamp) },
  TYPE_NAME_IPADDRESS: { cel: IP_ADDRESS, convert: text(readIpAddress) },
};

/** Returns the type that a model declares for a parameter. Throws a ModelError for a type that OpenFGA lacks. */
export function parameterType(json: ParameterTypeJson): ParameterType {
  const [inner, ...more] = json.generic_types ?? [];
  const scalar = SCALARS[json.type_name];
  if (scalar) {
    if (inner !== undefined) throw new ModelError(`${json.type_name} takes no generic type`);
    return scalar;
  }
  const isMap = json.type_name === "TYPE_NAME_MAP";
  if (!isMap && json.type_name !== "TYPE_NAME_LIST") {
    throw new ModelError(`parameter type '${json.type_name}' is unknown`);
  }
  if (inner === undefined || more.length > 0) throw new ModelError(`${json.type_name} takes one generic type`);
  const element = parameterType(inner);
  return isMap
    ? { cel: mapOf(STRING, element.cel), convert: (value, budget) => toMap(element, value, budget) }
    : { cel: listOf(element.cel), convert: (value, budget) => toList(element, value, budget) };
}

/** Number of steps counted for an entry of a map. */
const ENTRY_STEPS = 4;

function toMap(element: ParameterType, value: unknown, budget: Budget): Value | typeof MISMATCH {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return MISMATCH;
  const map = new Map<string, Value>();
  for (const [key, item] of Object.entries(value)) {
    budget.walk(ENTRY_STEPS);
    const converted = element.convert(item, budget);
    if (converted === MISMATCH) return MISMATCH;
    map.set(key, converted);
  }
  return new TextMap(map);
}

function toList(element: ParameterType, value: unknown, budget: Budget): Value | typeof MISMATCH {
  if (!Array.isArray(value)) return MISMATCH;
  const list: Value[] = [];
  for (const item of value) {
    budget.walk(1);
    const converted = element.convert(item, budget);
    if (converted === MISMATCH) return MISMATCH;
    list.push(converted);
  }
  return list;
}

/** A number as written: digits, times a power of ten, times a power of two. */
interface Written {
  readonly digits: bigint;
  readonly tens: number;
  readonly twos: number;
}

/** Reads `-12.5e3` and, as Go does, `5p2` (5 times 2 to the power of 2). Returns undefined for any other text. */
function readNumber(text: unknown): Written | undefined {
  if (typeof text !== "string" || text.length > MAX_READ_CHARACTERS) return undefined;
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|[pP]([+-]?\d+))?$/.exec(text);
  if (found === null) return undefined;
  const [, sign, whole = "", fraction = "", ten = "0", two = "0"] = found;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(whole + fraction);
  // After many digits even an exponent far below zero may matter.
  const least = MAX_EXPONENT + (whole + fraction).length;
  return {
    digits: sign === "-" ? -digits : digits, tens: clamp(ten, least) - fraction.length, twos: clamp(two, 4 * least),
  };
}

/** Returns a number as a fraction of whole numbers. */
function fractionOf({ digits, tens, twos }: Written): { readonly numerator: bigint; readonly denominator: bigint } {
  return {
    numerator: digits * power(10n, tens) * power(2n, twos), denominator: power(10n, -tens) * power(2n, -twos),
  };
}

function clamp(exponent: string, most: number): number {
  return Math.max(-most, Math.min(most, Number(exponent)));
}

/** Returns a power, or 1 for a negative exponent. */
function power(base: bigint, exponent: number): bigint {
  return exponent > 0 ? base ** BigInt(exponent) : 1n;
}

/** Exponent of ten from which a number does not fit into 64 bits. */
const TENS_BEYOND_INT = 19;

/** Reads an integer from a JSON number or decimal string, clamped to 64 bits. Returns undefined for any other value. */
function readInteger(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? saturate(BigInt(value)) : undefined;
  const written = readNumber(value);
  if (written === undefined || written.digits === 0n) return written?.digits;
  const { digits, tens, twos } = written;
  if (twos === 0 && tens >= TENS_BEYOND_INT) return digits < 0n ? MIN_INT : MAX_INT;
  if (twos === 0 && -tens > MAX_READ_CHARACTERS) return undefined;
  const { numerator, denominator } = fractionOf(written);
  return numerator % denominator === 0n ? saturate(numerator / denominator) : undefined;
}

function saturate(value: bigint): bigint {
  return value < MIN_INT ? MIN_INT : value > MAX_INT ? MAX_INT : value;
}

function toInt(value: unknown): Value | typeof MISMATCH {
  return readInteger(value) ?? MISMATCH;
}

function toUint(value: unknown): Value | typeof MISMATCH {
  const integer = readInteger(value);
  return integer === undefined || integer < 0n ? MISMATCH : new Uint(integer);
}

/** Returns a JSON number as it is, and a string only when a double represents it exactly (to 64 bits of mantissa). */
function toDouble(value: unknown): Value | typeof MISMATCH {
  // JSON.parse turns a number beyond the doubles into infinity. OpenFGA refuses it as too large.
  if (typeof value === "number") return Number.isFinite(value) ? value : MISMATCH;
  if (typeof value === "string" && /^[+-]?[iI]nf$/.test(value)) return value.startsWith("-") ? -Infinity : Infinity;
  const written = readNumber(value);
  if (written === undefined) return MISMATCH;
  const nearest = nearestTo(value as string);
  if (written.digits === 0n) return nearest;
  if (!Number.isFinite(nearest) || nearest === 0) return MISMATCH;
  if (written.tens === 0 && written.twos >= 0 && abs(written.digits) <= MAX_EXACT) return nearest;
  // Both sides are integers over a common denominator.
  const binary = 1100n;
  const { numerator, denominator } = fractionOf(written);
  const difference = abs((numerator << binary) - scaled(nearest, binary) * denominator);
  const half = abs(scaled(nearest, binary) * denominator) >> 65n;
  return difference <= half ? nearest : MISMATCH;
}

/** Every whole number up to this one is exactly a double. */
const MAX_EXACT = 2n ** 53n;

/** Returns the double nearest to a number written with a power of ten or of two. */
function nearestTo(text: string): number {
  const [mantissa = "", two] = text.split(/[pP]/);
  return two === undefined ? Number(text) : Number(mantissa) * 2 ** Number(two);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);
/** Number of fraction bits in a double, and the exponent at which the last of them is worth 1. */
const FRACTION_BITS = 52n;
const UNIT_EXPONENT = 1075n;

/** Returns a finite double times 2^shift, exactly (shift 1100 leaves no fraction). */
function scaled(value: number, shift: bigint): bigint {
  double[0] = Math.abs(value);
  const exponent = bits[0]! >> FRACTION_BITS;
  const fraction = BigInt.asUintN(Number(FRACTION_BITS), bits[0]!);
  // Doubles next to zero (subnormals) have the exponent 0. It counts as 1, without the implicit leading bit.
  const magnitude = exponent === 0n ? fraction << (shift + 1n - UNIT_EXPONENT)
    : (fraction | 1n << FRACTION_BITS) << (shift + exponent - UNIT_EXPONENT);
  return value < 0 ? -magnitude : magnitude;
}
