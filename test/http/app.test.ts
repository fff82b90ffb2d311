// The app around its routes: scopes, keys, unknown paths, failures, health.
import { describe, expect, test, vi } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { SCOPES, scopesOf, type Scope } from "../../src/http/scope.ts";
import { appOf, MODEL_ID, send, sidecarOf, STORE_ID } from "./world.ts";

const keyOf = (scope: Scope): string => `${scope}-0123456789-0123456789`;
const KEYS = parseKeys(JSON.stringify({
  keys: SCOPES.map((scope) => ({ name: scope.replace(":", "-"), key: keyOf(scope), scopes: [scope] })),
}));
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const CHECK = { tuple_key: { user: "user:a", relation: "viewer", object: "doc:1" } };
const GRANTED = { user: "user:z", relation: "owner", object: "doc:1" };
const WHAT_IF = { ...CHECK, contextual_tuples: { tuple_keys: [GRANTED] } };
const EVENT = { specversion: "1.0", id: "e1", source: "/crm", type: "org.created", data: {} };
const OPEN = [
  "GET /", "GET /livez", "GET /readyz", "GET /healthz", "GET /openapi.json", "GET /reference", "GET /problems/:code",
  "GET /.well-known/authzen-configuration", "OPTIONS /events",
];
/** A sender of webhooks that is expected. */
const SENDER = "sender.example.com";

/** Every route of the app, and a path that it matches. */
const ROUTES = appOf().app.routes.map(({ method, path }) =>
  ({ method, path, at: path.replace(":store", STORE_ID).replace(":model", MODEL_ID)
    .replace(":code", "wrong_org").replace(/:(\w+)/, "x") }));

describe("every route is under exactly one scope", () => {
  test("the routes are those of the table", () => {
    const names = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => scopesOf(...name.split(" ") as [string, string]).length === 0).sort())
      .toEqual([...OPEN].sort());
  });
  test("a route without a scope is an error", () => {
    expect(() => scopesOf("GET", "/secrets")).toThrow("GET /secrets has no scope");
  });

  test.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))("%s", async (name, route) => {
    const { app, sidecar } = appOf({}, { keys: KEYS, webhookOrigins: [SENDER] });
    const scopes = scopesOf(route.method, route.path);
    const [scope] = scopes;
    const body = route.method === "GET" ? undefined : {};
    const sender: Record<string, string> = route.method === "OPTIONS" ? { "webhook-request-origin": SENDER } : {};
    const ask = (headers: Record<string, string>) =>
      send(app, route.method, route.at, body, { ...headers, ...sender });
    if (scope === undefined) {
      expect((await ask({})).status).toBe(200);
      expect(OPEN).toContain(name);
      return;
    }
    const wrong = ["Bearer wrong", "Bearer", keyOf(scope), `Basic ${keyOf(scope)}`];
    for (const headers of [{}, ...wrong.map((authorization) => ({ authorization }))]) {
      const { status, body: told, headers: sent } = await ask(headers);
      expect([status, told.code]).toEqual([401, "unauthenticated"]);
      expect(sent.get("www-authenticate")).toMatch(/^Bearer realm="sideline"/);
    }
    for (const other of SCOPES.filter((one) => !scopes.some((each) => one === each || one.startsWith(`${each}:`)))) {
      const { status, body: told } = await ask(bearer(keyOf(other)));
      const code = scope === "admin" && route.path.startsWith("/stores") ? "forbidden" : "scope_missing";
      expect([other, status, told.code]).toEqual([other, 403, code]);
      expect(told.detail ?? told.message).toContain(scope);
    }
    expect(sidecar.submitted).toEqual([]);
    for (const each of scopes) {
      const { status, body: told } = await ask(bearer(keyOf(each)));
      expect([401, 405, 500]).not.toContain(status);
      expect(["scope_missing", "not_found", "undefined_endpoint"]).not.toContain(told.code);
    }
  });
});

