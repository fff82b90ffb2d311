// Conversions between CEL types, which read and print as Go's strconv does and check ranges.
import { INT_OVERFLOW, intOf, TIMESTAMP_OVERFLOW, UINT_OVERFLOW, uintOf, wholeSeconds } from "./arithmetic.ts";
import type { Budget } from "./condition-budget.ts";
import {
  FIRST_INSTANT, LAST_INSTANT, printDuration, printTimestamp, readDuration, readStrictTimestamp,
} from "./instant.ts";
import {
  Duration, EvaluationError, MAX_INT, NO_OVERLOAD, Timestamp, TWO_TO_63, TWO_TO_64, typeNameOf, Uint, type Value,
} from "./values.ts";

/** Returns the number of steps counted for reading a text as one of these. */
export const readingSteps = (text: string): number => 16 + text.length;

/** Number of steps counted for printing a value as text. */
const PRINTING_STEPS = 8;

/** Maximum number of digits of a 64-bit number without leading zeros. */
const MAX_DIGITS = 20;

const unreadable = (text: string, type: string): EvaluationError =>
  new EvaluationError(`type conversion error from 'string' to '${type}': '${text.slice(0, 50)}'`);

type Conversion = (value: Value, budget: Budget) => Value;

/** The conversions, by the name of their function. */
export const CONVERT: Readonly<Record<string, Conversion>> = {
  bool: (value) => typeof value === "boolean" ? value : typeof value === "string" ? readBool(value) : NO_OVERLOAD,
  bytes: toBytes,
  double: toDouble,
  duration: (value) => value instanceof Duration ? value
    : typeof value === "string" ? readDuration(value) ?? unreadable(value, "duration") : NO_OVERLOAD,
  int: toInt,
  string: toText,
  timestamp: toTimestamp,
  uint: toUint,
};

function readBool(text: string): Value {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : unreadable(text, "bool");
}

function toInt(value: Value): Value {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") {
    return Number.isNaN(value) || value <= -TWO_TO_63 || value >= TWO_TO_63 ? INT_OVERFLOW : BigInt(Math.trunc(value));
  }
  if (typeof value === "string") {
    const whole = /^[+-]?\d+$/.test(value) ? readWhole(value) : undefined;
    return whole === undefined || intOf(whole) !== whole ? unreadable(value, "int") : whole;
  }
  if (value instanceof Uint) return value.value > MAX_INT ? INT_OVERFLOW : value.value;
  if (value instanceof Timestamp) return wholeSeconds(value);
  return value instanceof Duration ? value.nanoseconds : NO_OVERLOAD;
}

function toUint(value: Value): Value {
  if (value instanceof Uint) return value;
  if (typeof value === "bigint") return uintOf(value);
  if (typeof value === "number") {
    return Number.isNaN(value) || value < 0 || value >= TWO_TO_64 ? UINT_OVERFLOW
      : new Uint(BigInt(Math.trunc(value)));
  }
  if (typeof value !== "string") return NO_OVERLOAD;
  const whole = /^\d+$/.test(value) ? readWhole(value) : undefined;
  const found = whole === undefined ? undefined : uintOf(whole);
  return found instanceof Uint ? found : unreadable(value, "uint");
}

/** Reads a sign and digits as a number. Returns undefined when the number is far beyond 64 bits. */
function readWhole(text: string): bigint | undefined {
  const digits = text.replace(/^[+-]?0*/, "");
  if (digits.length > MAX_DIGITS) return undefined;
  return text.startsWith("-") ? -BigInt(digits) : BigInt(digits);
}

function toBytes(value: Value, budget: Budget): Value {
  if (typeof value !== "string") return value instanceof Uint8Array ? value : NO_OVERLOAD;
  budget.read(value.length);
  return new TextEncoder().encode(value);
}

function toDouble(value: Value): Value {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint) return Number(value.value);
  return typeof value === "string" ? readDouble(value) ?? unreadable(value, "double") : NO_OVERLOAD;
}

/** A decimal number. Underscores are allowed between digits. */
const DECIMAL = (() => {
  const digits = String.raw`\d+(?:_\d+)*`;
  return new RegExp(`^[+-]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:e[+-]?${digits})?$`, "i");
})();

/** Reads a double like Go's ParseFloat, without its hexadecimal form. Returns undefined if invalid or out of range. */
function readDouble(text: string): number | undefined {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const number = DECIMAL.test(text) ? Number(text.replaceAll("_", "")) : Infinity;
  return Number.isFinite(number) ? number : undefined;
}

function toTimestamp(value: Value): Value {
  if (value instanceof Timestamp) return value;
  if (typeof value === "bigint") return inYears(new Timestamp(value * 1_000_000_000n, 0));
  if (typeof value !== "string") return NO_OVERLOAD;
  const found = readStrictTimestamp(value);
  return found === undefined ? unreadable(value, "timestamp") : inYears(found);
}

/** Returns an instant in the years 1 to 9999, and an error for any other. */
function inYears(at: Timestamp): Value {
  return at.nanoseconds < FIRST_INSTANT || at.nanoseconds > LAST_INSTANT ? TIMESTAMP_OVERFLOW : at;
}

function toText(value: Value, budget: Budget): Value {
  budget.walk(PRINTING_STEPS);
  switch (typeof value) {
    case "string": return value;
    case "boolean": case "bigint": return String(value);
    case "number": return printDouble(value);
    default:
  }
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Duration) return printDuration(value);
  if (value instanceof Timestamp) return printTimestamp(value);
  if (!(value instanceof Uint8Array)) return new EvaluationError(`no string for a value of type ${typeNameOf(value)}`);
  budget.read(value.length);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return new EvaluationError("invalid UTF-8 in bytes, cannot convert to string");
  }
}

/** Prints a double as Go's %g does: with the fewest digits, and with an exponent from 1e6 upwards and below 1e-4. */
function printDouble(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", power = ""] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
