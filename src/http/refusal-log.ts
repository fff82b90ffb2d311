// Logs each refused event, as many in a minute as the log should hold: its code, its type and who sent it.
import type { Context } from "hono";
import { isId } from "../events/event.ts";
import { maskAddresses } from "../events/refusal.ts";
import type { Envelope } from "../ledger/envelope.ts";
import { LogLimit } from "../sidecar/log-limit.ts";
import { REFUSED_EVENTS_LOGGED_PER_MINUTE } from "./http-limits.ts";
import type { Problem } from "./problem.ts";
import { requestFields } from "./request-id.ts";

/** The part of a log that takes the lines. */
interface Log {
  warn?(fields: object, message: string): void;
}

/** Returns a function to call with each refused event; the event is undefined if it could not be read. */
export function refusedEvents(log: Log): (refusal: Problem, event: Envelope | undefined, c: Context) => void {
  const limit = new LogLimit(REFUSED_EVENTS_LOGGED_PER_MINUTE, () => performance.now());
  return ({ code }, event, c) => limit.write((leftOut) => {
    const fields = event === undefined ? {} : { type: event.type, actor: event.actor, org: orgIn(event.data) };
    // A text that is no id may be anything, such as an address or an invite in a form of its own.
    const masked = Object.entries(fields).filter(([, text]) => typeof text === "string" && isId(text))
      .map(([name, text]) => [name, maskAddresses(String(text)).slice(0, MAX_LOGGED_LENGTH)]);
    log.warn?.({ code, ...Object.fromEntries(masked), ...requestFields(c), ...leftOut }, "an event was refused");
  });
}

/** Longest text of an event in a line, in characters; the rest is cut. */
const MAX_LOGGED_LENGTH = 128;

/** Returns the org that a payload names. */
function orgIn(data: unknown): string | undefined {
  const org = typeof data === "object" && data !== null && "org" in data ? data.org : undefined;
  return typeof org === "string" ? org : undefined;
}
