// Handles every question of the OpenFGA API: reads it, then refuses it as OpenFGA does, or answers it.
import type { Context } from "hono";
import type { Freshness } from "../checks/checker.ts";
import type { Failure } from "../checks/question.ts";
import { CUT_OFF_BODY, ENCODED_BODY, readBody, type Body } from "./body.ts";
import { answerText } from "./compress.ts";
import type { Envelope } from "../ledger/envelope.ts";
import type { Counts } from "./counts.ts";
import type { DecisionLog } from "./decision-log.ts";
import { Fields, isRecord, type Json } from "./fields.ts";
import { readFreshness, readFreshnessOrMoment } from "./freshness.ts";
import { readJson, readJsonInParts, type JsonReading } from "./json-text.ts";
import { answerError, ApiError } from "./api-error.ts";
import type { Problem } from "./problem.ts";
import { readTerms } from "./question-fields.ts";
import type { Caller, Route } from "./route.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import { matchStore, modelFault, modelHeaders } from "./store-path.ts";
import { spread } from "./long-answer.ts";
import { LONG_BODY_BYTES, MAX_QUESTION_BYTES } from "./http-limits.ts";

/**
 * Everything that the routes of questions depend on. `failed` receives the errors that the checker threw, with the
 * request that met them.
 */
export interface Asked {
  readonly sidecar: Sidecar;
  readonly failed: (error: unknown, c: Context) => void;
  readonly counts: Counts;
  /** Receives an event that was refused. */
  readonly refused?: (refusal: Problem, event: Envelope | undefined, c: Context) => void;
  /** Receives each answered question; absent: no decision log. */
  readonly decisions?: DecisionLog | undefined;
}

/** One kind of question. */
export interface QuestionKind<Q> {
  readonly read: (fields: Fields, body: Json) => Q;
  /** Whether it has contextual tuples, which ask "what if": they need a scope of their own. */
  readonly isWhatIf: (question: Q) => boolean;
  /** Returns why the answer is only for the scope `read`; undefined if it is not. Absent: it is for no question. */
  readonly readNeeded?: (question: Q) => string | undefined;
  /** Whether it needs the scope `check`; absent where the route does for every question of the kind. */
  readonly needsCheck?: (question: Q) => boolean;
  /**
   * Returns the body of the answer, or the failure. Rejects if the store cannot be asked; may reject with ClientGone if
   * the client of the request has disconnected.
   */
  readonly answer: (question: Q, freshness: Freshness, c: Context) => Answered | Promise<Answered>;
  /** Answers with an error, for a kind that does not use OpenFGA's usual form. */
  readonly refuse?: (error: ApiError, headers: Readonly<Record<string, string>>) => Response;
  /** Whether the answer may be of the past (Sideline-As-Of); absent: never. */
  readonly takesMoment?: boolean;
  /** Whether the answer names the model. */
  readonly namesModel: boolean;
}

/** A body to send, text or stream, or the error that prevented it. */
export type Answered = string | ReadableStream<Uint8Array> | ApiError;

/** Returns the error that reports an evaluator's failure. */
export function errorOf(failure: Failure): ApiError {
  return new ApiError(failure.code, failure.message);
}