describe("two scopes decide more than access to a route", () => {
  test.each(["check", "batch-check", "list-objects", "list-users", "expand"])("%s what if", async (endpoint) => {
    const { app } = appOf({}, { keys: KEYS });
    const tuples = WHAT_IF.contextual_tuples.tuple_keys;
    const body = {
      check: WHAT_IF, expand: WHAT_IF, "batch-check": { checks: [{ ...WHAT_IF, correlation_id: "a" }] },
      "list-objects": { ...WHAT_IF, type: "doc", relation: "owner", user: "user:z" },
      "list-users": {
        object: { type: "doc", id: "1" }, relation: "owner", user_filters: [{ type: "user" }],
        contextual_tuples: tuples,
      },
    }[endpoint];
    const keys = parseKeys(JSON.stringify({
      keys: [{ name: "both", key: keyOf("check"), scopes: ["read", "check:contextual"] }],
    }));
    const { app: may } = appOf({}, { keys });
    const scope = endpoint === "expand" ? "read" : "check";
    const refused = await send(app, "POST", `/stores/${STORE_ID}/${endpoint}`, body, bearer(keyOf(scope)));
    expect([refused.status, refused.body.code]).toEqual([403, "scope_missing"]);
    expect(refused.body.message).toContain("check:contextual");
    expect(await send(may, "POST", `/stores/${STORE_ID}/${endpoint}`, body, bearer(keyOf("check"))))
      .toMatchObject({ status: 200 });
    expect(await send(appOf().app, "POST", `/stores/${STORE_ID}/${endpoint}`, body)).toMatchObject({ status: 200 });
  });
  test("the same question without contextual tuples needs no more than check", async () => {
    const { app } = appOf({}, { keys: KEYS });
    for (const body of [CHECK, { ...CHECK, contextual_tuples: { tuple_keys: [] } }]) {
      expect(await send(app, "POST", "/check", body, bearer(keyOf("check")))).toMatchObject({ status: 200 });
    }
  });

  test("events:system sends events as the system, events does not", async () => {
    const { app, sidecar } = appOf({}, { keys: KEYS });
    for (const scope of ["events", "events:system"] as const) {
      await send(app, "POST", "/events", EVENT, bearer(keyOf(scope)));
    }
    await send(appOf().app, "POST", "/events", EVENT);
    expect(sidecar.submitted.map(({ submission }) => submission.system)).toEqual([false, true]);
  });
});

describe("unknown paths and methods", () => {
  const { app } = appOf();
  test("404 is a problem, and below /stores an error of OpenFGA's form", async () => {
    const [own, theirs] = [await send(app, "GET", "/nothing"), await send(app, "GET", "/stores/x/nothing")];
    expect([own.status, own.body.code, own.headers.get("content-type")])
      .toEqual([404, "not_found", "application/problem+json"]);
    expect(theirs).toMatchObject({ status: 404, body: { code: "undefined_endpoint", message: "Not Found" } });
  });
  test.each(["/check", "/batch-check", "/list-objects", "/streamed-list-objects", "/list-users", "/stores"])(
    "405 for PATCH %s has OpenFGA's form of errors", async (path) => {
      const { status, headers, body } = await send(app, "PATCH", path);
      expect([status, headers.get("content-type"), Object.keys(body).sort()])
        .toEqual([405, "application/json", ["code", "message"]]);
    });
  test.each([["GET", "/check", "POST"], ["PUT", "/events", "POST"], ["POST", "/livez", "HEAD, GET"],
    ["DELETE", "/stores", "HEAD, GET, POST"], ["PATCH", `/stores/${STORE_ID}`, "HEAD, GET, DELETE"]])(
    "405 for %s %s allows %s", async (method, path, allow) => {
      const { status, headers, body } = await send(app, method, path);
      expect([status, headers.get("allow"), body.code]).toEqual([405, allow, "method_not_allowed"]);
    });
  test.each([["POST", "/stores"], ["DELETE", `/stores/${STORE_ID}`], ["POST", `/stores/${STORE_ID}/write`],
    ["POST", `/stores/${STORE_ID}/authorization-models`], ["PUT", `/stores/${STORE_ID}/assertions/${MODEL_ID}`]])(
    "%s %s is forbidden", async (method, path) => {
      expect(await send(app, method, path, {})).toMatchObject({ status: 403, body: { code: "forbidden" } });
    });
});

