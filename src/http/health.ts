// Liveness, readiness, and a small index of what is here.
import type { Context } from "hono";
import type { Route } from "./route.ts";
import type { Part, Sidecar } from "../events/sidecar.ts";

/** The routes that need no key. `version` is told by the index. */
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
      const told = c.req.query("verbose") === undefined ? { status } : { status, parts: parts.map(tellPart) };
      return c.json(told, ready ? 200 : 503);
    }),
    // As OpenFGA answers it, so that what waits for OpenFGA can wait for this.
    get("/healthz", (c) => {
      const { ready } = readiness();
      return c.json({ status: ready ? "SERVING" : "NOT_SERVING" }, ready ? 200 : 503);
    }),
  ];
}

/** A part as JSON: its figures by name. */
export function tellPart({ figures, ...part }: Part): object {
  if (figures === undefined) return part;
  return { ...part, figures: Object.fromEntries(figures.map(({ name, value }) => [name, value])) };
}
