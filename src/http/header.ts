// What is read of a request where it is at hand: on Node, without building the Web's Headers and Body for each one.
import type { Context } from "hono";
import type { IncomingMessage } from "node:http";

/** What @hono/node-server hands along with a request: Node's own, whose headers are parsed already. */
interface NodeBindings {
  readonly incoming?: IncomingMessage;
}

/** Node's own request; undefined where there is none, as in an app that is asked in its own process. */
export function incomingOf(c: Context): IncomingMessage | undefined {
  return (c.env as NodeBindings | undefined)?.incoming;
}

/** The value of a header, by its lower-case name; undefined where it is absent. */
export function headerOf(c: Context, name: string): string | undefined {
  const node = incomingOf(c);
  if (node === undefined) return c.req.header(name);
  const value = node.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
