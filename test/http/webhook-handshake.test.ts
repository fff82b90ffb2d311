// The validation handshake of CloudEvents webhooks: granted to listed origins, refused to others, silent otherwise.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { withCors } from "../../src/http/cors.ts";
import { appOf, send } from "./world.ts";

const SENDER = "eventemitter.example.com";
const KEYS = parseKeys(JSON.stringify({
  keys: [{ name: "a", key: "a-key-of-24-characters-and-more", scopes: ["events"] }],
}));
const { app } = appOf({}, { keys: KEYS, webhookOrigins: [SENDER, "eventgrid.azure.net"] });
const ask = (headers: Record<string, string>, of = app, path = "/events") =>
  send(of, "OPTIONS", path, undefined, headers);
const granted = ({ status, headers }: Awaited<ReturnType<typeof ask>>) =>
  [status, headers.get("webhook-allowed-origin"), headers.get("webhook-allowed-rate")];

describe("a sender that is listed", () => {
  test.each([SENDER, "eventgrid.azure.net", "EventGrid.Azure.NET"])("%s is expected", async (origin) => {
    for (const rate of [{}, { "webhook-request-rate": "120" }]) {
      const answer = await ask({ "webhook-request-origin": origin, ...rate });
      expect(granted(answer)).toEqual([200, origin, "*"]);
      expect([answer.headers.get("allow"), answer.body]).toEqual(["POST", ""]);
    }
  });
  test("still needs a key for its events", async () => {
    const answer = await send(app, "POST", "/events", {}, { "webhook-request-origin": SENDER });
    expect([answer.status, answer.body.code]).toEqual([401, "unauthenticated"]);
  });
  test("gets a handshake where pages get preflight answers, and a page no handshake", async () => {
    const both = withCors(app, ["https://app.example.com"]);
    expect(granted(await ask({ "webhook-request-origin": SENDER }, both))).toEqual([200, SENDER, "*"]);
    const preflight = { origin: "https://app.example.com", "access-control-request-method": "POST" };
    expect(granted(await ask({ ...preflight, "webhook-request-origin": SENDER }, both))).toEqual([204, null, null]);
  });
});

test.each([
  "other.example.com", "example.com", `x${SENDER}`, `${SENDER}.evil.example`, `evil.example.${SENDER}`, "*", "",
  `${SENDER}, evil.example`, `https://${SENDER}`, `${SENDER}.`, `${SENDER}:443`,
])("any other is refused: %j", async (origin) => {
  const answer = await ask({ "webhook-request-origin": origin });
  expect(granted(answer)).toEqual([403, null, null]);
  expect(answer.body.code).toBe("origin_not_allowed");
});

test("without an origin, or without the setting, OPTIONS is not accepted", async () => {
  for (const [of, headers] of [[app, {}], [appOf().app, { "webhook-request-origin": SENDER }]] as const) {
    const answer = await ask(headers, of);
    expect(granted(answer)).toEqual([405, null, null]);
    expect([answer.body.code, answer.headers.get("allow")]).toEqual(["method_not_allowed", "POST"]);
  }
  expect(granted(await ask({ "webhook-request-origin": SENDER }, app, "/check"))).toEqual([405, null, null]);
});

test("a callback is never called", async () => {
  let calls = 0;
  const server = createServer((_, answer) => (calls++, answer.end())).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/confirm`;
  for (const origin of [SENDER, "other.example.com"]) {
    await ask({ "webhook-request-origin": origin, "webhook-request-callback": url });
  }
  // A request of this process's own arrives after any that was sent before it.
  await fetch(url);
  expect(calls).toBe(1);
  server.close();
});

describe("SIDELINE_WEBHOOK_ORIGINS", () => {
  const read = (text: string) => readConfig({ SIDELINE_WEBHOOK_ORIGINS: text }).webhookOrigins;
  test("lists DNS names", () => {
    expect(readConfig({}).webhookOrigins).toEqual([]);
    expect(read(`${SENDER}, localhost,a-b.c1`)).toEqual([SENDER, "localhost", "a-b.c1"]);
  });
  test.each([
    "*", "*.example.com", "https://a.example", "a.example/", "a.example:443", "A.example", "a..example", ".a", "a.",
    "-a.example", "a-.example", "a b", "a,", `${"x".repeat(64)}.example`, "a.example,a.example", "ä.example",
  ])("%j is refused, by its name", (text) => {
    expect(() => read(text)).toThrow(/^SIDELINE_WEBHOOK_ORIGINS: /);
  });
});
