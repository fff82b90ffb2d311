// Go's duration and RFC 3339 grammars, read the way OpenFGA's condition parameters read them.
import { Duration } from "@marcbachmann/cel-js/evaluator";

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n, us: 1_000n, "µs": 1_000n, "μs": 1_000n, ms: 1_000_000n,
  s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n,
};
const MAX_NANOSECONDS = 9_223_372_036_854_775_807n;
const PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

/** Reads `1h30m`, `-1.5s`, `0`: Go's time.ParseDuration. Undefined when it is none or beyond 292 years. */
export function readDuration(text: string): Duration | undefined {
  const negative = text.startsWith("-");
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  if (body === "0") return new Duration(0n, 0);
  if (body === "" || body.length > 100) return undefined;
  let nanoseconds = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < body.length) {
    const part = PART.exec(body);
    if (part === null) return undefined;
    const [, whole = "", fraction = "", unit = ""] = part;
    if (whole === "" && fraction === "") return undefined;
    const scale = UNITS[unit]!;
    nanoseconds += BigInt(whole || "0") * scale;
    if (fraction !== "") nanoseconds += BigInt(fraction) * scale / 10n ** BigInt(fraction.length);
    if (nanoseconds > MAX_NANOSECONDS + (negative ? 1n : 0n)) return undefined;
  }
  if (negative) nanoseconds = -nanoseconds;
  return new Duration(nanoseconds / 1_000_000_000n, Number(nanoseconds % 1_000_000_000n));
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Reads an RFC 3339 instant as Go does, but to the millisecond: what is finer is cut off, since the CEL library's
 * timestamps are a Date. So instants less than a millisecond apart may be equal here and not in OpenFGA.
 */
export function readTimestamp(text: string): Date | undefined {
  const found = RFC3339.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as
    [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offsetHours = Number(found[9] ?? 0);
  const offsetMinutes = Number(found[10] ?? 0);
  if (offsetHours > 24 || offsetMinutes > 59) return undefined;
  const milliseconds = Number((found[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, milliseconds);
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000;
  return new Date(local.getTime() - (found[8] === "-" ? -offset : offset));
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
