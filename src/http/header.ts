// Headers of a request, read where they are at hand: on Node, without building the Web's Headers for each request.
import type { Context } from "hono";

/** What @hono/node-server hands along with a request: Node's own, whose headers are parsed already. */
interface NodeBindings {
  readonly incoming?: { readonly headers: Readonly<Record<string, string | string[] | undefined>> };
}

/** The value of a header, by its lower-case name; undefined where it is absent. */
export function headerOf(c: Context, name: string): string | undefined {
  const node = (c.env as NodeBindings | undefined)?.incoming;
  if (node === undefined) return c.req.header(name);
  const value = node.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
