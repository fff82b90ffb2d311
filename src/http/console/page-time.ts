// The time that a page looks at: how an address names it, and the words for it.

/** Why a page cannot look at a time. */
export type TimeFault = "malformed" | "ahead";

const TIME = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/;

/**
 * Reads a time before `now` (milliseconds since 1970): RFC 3339, or as a form sends it. Without an hour it is 00:00,
 * without a zone UTC. `hour`: the hour, where a form has a field of its own for it; else "". Returns RFC 3339 in UTC.
 *
 * @example readPageTime("2026-10-01", "08:30", Date.now()) // { time: "2026-10-01T08:30:00.000Z" }
 */
export function readPageTime(
  text: string, hour: string, now: number,
): { readonly time: string } | { readonly fault: TimeFault } {
  const found = TIME.exec(hour === "" ? text : `${text}T${hour}`);
  if (found === null) return { fault: "malformed" };
  const [, day, minute = "00:00", second = ":00", zone = "Z"] = found;
  const local = Date.parse(`${day}T${minute}${second}Z`);
  // Date.parse makes 31 September the first of October, and 24:00 the next day.
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(`${day}T${minute}`)) {
    return { fault: "malformed" };
  }
  const at = Date.parse(`${day}T${minute}${second}${zone}`);
  return at >= Math.floor(now) ? { fault: "ahead" } : { time: new Date(at).toISOString() };
}

const MINUTE = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
});
const SECOND = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
  fractionalSecondDigits: 3, timeZone: "UTC",
});

/** Returns the words for the time looked at: "as of 1 Oct 2026, 00:00 UTC". A time within a minute is given in full. */
export function asOfWords(time: string): string {
  const at = Date.parse(time);
  return `as of ${(at % 60_000 === 0 ? MINUTE : SECOND).format(at).replace(" at ", ", ")} UTC`;
}
