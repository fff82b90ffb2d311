// POST /explain: why an answer is yes, or what is missing for one.
import type { Context } from "hono";
import type { CheckRequest, Failure } from "../checks/question.ts";
import type { Freshness } from "../checks/checker.ts";
import type { Parts } from "../checks/parts.ts";
import { orgOfObject } from "../domain/object-org.ts";
import { PLATFORM } from "../ledger/envelope.ts";
import { revisionOf } from "../ledger/event-record.ts";
import { makeToken } from "../ledger/revision-token.ts";
import { unrollInParts } from "../reasons/compiled-ways.ts";
import { withEvents } from "../reasons/event-ways.ts";
import { explainInParts } from "../reasons/explain.ts";
import type { ModelNotes } from "../reasons/explained.ts";
import { Pace, partsBy } from "../reasons/pace.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import { inTurnsAlone } from "../sidecar/turns.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { typeOf } from "../tuples/tuple.ts";
import { ApiError } from "./api-error.ts";
import { problemOfFreshness, readFreshnessOrMoment } from "./freshness.ts";
import { answerQuestion, failedQuestion } from "./app-question.ts";
import { readCheck } from "./check.ts";
import { clientGone } from "./client-gone.ts";
import { Fields } from "./fields.ts";
import { readJsonBody } from "./json-body.ts";
import { answerProblem, problem, type Problem } from "./problem.ts";
import { readTerms } from "./question-fields.ts";
import type { Asked } from "./question-route.ts";
import { bodiesOf, missingBody, Origins, reasonBody } from "./reason-bodies.ts";
import type { Caller, Route } from "./route.ts";
import { modelFault } from "./store-path.ts";

/** The answer. */
interface ExplainBody {
  readonly allowed: boolean;
  readonly token: string;
  readonly reasons?: readonly object[];
  readonly missing?: readonly object[];
  readonly truncated?: boolean;
}

/** The error that an answer ends in. */
type Failed = { readonly error: Failure };

/** The parts of a sidecar that an explanation is made with. */
type ExplainedBy = Pick<Sidecar, "model" | "now" | "viewOf" | "origins">;

/** Returns the route. Its body is that of a check. */
export function explainRoute(asked: Asked, notes: ModelNotes): Route {
  const handle = async (c: Context, caller: Caller): Promise<Response> => {
    const read = await readQuestion(c, caller, asked);
    if ("problem" in read) return answerProblem(read.problem);
    const { request, freshness } = read;
    return answerQuestion(c, asked, async () =>
      JSON.stringify(await answerOf(asked, request, freshness, notes, clientGone(c))));
  };
  return { method: "POST", path: "/explain", handle };
}

async function readQuestion(
  c: Context, caller: Caller, asked: Asked,
): Promise<{ readonly request: CheckRequest; readonly freshness: Freshness } | { readonly problem: Problem }> {
  const sent = await readJsonBody(c);
  if ("problem" in sent) return sent;
  const fields = new Fields();
  const { modelId, higher } = readTerms(fields, sent.json);
  const request = readCheck(fields, sent.json);
  if (fields.fault !== undefined) return { problem: problem("invalid_request", fields.fault.message) };
  if (request.contextualTuples !== undefined && !caller.has("check:contextual")) {
    return { problem: problem("scope_missing", "contextual tuples need an API key with the scope check:contextual") };
  }
  const model = modelFault("ours", modelId, c, asked.sidecar.info);
  if (model !== undefined) return { problem: problem("invalid_request", model.message) };
  const freshness = await readFreshnessOrMoment(c, higher, caller, asked);
  if (freshness instanceof ApiError) return { problem: problemOfFreshness(freshness) };
  return { request, freshness };
}

async function answerOf(
  asked: Asked, request: CheckRequest, freshness: Freshness, notes: ModelNotes, isGone: () => boolean,
): Promise<object> {
  const began = performance.now();
  const answer = await explained(asked.sidecar, request, freshness, notes, isGone);
  asked.decisions?.explained(request, answer, freshness, began);
  if ("error" in answer) throw failedQuestion(answer.error);
  return answer;
}

async function explained(
  sidecar: Sidecar, request: CheckRequest, freshness: Freshness, notes: ModelNotes, isGone: () => boolean,
): Promise<ExplainBody | Failed> {
  const { moment } = freshness;
  if (moment !== undefined && sidecar.past !== undefined) {
    const parts: ExplainedBy = { model: sidecar.model, now: sidecar.now, viewOf: sidecar.viewOf };
    return await sidecar.past.answer(moment, ({ tuples, origins }) =>
      answerInParts({ ...parts, origins }, tuples, request, notes, moment.at));
  }
  const state = await sidecar.checker.state(freshness);
  if ("error" in state) return state;
  const { tuples } = state;
  // The search supposes tuples in the state, and takes them out before each rest. Their places in the index move.
  const begin = (): Parts<ExplainBody | Failed> => answerInParts(sidecar, tuples, request, notes);
  return await inTurnsAlone(begin, sidecar.lock, setImmediate, isGone);
}

/** Explains an answer in parts. `at`: the time of a state of the past. */
function* answerInParts(
  sidecar: ExplainedBy, tuples: TupleSet, request: CheckRequest, notes: ModelNotes, at?: number,
): Parts<ExplainBody | Failed> {
  const { model } = sidecar;
  const clock = at ?? sidecar.now();
  const asked = { ...request, context: { ...request.context, current_time: new Date(clock).toISOString() } };
  const relation = model.types.get(typeOf(request.object))?.relations.get(request.relation);
  if (relation !== undefined) yield* unrollInParts(model, relation);
  const part = partsBy(() => performance.now());
  const explanation = yield* explainInParts(model, tuples, asked, notes, { part });
  if ("error" in explanation) return explanation;
  const token = tokenOf(tuples, request.object);
  const origins = new Origins(sidecar.origins, new Pace(part), request.contextualTuples);
  const end = explanation.truncated === true ? { truncated: true } : {};
  if (explanation.allowed) {
    return { allowed: true, token, reasons: yield* bodiesOf(explanation.reasons, reasonBody, origins), ...end };
  }
  const trial = { model, view: sidecar.viewOf(tuples, at), clock, request: asked };
  const missing = yield* withEvents(trial, explanation.missing, part);
  return { allowed: false, token, missing: yield* bodiesOf(missing, missingBody, origins), ...end };
}

/** Returns the token of the state that an answer about an object was read from. */
function tokenOf(tuples: TupleSet, object: string): string {
  const org = orgOfObject(tuples, object) ?? PLATFORM;
  return makeToken({ org, revision: revisionOf(tuples, org) });
}
