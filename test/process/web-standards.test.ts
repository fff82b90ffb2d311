// Web standards on a real process: request ids, CORS, webhooks and their signatures, compression, traces.
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { startCollector } from "../telemetry/collector.ts";
import { event, FOUNDED, oneBuild } from "./one-build.ts";
import type { Server } from "./server.ts";
import { WITHOUT_OPENTELEMETRY } from "./staged.ts";

const sideline = oneBuild();
const KEY = "a-key-of-24-characters-and-more";
const SECRETS = [1, 2].map((fill) => `whsec_${Buffer.alloc(32, fill).toString("base64")}`);
const PAGE = "https://app.example.com";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly bytes: Buffer;
}

/** Sends a request with exactly these headers. */
function ask(server: Server, method: string, path: string, headers: object = {}, body = ""): Promise<Answer> {
  return new Promise((done, failed) => {
    const sent = request(server.url + path, { method, headers: { ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => void chunks.push(chunk));
      answer.on("end", () =>
        done({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(chunks) }));
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

/** Writes a key file: a bearer key, and a sender that signs. */
function keyFile(secrets: readonly string[]): string {
  const path = join(sideline.root, "keys.json");
  writeFileSync(path, JSON.stringify({ keys: [
    { name: "app", key: KEY, scopes: ["check", "read"] },
    { name: "crm", signing_secrets: secrets, scopes: ["events:system"], sources: ["/t"] },
  ] }));
  return path;
}

/** Sends an event that is signed now. */
function sendSigned(server: Server, secret: string, sent: object): Promise<Answer> {
  const body = JSON.stringify(sent);
  const at = new Date();
  return ask(server, "POST", "/events?signed_by=crm", {
    "content-type": "application/cloudevents+json", "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign("msg_1", at, body),
  }, body);
}

const bodyOf = ({ bytes }: Answer): any => JSON.parse(bytes.toString());

test("ids and traces of requests are in the log of refusals at the level debug, and answers have the id", async () => {
  const server = await sideline.start({ SIDELINE_LOG_LEVEL: "debug" });
  const headers = { "x-request-id": "r-1", traceparent: TRACEPARENT, "content-type": "application/json" };
  const refused = await ask(server, "POST", "/check", headers, '{"tuple_key":1}');
  expect([refused.status, refused.headers["x-request-id"]]).toEqual([400, "r-1"]);
  await expect.poll(() => server.log().filter(({ msg }) => msg === "a request was refused")).toMatchObject([
    { level: 20, request_id: "r-1", trace_id: TRACE, route: "POST /check", status: 400, code: "validation_error" },
  ]);
  expect((await ask(server, "GET", "/livez")).headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("pages of listed origins may ask; the name of another host is refused before that", async () => {
  const server = await sideline.start({ SIDELINE_KEYS: keyFile(SECRETS), SIDELINE_CORS_ORIGINS: PAGE });
  const preflight = { origin: PAGE, "access-control-request-method": "POST" };
  const allowed = await ask(server, "OPTIONS", "/check", preflight);
  expect([allowed.status, allowed.headers["access-control-allow-origin"]]).toEqual([204, PAGE]);
  const refused = await ask(server, "POST", "/check", { origin: PAGE }, "{}");
  expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([401, PAGE]);
  const other = await ask(server, "OPTIONS", "/check", { ...preflight, origin: `${PAGE}:8443` });
  expect(other.headers["access-control-allow-origin"]).toBeUndefined();

  const open = await sideline.build.start({
    SIDELINE_DATA: join(sideline.root, "open"), SIDELINE_CORS_ORIGINS: "http://localhost:3000",
  });
  const own = { origin: "http://localhost:3000", "access-control-request-method": "POST" };
  expect((await ask(open, "OPTIONS", "/check", own)).status).toBe(204);
  expect((await ask(open, "OPTIONS", "/check", { ...own, host: "evil.example" })).status).toBe(421);
  expect((await ask(open, "OPTIONS", "/check", { ...own, origin: PAGE })).status).toBe(421);
});

test("a sender of webhooks is validated, signs its events, and changes its secret without a gap", async () => {
  const file = keyFile([SECRETS[0]!]);
  const server = await sideline.start({ SIDELINE_KEYS: file, SIDELINE_WEBHOOK_ORIGINS: "crm.example.com" });
  const handshake = (origin: string) => ask(server, "OPTIONS", "/events", { "webhook-request-origin": origin });
  const granted = await handshake("crm.example.com");
  expect([granted.status, granted.headers["webhook-allowed-origin"]]).toEqual([200, "crm.example.com"]);
  expect((await handshake("evil.example")).status).toBe(403);

  const first = await sendSigned(server, SECRETS[0]!, FOUNDED);
  expect([first.status, bodyOf(first).status]).toEqual([200, "applied"]);
  expect(bodyOf(await sendSigned(server, SECRETS[0]!, FOUNDED)).status).toBe("duplicate");
  expect((await sendSigned(server, SECRETS[1]!, FOUNDED)).status).toBe(401);
  keyFile(SECRETS);
  server.signal("SIGHUP");
  await expect.poll(async () => (await sendSigned(server, SECRETS[1]!, FOUNDED)).status).toBe(200);
  expect((await sendSigned(server, SECRETS[0]!, FOUNDED)).status).toBe(200);
  keyFile([SECRETS[1]!]);
  server.signal("SIGHUP");
  await expect.poll(async () => (await sendSigned(server, SECRETS[0]!, FOUNDED)).status).toBe(401);
  expect(JSON.stringify(server.log())).not.toMatch(/whsec_|AQEBAQEB|AgICAgIC/);
});

test("a long answer is compressed on request", async () => {
  const server = await sideline.start();
  const members = Array.from({ length: 60 }, (_, i) =>
    event(`m${i}`, "member.added", { org: "o", user: `coach-${i}` }));
  await server.send("POST", "/events", [FOUNDED, ...members]);
  const plain = await ask(server, "GET", "/orgs/o/members");
  const packed = await ask(server, "GET", "/orgs/o/members", { "accept-encoding": "gzip" });
  expect([plain.headers["content-encoding"], packed.headers["content-encoding"]]).toEqual([undefined, "gzip"]);
  expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
  expect(bodyOf(plain).members).toHaveLength(61);
});

test("traces are sent to a collector, the last ones when the server stops", async () => {
  const collector = await startCollector();
  const server = await sideline.start({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: "permissions", OTEL_RESOURCE_ATTRIBUTES: "team=core",
  });
  await ask(server, "GET", "/livez", { traceparent: TRACEPARENT });
  server.signal("SIGTERM");
  expect((await server.ended()).code).toBe(0);
  expect(collector.spans).toMatchObject([{
    name: "GET /livez", traceId: TRACE, resource: { "service.name": "permissions", team: "core" },
  }]);
  await collector.close();
});

test("traces that are asked for without their packages are a fault that names them", async () => {
  const settings = { SIDELINE_DATA: sideline.folder, ...WITHOUT_OPENTELEMETRY };
  const { code, errors } = await sideline.build.run({ ...settings, OTEL_TRACES_EXPORTER: "otlp" });
  expect([code, errors]).toEqual([1, [expect.stringMatching(
    /^sideline: OTEL_EXPORTER_OTLP_ENDPOINT: traces need @opentelemetry\/\S+, .*npm install @opentelemetry\/api@1 /)]]);
  await sideline.build.start(settings);
});
