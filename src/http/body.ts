// Bodies of requests, read up to a limit.
import type { Context } from "hono";
import type { IncomingMessage } from "node:http";
import { headerOf, incomingOf } from "./header.ts";

/**
 * Bytes of a body, or why there are none: larger than the limit, sent with a Content-Encoding such as gzip, or cut off
 * because the client closed the connection.
 */
export type Body = Uint8Array | "too_large" | "encoded" | "cut_off";

/** What the sender of an encoded body reads. */
export const ENCODED_BODY = "a body is sent as it is: Content-Encoding is not supported";
/** What the log of a proxy may show of a body that was cut off; its sender has gone. */
export const CUT_OFF_BODY = "the connection was closed before the body was complete";

const EMPTY = new Uint8Array(0);

/** Reads the body of a request. `limit` is in bytes; a body of exactly that many is read. */
export async function readBody(c: Context, limit: number): Promise<Body> {
  const encoding = headerOf(c, "content-encoding")?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== "" && encoding !== "identity") return "encoded";
  const announced = headerOf(c, "content-length");
  // Node's parser ends a body where its announced length ends, so that the announcement can be trusted.
  if (announced !== undefined && Number(announced) > limit) return "too_large";
  const incoming = incomingOf(c);
  if (incoming !== undefined) {
    // Node calls the app at the end of the headers; in the next microtask it has read what came along with them.
    await undefined;
    if (isAtHand(incoming)) return takeAll(incoming, limit);
  }
  try {
    return await readStream(c.req.raw, announced !== undefined, limit);
  } catch (error) {
    if (incoming?.destroyed === true && !incoming.complete) return "cut_off";
    throw error;
  }
}

async function readStream(request: Request, hasLength: boolean, limit: number): Promise<Body> {
  if (hasLength) return new Uint8Array(await request.arrayBuffer());
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
