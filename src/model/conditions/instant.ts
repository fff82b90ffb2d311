// Instants and durations: reads Go's grammars for both, and prints them as cel-go does.
import { Duration, MAX_INT, MIN_INT, Timestamp } from "./values.ts";

/** The first and last instant that an expression can yield: the years 1 to 9999, in nanoseconds since 1970. */
export const FIRST_INSTANT = -62_135_596_800_000_000_000n;
export const LAST_INSTANT = 253_402_300_799_999_999_999n;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n, us: 1_000n, "µs": 1_000n, "μs": 1_000n, ms: 1_000_000n,
  s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n,
};
/** Length of the longest duration, in nanoseconds. That is a negative one: it exceeds the longest positive one by 1. */
const MOST = -MIN_INT;
const PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)(?![^\d.])/y;
/** Maximum number of digits of a whole number that may fit into 64 bits. */
const MAX_DIGITS = 19;

/** Reads `1h30m`, `-1.5s` or `0` like Go's time.ParseDuration. Returns undefined if invalid or beyond 292 years. */
export function readDuration(text: string): Duration | undefined {
  const isNegative = text.startsWith("-");
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  if (body === "0") return new Duration(0n);
  if (body === "") return undefined;
  let nanoseconds = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < body.length) {
    const found = PART.exec(body);
    if (found === null) return undefined;
    const part = readPart(found[1]!, found[2], UNITS[found[3]!]!);
    if (part === undefined) return undefined;
    nanoseconds += part;
    if (nanoseconds > MOST) return undefined;
  }
  if (!isNegative && nanoseconds === MOST) return undefined;
  return new Duration(isNegative ? -nanoseconds : nanoseconds);
}

function readPart(whole: string, fraction: string | undefined, unit: bigint): bigint | undefined {
  const digits = whole.replace(/^0+/, "");
  if ((whole === "" && !fraction) || digits.length > MAX_DIGITS) return undefined;
  const units = BigInt(digits);
  if (units > MOST / unit) return undefined;
  const nanoseconds = units * unit + fractionOf(fraction ?? "", unit);
  return nanoseconds > MOST ? undefined : nanoseconds;
}

/** Returns the digits after the point in nanoseconds: computed in doubles, as in Go, and truncated. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > MAX_INT / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > MOST) break;
    value = next;
    scale *= 10;
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** Prints a duration: its seconds, with the fewest digits that distinguish them from any other double. */
export function printDuration({ nanoseconds }: Duration): string {
  const seconds = nanoseconds / 1_000_000_000n;
  return `${printDecimal(Number(seconds) + Number(nanoseconds % 1_000_000_000n) / 1e9)}s`;
}

/** Prints a double below 1e21 as digits, without an exponent. */
function printDecimal(value: number): string {
  const shown = Object.is(value, -0) ? "-0" : String(value);
  const found = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(shown);
  if (found === null) return shown;
  const [, sign = "", first = "", rest = "", exponent = ""] = found;
  return `${sign}0.${"0".repeat(Number(exponent) - 1)}${first}${rest}`;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Reads an RFC 3339 instant as Go's time.Parse does. Digits finer than a nanosecond are cut off. */
export function readTimestamp(text: string): Timestamp | undefined {
  const found = RFC3339.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as
    [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offsetHours = Number(found[9] ?? 0);
  const offsetMinutes = Number(found[10] ?? 0);
  if (offsetHours > 24 || offsetMinutes > 59) return undefined;
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  const offset = (offsetHours * 3600 + offsetMinutes * 60) * (found[8] === "-" ? -1 : 1);
  const nanoseconds = BigInt((found[7] ?? "").slice(0, 9).padEnd(9, "0"));
  return new Timestamp(BigInt(local.getTime() / 1000 - offset) * 1_000_000_000n + nanoseconds, offset);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const STRICT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):\d\d)$/;

/** Reads an instant in an expression: a stricter grammar than in a parameter. The caller checks the years 1 to 9999. */
export function readStrictTimestamp(text: string): Timestamp | undefined {
  return STRICT.test(text) ? readTimestamp(text) : undefined;
}

/** Prints an instant in the zone in which it was written, as Go's RFC3339Nano. */
export function printTimestamp({ nanoseconds, offset }: Timestamp): string {
  const local = nanoseconds + BigInt(offset) * 1_000_000_000n;
  const fraction = ((local % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const date = new Date(Number((local - fraction) / 1_000_000n));
  const two = (value: number): string => String(value).padStart(2, "0");
  const year = date.getUTCFullYear();
  const day = `${year < 0 ? "-" : ""}${String(Math.abs(year)).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-`
    + two(date.getUTCDate());
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  let digits = String(fraction).padStart(9, "0");
  while (digits.endsWith("0")) digits = digits.slice(0, -1);
  const minutes = Math.trunc(Math.abs(offset) / 60);
  const zone = offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
  return `${day}T${time}${digits === "" ? "" : `.${digits}`}${zone}`;
}
