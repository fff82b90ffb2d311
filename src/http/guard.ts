// Lets only callers with a route's scope reach it, and puts the request's id on every answer.
import type { Context } from "hono";
import { answerError, ApiError } from "./api-error.ts";
import type { Keys } from "./api-keys.ts";
import { headerOf } from "./header.ts";
import { answerProblem, problem } from "./problem.ts";
import { withRequestId } from "./request-id.ts";
import { answerUnsigned, SIGNED_BY } from "./signed-request.ts";
import { styleOf, type Caller, type ErrorStyle, type Route } from "./route.ts";
import { scopesOf, type Scope } from "./scope.ts";

/** Answers a request. */
export type Handle = (c: Context) => Response | Promise<Response>;

const ANYBODY: Caller = { has: () => true, maySendAs: () => true };

/** Wraps a route so that only callers with its scope reach it. */
export function guarded(route: Route, keys: Keys | undefined): Handle {
  const scopes = scopesOf(route.method, route.path);
  const style = styleOf(route.path);
  if (keys === undefined || scopes.length === 0) return (c) => withRequestId(c, route.handle(c, ANYBODY));
  return (c) => {
    const sent = headerOf(c, "authorization");
    if (sent === undefined && route.handleSigned !== undefined && saysSigned(c)) {
      return withRequestId(c, signed(c, route.handleSigned, keys));
    }
    const key = /^Bearer +(\S+)$/i.exec(sent ?? "")?.[1];
    const caller = key === undefined ? undefined : keys.callerOf(key);
    if (caller === undefined) return withRequestId(c, unauthenticated(style, key !== undefined));
    const response = scopes.some((scope) => caller.has(scope)) ? route.handle(c, caller)
      : scopeMissing(style, scopes);
    return withRequestId(c, response);
  };
}

/** True for a request that comes with a signature or names who signed it. */
function saysSigned(c: Context): boolean {
  return headerOf(c, "webhook-signature") !== undefined || c.req.query(SIGNED_BY) !== undefined;
}

/**
 * Hands a signed request to its handler, with the sender whose signature it must have. The request names the sender:
 * trying the secrets of all of them would let anybody make the server hash a long body many times.
 */
function signed(
  c: Context, handle: NonNullable<Route["handleSigned"]>, keys: Keys,
): Response | Promise<Response> {
  const [name = "", ...more] = c.req.queries(SIGNED_BY) ?? [];
  const signer = more.length === 0 ? keys.signerOf(name) : undefined;
  return signer === undefined ? answerUnsigned(`${SIGNED_BY} must name an entry of the key file that signs`)
    : handle(c, signer);
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
