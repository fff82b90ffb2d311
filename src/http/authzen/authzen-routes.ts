// The routes of the AuthZEN Authorization API 1.0, and the metadata by which clients find them.
import type { Context } from "hono";
import type { Checker, Freshness } from "../../checks/checker.ts";
import { OWN_VOCABULARY, type Vocabulary } from "../../policy/checkable.ts";
import { ApiError } from "../api-error.ts";
import { answerProblem, problem } from "../problem.ts";
import { readFreshness } from "../freshness.ts";
import type { Asked } from "../question-route.ts";
import type { Json } from "../fields.ts";
import type { Caller, Route } from "../route.ts";
import { evaluateAll, evaluateOne } from "./authzen-evaluation.ts";
import { readAuthzenBody } from "./authzen-request.ts";
import { answerQuestion } from "../app-question.ts";
import { searchActions, searchResources, searchSubjects } from "./authzen-search.ts";

/** How long clients may keep the metadata, in seconds. */
const METADATA_MAX_AGE = 3600;

/** Returns the answer to a body as JSON. Throws a QuestionProblem for an invalid one. */
type AnswerTo = (body: Json, checker: Checker, freshness: Freshness, vocabulary: Vocabulary) => Promise<string>;

const ANSWERS: Readonly<Record<string, AnswerTo>> = {
  "evaluation": async (...asked) => JSON.stringify(await evaluateOne(...asked)),
  "evaluations": async (...asked) => JSON.stringify(await evaluateAll(...asked)),
  "search/subject": searchSubjects,
  "search/resource": searchResources,
  "search/action": searchActions,
};

/** Returns the routes. `url` is the address by which clients reach this server, without a path. */
export function authzenRoutes(checker: Checker, asked: Asked, url: string): Route[] {
  const questions = Object.entries(ANSWERS).map(([name, answerTo]): Route => ({
    method: "POST", path: `/access/v1/${name}`, handle: (c, caller) => answer(c, caller, answerTo, checker, asked),
  }));
  return [
    ...questions, { method: "GET", path: "/.well-known/authzen-configuration", handle: () => metadata(url) },
  ];
}

async function answer(
  c: Context, caller: Caller, answerTo: AnswerTo, checker: Checker, asked: Asked,
): Promise<Response> {
  const sent = await readAuthzenBody(c);
  if ("problem" in sent) return answerProblem(sent.problem);
  const { json } = sent;
  const freshness = readFreshness(c, false);
  if (freshness instanceof ApiError) return answerProblem(problem("invalid_request", freshness.message));
  // The ids of open invites are secrets (S20): whoever knows one can redeem it.
  if (answerTo === searchResources && isAboutInvites(json) && !caller.has("read")) {
    return answerProblem(problem("scope_missing", "searches of invites need an API key with the scope read"));
  }
  const { vocabulary = OWN_VOCABULARY } = asked.sidecar;
  return answerQuestion(c, asked, () => answerTo(json, checker, freshness, vocabulary));
}

function isAboutInvites({ resource }: Json): boolean {
  return (resource as { readonly type?: unknown } | null | undefined)?.type === "invite";
}

function metadata(url: string): Response {
  const at = (path: string): string => `${url}/access/v1/${path}`;
  return Response.json({
    policy_decision_point: url, access_evaluation_endpoint: at("evaluation"),
    access_evaluations_endpoint: at("evaluations"), search_subject_endpoint: at("search/subject"),
    search_resource_endpoint: at("search/resource"), search_action_endpoint: at("search/action"),
  }, { headers: { "cache-control": `max-age=${METADATA_MAX_AGE}` } });
}
