// Bodies of requests, read up to a limit.
import type { Context } from "hono";
import type { IncomingMessage } from "node:http";
import { headerOf, incomingOf } from "./header.ts";

/** Bytes of a body, or that it is larger than the limit. */
export type Body = Uint8Array | "too_large";

const EMPTY = new Uint8Array(0);

/** Reads the body of a request. `limit` is in bytes; a body of exactly that many is read. */
export async function readBody(c: Context, limit: number): Promise<Body> {
  const announced = headerOf(c, "content-length");
  // Node's parser ends a body where its announced length ends, so that the announcement can be trusted.
  if (announced !== undefined && Number(announced) > limit) return "too_large";
  const incoming = incomingOf(c);
  if (incoming !== undefined) {
    // Node calls the app at the end of the headers; in the next microtask it has read what came along with them.
    await undefined;
    if (isAtHand(incoming)) return takeAll(incoming, limit);
  }
  const request = c.req.raw;
  if (announced !== undefined) return new Uint8Array(await request.arrayBuffer());
  if (request.body === null) return EMPTY;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) return "too_large";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** True when a request has arrived whole and nobody has begun to read it. */
function isAtHand(incoming: IncomingMessage): boolean {
  return incoming.complete && !incoming.readableDidRead && !incoming.destroyed && incoming.errored === null;
}

function takeAll(incoming: IncomingMessage, limit: number): Body {
  if (incoming.readableLength > limit) return "too_large";
  return (incoming.read() as Buffer | null) ?? EMPTY;
}
