// The directory over HTTP: people, roles, workspaces, invites.
import type { Context } from "hono";
import type { Moment, StateAnswer } from "../checks/checker.ts";
import type { Parts } from "../checks/parts.ts";
import { isId } from "../events/event.ts";
import { judgeMakers } from "../events/guards/invite-escalation.ts";
import { maskAddresses } from "../events/refusal.ts";
import { ClientGone, inTurns, onOneState } from "../sidecar/turns.ts";
import { HATS } from "../policy/seeded-roles.ts";
import { matrixOf, PEOPLE_STATUSES, peopleOf, showInvite, workspacesOf } from "../domain/directory.ts";
import type { Invite } from "../domain/invites.ts";
import type { RowTimes } from "../domain/relationships.ts";
import { isStoreError } from "../tuples/store.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { ApiError } from "./api-error.ts";
import { problemOfFreshness, readFreshnessOrMoment } from "./freshness.ts";
import { QuestionProblem } from "./app-question.ts";
import { clientGone } from "./client-gone.ts";
import { answerText } from "./compress.ts";
import { answerProblem, problem } from "./problem.ts";
import type { Asked } from "./question-route.ts";
import type { Caller, Route } from "./route.ts";
import { textOf } from "./long-answer.ts";

/** Returns whether the maker of an invite may still give it to a newcomer (S19). */
type MakerMay = (found: Invite) => Parts<boolean>;

/**
 * Answers a request about a state, in parts, with the JSON text or a refusal; `now` is in ms since 1970, and `times`
 * are those of relationship rows.
 */
export type Reply = (
  c: Context, tuples: TupleSet, now: number, makerMay: MakerMay, times: RowTimes | undefined,
) => Parts<string | Response>;

/** Returns the routes of the directory: GET, with a Sideline-Token where the answer must reflect an event. */
export function directoryRoutes(asked: Asked): Route[] {
  const get = (path: string, reply: Reply): Route => directoryRoute(path, reply, asked);
  return [
    get("/orgs/:org/members", function* (c, tuples, now, makerMay) {
      const stranger = Object.keys(c.req.queries()).find((name) => !Object.hasOwn(FILTERS, name));
      if (stranger !== undefined) return unknownFilter(stranger);
      const hat = oneOf(c, "hat", HATS);
      const status = oneOf(c, "status", PEOPLE_STATUSES);
      if (hat === "invalid" || status === "invalid") return invalidFilter(hat === "invalid" ? "hat" : "status");
      const people = yield* found(c, "org", (org) => peopleOf(tuples, org, { hat, status }, now, makerMay));
      return people instanceof Response ? people : yield* textOf<unknown>({ ...people });
    }),
    get("/orgs/:org/roles", function* (c, tuples) {
      const matrix = yield* found(c, "org", (org) => matrixOf(tuples, org));
      return matrix instanceof Response ? matrix : JSON.stringify(matrix);
    }),
    get("/users/:user/workspaces", function* (c, tuples) {
      return JSON.stringify(yield* workspacesOf(tuples, c.req.param("user") ?? ""));
    }),
    get("/invites/:invite", function* (c, tuples, now, makerMay) {
      const invite = yield* found(c, "invite", (id) => showInvite(tuples, id, now, makerMay));
      return invite instanceof Response ? invite : JSON.stringify(invite);
    }),
  ];
}

/** Returns a route that answers from one revision: a GET that takes a Sideline-Token or Sideline-As-Of. */
export function directoryRoute(path: string, reply: Reply, asked: Asked): Route {
  return { method: "GET", path, handle: (c, caller) => answerFrom(asked, c, caller, reply) };
}

