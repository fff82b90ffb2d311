// The id of a request: the caller's own, or a new one. Every answer carries it, and so does each log line about it.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Context } from "hono";
import { headerOf, incomingOf, outgoingOf } from "./header.ts";
import { MAX_REQUEST_ID_LENGTH } from "./http-limits.ts";
import { readTraceparent, traceHeadersOf } from "./trace-context.ts";

const HEADER = "x-request-id";
const PRINTABLE = /^[\x20-\x7e]+$/;

/** Returns the caller's id if it is printable and short enough, else a new one. */
function idOf(sent: string | undefined): string {
  return sent !== undefined && sent.length <= MAX_REQUEST_ID_LENGTH && PRINTABLE.test(sent) ? sent : randomUUID();
}

/** Puts the id of a request on the answer that Node will send, whoever writes it. Returns the id. */
export function nameAnswer(incoming: IncomingMessage, outgoing: ServerResponse): string {
  const named = outgoing.getHeader(HEADER);
  if (typeof named === "string") return named;
  const sent = incoming.headers[HEADER];
  const id = idOf(typeof sent === "string" ? sent : undefined);
  outgoing.setHeader(HEADER, id);
  return id;
}

/** Returns the id of a request; the same one at each call. */
function requestIdOf(c: Context): string {
  const [incoming, outgoing] = [incomingOf(c), outgoingOf(c)];
  if (incoming !== undefined && outgoing !== undefined) return nameAnswer(incoming, outgoing);
  const named = c.get(HEADER) as string | undefined;
  if (named !== undefined) return named;
  const id = idOf(headerOf(c, HEADER));
  c.set(HEADER, id);
  return id;
}

/** Puts the id on an answer. Node's answer has it already, or gets it before its first byte. */
export function withRequestId(c: Context, response: Response | Promise<Response>): Response | Promise<Response> {
  const id = requestIdOf(c);
  if (outgoingOf(c) !== undefined) return response;
  if (response instanceof Promise) return response.then((later) => withRequestId(c, later));
  response.headers.set(HEADER, id);
  return response;
}

/** Fields of a log line by which a request is found again: its id, and the trace that its caller works in. */
export interface RequestFields {
  readonly request_id: string;
  readonly trace_id?: string;
}

/** Returns the fields that each log line about a request has. */
export function requestFields(c: Context): RequestFields {
  const trace = readTraceparent(traceHeadersOf(c)?.traceparent);
  const id = { request_id: requestIdOf(c) };
  return trace === undefined ? id : { ...id, trace_id: trace.traceId };
}
