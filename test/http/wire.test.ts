// Requests as they arrive over the wire: bodies in one piece, in several, in chunks, too large, broken off.
import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serve, type ServerType } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { sidecarOf } from "./world.ts";
import { MAX_QUESTION_BYTES } from "../../src/http/http-limits.ts";

const QUESTION = JSON.stringify({ tuple_key: { user: "user:a", relation: "owner", object: "doc:1" } });
const KEY = "a-key-of-twenty-four-characters";
const keys = parseKeys(JSON.stringify({ keys: [{ name: "app", key: KEY, scopes: ["check"] }] }));

let server: ServerType;
beforeAll(async () => {
  const app = createApp(sidecarOf(), { keys, log: { error() {} } });
  server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await once(server, "listening");
});
afterAll(() => void server.close());

/**
 * Sends pieces with pauses on one connection. Returns the text of all answers once the server has sent `answers` of
 * them.
 */
async function talk(pieces: readonly string[], answers: number): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let said = "";
  socket.setEncoding("latin1").on("data", (text) => (said += String(text)));
  socket.on("error", () => {});
  await once(socket, "connect");
  for (const piece of pieces) {
    socket.write(piece);
    await sleep(20);
  }
  for (let i = 0; said.split("HTTP/1.1 ").length <= answers && i < 20_000; i++) await sleep(10);
  socket.destroy();
  return said;
}

const head = (more: string, key = KEY): string =>
  ["POST /check HTTP/1.1", "host: x", `authorization: bearer ${key}`, more, "", ""].join("\r\n");
const sized = (body: string): string => head(`content-length: ${Buffer.byteLength(body)}`) + body;
const chunked = (body: string): string =>
  `${head("transfer-encoding: chunked")}${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const statuses = (said: string): string[] => [...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!);
const YES = '{"allowed":true,"resolution":""}';

test.each([["its length announced", sized(QUESTION)], ["in chunks", chunked(QUESTION)]])(
  "a body %s: in one piece, cut anywhere, and one request after the other", async (_, request) => {
    expect(await talk([request], 1)).toContain(YES);
    for (const at of [request.length - QUESTION.length, request.length - 30, request.length - 3]) {
      expect(await talk([request.slice(0, at), request.slice(at)], 1)).toContain(YES);
    }
    const both = await talk([request + request + request.slice(0, -9), request.slice(-9)], 3);
    expect(both.split(YES)).toHaveLength(4);
  });

test.each([["announced", sized], ["not announced", chunked]])("a body over the limit, its length %s", async (_, of) => {
  const body = (bytes: number): string => QUESTION + " ".repeat(bytes - QUESTION.length);
  expect(statuses(await talk([of(body(MAX_QUESTION_BYTES))], 1))).toEqual(["200"]);
  expect(statuses(await talk([of(body(MAX_QUESTION_BYTES + 1))], 1))).toEqual(["413"]);
});

test("no body is an empty question; a broken one is a fault", async () => {
  expect(await talk([sized("")], 1)).toContain('"tuple_key_value_not_specified"');
  expect(await talk([head("x: y")], 1)).toContain('"tuple_key_value_not_specified"');
  expect(await talk([sized(`${QUESTION.slice(0, -1)},"tuple_key":{}}`)], 1)).toContain("duplicate field");
  expect(await talk([sized('{"a":"\xff"}')], 1)).toContain("tuple_key_value_not_specified");
});

test("a request that breaks off leaves the server unchanged", async () => {
  expect(statuses(await talk([sized(QUESTION).slice(0, -5)], 0))).toEqual([]);
  await sleep(20);
  expect(await talk([sized(QUESTION)], 1)).toContain(YES);
});

test("a refused key is refused again, and a known one stays known", async () => {
  const ask = async (key: string): Promise<string[]> =>
    statuses(await talk([`${head(`content-length: ${QUESTION.length}`, key)}${QUESTION}`], 1));
  for (let i = 0; i < 2; i++) {
    expect(await ask(KEY)).toEqual(["200"]);
    expect(await ask(`${KEY}x`)).toEqual(["401"]);
    expect(await ask(KEY.slice(0, -1))).toEqual(["401"]);
  }
});
