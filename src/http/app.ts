// The HTTP app: puts every route behind its scope, and answers requests that match no route.
import { Hono, type Context } from "hono";
import { LogLimit } from "../sidecar/log-limit.ts";
import { authzenRoutes } from "./authzen/authzen-routes.ts";
import { backupRoute } from "./backup-route.ts";
import { batchCheckKind, checkKind } from "./check.ts";
import { changesRoute } from "./changes.ts";
import { Counts } from "./counts.ts";
import { directoryRoutes } from "./directory-routes.ts";
import { entryRoutes } from "./entry-routes.ts";
import { explainUsersOf } from "./explained-users.ts";
import { explainRoute } from "./explain-route.ts";
import { headerOf } from "./header.ts";
import { openRoutes } from "./health.ts";
import { intakeRoute } from "./intake.ts";
import type { Keys } from "./api-keys.ts";
import { listObjectsKind, listUsersKind, streamedListObjectsKind } from "./lists.ts";
import { metricsRoute } from "./metrics.ts";
import { answerError, ApiError } from "./api-error.ts";
import { objectsRoute } from "./objects.ts";
import { permissionRoutes } from "./permissions.ts";
import { answerProblem, problem } from "./problem.ts";
import { questionRoute, type Asked, type QuestionKind } from "./question-route.ts";
import { referenceRoutes } from "./reference/reference-routes.ts";
import { styleOf, type Caller, type ErrorStyle, type Route } from "./route.ts";
import { scopesOf, type Scope } from "./scope.ts";
import type { ModelNotes } from "../reasons/explain.ts";
import { policyNotes } from "../reasons/policy-notes.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import { refusedRoutes, storeRoutes } from "./stores.ts";
import { expandKind, readKind } from "./tuples.ts";
import { FAILURES_LOGGED_PER_MINUTE, MAX_REQUEST_ID_LENGTH } from "./http-limits.ts";

/** Options of the app. */
export interface AppOptions {
  /** API keys; undefined: every caller has every scope. */
  readonly keys: Keys | undefined;
  /** Logs failures that no caller can fix. */
  readonly log: { error(fields: object, message: string): void };
  /** Version of Sideline, which the index reports. */
  readonly version?: string;
  /** Address by which clients reach this server, without a path; the AuthZEN metadata names it. */
  readonly url?: string;
  /** Text of model.fga: explanations name the rules in its comments. */
  readonly policy?: string;
}

/** Address named in the AuthZEN metadata where the options name none. */
const DEFAULT_URL = "http://127.0.0.1:8090";

const newLimit = (): LogLimit => new LogLimit(FAILURES_LOGGED_PER_MINUTE, () => performance.now());

/** Creates the app of a running sidecar, on Web requests and responses only. Throws if a route has no scope. */
export function createApp(sidecar: Sidecar, options: AppOptions): Hono {
  const app = new Hono();
  const unanswered = newLimit();
  const failed = (error: unknown): void => unanswered.write((leftOut) =>
    options.log.error({ err: error, ...leftOut }, "the store could not answer a question"));
  const counts = new Counts();
  const asked: Asked = { sidecar, failed, counts };
  const version = options.version ?? "";
  const notes = policyNotes(options.policy ?? "");
  const routes = [
    ...openRoutes(sidecar, version), metricsRoute(counts, sidecar, version), intakeRoute(asked),
    ...questionRoutes(asked, options.url ?? DEFAULT_URL, notes), changesRoute(asked), ...storeRoutes(sidecar.info),
    ...refusedRoutes(), ...directoryRoutes(asked), ...entryRoutes(asked),
    explainRoute(asked, notes), backupRoute(asked),
    ...referenceRoutes(version),
  ];
  for (const route of routes) app.on(route.method, route.path, timed(route, guarded(route, options.keys), counts));
  app.notFound((c) => withRequestId(c, notFound(app, c)));
  const unexpected = newLimit();
  app.onError((error, c) => {
    unexpected.write((leftOut) =>
      options.log.error({ err: error, path: c.req.path, ...leftOut }, "a request failed"));
    return withRequestId(c, internalError(styleOf(c.req.path)));
  });
  return app;
}

