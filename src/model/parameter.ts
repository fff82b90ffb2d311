// Parameters of conditions: their types, and how JSON values become CEL values (OpenFGA's coercions).
import type { Budget } from "./conditions/budget.ts";
import { MAX_READ_CHARACTERS, readingSteps } from "./conditions/conversions.ts";
import { readDuration, readTimestamp } from "./conditions/instant.ts";
import { readIpAddress } from "./conditions/ip-address.ts";
import {
  ANY, BOOL, DOUBLE, DURATION, INT, IP_ADDRESS, listOf, mapOf, STRING, TIMESTAMP, UINT, type Type,
} from "./conditions/types.ts";
import { MAX_INT, MIN_INT, native, TextMap, Uint, type Value } from "./conditions/values.ts";
import { ModelError } from "./model-error.ts";
import type { ParameterTypeJson } from "./schema.ts";

/** What a converter answers for a JSON value of the wrong type or form. */
export const MISMATCH: unique symbol = Symbol("mismatch");

/** A parameter's type: its type in CEL and the conversion of JSON values, MISMATCH when a value does not fit. */
export interface ParameterType {
  readonly cel: Type;
  /** Converts a value. Throws an Abort when that takes more steps than the budget has. */
  convert(value: unknown, budget: Budget): Value | typeof MISMATCH;
}

/** Powers of ten or two beyond this overflow every type, so exact arithmetic need not go further. */
const MAX_EXPONENT = 400;

type Convert = ParameterType["convert"];

const text = (read: (text: string) => Value | undefined): Convert => (value, budget) => {
  if (typeof value !== "string" || value.length > MAX_READ_CHARACTERS) return MISMATCH;
  budget.walk(readingSteps(value));
  return read(value) ?? MISMATCH;
};

/** The conversion to a type of numbers, which may be written as texts. */
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

/** The type that a model declares for a parameter. Throws a ModelError for one that OpenFGA does not have. */
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

/** Steps that an entry of a map takes. */
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

/** A number as it is written: digits times ten to a power times two to a power. */
interface Written {
  readonly digits: bigint;
  readonly tens: number;
  readonly twos: number;
}

/** Reads `-12.5e3`, and as Go does `5p2` (5 times 2 to the 2nd). Undefined when it is none. */
function readNumber(text: unknown): Written | undefined {
  if (typeof text !== "string" || text.length > MAX_READ_CHARACTERS) return undefined;
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|[pP]([+-]?\d+))?$/.exec(text);
  if (found === null) return undefined;
  const [, sign, whole = "", fraction = "", ten = "0", two = "0"] = found;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(whole + fraction);
  // With many digits before it an exponent that is far below zero may still count.
  const least = MAX_EXPONENT + (whole + fraction).length;
  return {
    digits: sign === "-" ? -digits : digits, tens: clamp(ten, least) - fraction.length, twos: clamp(two, 4 * least),
  };
}

/** A number as a fraction of whole numbers. */
function fractionOf({ digits, tens, twos }: Written): { readonly numerator: bigint; readonly denominator: bigint } {
  return {
    numerator: digits * power(10n, tens) * power(2n, twos), denominator: power(10n, -tens) * power(2n, -twos),
  };
}

function clamp(exponent: string, most: number): number {
  return Math.max(-most, Math.min(most, Number(exponent)));
}

/** A power; one for a negative exponent. */
function power(base: bigint, exponent: number): bigint {
  return exponent > 0 ? base ** BigInt(exponent) : 1n;
}

/** Powers of ten from here on are beyond 64 bits. */
const TENS_BEYOND_INT = 19;

/** The integer a JSON number or decimal string stands for, cut to 64 bits; undefined when it is none. */
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

/** A JSON number as it is; a string only when a double represents it exactly (to 64 bits of mantissa). */
function toDouble(value: unknown): Value | typeof MISMATCH {
  // A JSON number beyond the doubles comes out of JSON.parse as infinity; OpenFGA refuses it as too large.
  if (typeof value === "number") return Number.isFinite(value) ? value : MISMATCH;
  if (typeof value === "string" && /^[+-]?[iI]nf$/.test(value)) return value.startsWith("-") ? -Infinity : Infinity;
  const written = readNumber(value);
  if (written === undefined) return MISMATCH;
  const nearest = nearestTo(value as string);
  if (written.digits === 0n) return nearest;
  if (!Number.isFinite(nearest) || nearest === 0) return MISMATCH;
  if (written.tens === 0 && written.twos >= 0 && abs(written.digits) <= MAX_EXACT) return nearest;
  // Both sides as integers over one denominator.
  const binary = 1100n;
  const { numerator, denominator } = fractionOf(written);
  const difference = abs((numerator << binary) - scaled(nearest, binary) * denominator);
  const half = abs(scaled(nearest, binary) * denominator) >> 65n;
  return difference <= half ? nearest : MISMATCH;
}

/** Whole numbers up to here are doubles. */
const MAX_EXACT = 2n ** 53n;

/** The double next to a number that is written with a power of ten or of two. */
function nearestTo(text: string): number {
  const [mantissa = "", two] = text.split(/[pP]/);
  return two === undefined ? Number(text) : Number(mantissa) * 2 ** Number(two);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);
/** Bits of a double that are its fraction, and the exponent that stands for 2 to the power of 0 of the last of them. */
const FRACTION_BITS = 52n;
const UNIT_EXPONENT = 1075n;

/** A finite double times 2^shift, exactly (shift 1100 leaves no fraction). */
function scaled(value: number, shift: bigint): bigint {
  double[0] = Math.abs(value);
  const exponent = bits[0]! >> FRACTION_BITS;
  const fraction = BigInt.asUintN(Number(FRACTION_BITS), bits[0]!);
  // The doubles next to zero have the exponent 0, which stands for 1 without the bit that the others have before.
  const magnitude = exponent === 0n ? fraction << (shift + 1n - UNIT_EXPONENT)
    : (fraction | 1n << FRACTION_BITS) << (shift + exponent - UNIT_EXPONENT);
  return value < 0 ? -magnitude : magnitude;
}
