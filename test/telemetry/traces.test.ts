// OpenTelemetry traces: a span for each request, in its caller's trace, without ids; off unless asked for.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Freshness } from "../../src/checks/checker.ts";
import { readConfig } from "../../src/config.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { startTracing, type Spans } from "../../src/http/tracing.ts";
import { appOf, send } from "../http/world.ts";
import { startCollector, type Collector } from "./collector.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;
const KEY = { authorization: "Bearer a-key-of-24-characters-and-more" };
const KEYS = parseKeys(JSON.stringify({
  keys: [{ name: "app", key: KEY.authorization.slice(7), scopes: ["check"] }],
}));
const CHECK = { tuple_key: { user: "user:a", relation: "viewer", object: "doc:1" } };
/** Kind of a span that answers a request, in OTLP. */
const SERVER = 2;

let collector: Collector;
let spans: Spans;
const warnings: object[] = [];
const log = { warn: (fields: object): void => void warnings.push(fields) };
beforeEach(async () => {
  collector = await startCollector();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
  spans = await startTracing("1.2.3", log);
});
afterEach(async () => {
  await spans.close();
  vi.unstubAllEnvs();
  await collector.close();
});

describe("a span", () => {
  test("is sent for each request, by its route, and joins its caller's trace", async () => {
    const { app } = appOf({}, { keys: KEYS, spans });
    await send(app, "POST", "/check", CHECK, { ...KEY, traceparent: TRACEPARENT });
    await send(app, "POST", "/check", CHECK, KEY);
    await spans.close();
    const [joined, alone] = collector.spans;
    expect(collector.spans).toHaveLength(2);
    expect(joined).toMatchObject({ name: "POST /check", traceId: TRACE, parentSpanId: SPAN, kind: SERVER });
    expect(joined?.attributes)
      .toEqual({ "http.request.method": "POST", "http.route": "/check", "http.response.status_code": 200 });
    expect(joined?.resource).toMatchObject({ "service.name": "sideline", "service.version": "1.2.3" });
    expect(alone?.parentSpanId).toBeUndefined();
    expect(alone?.traceId).not.toBe(TRACE);
  });

  test("has the code of a refusal, and is an error if the server failed", async () => {
    const broken = (): never => { throw new Error("gone"); };
    const { app } = appOf({ checker: { check: broken } }, { keys: KEYS, spans });
    await send(app, "POST", "/check", { tuple_key: 1 }, KEY);
    await send(app, "POST", "/check", CHECK, KEY);
    await send(app, "POST", "/check", CHECK);
    await spans.close();
    const seen = collector.spans.map(({ attributes, statusCode }) =>
      [attributes["http.response.status_code"], attributes["sideline.code"], attributes["error.type"], statusCode]);
    expect(seen).toEqual([[400, "validation_error", undefined, 0], [503, "store_unavailable", "store_unavailable", 2],
      [401, "unauthenticated", undefined, 0]]);
  });

  test("names no id of its path or query, which may be that of an open invite", async () => {
    const { app } = appOf({}, { spans });
    await send(app, "GET", "/invites/secret-id?secret-query=1");
    await spans.close();
    expect(collector.spans.map(({ name }) => name)).toEqual(["GET /invites/:invite"]);
    expect(collector.text()).not.toContain("secret");
  });

  test("is the parent of the questions to the store behind, and in the log", async () => {
    const seen: Freshness[] = [];
    const check = (_: unknown, freshness: Freshness): never => {
      seen.push(freshness);
      throw new Error("gone");
    };
    const { app, logged } = appOf({ checker: { check } }, { spans });
    await send(app, "POST", "/check", CHECK, { traceparent: TRACEPARENT, tracestate: "a=1" });
    await send(app, "POST", "/check", CHECK);
    await spans.close();
    const headers = collector.spans.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`);
    expect(seen.map(({ trace }) => trace))
      .toEqual([{ traceparent: headers[0], tracestate: "a=1" }, { traceparent: headers[1] }]);
    expect(logged).toMatchObject(collector.spans.map(({ traceId }) => ({ trace_id: traceId })));
  });

  test("is not sent where its caller's trace is not sampled", async () => {
    const { app } = appOf({}, { spans });
    await send(app, "POST", "/check", CHECK, { traceparent: TRACEPARENT.replace(/01$/, "00") });
    await spans.close();
    expect(collector.spans).toEqual([]);
  });
});

test("a collector that cannot be reached is a warning, and requests are answered", async () => {
  await collector.close();
  const { app } = appOf({}, { spans });
  expect(await send(app, "POST", "/check", CHECK)).toMatchObject({ status: 200 });
  await spans.close();
  expect(warnings).toEqual([{ why: expect.stringMatching(/ECONNREFUSED|were not sent in time/) }]);
});

describe("traces are asked for by OpenTelemetry's variables", () => {
  const asked = (environment: Record<string, string>): boolean => readConfig(environment).traces;
  const url = "http://localhost:4318";
  test("an endpoint, or the exporter, and nothing else", () => {
    expect(asked({})).toBe(false);
    for (const environment of [
      { OTEL_EXPORTER_OTLP_ENDPOINT: url }, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces` },
      { OTEL_TRACES_EXPORTER: "otlp" }, { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" },
      { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json" },
    ]) expect(asked(environment)).toBe(true);
    for (const environment of [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "" }, { OTEL_SERVICE_NAME: "x" }, { OTEL_METRICS_EXPORTER: "otlp" },
      { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_EXPORTER: "none" },
      { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: "true" }, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url },
    ]) expect(asked(environment)).toBe(false);
  });
  test.each([
    [{ OTEL_TRACES_EXPORTER: "console" }, "OTEL_TRACES_EXPORTER: must be otlp or none"],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "OTEL_EXPORTER_OTLP_PROTOCOL: traces"],
    [{ OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf" },
      "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: traces are sent as http/json only"],
  ])("%o is a fault", (environment, fault) => {
    expect(() => readConfig(environment)).toThrow(fault);
  });
});