async function answerFrom(asked: Asked, c: Context, caller: Caller, reply: Reply): Promise<Response> {
  const { sidecar, failed } = asked;
  const freshness = await readFreshnessOrMoment(c, false, caller, asked);
  if (freshness instanceof ApiError) {
    return c.req.header("sideline-as-of") === undefined ? invalidToken(freshness.message)
      : answerProblem(problemOfFreshness(freshness));
  }
  if (freshness.moment !== undefined) return answerAsOf(asked, c, freshness.moment, reply);
  let state: StateAnswer;
  try {
    state = await sidecar.checker.state(freshness);
  } catch (error) {
    failed(error, c);
    return unavailable();
  }
  if ("error" in state) return invalidToken(state.error.message);
  const { tuples } = state;
  // Judgements of one revision must not outlive it: if the answer starts over, it reads everything again.
  const begin = (): ReturnType<Reply> => reply(c, tuples, sidecar.now(), judgeMakers(sidecar.viewOf(tuples)),
    sidecar.rowTimes);
  const inParts = (): ReturnType<Reply> => onOneState(tuples, begin());
  const response = await answered(c, () => inTurns(inParts, sidecar.lock, setImmediate, clientGone(c)), failed);
  const stale = sidecar.staleFor?.();
  if (stale !== undefined) response.headers.set("sideline-stale", String(stale));
  return response;
}

/** Answers from the state as of a moment. */
function answerAsOf(
  { sidecar, failed, decisions }: Asked, c: Context, moment: Moment, reply: Reply,
): Promise<Response> {
  return answered(c, async () => {
    const began = performance.now();
    const replied = await sidecar.past!.answer(moment, ({ tuples, times }) =>
      reply(c, tuples, moment.at, judgeMakers(sidecar.viewOf(tuples, moment.at)), times));
    const isReply = typeof replied === "string" || replied instanceof Response;
    decisions?.read(isReply ? undefined : replied.error.code, { moment }, began);
    if (isReply) return replied;
    return answerProblem(problem("invalid_request", replied.error.message));
  }, failed);
}

/** Returns the answer, or the problem that prevented it. */
async function answered(
  c: Context, answer: () => Promise<string | Response> | string | Response, failed: Asked["failed"],
): Promise<Response> {
  try {
    const replied = await answer();
    const json = { "content-type": "application/json" };
    return typeof replied === "string" ? await answerText(c, replied, json) : replied;
  } catch (error) {
    if (error instanceof QuestionProblem) return answerProblem(error.problem);
    if (!isStoreError(error) && !(error instanceof ClientGone)) throw error;
    failed(error, c);
    return unavailable();
  }
}

function unavailable(): Response {
  return answerProblem(problem("store_unavailable", "the store cannot answer now: try again"));
}

/** Returns the problem of an entity that does not exist (`athlete a1`). */
export function noEntity(entity: string): Response {
  return answerProblem(problem("unknown_entity", `there is no ${entity}`));
}

function invalidToken(detail: string): Response {
  return answerProblem(problem("invalid_request", detail, [{ path: "Sideline-Token", message: detail }]));
}

/** Finds the entity that a path names, or answers that there is none. */
function* found<T extends object>(
  c: Context, what: "org" | "invite", look: (id: string) => Parts<T | undefined>,
): Parts<T | Response> {
  const id = c.req.param(what) ?? "";
  const there = isId(id) ? yield* look(id) : undefined;
  return there ?? noEntity(`${what} ${id}`);
}

/** Returns the value of a filter; undefined if it is not given. */
function oneOf<T extends string>(c: Context, name: string, values: readonly T[]): T | "invalid" | undefined {
  const given = c.req.queries(name);
  if (given === undefined) return undefined;
  return values.find((value) => given.length === 1 && value === given[0]) ?? "invalid";
}

const FILTERS = { hat: HATS, status: PEOPLE_STATUSES } as const;

/** Refuses an unknown filter: a misspelt one must not list everybody. */
function unknownFilter(given: string): Response {
  const name = maskAddresses(given).slice(0, 100);
  const detail = `there is no filter ${name}; the filters are ${Object.keys(FILTERS).join(" and ")}`;
  return answerProblem(problem("invalid_request", detail, [{ path: name, message: detail }]));
}

function invalidFilter(name: keyof typeof FILTERS): Response {
  const detail = `${name} must be one of ${FILTERS[name].join(", ")}, and be given once`;
  return answerProblem(problem("invalid_request", detail, [{ path: name, message: detail }]));
}
