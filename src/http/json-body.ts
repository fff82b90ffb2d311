// Reads a body that is one JSON object, for the routes whose errors are problems.
import type { Context } from "hono";
import { CUT_OFF_BODY, ENCODED_BODY, readBody } from "./body.ts";
import { isRecord, type Json } from "./fields.ts";
import { readJsonInParts } from "./json-text.ts";
import { problem, type Problem } from "./problem.ts";
import { MAX_QUESTION_BYTES } from "./http-limits.ts";
import { spread } from "./long-answer.ts";

/** The object, or the problem that prevented it. */
export type JsonBody = { readonly json: Json } | { readonly problem: Problem };

/** Reads a body. Long ones take several turns of the event loop. */
export async function readJsonBody(c: Context): Promise<JsonBody> {
  const bytes = await readBody(c, MAX_QUESTION_BYTES);
  if (bytes === "too_large") {
    return { problem: problem("body_too_large", `a body has at most ${MAX_QUESTION_BYTES} bytes`) };
  }
  if (bytes === "encoded") return { problem: problem("unsupported_media_type", ENCODED_BODY) };
  if (bytes === "cut_off") return { problem: problem("invalid_request", CUT_OFF_BODY) };
  const read = await spread(readJsonInParts(bytes, "no halves"));
  if ("fault" in read) return { problem: problem("invalid_request", read.fault) };
  return isRecord(read.value) ? { json: read.value }
    : { problem: problem("invalid_request", "the body is a JSON object") };
}
