// Liveness, readiness, and a small index of the routes.
import type { Context } from "hono";
import type { Route } from "./route.ts";
import type { Part, Sidecar } from "../sidecar/sidecar.ts";

/** Returns the routes that need no key. The index reports `version`. */
export function openRoutes({ readiness, info }: Sidecar, version: string): Route[] {
  const get = (path: string, handle: (c: Context) => Response): Route =>
    ({ method: "GET", path, handle });
  const store = `/stores/${info.id}`;
  const links = {
    events: "/events", check: "/check", stores: "/stores", store, changes: `${store}/changes`, ready: "/readyz?verbose",
  };
  return [
    get("/", (c) => c.json({ name: "sideline", version, links })),
    get("/livez", (c) => c.json({ status: "live" })),
    get("/readyz", (c) => {
      const { ready, parts } = readiness();
      const status = ready ? "ready" : "not_ready";
      const body = c.req.query("verbose") === undefined ? { status } : { status, parts: parts.map(partBody) };
      return c.json(body, ready ? 200 : 503);
    }),
    // Answers as OpenFGA does, so that scripts that wait for OpenFGA can wait for Sideline.
    get("/healthz", (c) => {
      const { ready } = readiness();
      return c.json({ status: ready ? "SERVING" : "NOT_SERVING" }, ready ? 200 : 503);
    }),
  ];
}

/** Returns a part as JSON, with its figures by name. */
export function partBody({ figures, ...part }: Part): object {
  if (figures === undefined) return part;
  return { ...part, figures: Object.fromEntries(figures.map(({ name, value }) => [name, value])) };
}
