// POST /explain: why an answer is yes, or what is missing for one.
import type { Context } from "hono";
import type { CheckRequest } from "../checks/question.ts";
import type { Freshness } from "../checks/checker.ts";
import { orgOfObject } from "../domain/object-org.ts";
import { PLATFORM } from "../ledger/envelope.ts";
import { revisionOf } from "../ledger/event-record.ts";
import { makeToken } from "../ledger/revision-token.ts";
import { explain, type Explanation, type Missing, type ModelNotes, type Reason } from "../reasons/explain.ts";
import type { TupleOrigins } from "../reasons/tuple-origins.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";
import { ApiError } from "./api-error.ts";
import { answerQuestion, failedQuestion } from "./app-question.ts";
import { readCheck } from "./check.ts";
import { Fields } from "./fields.ts";
import { readJsonBody } from "./json-body.ts";
import { answerProblem, problem, type Problem } from "./problem.ts";
import { readTerms } from "./question-fields.ts";
import { readFreshness, type Asked } from "./question-route.ts";
import type { Caller, Route } from "./route.ts";

/** Returns the route. Its body is that of a check. */
export function explainRoute(asked: Asked, notes: ModelNotes): Route {
  const handle = async (c: Context, caller: Caller): Promise<Response> => {
    const read = await readQuestion(c, caller);
    if ("problem" in read) return answerProblem(read.problem);
    const { request, freshness } = read;
    return answerQuestion(asked, async () => JSON.stringify(await answerOf(asked, request, freshness, notes)));
  };
  return { method: "POST", path: "/explain", handle };
}

async function readQuestion(
  c: Context, caller: Caller,
): Promise<{ readonly request: CheckRequest; readonly freshness: Freshness } | { readonly problem: Problem }> {
  const sent = await readJsonBody(c);
  if ("problem" in sent) return sent;
  const fields = new Fields();
  const { higher } = readTerms(fields, sent.json);
  const request = readCheck(fields, sent.json);
  if (fields.fault !== undefined) return { problem: problem("invalid_request", fields.fault.message) };
  if (request.contextualTuples !== undefined && !caller.has("check:contextual")) {
    return { problem: problem("scope_missing", "contextual tuples need an API key with the scope check:contextual") };
  }
  const freshness = readFreshness(c, higher);
  if (freshness instanceof ApiError) return { problem: problem("invalid_request", freshness.message) };
  return { request, freshness };
}

async function answerOf(
  { sidecar }: Asked, request: CheckRequest, freshness: Freshness, notes: ModelNotes,
): Promise<object> {
  const state = await sidecar.checker.state(freshness);
  if ("error" in state) throw failedQuestion(state.error);
  const { tuples } = state;
  const context = { ...request.context, current_time: new Date(sidecar.now()).toISOString() };
  const explanation = explain(sidecar.model, tuples, { ...request, context }, notes);
  if ("error" in explanation) throw failedQuestion(explanation.error);
  const contextual = new Set((request.contextualTuples ?? []).map(printTuple));
  return shown(explanation, tokenOf(tuples, request.object), new Origins(sidecar.origins, contextual));
}

/** Returns the token of the state that an answer about an object was read from. */
function tokenOf(tuples: TupleSet, object: string): string {
  const org = orgOfObject(tuples, object) ?? PLATFORM;
  return makeToken({ org, revision: revisionOf(tuples, org) });
}

/** The events behind the tuples of one answer. */
class Origins {
  readonly #origins: TupleOrigins | undefined;
  readonly #contextual: ReadonlySet<string>;

  constructor(origins: TupleOrigins | undefined, contextual: ReadonlySet<string>) {
    this.#origins = origins;
    this.#contextual = contextual;
  }

  /** Returns a tuple that exists, with the event that wrote it. */
  present(tuple: Tuple): object {
    const isStored = !this.#contextual.has(printTuple(tuple));
    return { ...tuple, since: (isStored ? this.#origins?.writtenBy(tuple) : undefined) ?? null };
  }

  /** Returns a tuple that does not, with the event that deleted it. */
  absent(tuple: Tuple): object {
    const ended = this.#origins?.endedBy(tuple);
    return ended === undefined ? tuple : { ...tuple, ended };
  }
}

function shown(explanation: Exclude<Explanation, { error: unknown }>, token: string, origins: Origins): object {
  const end = explanation.truncated === true ? { truncated: true } : {};
  if (!explanation.allowed) {
    return { allowed: false, token, missing: explanation.missing.map((each) => missingBody(each, origins)), ...end };
  }
  return { allowed: true, token, reasons: explanation.reasons.map((each) => reasonBody(each, origins)), ...end };
}

function reasonBody({ rules, text, tuples }: Reason, origins: Origins): object {
  return { rules, text, tuples: tuples.map((tuple) => origins.present(tuple)) };
}

function missingBody({ rules, text, present, absent, against }: Missing, origins: Origins): object {
  return {
    rules, text, present: present.map((tuple) => origins.present(tuple)),
    absent: absent.map((tuple) => origins.absent(tuple)),
    ...(against === undefined ? {} : { against: against.map((tuple) => origins.present(tuple)) }), events: [],
  };
}
