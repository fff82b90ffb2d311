// Cross-origin requests: exact origins only, preflight without a key, never cookies, and off unless asked for.
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { withCors } from "../../src/http/cors.ts";
import { appOf, send, STORE_ID } from "./world.ts";

const KEY = "a-key-of-24-characters-and-more";
const KEYS = parseKeys(JSON.stringify({ keys: [{ name: "page", key: KEY, scopes: ["check"] }] }));
const PAGE = "https://app.example.com";
const { app: inner } = appOf({}, { keys: KEYS });
const app = withCors(inner, [PAGE, "http://localhost:3000"]);
const CHECK = { tuple_key: { user: "user:a", relation: "viewer", object: "doc:1" } };
const LIST = { user: "user:a", relation: "viewer", type: "doc" };
const key = { authorization: `Bearer ${KEY}` };
const preflight = (origin: string, path = "/check", headers = "authorization,content-type", on = app) =>
  send(on, "OPTIONS", path, undefined, {
    origin, "access-control-request-method": "POST", "access-control-request-headers": headers,
  });

/** Origins that differ from an allowed one in a single part. */
const OTHERS = [
  "null", "http://app.example.com", "https://app.example.com:8443", "https://app.example.com.evil.example",
  "https://evil.example", "https://xapp.example.com", "https://example.com", "https://app.example.com/", "",
  "HTTPS://APP.EXAMPLE.COM", "*", "http://localhost", "http://localhost:30000", "http://127.0.0.1:3000",
  `${PAGE}, https://evil.example`, "file://",
];

describe("a preflight request", () => {
  test.each([PAGE, "http://localhost:3000"])("of %s is allowed without an API key", async (origin) => {
    for (const path of ["/check", "/events", `/stores/${STORE_ID}/check`]) {
      const { status, headers, body } = await preflight(origin, path);
      expect([status, body, headers.get("access-control-allow-origin")]).toEqual([204, "", origin]);
      expect(headers.get("access-control-allow-methods")).toBe("GET,HEAD,POST");
      expect(headers.get("access-control-allow-headers")?.toLowerCase().split(",")).toEqual(
        expect.arrayContaining(["authorization", "content-type", "sideline-token", "x-request-id", "traceparent"]));
      expect(headers.get("access-control-max-age")).toBe("600");
      expect(headers.get("access-control-allow-credentials")).toBeNull();
      expect(headers.get("vary")?.toLowerCase()).toContain("origin");
    }
  });
  test.each(OTHERS)("of %j is not", async (origin) => {
    expect((await preflight(origin)).headers.get("access-control-allow-origin")).toBeNull();
  });
  test("does not allow whatever headers it asks for", async () => {
    const { headers } = await preflight(PAGE, "/check", "x-anything");
    expect(headers.get("access-control-allow-headers")).not.toContain("x-anything");
  });
});

describe("an answer", () => {
  test("of every status can be read by a page of an allowed origin", async () => {
    for (const [path, body, headers, status] of [
      ["/check", CHECK, key, 200], ["/check", CHECK, {}, 401], ["/check", {}, key, 400], ["/events", {}, key, 403],
      ["/nothing", {}, {}, 404],
    ] as const) {
      const answer = await send(app, "POST", path, body, { ...headers, origin: PAGE });
      expect([path, answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([path, status, PAGE]);
      expect(answer.headers.get("access-control-expose-headers")?.toLowerCase()).toContain("x-request-id");
      expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
      expect(answer.headers.get("vary")).toContain("Origin");
    }
  });
  test.each(OTHERS)("cannot be read by a page of %j", async (origin) => {
    const { status, headers } = await send(app, "POST", "/check", CHECK, { ...key, origin });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([200, null]);
  });
  test("is otherwise the same, also without an origin, and streams remain streams", async () => {
    for (const [path, body] of [
      ["/check", CHECK], ["/list-objects", LIST], ["/streamed-list-objects", LIST], ["/check", {}],
    ] as const) {
      const own = await send(inner, "POST", path, body, key);
      for (const headers of [{}, { origin: PAGE }]) {
        const answer = await send(app, "POST", path, body, { ...key, ...headers });
        expect([answer.status, answer.body]).toEqual([own.status, own.body]);
        expect(answer.headers.get("content-type")).toBe(own.headers.get("content-type"));
        expect(answer.headers.get("vary")).toContain("Origin");
      }
    }
  });
});

test("OPTIONS that is no preflight request is answered by the app", async () => {
  const answer = await send(app, "OPTIONS", "/check", undefined, { origin: PAGE });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
});

test("without the setting no answer names an origin, and OPTIONS is refused", async () => {
  expect(withCors(inner, [])).toBe(inner);
  const answer = await preflight(PAGE, "/check", "authorization", inner);
  expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([405, null]);
});

describe("SIDELINE_CORS_ORIGINS", () => {
  const keys = { SIDELINE_KEYS: "keys.json" };
  const read = (text: string, more: object = keys) => readConfig({ ...more, SIDELINE_CORS_ORIGINS: text }).corsOrigins;

  test("lists exact origins", () => {
    expect(readConfig({}).corsOrigins).toEqual([]);
    expect(read("https://app.example.com")).toEqual(["https://app.example.com"]);
    expect(read(" https://a.example , http://b.example:8080,http://[::1]:3000 "))
      .toEqual(["https://a.example", "http://b.example:8080", "http://[::1]:3000"]);
  });
  test.each([
    "*", "null", "https://*.example.com", "app.example.com", "https://app.example.com/", "https://app.example.com/x",
    "https://App.example.com", "https://app.example.com:443", "http://app.example.com:80", "ftp://app.example.com",
    "file://", "https://", "https://a.example https://b.example", "https://a.example,", "https://u@a.example",
    "https://a.example,https://a.example", "https://a.example?x", "https://münchen.example", "chrome-extension://abc",
  ])("%j is refused, by its name", (text) => {
    expect(() => read(text)).toThrow(/^SIDELINE_CORS_ORIGINS: /);
  });
  test("without API keys names pages of this machine only", () => {
    const own = ["http://localhost:3000", "http://127.0.0.1:3000", "https://[::1]:3000"];
    expect(read(own.join(","), {})).toEqual(own);
    for (const other of [PAGE, "http://10.0.0.1:3000", "http://localhost.evil.example"]) {
      expect(() => read(`${own[0]},${other}`, {})).toThrow(`SIDELINE_CORS_ORIGINS: without SIDELINE_KEYS`);
    }
  });
});
