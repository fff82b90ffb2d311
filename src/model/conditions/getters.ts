// The getters of timestamps and durations, such as `getHours()`.
import { wholeSeconds } from "./arithmetic.ts";
import type { Budget } from "./condition-budget.ts";
import { offsetIn } from "./time-zone.ts";
import { Duration, EvaluationError, NO_OVERLOAD, Timestamp, type Value } from "./values.ts";

const DAY_MS = 86_400_000;

/** Returns a part of an instant. `nanoseconds` are those within its second. */
type Part = (date: Date, nanoseconds: bigint) => number;

const PARTS: Readonly<Record<string, Part>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) => {
    const start = new Date(date);
    start.setUTCMonth(0, 1);
    return Math.round((date.getTime() - start.getTime()) / DAY_MS);
  },
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (_, nanoseconds) => Number(nanoseconds / 1_000_000n),
};

/** The unit in which a getter counts a duration, in nanoseconds. */
const UNITS: Readonly<Record<string, bigint>> = {
  getHours: 3_600_000_000_000n, getMinutes: 60_000_000_000n, getSeconds: 1_000_000_000n, getMilliseconds: 1_000_000n,
};

/** The names of all getters. */
export const GETTERS: readonly string[] = Object.keys(PARTS);

/** Returns the result of a getter: for a timestamp, in UTC or in the given zone, or for a duration. */
export function getPart(getter: string, value: Value, zone: Value | undefined, budget: Budget): Value {
  if (value instanceof Duration && zone === undefined) return partOfDuration(getter, value);
  if (!(value instanceof Timestamp) || (zone !== undefined && typeof zone !== "string")) return NO_OVERLOAD;
  const seconds = wholeSeconds(value);
  const offset = offsetIn(zone ?? "UTC", seconds, budget);
  if (offset instanceof EvaluationError) return offset;
  const date = new Date((Number(seconds) + offset) * 1000);
  return BigInt(PARTS[getter]!(date, value.nanoseconds - seconds * 1_000_000_000n));
}

/** Returns the whole units of a duration. Except for milliseconds, Go computes them in doubles, which may round up. */
function partOfDuration(getter: string, { nanoseconds }: Duration): Value {
  const unit = UNITS[getter];
  if (unit === undefined) return NO_OVERLOAD;
  if (getter === "getMilliseconds") return nanoseconds / unit;
  return BigInt(Math.trunc(Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit)));
}
