// The HTTP app: puts every route behind its scope, and answers requests that match no route.
import { routePath } from "hono/route";
import { Hono, type Context } from "hono";
import { LogLimit } from "../sidecar/log-limit.ts";
import { authzenRoutes } from "./authzen/authzen-routes.ts";
import { backupRoute } from "./backup-route.ts";
import { batchCheckKind, checkKind } from "./check.ts";
import { changesRoute } from "./changes.ts";
import { consoleRoutes } from "./console/console-routes.tsx";
import { Counts } from "./counts.ts";
import type { DecisionLog } from "./decision-log.ts";
import { directoryRoutes } from "./directory-routes.ts";
import { entryRoutes } from "./entry-routes.ts";
import { explainUsersOf } from "./explained-users.ts";
import { explainRoute } from "./explain-route.ts";
import { guarded, type Handle } from "./guard.ts";
import { openRoutes } from "./health.ts";
import { historyRoute } from "./history-route.ts";
import { intakeRoute } from "./intake.ts";
import type { Keys } from "./api-keys.ts";
import { listObjectsKind, listUsersKind, streamedListObjectsKind } from "./lists.ts";
import { metricsRoute } from "./metrics.ts";
import { codeOf } from "./answer-code.ts";
import { answerError, ApiError } from "./api-error.ts";
import { objectsRoute } from "./objects.ts";
import { permissionRoutes } from "./permissions.ts";
import { answerProblem, problem } from "./problem.ts";
import { questionRoute, type Asked, type QuestionKind } from "./question-route.ts";
import { referenceRoutes } from "./reference/reference-routes.ts";
import { refusedEvents } from "./refusal-log.ts";
import { requestFields, withRequestId } from "./request-id.ts";
import { styleOf, type ErrorStyle, type Route } from "./route.ts";
import type { ModelNotes } from "../reasons/explained.ts";
import { policyNotes } from "../reasons/policy-notes.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import { ClientGone } from "../sidecar/turns.ts";
import { handshakeRoute } from "./webhook-handshake.ts";
import { refusedRoutes, storeRoutes } from "./stores.ts";
import { continueTrace, traceHeadersOf } from "./trace-context.ts";
import type { Spans } from "./tracing.ts";
import { expandKind, readKind } from "./tuples.ts";
import { FAILURES_LOGGED_PER_MINUTE } from "./http-limits.ts";

/** Options of the app. */
export interface AppOptions {
  /** API keys; undefined: every caller has every scope. */
  readonly keys: Keys | undefined;
  /** Logs failures that no caller can fix, and with `debug` each request that was refused. */
  readonly log: {
    error(fields: object, message: string): void;
    warn?(fields: object, message: string): void;
    debug?(fields: object, message: string): void;
  };
  /** Version of Sideline, which the index reports. */
  readonly version?: string;
  /** DNS names of the senders of CloudEvents webhooks that may send events here. Default: none. */
  readonly webhookOrigins?: readonly string[];
  /** Makes a span for each request. Default: none. */
  readonly spans?: Spans | undefined;
  /** Address by which clients reach this server, without a path; the AuthZEN metadata names it. */
  readonly url?: string;
  /** Logs answered questions. Default: none is logged. */
  readonly decisions?: DecisionLog | undefined;
  /** Text of model.fga: explanations name the rules in its comments. */
  readonly policy?: string;
  /** The console at `/ui`, with the operator's link to a thing. Default: there is none. */
  readonly console?: { readonly link: string | undefined } | undefined;
}

/** Address named in the AuthZEN metadata where the options name none. */
const DEFAULT_URL = "http://127.0.0.1:8090";

const newLimit = (): LogLimit => new LogLimit(FAILURES_LOGGED_PER_MINUTE, () => performance.now());