describe("failures", () => {
  test("a checker that throws is 503, and only the log gets the error", async () => {
    const broken = () => { throw new Error("secret place"); };
    const { app, logged } = appOf({ checker: { check: broken, read: () => Promise.reject(new Error("gone")) } });
    for (const path of ["/check", `/stores/${STORE_ID}/read`]) {
      const { status, body, headers } = await send(app, "POST", path, path === "/check" ? CHECK : {});
      expect([status, body.code, headers.get("retry-after")]).toEqual([503, "store_unavailable", "1"]);
      expect(JSON.stringify(body)).not.toMatch(/secret|gone/);
    }
    expect(logged).toHaveLength(2);
  });
  test("an unexpected error is 500 without details", async () => {
    const { app, logged } = appOf({ now: () => { throw new Error("secret"); } });
    for (const path of [`/stores/${STORE_ID}/changes?start_time=2020-01-01T00:00:00Z`, "/orgs/x/members"]) {
      const { status, body } = await send(app, "GET", path);
      expect([status, body.code]).toEqual([500, "internal_error"]);
      expect(JSON.stringify(body)).not.toContain("secret");
    }
    expect(logged).toHaveLength(2);
  });
  test.each(["/check", "/stores/sideline/check"])("an error at %s has OpenFGA's form", async (path) => {
    const staleFor = (): never => { throw new Error("secret"); };
    const app = createApp({ ...sidecarOf(), staleFor }, { keys: undefined, log: { error: () => undefined } });
    const { status, headers, body } = await send(app, "POST", path, CHECK);
    expect([status, headers.get("content-type")]).toEqual([500, "application/json"]);
    expect(body).toEqual({ code: "internal_error", message: "unexpected error: the log has the details" });
  });
  test("a persistent fault does not fill the log: ten lines a minute, and the number of omitted ones", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const fails = (): never => { throw new Error("gone"); };
      const stale = appOf({ checker: { check: fails, state: fails }, submit: () => Promise.reject(new Error("gone")) });
      const broken = appOf({ now: fails });
      const all = async (times: number): Promise<void> => {
        for (let n = 0; n < times; n++) {
          expect((await send(stale.app, "POST", "/check", CHECK)).status).toBe(503);
          expect((await send(stale.app, "GET", "/orgs/x/members")).status).toBe(503);
          expect((await send(stale.app, "POST", "/events", EVENT)).status).toBe(503);
          expect((await send(broken.app, "GET", "/orgs/x/members")).status).toBe(500);
        }
      };
      await all(20);
      expect([stale.logged.length, broken.logged.length]).toEqual([10, 10]);
      vi.advanceTimersByTime(60_000);
      await all(1);
      expect(stale.logged.slice(10)).toMatchObject([{ left_out: 50 }, {}, {}]);
      expect(broken.logged.slice(10)).toMatchObject([{ left_out: 10, route: "/orgs/:org/members" }]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("health", () => {
  test("ready", async () => {
    const { app } = appOf();
    expect(await send(app, "GET", "/livez")).toMatchObject({ status: 200, body: { status: "live" } });
    expect((await send(app, "GET", "/readyz")).body).toEqual({ status: "ready" });
    expect((await send(app, "GET", "/readyz?verbose")).body)
      .toEqual({ status: "ready", parts: [{ name: "store", ready: true, detail: "as the test says" }] });
    expect((await send(app, "GET", "/healthz")).body).toEqual({ status: "SERVING" });
  });
  test("not ready, but live", async () => {
    const { app } = appOf({ ready: false });
    expect(await send(app, "GET", "/livez")).toMatchObject({ status: 200 });
    expect(await send(app, "GET", "/readyz")).toMatchObject({ status: 503, body: { status: "not_ready" } });
    expect(await send(app, "GET", "/healthz")).toMatchObject({ status: 503, body: { status: "NOT_SERVING" } });
  });
  test("the index lists the endpoints", async () => {
    const { body } = await send(appOf({}, { version: "1.2.3" }).app, "GET", "/");
    expect(body).toMatchObject({ name: "sideline", version: "1.2.3", links: { store: `/stores/${STORE_ID}` } });
  });
});
