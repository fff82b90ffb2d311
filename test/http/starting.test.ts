// The app while the store is loaded: alive, not ready, and everything else may be sent again.
import { expect, test } from "vitest";
import { gaugeOf } from "../../src/events/sidecar.ts";
import { createStartingApp } from "../../src/http/starting.ts";

const app = createStartingApp(() => ({
  name: "store", ready: false, detail: "5000 of 9000 tuples are loaded",
  figures: [gaugeOf("tuples", "Tuples loaded so far.", 5000)],
}));

test("it is alive, and not ready, with how far it is", async () => {
  const live = await app.request("/livez");
  expect([live.status, await live.json()]).toEqual([200, { status: "live" }]);
  expect((await app.request("/livez", { method: "HEAD" })).status).toBe(200);
  const ready = await app.request("/readyz");
  expect([ready.status, await ready.json()]).toEqual([503, { status: "not_ready" }]);
  const verbose = await app.request("/readyz?verbose");
  expect([verbose.status, await verbose.json()]).toEqual([503, { status: "not_ready", parts: [
    { name: "store", ready: false, detail: "5000 of 9000 tuples are loaded", figures: { tuples: 5000 } },
  ] }]);
  const health = await app.request("/healthz");
  expect([health.status, await health.json()]).toEqual([503, { status: "NOT_SERVING" }]);
});

test.for([["POST", "/events"], ["POST", "/check"], ["GET", "/metrics"], ["GET", "/"], ["GET", "/nowhere"]] as const)(
  "%s %s is a problem with Retry-After", async ([method, path]) => {
    const response = await app.request(path, { method });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await response.json()).toMatchObject({
      code: "store_unavailable", detail: "the server is starting: 5000 of 9000 tuples are loaded",
    });
  });

test("the OpenFGA API answers in its own form", async () => {
  const response = await app.request("/stores/sideline/check", { method: "POST" });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await response.json()).toMatchObject({ code: "store_unavailable" });
});