/** Creates the app of a running sidecar, on Web requests and responses only. Throws if a route has no scope. */
export function createApp(given: Sidecar, options: AppOptions): Hono {
  const { decisions } = options;
  const sidecar = decisions?.observing(given) ?? given;
  const app = new Hono();
  const unanswered = newLimit();
  const failed = (error: unknown, c: Context): void => {
    if (error instanceof ClientGone) return;
    unanswered.write((leftOut) =>
      options.log.error({ err: error, ...requestFields(c), ...leftOut }, "the store could not answer a question"));
  };
  const counts = new Counts();
  const asked: Asked = { sidecar, failed, counts, decisions, refused: refusedEvents(options.log) };
  const version = options.version ?? "";
  const notes = policyNotes(options.policy ?? "");
  const routes = [
    ...openRoutes(sidecar, version), metricsRoute(counts, sidecar, version, decisions), intakeRoute(asked),
    handshakeRoute(options.webhookOrigins ?? []),
    ...questionRoutes(asked, options.url ?? DEFAULT_URL, notes), changesRoute(asked), ...storeRoutes(sidecar.info),
    ...refusedRoutes(), ...directoryRoutes(asked), ...entryRoutes(asked), explainRoute(asked, notes),
    historyRoute(asked), backupRoute(asked),
    ...referenceRoutes(version), ...(options.console === undefined ? [] : consoleOf(app, sidecar, options)),
  ];
  for (const route of routes) {
    const own = counts.route(nameOf(route));
    const handle = timed(guarded(decisions?.around(route) ?? route, options.keys), (c, response, milliseconds) => {
      own.add(response?.status ?? 500, milliseconds);
      if (response !== undefined) logRefusal(c, route, response, options.log);
    });
    app.on(route.method, route.path, options.spans === undefined ? handle : traced(route, handle, options.spans));
  }
  app.notFound((c) => withRequestId(c, notFound(app, c)));
  const unexpected = newLimit();
  app.onError((error, c) => {
    unexpected.write((leftOut) =>
      options.log.error({ err: error, route: routePath(c, -1), ...requestFields(c), ...leftOut }, "a request failed"));
    return withRequestId(c, internalError(styleOf(c.req.path)));
  });
  return app;
}

/** Returns the routes of the console, which asks the app's other routes. */
function consoleOf(app: Hono, { now, info }: Sidecar, { keys, url, console }: AppOptions): Route[] {
  return consoleRoutes({
    keys, now, url, link: console?.link, store: info.id, ask: (path, init) => app.request(path, init),
  });
}

function questionRoutes(asked: Asked, url: string, notes: ModelNotes): Route[] {
  const checker = asked.counts.counting(asked.sidecar.checker);
  const both = <Q>(name: string, kind: QuestionKind<Q>): Route[] =>
    [`/${name}`, `/stores/:store/${name}`].map((path) => questionRoute(path, kind, asked));
  return [
    ...both("check", checkKind(checker)), ...both("batch-check", batchCheckKind(checker)),
    ...both("list-objects", listObjectsKind(checker)),
    ...both("streamed-list-objects", streamedListObjectsKind(checker)),
    ...both("list-users", listUsersKind(checker, explainUsersOf(asked, notes))),
    questionRoute("/stores/:store/expand", expandKind(checker), asked),
    questionRoute("/stores/:store/read", readKind(checker), asked), ...permissionRoutes(checker, asked),
    objectsRoute(checker, asked), ...authzenRoutes(checker, asked, url),
  ];
}

/** Wraps a route so that each of its requests has a span. */
function traced(route: Route, handle: Handle, spans: Spans): Handle {
  return async (c) => {
    const span = spans.begin(nameOf(route), traceHeadersOf(c));
    continueTrace(c, span.headers);
    let response: Response | undefined;
    try {
      response = await handle(c);
      return response;
    } finally {
      span.end(response?.status ?? 500, response === undefined ? "internal_error" : codeOf(response));
    }
  };
}

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** Wraps a handler so that `answered` receives each answer with its duration; no answer, where the handler threw. */
function timed(
  handle: Handle, answered: (c: Context, response: Response | undefined, milliseconds: number) => void,
): Handle {
  return (c) => {
    const began = performance.now();
    const done = (response: Response): Response => {
      answered(c, response, performance.now() - began);
      return response;
    };
    const failed = (error: unknown): never => {
      answered(c, undefined, performance.now() - began);
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

/** Logs a refused request at the level debug, by its route: its path may name an invite. */
function logRefusal(c: Context, route: Route, response: Response, log: AppOptions["log"]): void {
  const { status } = response;
  if (status < 400 || status >= 500) return;
  const fields = { route: nameOf(route), status, code: codeOf(response), ...requestFields(c) };
  log.debug?.(fields, "a request was refused");
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
