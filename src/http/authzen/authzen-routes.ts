// The routes of the AuthZEN Authorization API 1.0, and the metadata by which clients find them.
import type { Context } from "hono";
import type { Checker, Freshness } from "../../checks/checker.ts";
import { ApiError } from "../api-error.ts";
import { answerProblem, problem, type Problem } from "../problem.ts";
import { readFreshness, type Asked } from "../question-route.ts";
import type { Json } from "../fields.ts";
import type { Caller, Route } from "../route.ts";
import { evaluateAll, evaluateOne } from "./authzen-evaluation.ts";
import { readAuthzenBody } from "./authzen-request.ts";
import { searchActions, searchResources, searchSubjects } from "./authzen-search.ts";
import { POLICY_VOCABULARY } from "./vocabulary.ts";

/** How long clients may keep the metadata, in seconds. */
const METADATA_MAX_AGE = 3600;

type AnswerTo = (body: Json, checker: Checker, freshness: Freshness) => Promise<object | Problem>;

/** Returns the routes. `url` returns the address by which clients reach this server, without a path. */
export function authzenRoutes(checker: Checker, asked: Asked, url: () => string): Route[] {
  const searchParts = (of: Checker, freshness: Freshness) =>
    ({ checker: of, freshness, vocabulary: POLICY_VOCABULARY });
  const post = (path: string, answerTo: AnswerTo): Route => ({
    method: "POST", path: `/access/v1/${path}`, handle: (c, caller) => answer(c, caller, answerTo, checker, asked),
  });
  return [
    post("evaluation", (body, of, freshness) => evaluateOne(body, of, freshness, POLICY_VOCABULARY)),
    post("evaluations", (body, of, freshness) => evaluateAll(body, of, freshness, POLICY_VOCABULARY)),
    post("search/subject", (body, of, freshness) => searchSubjects(body, searchParts(of, freshness))),
    post("search/resource", (body, of, freshness) => searchResources(body, searchParts(of, freshness))),
    post("search/action", (body, of, freshness) => searchActions(body, searchParts(of, freshness))),
    { method: "GET", path: "/.well-known/authzen-configuration", handle: () => metadata(url()) },
  ];
}

async function answer(
  c: Context, caller: Caller, answerTo: AnswerTo, checker: Checker, { sidecar, failed }: Asked,
): Promise<Response> {
  const sent = await readAuthzenBody(c);
  if ("problem" in sent) return answerProblem(sent.problem);
  const { json } = sent;
  const freshness = readFreshness(c, false);
  if (freshness instanceof ApiError) return answerProblem(problem("invalid_request", freshness.message));
  // The ids of open invites are secrets (S20): whoever knows one can redeem it.
  if (c.req.path.endsWith("/search/resource") && isAboutInvites(json) && !caller.has("read")) {
    return answerProblem(problem("scope_missing", "searches of invites need an API key with the scope read"));
  }
  try {
    const found = await answerTo(json, checker, freshness);
    if ("status" in found && "code" in found) return answerProblem(found as Problem);
    const stale = sidecar.staleFor?.();
    return Response.json(found, { headers: stale === undefined ? {} : { "sideline-stale": String(stale) } });
  } catch (error) {
    failed(error);
    return answerProblem(problem("store_unavailable", "the store cannot be read now"));
  }
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
