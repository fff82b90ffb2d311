// Request ids and traces: on every answer, in the log lines of refusals and failures, and passed on to the store.
import { request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { Freshness } from "../../src/checks/checker.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { MAX_REQUEST_ID_LENGTH, MAX_TRACESTATE_LENGTH } from "../../src/http/http-limits.ts";
import { startServer, type RunningServer, type ServerOptions } from "../../src/http/server.ts";
import { createStartingApp } from "../../src/http/starting.ts";
import { readTraceparent } from "../../src/http/trace-context.ts";
import { appOf, send } from "./world.ts";

const KEYS = parseKeys(JSON.stringify({
  keys: [{ name: "app", key: "a-key-of-24-characters-and-more", scopes: ["check"] }],
}));
const NEW_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const CHECK = { tuple_key: { user: "user:a", relation: "viewer", object: "doc:1" } };

const servers: RunningServer[] = [];
afterEach(async () => void await Promise.all(servers.splice(0).map((server) => server.stop(0))));

async function listening(fetch: ServerOptions["fetch"], loopbackOnly = true): Promise<RunningServer> {
  const server = await startServer({ fetch, host: "127.0.0.1", port: 0, keepAlive: 75_000, loopbackOnly });
  servers.push(server);
  return server;
}

/** The status and the request ids of an answer, asked by Node's own client: it sends any Host and any path. */
function ask(server: RunningServer, path: string, headers: object = {}): Promise<[number, string[]]> {
  return new Promise((done, failed) => {
    const options = { host: "127.0.0.1", port: new URL(server.url).port, path, headers: { ...headers } };
    request(options, (answer) => {
      const { rawHeaders } = answer;
      const ids = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === "x-request-id");
      answer.resume().on("end", () => done([answer.statusCode ?? 0, ids]));
    }).on("error", failed).end();
  });
}

describe("a request id is on every answer", () => {
  const { app } = appOf({}, { keys: KEYS });
  const back = async (id?: string, path = "/livez"): Promise<string | null> =>
    (await send(app, "GET", path, undefined, id === undefined ? {} : { "x-request-id": id }))
      .headers.get("x-request-id");

  test("as it was sent, on answers of every kind", async () => {
    for (const path of ["/livez", "/nothing", "/stores", "/check"]) expect(await back("a.b:c/1", path)).toBe("a.b:c/1");
  });
  test("a new one where none was sent, another for each request", async () => {
    const ids = [];
    for (const path of ["/livez", "/nothing", "/stores", "/check"]) ids.push(await back(undefined, path));
    for (const id of ids) expect(id).toMatch(NEW_ID);
    expect(new Set(ids).size).toBe(ids.length);
  });
  test(`of ${MAX_REQUEST_ID_LENGTH} printable characters; any other is replaced`, async () => {
    expect(await back("x".repeat(MAX_REQUEST_ID_LENGTH))).toBe("x".repeat(MAX_REQUEST_ID_LENGTH));
    expect(await back("x".repeat(MAX_REQUEST_ID_LENGTH + 1))).toMatch(NEW_ID);
    expect(await back("a b")).toBe("a b");
    for (const id of ["ü", "", "\t"]) expect(await back(id)).toMatch(NEW_ID);
  });

  test("over HTTP once, also where the app never sees the request", async () => {
    const server = await listening(app.fetch);
    const own = { "x-request-id": "mine" };
    for (const [path, host, status] of [
      ["/livez", "localhost", 200], ["/nothing", "localhost", 404], ["/stores", "localhost", 401],
      ["/livez", "evil.example", 421],
    ] as const) {
      expect(await ask(server, path, { host, ...own })).toEqual([status, ["mine"]]);
      expect(await ask(server, path, { host })).toEqual([status, [expect.stringMatching(NEW_ID)]]);
    }
    // The Web has no request for this host.
    const keyed = await listening(app.fetch, false);
    expect(await ask(keyed, "/livez", { host: "a b", ...own })).toEqual([400, ["mine"]]);
    const starting = createStartingApp(() => ({ name: "store", ready: false, detail: "loading" }));
    expect(await ask(await listening(starting.fetch), "/stores", own)).toEqual([503, ["mine"]]);
  });
});

