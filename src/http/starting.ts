// The app of a process that is loading its store: alive but not ready; other requests may be sent again shortly.
import { Hono } from "hono";
import type { Part } from "../sidecar/sidecar.ts";
import { partBody } from "./health.ts";
import { answerError, ApiError } from "./api-error.ts";
import { answerProblem, problem } from "./problem.ts";
import { styleOf } from "./route.ts";

/** Creates the app used until the store is loaded. `progress` returns how far the load is. */
export function createStartingApp(progress: () => Part): Hono {
  const app = new Hono();
  app.get("/livez", (c) => c.json({ status: "live" }));
  app.get("/readyz", (c) => {
    const status = "not_ready";
    return c.json(c.req.query("verbose") === undefined ? { status } : { status, parts: [partBody(progress())] }, 503);
  });
  app.get("/healthz", (c) => c.json({ status: "NOT_SERVING" }, 503));
  app.all("*", (c) => {
    const detail = `the server is starting: ${progress().detail}`;
    return styleOf(c.req.path) === "openfga" ? answerError(new ApiError("store_unavailable", detail))
      : answerProblem(problem("store_unavailable", detail));
  });
  return app;
}
