// Bodies of requests, read up to a limit.
import type { Context } from "hono";
import { headerOf } from "./header.ts";

/** Bytes of a body, or that it is larger than the limit. */
export type Body = Uint8Array | "too_large";

/** Reads the body of a request. `limit` is in bytes; a body of exactly that many is read. */
export async function readBody(c: Context, limit: number): Promise<Body> {
  const request = c.req.raw;
  const announced = headerOf(c, "content-length");
  if (announced !== undefined) {
    // Node's parser ends a body where its announced length ends, so that the announcement can be trusted.
    if (Number(announced) > limit) return "too_large";
    return new Uint8Array(await request.arrayBuffer());
  }
  if (request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) return "too_large";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
