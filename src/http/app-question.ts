// Handles the questions shaped as apps ask them: reads a body by its schema; every fault is a problem.
import type { Context } from "hono";
import { z } from "zod";
import type { Freshness } from "../checks/checker.ts";
import type { Failure } from "../checks/question.ts";
import { ID_RULE, isId } from "../events/event.ts";
import { faultsOf, TOO_MANY_ENTRIES, withoutExcess } from "../events/payload.ts";
import type { PayloadError } from "../events/refusal.ts";
import { checkableOf } from "../policy/checkable.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { Fields, type Json } from "./fields.ts";
import { answerText } from "./compress.ts";
import { readJsonBody } from "./json-body.ts";
import { ApiError } from "./api-error.ts";
import { problemOfFreshness, readFreshnessOrMoment } from "./freshness.ts";
import { answerProblem, problem, type Problem } from "./problem.ts";
import { READ_NEEDED, type Asked } from "./question-route.ts";
import { readContextual } from "./question-fields.ts";
import type { Caller, Route } from "./route.ts";

/** One kind of question, and how it is answered. */
export interface AppQuestion<Body> {
  readonly path: string;
  readonly schema: z.ZodType<Body>;
  /** Whether the body may have `contextual_tuples`, which need the scope `check:contextual`. */
  readonly takesContextual: boolean;
  /** Whether the answer would list things that only the scope `read` may see; absent: never. */
  readonly needsRead?: (body: Body) => boolean;
  /** Returns the value to answer as JSON, or a problem. Rejects if the store cannot be asked. */
  readonly answer: (body: Body, terms: AppTerms) => Promise<object>;
}

/** The rest of a question: how fresh its answer must be, and the tuples that count for it alone. */
export interface AppTerms {
  readonly freshness: Freshness;
  readonly contextualTuples: readonly Tuple[] | undefined;
}

/** A failure of a question, thrown by its `answer`; the caller reads it as a problem. */
export class QuestionProblem extends Error {
  readonly problem: Problem;

  constructor(given: Problem) {
    super(given.detail);
    this.problem = given;
  }
}

/** Returns the failure of a question that is not one to ask. */
export function invalidQuestion(detail: string, errors?: readonly PayloadError[]): QuestionProblem {
  return new QuestionProblem(problem("invalid_request", detail, errors));
}

/** Returns the problem of an evaluator's failure. */
export function failedQuestion(failure: Failure): QuestionProblem {
  return invalidQuestion(failure.message);
}

/** A user as `user:<id>`. */
export const userSchema = z.string().superRefine((text, ctx) => {
  if (text.startsWith("user:") && isId(text.slice("user:".length))) return;
  ctx.addIssue({ code: "custom", message: `a user is user:<id>; ${ID_RULE}` });
});

/** An object of a type with checkable relations, as `type:<id>`. */
export const objectSchema = z.string().superRefine((text, ctx) => {
  const colon = text.indexOf(":");
  if (colon < 0) return ctx.addIssue({ code: "custom", message: "an object is <type>:<id>" });
  if (checkableOf(text.slice(0, colon)) === undefined) {
    return ctx.addIssue({ code: "custom", message: `there is no type ${text.slice(0, colon)} to ask about` });
  }
  if (!isId(text.slice(colon + 1))) ctx.addIssue({ code: "custom", message: ID_RULE });
});

/** Returns the route of a kind of question. */
export function appRoute<Body>(question: AppQuestion<Body>, asked: Asked): Route {
  const { path } = question;
  const handle = async (c: Context, caller: Caller): Promise<Response> => {
    const sent = await readJsonBody(c);
    if ("problem" in sent) return answerProblem(sent.problem);
    const read = await readQuestion(question, sent.json, c, caller, asked);
    if ("problem" in read) return answerProblem(read.problem);
    return answerQuestion(c, asked, async () => JSON.stringify(await question.answer(read.body, read.terms)));
  };
  return { method: "POST", path, handle };
}

/** Answers with a JSON text, or with the problem that `answer` throws. */
export async function answerQuestion(
  c: Context, { sidecar, failed }: Asked, answer: () => Promise<string>,
): Promise<Response> {
  try {
    const text = await answer();
    const stale = sidecar.staleFor?.();
    const headers = { "content-type": "application/json" };
    return answerText(c, text, stale === undefined ? headers : { ...headers, "sideline-stale": String(stale) });
  } catch (error) {
    if (error instanceof QuestionProblem) return answerProblem(error.problem);
    failed(error, c);
    return answerProblem(problem("store_unavailable", "the store cannot be read now"));
  }
}

async function readQuestion<Body>(
  { schema, takesContextual, needsRead }: AppQuestion<Body>, json: Json, c: Context, caller: Caller, asked: Asked,
): Promise<{ readonly body: Body; readonly terms: AppTerms } | { readonly problem: Problem }> {
  const { contextual_tuples: _, ...rest } = json;
  if (withoutExcess(rest) !== rest) return { problem: problem("invalid_request", TOO_MANY_ENTRIES) };
  const parsed = schema.safeParse(takesContextual ? rest : json);
  if (!parsed.success) return { problem: faulty(parsed.error).problem };
  const fields = new Fields();
  const contextualTuples = takesContextual ? readContextual(fields, json) : undefined;
  if (fields.fault !== undefined) return { problem: problem("invalid_request", fields.fault.message) };
  if (contextualTuples !== undefined && !caller.has("check:contextual")) {
    return { problem: problem("scope_missing", "contextual tuples need an API key with the scope check:contextual") };
  }
  if (needsRead?.(parsed.data) === true && !caller.has("read")) {
    return { problem: problem("scope_missing", READ_NEEDED) };
  }
  const freshness = await readFreshnessOrMoment(c, false, caller, asked);
  if (freshness instanceof ApiError) return { problem: problemOfFreshness(freshness) };
  return { body: parsed.data, terms: { freshness, contextualTuples } };
}

/** Returns the failure of a body or a query that breaks its schema. */
export function faulty(error: z.ZodError): QuestionProblem {
  const errors = faultsOf(error);
  const [first] = errors;
  const detail = first?.path === "" ? first.message : `${first?.path}: ${first?.message}`;
  return invalidQuestion(detail, errors);
}
