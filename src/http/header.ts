// Reads a request's headers from Node where possible, without building the Web's Headers and Body for each request.
import type { Context } from "hono";
import type { IncomingMessage, ServerResponse } from "node:http";

/** The bindings that @hono/node-server passes with a request: Node's own request, parsed already, and its answer. */
interface NodeBindings {
  readonly incoming?: IncomingMessage;
  readonly outgoing?: ServerResponse;
}

/** Returns Node's own request; undefined if there is none, as in an app called in its own process. */
export function incomingOf(c: Context): IncomingMessage | undefined {
  return (c.env as NodeBindings | undefined)?.incoming;
}

/** Returns the answer that Node will send; undefined if there is none, as in an app called in its own process. */
export function outgoingOf(c: Context): ServerResponse | undefined {
  return (c.env as NodeBindings | undefined)?.outgoing;
}

/** Returns the value of a header, by its lower-case name; undefined if it is absent. */
export function headerOf(c: Context, name: string): string | undefined {
  const node = incomingOf(c);
  if (node === undefined) return c.req.header(name);
  const value = node.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
