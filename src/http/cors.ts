// Cross-origin requests (CORS, https://fetch.spec.whatwg.org/#cors-protocol): which web pages may read answers.
import { Hono } from "hono";
import { cors } from "hono/cors";
import { PREFLIGHT_MAX_AGE_SECONDS } from "./http-limits.ts";

/** Headers that a page may send besides those that every page may. */
const ALLOWED_HEADERS = [
  "Authorization", "Content-Type", "Sideline-As-Of", "Sideline-Token", "Traceparent", "Tracestate", "X-Request-ID",
];

/** Headers of an answer that a page may read besides those that every page may. */
const EXPOSED_HEADERS = [
  "Allow", "Openfga-Authorization-Model-Id", "Retry-After", "Sideline-Refused-Since", "Sideline-Stale",
  "WWW-Authenticate", "X-Request-ID",
];

/**
 * Lets pages of these origins read the answers of an app. An origin counts exactly as browsers send it. A preflight
 * request needs no API key, since browsers send none with it. Cookies and other credentials that a browser adds by
 * itself are never allowed: a page that asks has an API key of its own.
 */
export function withCors(app: Hono, origins: readonly string[]): Hono {
  if (origins.length === 0) return app;
  const allow = cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ["GET", "HEAD", "POST"], allowHeaders: ALLOWED_HEADERS, exposeHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
  });
  const outer = new Hono();
  outer.use(async (c, next) => {
    // Without this header, OPTIONS is no preflight request, and the app answers it.
    const isOther = c.req.method === "OPTIONS" && c.req.header("access-control-request-method") === undefined;
    if (!isOther && c.req.header("origin") !== undefined) return allow(c, next);
    await next();
    // A shared cache must not give a page the answer that some other program got.
    c.res.headers.append("vary", "Origin");
  });
  outer.all("*", (c) => app.fetch(c.req.raw, c.env));
  return outer;
}
