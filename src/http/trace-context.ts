// W3C Trace Context (https://www.w3.org/TR/trace-context/): the trace that a caller works in, read and passed on.
import type { Context } from "hono";
import type { TraceHeaders } from "../checks/checker.ts";
import { headerOf } from "./header.ts";
import { MAX_TRACESTATE_LENGTH } from "./http-limits.ts";

/** Version, trace, caller's span, flags. Later versions may have more after them. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const INVALID_VERSION = "ff";
const ZEROS = /^0+$/;

/**
 * Reads a `traceparent`. Returns undefined for one that the standard calls invalid: it must then be ignored, and so
 * must the `tracestate` that came with it.
 *
 * @example
 * const sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
 * readTraceparent(sent)?.traceId // "4bf92f3577b34da6a3ce929d0e0e4736"
 */
export function readTraceparent(text: string | undefined): { readonly traceId: string } | undefined {
  if (text === undefined) return undefined;
  const [, version, traceId = "", parent = "", more] = TRACEPARENT.exec(text) ?? [];
  const isKnownForm = version !== undefined && version !== INVALID_VERSION && (version !== "00" || more === undefined);
  return !isKnownForm || ZEROS.test(traceId) || ZEROS.test(parent) ? undefined : { traceId };
}

const OWN = "trace-headers";

/** Makes the trace of a request that of a span of this server's own, which has these headers. */
export function continueTrace(c: Context, headers: TraceHeaders): void {
  c.set(OWN, headers);
}

/**
 * Returns the headers by which another service joins the trace of a request: those of this server's span, or the
 * caller's as they came. Undefined without a trace.
 */
export function traceHeadersOf(c: Context): TraceHeaders | undefined {
  const own = c.get(OWN) as TraceHeaders | undefined;
  if (own !== undefined) return own;
  const traceparent = headerOf(c, "traceparent");
  if (traceparent === undefined || readTraceparent(traceparent) === undefined) return undefined;
  const tracestate = headerOf(c, "tracestate");
  const isPassable = tracestate !== undefined && tracestate !== "" && tracestate.length <= MAX_TRACESTATE_LENGTH
    && /^[\x20-\x7e]+$/.test(tracestate);
  return isPassable ? { traceparent, tracestate } : { traceparent };
}
