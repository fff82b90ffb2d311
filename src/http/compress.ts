// Compresses long answers with gzip where the caller accepts it, on Node's thread pool, so that others are answered.
import type { Context } from "hono";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { headerOf } from "./header.ts";
import { GZIP_CHUNK_BYTES, GZIP_LEVEL, MIN_GZIP_CHARACTERS } from "./http-limits.ts";

const gzipped = promisify(gzip);

/** Whether an Accept-Encoding (RFC 9110) allows gzip. A caller that sends none gets its answers as they are. */
function acceptsGzip(header: string | undefined): boolean {
  let takesAny = false;
  for (const part of header?.toLowerCase().split(",") ?? []) {
    const [coding = "", ...parameters] = part.split(";").map((text) => text.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    const isAccepted = weight === undefined || Number(weight) > 0;
    if (coding === "gzip" || coding === "x-gzip") return isAccepted;
    if (coding === "*") takesAny = isAccepted;
  }
  return takesAny;
}

/**
 * Answers with a text: a long one compressed if the caller accepts that. A compressed answer may reveal a secret to
 * someone who chooses a part of it and sees its length (BREACH). That takes a browser that adds credentials to another
 * page's requests; here a request has its credentials only from a caller that holds them.
 */
export function answerText(
  c: Context, text: string, headers: Readonly<Record<string, string>>,
): Response | Promise<Response> {
  if (text.length < MIN_GZIP_CHARACTERS) return new Response(text, { headers });
  const vary = { ...headers, vary: "Accept-Encoding" };
  if (!acceptsGzip(headerOf(c, "accept-encoding"))) return new Response(text, { headers: vary });
  return compressed(text, vary);
}

async function compressed(text: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const bytes = await gzipped(text, { level: GZIP_LEVEL, chunkSize: GZIP_CHUNK_BYTES });
  return new Response(new Uint8Array(bytes), { headers: { ...headers, "content-encoding": "gzip" } });
}