function questionRoutes(asked: Asked, url: string, notes: ModelNotes): Route[] {
  const checker = asked.counts.counting(asked.sidecar.checker);
  const both = <Q>(name: string, kind: QuestionKind<Q>): Route[] =>
    [`/${name}`, `/stores/:store/${name}`].map((path) => questionRoute(path, kind, asked));
  return [
    ...both("check", checkKind(checker)), ...both("batch-check", batchCheckKind(checker)),
    ...both("list-objects", listObjectsKind(checker)),
    ...both("streamed-list-objects", streamedListObjectsKind(checker)),
    ...both("list-users", listUsersKind(checker, explainUsersOf(asked.sidecar, notes))),
    questionRoute("/stores/:store/expand", expandKind(checker), asked),
    questionRoute("/stores/:store/read", readKind(checker), asked), ...permissionRoutes(checker, asked),
    objectsRoute(checker, asked), ...authzenRoutes(checker, asked, url),
  ];
}

type Handle = (c: Context) => Response | Promise<Response>;

/** Wraps a route so that its requests are counted and timed. */
function timed({ method, path }: Route, handle: Handle, counts: Counts): Handle {
  const own = counts.route(`${method} ${path}`);
  return (c) => {
    const began = performance.now();
    const done = (response: Response): Response => {
      own.add(response.status, performance.now() - began);
      return response;
    };
    const failed = (error: unknown): never => {
      own.add(500, performance.now() - began);
      throw error;
    };
    try {
      const answering = handle(c);
      return answering instanceof Promise ? answering.then(done, failed) : done(answering);
    } catch (error) {
      return failed(error);
    }
  };
}

const ANYBODY: Caller = { has: () => true, maySendAs: () => true };

/** Wraps a route so that only callers with its scope reach it. */
function guarded(route: Route, keys: Keys | undefined): Handle {
  const scopes = scopesOf(route.method, route.path);
  const style = styleOf(route.path);
  if (keys === undefined || scopes.length === 0) return (c) => withRequestId(c, route.handle(c, ANYBODY));
  return (c) => {
    const key = /^Bearer +(\S+)$/i.exec(headerOf(c, "authorization") ?? "")?.[1];
    const caller = key === undefined ? undefined : keys.callerOf(key);
    if (caller === undefined) return withRequestId(c, unauthenticated(style, key !== undefined));
    const response = scopes.some((scope) => caller.has(scope)) ? route.handle(c, caller)
      : scopeMissing(style, scopes);
    return withRequestId(c, response);
  };
}

/** Sends the caller's request id back, so that the caller can find it in its own log. */
function withRequestId(c: Context, response: Response | Promise<Response>): Response | Promise<Response> {
  const id = headerOf(c, "x-request-id");
  if (id === undefined || id.length > MAX_REQUEST_ID_LENGTH || !/^[\x20-\x7e]+$/.test(id)) return response;
  if (response instanceof Promise) return response.then((later) => withRequestId(c, later));
  response.headers.set("x-request-id", id);
  return response;
}

function unauthenticated(style: ErrorStyle, hasKey: boolean): Response {
  const headers = { "www-authenticate": `Bearer realm="sideline"${hasKey ? ', error="invalid_token"' : ""}` };
  const detail = hasKey ? "the API key is unknown or has expired" : "an API key is needed: Authorization: Bearer <key>";
  return style === "openfga" ? answerError(new ApiError("unauthenticated", detail), headers)
    : answerProblem(problem("unauthenticated", detail), headers);
}

function scopeMissing(style: ErrorStyle, scopes: readonly Scope[]): Response {
  const detail = `the API key lacks the scope ${scopes.join(" or ")}`;
  // The routes under `admin` in OpenFGA's API are writes. They are refused as writes, regardless of the key's scopes.
  if (style === "problem") return answerProblem(problem("scope_missing", detail));
  return answerError(new ApiError(scopes.includes("admin") ? "forbidden" : "scope_missing", detail));
}

function internalError(style: ErrorStyle): Response {
  const detail = "unexpected error: the log has the details";
  return style === "openfga" ? answerError(new ApiError("internal_error", detail))
    : answerProblem(problem("internal_error", detail));
}

const METHODS = ["GET", "POST", "PUT", "DELETE"];

/** Answers 405 with the methods a path has, or 404. */
function notFound(app: Hono, c: Context): Response {
  const { path } = c.req;
  const allowed = METHODS.filter((method) => app.router.match(method, path)[0].length > 0);
  const isOpenfga = styleOf(path) === "openfga";
  if (allowed.length > 0) {
    const allow = { allow: (allowed.includes("GET") ? ["HEAD", ...allowed] : allowed).join(", ") };
    const detail = `${path} does not accept ${c.req.method}`;
    return isOpenfga ? answerError(new ApiError("method_not_allowed", detail), allow)
      : answerProblem(problem("method_not_allowed", detail), allow);
  }
  return isOpenfga ? answerError(new ApiError("undefined_endpoint", "Not Found"))
    : answerProblem(problem("not_found", `there is nothing at ${path}`));
}
