// Whether the client of a request still waits for its answer.
import type { Context } from "hono";

/** Returns a function that returns true once the client has closed the connection without the whole answer. */
export function clientGone(c: Context): () => boolean {
  const { signal } = c.req.raw;
  return () => signal.aborted;
}
