// Reads bodies of requests, up to a limit.
import type { Context } from "hono";
import type { IncomingMessage } from "node:http";
import { headerOf, incomingOf } from "./header.ts";

/**
 * The bytes of a body, or why there are none: it is larger than the limit, it has a Content-Encoding such as gzip, or
 * it was cut off because the client closed the connection.
 */
export type Body = Uint8Array | "too_large" | "encoded" | "cut_off";

/** Answer to the sender of an encoded body. */
export const ENCODED_BODY = "Content-Encoding is not supported: send the body without it";
/** Fault of a body that was cut off. Its sender has disconnected, so only the log of a proxy may show this. */
export const CUT_OFF_BODY = "the connection was closed before the body was complete";

const EMPTY = new Uint8Array(0);

/** Reads the body of a request. `limit` is in bytes; a body of exactly `limit` bytes is read. */
export async function readBody(c: Context, limit: number): Promise<Body> {
  const encoding = headerOf(c, "content-encoding")?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== "" && encoding !== "identity") return "encoded";
  const announced = headerOf(c, "content-length");
  // Node's parser ends a body at its announced length, so the announcement can be trusted.
  if (announced !== undefined && Number(announced) > limit) return "too_large";
  const incoming = incomingOf(c);
  if (incoming !== undefined) {
    // Node calls the app after the headers; by the next microtask it has read the data that arrived with them.
    await undefined;
    if (isAtHand(incoming)) return readArrived(incoming, limit);
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

/** True if a request has arrived whole and nothing has begun to read it. */
function isAtHand(incoming: IncomingMessage): boolean {
  return incoming.complete && !incoming.readableDidRead && !incoming.destroyed && incoming.errored === null;
}

function readArrived(incoming: IncomingMessage, limit: number): Body {
  if (incoming.readableLength > limit) return "too_large";
  return (incoming.read() as Buffer | null) ?? EMPTY;
}
