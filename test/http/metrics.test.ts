// GET /metrics: the counters, their format, and that no user or object is named.
import { describe, expect, test } from "vitest";
import { counterOf, gaugeOf } from "../../src/sidecar/sidecar.ts";
import { createApp } from "../../src/http/app.ts";
import { Counts, DURATION_BOUNDS } from "../../src/http/counts.ts";
import { appOf, receiptOf, refusal, send, sidecarOf } from "./world.ts";

const check = (user: string) => ({ tuple_key: { user: `user:${user}`, relation: "viewer", object: "doc:1" } });
const event = (id: string) => ({ specversion: "1.0", id, source: "/crm", type: "org.created", data: {} });

/** The samples of a scrape, by name and labels. */
async function scrape(app: ReturnType<typeof appOf>["app"]): Promise<Record<string, number>> {
  const { status, body, headers } = await send(app, "GET", "/metrics");
  expect([status, headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  const lines = String(body).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  for (const line of lines) expect(line).toMatch(/^[a-z_]+(\{[^{}]*\})? -?[0-9.e+-]+$/);
  return Object.fromEntries(lines.map((line) => {
    const space = line.lastIndexOf(" ");
    return [line.slice(0, space), Number(line.slice(space + 1))];
  }));
}

describe("the metrics count", () => {
  test("checks by their answer, and those of a batch one by one", async () => {
    const gone = () => Promise.reject(new Error("gone"));
    const { app } = appOf();
    await send(app, "POST", "/check", check("a"));
    await send(app, "POST", "/check", check("z"));
    await send(app, "POST", "/check", { tuple_key: { user: "user:a", relation: "nothing", object: "doc:1" } });
    const both = ["a", "z"].map((user) => ({ ...check(user), correlation_id: user }));
    await send(app, "POST", "/batch-check", { checks: both });
    expect(await scrape(app)).toMatchObject({
      'sideline_checks_total{answer="allowed"}': 2, 'sideline_checks_total{answer="denied"}': 2,
      'sideline_checks_total{answer="failed"}': 1, 'sideline_checks_total{answer="unavailable"}': 0,
    });
    const { app: broken } = appOf({ checker: { check: gone } });
    expect((await send(broken, "POST", "/check", check("a"))).status).toBe(503);
    expect(await scrape(broken)).toMatchObject({ 'sideline_checks_total{answer="unavailable"}': 1 });
  });

  test("events by outcome", async () => {
    const { app } = appOf({
      submit: async (envelope, { dryRun }) => {
        if (envelope.id === "no") return refusal("last_admin");
        const receipt = receiptOf(envelope);
        return envelope.id === "same" ? { ...receipt, status: "duplicate" } : dryRun ? { ...receipt, dry_run: true }
          : receipt;
      },
    });
    await send(app, "POST", "/events", [event("1"), event("2"), event("no"), event("same"), { id: 7 }]);
    await send(app, "POST", "/events?dry_run=true", event("3"));
    const told = Object.entries(await scrape(app)).filter(([name]) => name.startsWith("sideline_events_total"));
    expect(Object.fromEntries(told)).toEqual({
      'sideline_events_total{outcome="applied"}': 2, 'sideline_events_total{outcome="last_admin"}': 1,
      'sideline_events_total{outcome="duplicate"}': 1, 'sideline_events_total{outcome="invalid_event"}': 1,
      'sideline_events_total{outcome="dry_run"}': 1,
    });
  });

  test("requests by route, status and duration; a route without requests is absent", async () => {
    const { app } = appOf({ now: () => { throw new Error("broken"); } });
    await send(app, "POST", "/check", check("a"));
    await send(app, "POST", "/check", {});
    await send(app, "GET", "/orgs/anna/members");
    const told = await scrape(app);
    expect(told).toMatchObject({
      'sideline_http_requests_total{route="POST /check",status="200"}': 1,
      'sideline_http_requests_total{route="POST /check",status="400"}': 1,
      'sideline_http_requests_total{route="GET /orgs/:org/members",status="500"}': 1,
      'sideline_http_request_duration_seconds_bucket{route="POST /check",le="+Inf"}': 2,
      'sideline_http_request_duration_seconds_count{route="POST /check"}': 2,
    });
    expect(JSON.stringify(told)).not.toMatch(/list-users|anna/);
  });

  test("a duration belongs to the first bound that it does not exceed", () => {
    const counts = new Counts().route("POST /check");
    for (const seconds of [0, 0.0001, 0.00011, 10, 10.1]) counts.add(200, seconds * 1000);
    expect(counts.durations.slice(0, 3)).toEqual([2, 1, 0]);
    expect(counts.durations.slice(DURATION_BOUNDS.length - 1)).toEqual([1, 1]);
    expect(counts.seconds).toBeCloseTo(20.10021);
  });
});

describe("the parts of the sidecar", () => {
  const figures = [gaugeOf("tuples", "Tuples.", 7), counterOf("polls_total", "Polls.", 3),
    gaugeOf("info", "Version.", 1, { version: "4", digest: "abc" })];
  const parts = [{ name: "replica", ready: false, detail: "as the test says", figures }];
  const app = createApp({ ...sidecarOf(), readiness: () => ({ ready: true, parts }) }, {
    keys: undefined, log: { error: () => undefined }, version: "1.2.3",
  });

  test("appear in the metrics under their names", async () => {
    expect(await scrape(app)).toMatchObject({
      sideline_ready: 1, sideline_replica_tuples: 7, sideline_replica_polls_total: 3,
      'sideline_replica_info{version="4",digest="abc"}': 1,
      'sideline_build_info{version="1.2.3"}': 1,
    });
    const { body } = await send(app, "GET", "/metrics");
    expect(body).toContain("# TYPE sideline_replica_polls_total counter");
    expect(body).toContain("# TYPE sideline_replica_tuples gauge");
    expect(body).toContain("# TYPE sideline_http_request_duration_seconds histogram");
  });

  test("and in the verbose readiness", async () => {
    expect((await send(app, "GET", "/readyz?verbose")).body).toEqual({ status: "ready", parts: [
      { name: "replica", ready: false, detail: "as the test says", figures: { tuples: 7, polls_total: 3, info: 1 } },
    ] });
  });
});