describe("the log of a request has its id and its trace", () => {
  const sent = { "x-request-id": "r1", traceparent: TRACEPARENT };
  const fields = { request_id: "r1", trace_id: TRACE };

  test("where the store could not answer", async () => {
    const broken = (): never => { throw new Error("gone"); };
    const submit = (): Promise<never> => Promise.reject(new Error("gone"));
    const { app, logged } = appOf({ submit, checker: { check: broken, state: broken } });
    const event = {
      specversion: "1.0", id: "e", source: "/s", type: "org.created", data: { org: "o", kind: "club", owner: "a" },
    };
    await send(app, "POST", "/check", CHECK, sent);
    await send(app, "POST", "/permissions", { user: "user:a", object: "org:o" }, sent);
    await send(app, "POST", "/events", event, sent);
    await send(app, "GET", "/orgs/o/members", undefined, sent);
    expect(logged).toEqual(Array(4).fill({ err: expect.any(Error), ...fields }));
    const answer = await send(app, "POST", "/check", CHECK, { "x-request-id": "ann@example.org 7" });
    expect(answer.headers.get("x-request-id")).toBe("ann@example.org 7");
    expect(logged[4]).toMatchObject({ request_id: "(an address) 7" });
  });
  test("where the app failed", async () => {
    const { app, logged } = appOf({ now: () => { throw new Error("gone"); } });
    const answer = await send(app, "GET", "/orgs/o/members", undefined, { traceparent: TRACEPARENT });
    expect(answer.status).toBe(500);
    const request_id = answer.headers.get("x-request-id");
    expect(request_id).toMatch(NEW_ID);
    expect(logged).toEqual([{ err: expect.any(Error), route: "/orgs/:org/members", request_id, trace_id: TRACE }]);
  });
  test("where a caller was refused, by route, status and code, and never by the path's ids", async () => {
    const { app, refused } = appOf({}, { keys: KEYS });
    const key = { authorization: "Bearer a-key-of-24-characters-and-more" };
    await send(app, "GET", "/invites/secret-id", undefined, { ...sent, ...key });
    await send(app, "POST", "/check", { tuple_key: 1 }, { ...sent, ...key });
    await send(app, "POST", "/check", CHECK, { ...sent, ...key });
    await send(app, "POST", "/events", {}, { ...key });
    expect(refused).toEqual([
      { route: "GET /invites/:invite", status: 403, code: "scope_missing", ...fields },
      { route: "POST /check", status: 400, code: "validation_error", ...fields },
      { route: "POST /events", status: 403, code: "scope_missing", request_id: expect.stringMatching(NEW_ID) },
    ]);
    expect(JSON.stringify(refused)).not.toContain("secret-id");
  });
});

describe("the trace of a caller", () => {
  test.each([
    TRACEPARENT, TRACEPARENT.replace(/01$/, "00"), `01${TRACEPARENT.slice(2)}`, `cc${TRACEPARENT.slice(2)}-what.comes`,
  ])("%s is valid", (text) => expect(readTraceparent(text)).toEqual({ traceId: TRACE }));
  test.each([
    "", "00", TRACEPARENT.toUpperCase(), `${TRACEPARENT}-00`, `${TRACEPARENT} `, ` ${TRACEPARENT}`,
    `ff${TRACEPARENT.slice(2)}`, `00-${"0".repeat(32)}-00f067aa0ba902b7-01`, `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE}-00f067aa0ba902b7-1`, `${TRACEPARENT}, ${TRACEPARENT}`, `cc${TRACEPARENT.slice(2)}.x`,
  ])("%j is not", (text) => expect(readTraceparent(text)).toBeUndefined());

  test("reaches the checker, with a tracestate that is printable and not too long", async () => {
    const seen: Freshness[] = [];
    const check = (_: unknown, freshness: Freshness) => {
      seen.push(freshness);
      return { allowed: true };
    };
    const { app } = appOf({ checker: { check } });
    const longest = `a=${"x".repeat(MAX_TRACESTATE_LENGTH - 2)}`;
    for (const headers of [
      {}, { tracestate: "a=1" }, { traceparent: "junk", tracestate: "a=1" }, { traceparent: TRACEPARENT },
      { traceparent: TRACEPARENT, tracestate: longest }, { traceparent: TRACEPARENT, tracestate: `${longest}x` },
    ]) await send(app, "POST", "/check", CHECK, headers);
    const alone = { traceparent: TRACEPARENT };
    expect(seen.map(({ trace }) => trace)).toEqual(
      [undefined, undefined, undefined, alone, { ...alone, tracestate: longest }, alone]);
    for (const { higher, positions } of seen) expect([higher, positions]).toEqual([false, []]);
  });
});
