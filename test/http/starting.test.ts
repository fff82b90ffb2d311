// The app while the store loads: live, not ready, and everything else may be sent again.
import type { Hono } from "hono";
import { expect, test } from "vitest";
import { gaugeOf } from "../../src/sidecar/sidecar.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { createStartingApp } from "../../src/http/starting.ts";
import { appOf } from "./world.ts";

const app = createStartingApp(() => ({
  name: "store", ready: false, detail: "5000 of 9000 tuples loaded",
  figures: [gaugeOf("tuples", "Number of tuples loaded so far.", 5000)],
}));

test("it is live and not ready, and shows its progress", async () => {
  const live = await app.request("/livez");
  expect([live.status, await live.json()]).toEqual([200, { status: "live" }]);
  expect((await app.request("/livez", { method: "HEAD" })).status).toBe(200);
  const ready = await app.request("/readyz");
  expect([ready.status, await ready.json()]).toEqual([503, { status: "not_ready" }]);
  const verbose = await app.request("/readyz?verbose");
  expect([verbose.status, await verbose.json()]).toEqual([503, { status: "not_ready", parts: [
    { name: "store", ready: false, detail: "5000 of 9000 tuples loaded", figures: { tuples: 5000 } },
  ] }]);
  const health = await app.request("/healthz");
  expect([health.status, await health.json()]).toEqual([503, { status: "NOT_SERVING" }]);
});

test.for(["/events", "/metrics", "/", "/nowhere", "/storesroom"])(
  "%s answers with a problem, with Retry-After", async (path) => {
    const response = await app.request(path, { method: "POST" });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({
      code: "store_unavailable", detail: "the server is starting: 5000 of 9000 tuples loaded",
    });
  });

test.for(["/stores", "/stores/sideline/check", "/check", "/batch-check", "/list-objects", "/streamed-list-objects",
  "/list-users"])("%s answers in OpenFGA's form, with Retry-After", async (path) => {
  const response = await app.request(path, { method: "POST" });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({
    code: "store_unavailable", message: "the server is starting: 5000 of 9000 tuples loaded",
  });
});

test("each route has the same form as later", async () => {
  const keys = parseKeys(JSON.stringify({ keys: [{ name: "k", key: "k".repeat(24), scopes: ["admin"] }] }));
  const running = appOf({}, { keys }).app;
  const form = async (of: Hono, method: string, path: string, status: number): Promise<string | undefined> => {
    const response = await of.request(path, { method });
    return response.status === status ? Object.keys(await response.json() as object).sort().join() : undefined;
  };
  let compared = 0;
  for (const { method, path } of running.routes) {
    const running401 = await form(running, method, path, 401);
    // Liveness, readiness and the index need no key.
    if (running401 === undefined) continue;
    expect([path, await form(app, method, path, 503)]).toEqual([path, running401]);
    compared++;
  }
  expect(compared).toBeGreaterThan(25);
});
