// Compressed answers: on request, above a size, off the event loop; streams and short answers as they are.
import { request } from "node:http";
import { gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import { answerText } from "../../src/http/compress.ts";
import { MIN_GZIP_CHARACTERS } from "../../src/http/http-limits.ts";
import { startServer, type RunningServer } from "../../src/http/server.ts";
import { appOf, STORE_ID, TUPLES } from "./world.ts";

const GZIP = { "accept-encoding": "gzip" };
const LIST = { user: "user:a", relation: "viewer", type: "doc" };
const MANY = Array.from({ length: 300 }, (_, i) => ({ user: "user:a", relation: "owner", object: `doc:number-${i}` }));
const { app } = appOf({ tuples: [...TUPLES, ...MANY] });

const servers: RunningServer[] = [];
afterEach(async () => void await Promise.all(servers.splice(0).map((server) => server.stop(0))));

/** The answer with its body as bytes, as the app gives it. */
async function ask(path: string, body?: unknown, headers: Record<string, string> = {}, of = app) {
  const response = await of.request(path, {
    method: body === undefined ? "GET" : "POST", headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const { status, headers: answered } = response;
  return { status, encoding: answered.get("content-encoding"), bytes, headers: answered };
}

test.each([
  ["gzip", true], ["GZIP", true], ["x-gzip", true], ["gzip, deflate, br", true], ["br;q=1.0, gzip;q=0.8, *;q=0", true],
  ["*", true], ["identity, *;q=0.5", true], ["gzip;q=0.001", true], [" gzip ; q=1 ", true], ["*;q=0, gzip", true],
  [undefined, false], ["", false], ["identity", false], ["br", false], ["deflate", false], ["gzip;q=0", false],
  ["gzip;q=0.000", false], ["*;q=0", false], ["gzip;q=0, *", false], ["*, gzip;q=0", false], ["xgzip", false],
  ["gzip;q=x", false],
])("Accept-Encoding %j: %s", async (header, expected) => {
  const headers: Record<string, string> = header === undefined ? {} : { "accept-encoding": header };
  expect((await ask("/openapi.json", undefined, headers)).encoding).toBe(expected ? "gzip" : null);
});

describe("long answers", () => {
  test.each<[string, unknown]>([
    ["/list-objects", LIST], [`/stores/${STORE_ID}/list-objects`, LIST],
    ["/list-users", { object: { type: "doc", id: "1" }, relation: "viewer", user_filters: [{ type: "user" }],
      contextual_tuples: Array.from({ length: 90 }, (_, i) =>
        ({ user: `user:person-${i}`, relation: "owner", object: "doc:1" })), context: { x: 1 } }],
    [`/stores/${STORE_ID}/changes`, undefined], [`/stores/${STORE_ID}/authorization-models`, undefined],
    [`/stores/${STORE_ID}/read`, { page_size: 100 }],
    ["/openapi.json", undefined], ["/reference", undefined], ["/metrics", undefined],
    ["/events", Array.from({ length: 20 }, (_, i) => ({ id: `e${i}` }))],
  ])("%s is compressed on request, and otherwise sent as it is", async (path, body) => {
    const plain = await ask(path, body);
    expect([plain.status, plain.encoding]).toEqual([200, null]);
    expect(plain.bytes.length).toBeGreaterThan(MIN_GZIP_CHARACTERS);
    const packed = await ask(path, body, GZIP);
    expect([packed.status, packed.encoding]).toEqual([200, "gzip"]);
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length);
    if (path !== "/metrics") expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
    for (const { headers } of [plain, packed]) expect(headers.get("vary")).toBe("Accept-Encoding");
    expect(packed.headers.get("content-type")).toBe(plain.headers.get("content-type"));
    expect((await ask(path, body, { "accept-encoding": "br" })).encoding).toBeNull();
  });
});

test("an answer is compressed from 1 KiB on", async () => {
  const long = (length: number): string => "x".repeat(length - JSON.stringify({ objects: ["doc:"] }).length);
  for (const [length, encoding] of [[MIN_GZIP_CHARACTERS, "gzip"], [MIN_GZIP_CHARACTERS - 1, null]] as const) {
    const listObjects = () => ({ objects: [`doc:${long(length)}`] });
    const answer = await ask("/list-objects", LIST, GZIP, appOf({ checker: { listObjects } }).app);
    expect([answer.encoding, encoding === null ? answer.bytes.length : gunzipSync(answer.bytes).length])
      .toEqual([encoding, length]);
  }
});

test("streams, short answers and errors are sent as they are", async () => {
  expect((await ask("/streamed-list-objects", LIST, GZIP)).encoding).toBeNull();
  expect((await ask("/check", { tuple_key: { ...LIST, object: "doc:1" } }, GZIP)).encoding).toBeNull();
  expect((await ask("/check", {}, GZIP)).encoding).toBeNull();
});

test("others are answered while a long answer is compressed", async () => {
  const text = JSON.stringify(Array.from({ length: 400_000 }, (_, i) => `athlete:${i * 7919 % 1_000_003}`));
  const long = new Hono().get("/", (c) => answerText(c, text, {}));
  let turns = 0;
  const counting = setInterval(() => void turns++, 1);
  const response = await long.request("/", { headers: GZIP });
  clearInterval(counting);
  // Compressed in this turn, the answer would be there before any timer had its turn.
  expect(turns).toBeGreaterThan(0);
  expect(gunzipSync(await response.arrayBuffer()).toString()).toBe(text);
});

test("over HTTP a client gets the same text, with its length, compressed or not", async () => {
  const server = await startServer(
    { fetch: app.fetch, host: "127.0.0.1", port: 0, keepAlive: 75_000, loopbackOnly: true });
  servers.push(server);
  const get = (headers: object) => new Promise<{ bytes: Buffer; headers: NodeJS.Dict<string | string[]> }>((done) => {
    request(`${server.url}/openapi.json`, { headers: { ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => void chunks.push(chunk));
      answer.on("end", () => done({ bytes: Buffer.concat(chunks), headers: answer.headers }));
    }).end();
  });
  const [plain, packed] = [await get({}), await get(GZIP)];
  for (const { bytes, headers } of [plain, packed]) expect(headers["content-length"]).toBe(String(bytes.length));
  expect(packed.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
  // The client of Node's fetch accepts gzip by itself.
  expect(await (await fetch(`${server.url}/openapi.json`)).text()).toBe(plain.bytes.toString());
});