/** Returns the route of a kind of question. */
export function questionRoute<Q>(path: string, kind: QuestionKind<Q>, asked: Asked): Route {
  const { info, staleFor } = asked.sidecar;
  const headers = kind.namesModel ? modelHeaders(info) : { "content-type": "application/json" };
  const respond = (c: Context, answered: Answered): Response | Promise<Response> => {
    if (answered instanceof ApiError) return (kind.refuse ?? answerError)(answered, headers);
    const stale = staleFor?.();
    const allHeaders = stale === undefined ? headers : { ...headers, "sideline-stale": String(stale) };
    // A stream is sent as it is made: compressed, its lines would wait for one another.
    return typeof answered === "string" ? answerText(c, answered, allHeaders)
      : new Response(answered, { headers: allHeaders });
  };
  const handle = async (c: Context, caller: Caller): Promise<Response> => {
    const bytes = await readBody(c, MAX_QUESTION_BYTES);
    const isLong = typeof bytes !== "string" && bytes.length > LONG_BODY_BYTES;
    const body = bodyOf(bytes, isLong ? await spread(readJsonInParts(bytes, "no halves")) : undefined);
    if (body instanceof ApiError) return answerError(body);
    const fields = new Fields();
    const terms = readTerms(fields, body);
    const question = kind.read(fields, body);
    const store = matchStore(c, info);
    const fault = fields.fault ?? (store instanceof ApiError ? store : undefined)
      ?? whatIfFault(kind.isWhatIf(question), caller)
      ?? checkFault(kind.needsCheck?.(question) === true, caller)
      ?? readFault(kind.readNeeded?.(question), caller)
      ?? (kind.namesModel ? modelFault(store, terms.modelId, c, info) : undefined);
    if (fault !== undefined) return (kind.refuse ?? answerError)(fault, {});
    const read = kind.takesMoment === true ? readFreshnessOrMoment(c, terms.higher, caller, asked)
      : readFreshness(c, terms.higher);
    const freshness = read instanceof Promise ? await read : read;
    if (freshness instanceof ApiError) return (kind.refuse ?? answerError)(freshness, {});
    const answered = store === "another" ? EMPTY_PAGE : ask(kind, question, freshness, asked, c);
    return answered instanceof Promise ? answered.then((later) => respond(c, later)) : respond(c, answered);
  };
  return { method: "POST", path, handle };
}

/** OpenFGA's answer to a read of a store that does not exist; questions that need a model were refused before. */
const EMPTY_PAGE = JSON.stringify({ tuples: [], continuation_token: "" });

/** Returns the answer, at once if the checker returns it without a promise. */
function ask<Q>(
  kind: QuestionKind<Q>, question: Q, freshness: Freshness, asked: Asked, c: Context,
): Answered | Promise<Answered> {
  const failed = (error: unknown): Answered => {
    asked.failed(error, c);
    return new ApiError("store_unavailable", "the store cannot be asked now");
  };
  try {
    const answered = kind.answer(question, freshness, c);
    return answered instanceof Promise ? answered.catch(failed) : answered;
  } catch (error) {
    return failed(error);
  }
}

/**
 * Returns the JSON object of a question, which may be parsed already. An empty body is an empty object, as in OpenFGA.
 */
function bodyOf(bytes: Body, read: JsonReading | undefined): Json | ApiError {
  if (bytes === "too_large") return new ApiError("body_too_large", `a body has at most ${MAX_QUESTION_BYTES} bytes`);
  if (bytes === "encoded") return new ApiError("unsupported_media_type", ENCODED_BODY);
  if (bytes === "cut_off") return new ApiError("validation_error", CUT_OFF_BODY);
  if (bytes.length === 0) return {};
  const json = read ?? readJson(bytes, "no halves");
  if ("fault" in json) return new ApiError("validation_error", json.fault);
  return isRecord(json.value) ? json.value : new ApiError("validation_error", "syntax error: an object is expected");
}

/** Detail of the refusal of a list that only the scope `read` may see. */
export const READ_NEEDED = "lists of invites and of bookkeeping need an API key with the scope read";

function readFault(why: string | undefined, caller: Caller): ApiError | undefined {
  return why === undefined || caller.has("read") ? undefined : new ApiError("scope_missing", why);
}

function checkFault(needsCheck: boolean, caller: Caller): ApiError | undefined {
  if (!needsCheck || caller.has("check")) return undefined;
  return new ApiError("scope_missing", "the API key lacks the scope check");
}

function whatIfFault(isWhatIf: boolean, caller: Caller): ApiError | undefined {
  if (!isWhatIf || caller.has("check:contextual")) return undefined;
  return new ApiError("scope_missing", "contextual tuples need an API key with the scope check:contextual");
}
