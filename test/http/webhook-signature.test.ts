// Standard Webhooks signatures in place of an API key: the sender's library against the app, and attacks on it.
import { createHmac, randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { parseKeys } from "../../src/http/api-keys.ts";
import { readSecret, readSignature } from "../../src/http/webhook-signature.ts";
import {
  MAX_EVENTS_BYTES, MAX_SIGNATURES, MAX_WEBHOOK_ID_LENGTH, WEBHOOK_TOLERANCE_SECONDS,
} from "../../src/http/http-limits.ts";
import { appOf, send, type Answer } from "./world.ts";

const secret = (fill: number): string => `whsec_${Buffer.alloc(32, fill).toString("base64")}`;
const [CRM, NEXT_CRM, BILLING] = [secret(1), secret(2), secret(3)];
const BEARER = "a-key-of-24-characters-and-more";
let now = Date.parse("2026-11-30T12:00:00Z");
const KEYS = parseKeys(JSON.stringify({ keys: [
  { name: "crm", signing_secrets: [CRM, NEXT_CRM], scopes: ["events"], sources: ["/crm", "/crm/*"],
    expires: "2027-01-01T00:00:00Z" },
  { name: "billing", signing_secrets: [BILLING], scopes: ["events:system"], sources: ["/billing"] },
  { name: "app", key: BEARER, scopes: ["events"] },
] }), () => now);

const EVENT = {
  specversion: "1.0", id: "e1", source: "/crm", type: "org.created", actor: "ann",
  data: { org: "o", kind: "club", owner: "ann" },
};
const STRUCTURED = { "content-type": "application/cloudevents+json" };

/** Headers that sign a body as the library does, for an attempt now. */
function signedBy(key: string, body: string, id = "msg_1", at = new Date(now)): Record<string, string> {
  return {
    ...STRUCTURED, "webhook-id": id, "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(key).sign(id, at, body),
  };
}

/** A signature of any bytes, also those that the library would not sign. */
function signatureOf(key: string, id: string, timestamp: string, body: Uint8Array | string): string {
  const bytes = Buffer.from(key.slice("whsec_".length), "base64");
  return `v1,${createHmac("sha256", bytes).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}

const { app, sidecar } = appOf({}, { keys: KEYS });
const post = (body: string | Uint8Array, headers: Record<string, string>, query = "?signed_by=crm"): Promise<Answer> =>
  send(app, "POST", `/events${query}`, body, headers);
const TEXT = JSON.stringify(EVENT);
/** The status and code, and how many events got past the signature. */
async function outcome(answer: Promise<Answer>): Promise<[number, string | undefined, number]> {
  const before = sidecar.submitted.length;
  const { status, body } = await answer;
  return [status, body.code ?? body.status, sidecar.submitted.length - before];
}
const ACCEPTED = [200, "applied", 1];
const UNSIGNED = [401, "unauthenticated", 0];

describe("a signed request", () => {
  test("is accepted by its sender's library, structured and as a batch", async () => {
    expect(await outcome(post(TEXT, signedBy(CRM, TEXT)))).toEqual(ACCEPTED);
    const batch = JSON.stringify([EVENT, { ...EVENT, id: "e2", source: "/crm/eu" }]);
    for (const type of ["application/cloudevents-batch+json", "application/json"]) {
      const answer = await post(batch, { ...signedBy(CRM, batch), "content-type": type });
      expect([answer.status, answer.body.map((one: { status: string }) => one.status)])
        .toEqual([200, ["applied", "applied"]]);
    }
  });
  test("has the rights of its entry, and no others", async () => {
    const other = JSON.stringify({ ...EVENT, source: "/billing" });
    expect(await outcome(post(other, signedBy(CRM, other)))).toEqual([403, "source_not_allowed", 0]);
    const system = JSON.stringify({ ...EVENT, source: "/billing", actor: undefined });
    expect(await outcome(post(system, signedBy(BILLING, system), "?signed_by=billing"))).toEqual(ACCEPTED);
    expect(sidecar.submitted.at(-1)?.submission.system).toBe(true);
    await post(TEXT, signedBy(CRM, TEXT));
    expect(sidecar.submitted.at(-1)?.submission).toEqual({ system: false, dryRun: false });
    // The sources of a sender that signs belong to it: a key without sources may not use them.
    expect(await outcome(post(TEXT, { ...STRUCTURED, authorization: `Bearer ${BEARER}` }, "")))
      .toEqual([403, "source_not_allowed", 0]);
  });
  test("may have either secret while they change, and signatures that this server does not read", async () => {
    expect(await outcome(post(TEXT, signedBy(NEXT_CRM, TEXT)))).toEqual(ACCEPTED);
    const headers = signedBy(NEXT_CRM, TEXT);
    const others = ["v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw", signedBy(BILLING, TEXT)["webhook-signature"]!];
    const list = [...others, headers["webhook-signature"]].join(" ");
    expect(await outcome(post(TEXT, { ...headers, "webhook-signature": list }))).toEqual(ACCEPTED);
  });
  test("that comes again reaches the record of its event, which makes it a duplicate", async () => {
    const headers = signedBy(CRM, TEXT);
    for (let n = 0; n < 2; n++) expect(await outcome(post(TEXT, headers))).toEqual(ACCEPTED);
    expect(sidecar.submitted.slice(-2).map(({ envelope }) => [envelope.source, envelope.id]))
      .toEqual([["/crm", "e1"], ["/crm", "e1"]]);
  });
  test("is refused once its entry has expired", async () => {
    const present = now;
    now = Date.parse("2027-01-01T00:00:00Z");
    expect(await outcome(post(TEXT, signedBy(CRM, TEXT)))).toEqual(UNSIGNED);
    now = present;
  });
});

describe("attacks", () => {
  test("a body that differs in a byte, or that only reads the same", async () => {
    const headers = signedBy(CRM, TEXT);
    for (const body of [`${TEXT} `, TEXT.replace("ann", "eve"), TEXT.slice(0, -1), "", `${TEXT}${TEXT}`]) {
      expect(await outcome(post(body, headers))).toEqual(UNSIGNED);
    }
    // A decoder reads both bytes as the same replacement character.
    const [one, two] = [0xfe, 0xff].map((byte) => Buffer.concat([Buffer.from(TEXT), Buffer.from([byte])]));
    const timestamp = String(now / 1000);
    const signature = { "webhook-signature": signatureOf(CRM, "m", timestamp, one!) };
    const invalid = { ...STRUCTURED, "webhook-id": "m", "webhook-timestamp": timestamp, ...signature };
    expect(await outcome(post(one!, invalid))).toEqual([400, "invalid_event", 0]);
    expect(await outcome(post(two!, invalid))).toEqual(UNSIGNED);
  });
  test("another sender's secret, name or key", async () => {
    expect(await outcome(post(TEXT, signedBy(BILLING, TEXT)))).toEqual(UNSIGNED);
    for (const query of ["", "?signed_by=", "?signed_by=billing", "?signed_by=app", "?signed_by=nobody",
      "?signed_by=constructor", "?signed_by=crm&signed_by=crm", "?signed_by=billing&signed_by=crm", "?signed_by=CRM"]) {
      expect([query, await outcome(post(TEXT, signedBy(CRM, TEXT), query))]).toEqual([query, UNSIGNED]);
    }
    for (const key of [CRM, CRM.slice(6), "crm"]) {
      expect(await outcome(post(TEXT, { ...STRUCTURED, authorization: `Bearer ${key}` }, ""))).toEqual(UNSIGNED);
    }
    const forged = signedBy(`whsec_${Buffer.from(BEARER).toString("base64")}`, TEXT);
    expect(await outcome(post(TEXT, forged, "?signed_by=app"))).toEqual(UNSIGNED);
  });
  test("a key and a signature together: the key alone counts, and goes with no name of a sender", async () => {
    const own = JSON.stringify({ ...EVENT, source: "/own" });
    const both = { ...signedBy(CRM, own), authorization: `Bearer ${BEARER}` };
    expect(await outcome(post(own, both, ""))).toEqual(ACCEPTED);
    expect(await outcome(post(TEXT, { ...both, ...signedBy(CRM, TEXT) }, ""))).toEqual([403, "source_not_allowed", 0]);
    expect(await outcome(post(own, both))).toEqual([400, "invalid_request", 0]);
    expect(await outcome(post(TEXT, { ...signedBy(CRM, TEXT), authorization: "Bearer wrong" }))).toEqual(UNSIGNED);
  });
  test("an attempt outside of five minutes, either way", async () => {
    const at = (seconds: number) => post(TEXT, signedBy(CRM, TEXT, "msg_1", new Date(now + seconds * 1000)));
    for (const inside of [WEBHOOK_TOLERANCE_SECONDS, -WEBHOOK_TOLERANCE_SECONDS]) {
      expect(await outcome(at(inside))).toEqual(ACCEPTED);
      expect(await outcome(at(inside + Math.sign(inside)))).toEqual(UNSIGNED);
    }
    expect(WEBHOOK_TOLERANCE_SECONDS).toBe(300);
    const odd = ["", "now", "-1", "1e9", "0x6a", `${now}`, `${now / 1000}.0`, `${now / 1000}s`, "9".repeat(400)];
    for (const time of odd) {
      const headers = { ...STRUCTURED, "webhook-id": "m", "webhook-timestamp": time,
        "webhook-signature": signatureOf(CRM, "m", time, TEXT) };
      expect([time, await outcome(post(TEXT, headers))]).toEqual([time, UNSIGNED]);
    }
  });
  test("parts moved between id, time and body", async () => {
    const seconds = String(now / 1000);
    const headers = { ...STRUCTURED, "webhook-timestamp": seconds };
    // The same signed bytes, split elsewhere.
    const signature = signatureOf(CRM, "m", "1", `${seconds}.${TEXT}`);
    const split = { ...headers, "webhook-id": "m.1", "webhook-signature": signature };
    expect(await outcome(post(TEXT, split))).toEqual(UNSIGNED);
    for (const id of ["", "a b", "a,b", "a, a", "ü", "x".repeat(MAX_WEBHOOK_ID_LENGTH + 1)]) {
      const signed = { ...headers, "webhook-id": id, "webhook-signature": signatureOf(CRM, id, seconds, TEXT) };
      expect([id, await outcome(post(TEXT, signed))]).toEqual([id, UNSIGNED]);
    }
    const longest = "x".repeat(MAX_WEBHOOK_ID_LENGTH);
    expect(await outcome(post(TEXT, signedBy(CRM, TEXT, longest)))).toEqual(ACCEPTED);
  });
  test("a header that is missing, sent twice, too long or of no known form", async () => {
    const headers = signedBy(CRM, TEXT);
    const right = headers["webhook-signature"]!;
    for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
      const { [name]: _, ...rest } = headers;
      expect(await outcome(post(TEXT, rest))).toEqual(UNSIGNED);
      // HTTP joins a header that comes twice.
      expect(await outcome(post(TEXT, { ...headers, [name]: `${headers[name]}, ${headers[name]}` }))).toEqual(UNSIGNED);
    }
    const many = (n: number) => Array.from({ length: n }, () => `v1,${randomBytes(32).toString("base64")}`);
    const most = [...many(MAX_SIGNATURES - 1), right].join(" ");
    expect(await outcome(post(TEXT, { ...headers, "webhook-signature": most }))).toEqual(ACCEPTED);
    for (const list of [
      [...many(MAX_SIGNATURES), right].join(" "), many(300).join(" "), right.replace("v1,", "v1a,"), right.slice(3),
      right.replace("v1,", "v0,"), right.slice(0, -1), `${right}=`, `v1,${"A".repeat(8000)}`, "v1,",
      `${right}  ${right}`, right.toLowerCase(), "undefined", `v1,${Buffer.alloc(32).toString("base64")}`,
      `${right}\t${right}`,
    ]) expect([list, await outcome(post(TEXT, { ...headers, "webhook-signature": list }))]).toEqual([list, UNSIGNED]);
  });
  test("anything that the signature does not cover but the meaning depends on", async () => {
    const headers = signedBy(CRM, TEXT);
    for (const more of ["&dry_run=true", "&dry_run=false", "&atomic=true", "&x"]) {
      expect(await outcome(post(TEXT, headers, `?signed_by=crm${more}`))).toEqual([400, "invalid_request", 0]);
    }
    const binary = {
      ...signedBy(CRM, JSON.stringify(EVENT.data)), "content-type": "application/json", "ce-specversion": "1.0",
      "ce-id": "e9", "ce-source": "/crm", "ce-type": "org.created",
    };
    expect(await outcome(post(JSON.stringify(EVENT.data), binary))).toEqual([415, "unsupported_media_type", 0]);
    expect(await outcome(post(TEXT, { ...headers, "content-encoding": "gzip" })))
      .toEqual([415, "unsupported_media_type", 0]);
    expect(await outcome(post(TEXT, { ...headers, "content-type": "text/plain" })))
      .toEqual([415, "unsupported_media_type", 0]);
    const long = " ".repeat(MAX_EVENTS_BYTES + 1);
    expect(await outcome(post(long, signedBy(CRM, long)))).toEqual([413, "body_too_large", 0]);
  });
  test("a signature opens nothing but the intake, and nothing on a server without keys", async () => {
    const question = JSON.stringify({ tuple_key: { user: "user:a", relation: "viewer", object: "doc:1" } });
    const headers = { ...signedBy(CRM, question), "content-type": "application/json" };
    for (const path of ["/check", "/permissions", "/backup"]) {
      expect((await send(app, "POST", `${path}?signed_by=crm`, question, headers)).status).toBe(401);
    }
    expect((await send(appOf().app, "POST", "/events?signed_by=crm", TEXT, signedBy(CRM, TEXT))).status).toBe(400);
  });
});

describe("an entry of the key file that signs", () => {
  const entry = (more: object = {}): object =>
    ({ name: "crm", signing_secrets: [CRM], scopes: ["events"], sources: ["/crm"], ...more });
  const read = (...keys: object[]) => parseKeys(JSON.stringify({ keys }));
  const bytes = (length: number): string => `whsec_${Buffer.alloc(length, 7).toString("base64")}`;

  test("has one to four secrets of 24 to 64 bytes", () => {
    const four = [1, 2, 3, 4].map(secret);
    for (const secrets of [[bytes(24)], [bytes(64)], four]) {
      expect(read(entry({ signing_secrets: secrets })).signerOf("crm")).toBeDefined();
    }
    expect(() => read(entry({ signing_secrets: [...four, secret(5)] }))).toThrow("must have at most 4 secrets");
    expect(() => read(entry({ signing_secrets: [] }))).toThrow("must have at least one secret");
  });
  test.each<[string, object]>([
    ["keys.0.signing_secrets.0: must be whsec_", { signing_secrets: [bytes(23)] }],
    ["keys.0.signing_secrets.0: must be whsec_", { signing_secrets: [bytes(65)] }],
    ["keys.0.signing_secrets.0: must be whsec_", { signing_secrets: [CRM.slice(6)] }],
    ["keys.0.signing_secrets.0: must be whsec_", { signing_secrets: [`${CRM}=`] }],
    ["keys.0.signing_secrets.0: must be whsec_", { signing_secrets: [CRM.replace("whsec_", "whsk_")] }],
    ["keys.0.signing_secrets:", { signing_secrets: CRM }],
    ["keys.0: must have one of key, sha256 and signing_secrets", { key: BEARER }],
    ["keys.0: must have one of key, sha256 and signing_secrets", { sha256: "0".repeat(64) }],
    ["keys.0.key: is a signing secret", { key: CRM, signing_secrets: undefined }],
    ["keys.0.sources: must be given with signing_secrets", { sources: undefined }],
    ["keys.0.scopes: with signing_secrets can only be events", { scopes: ["events", "check"] }],
    ["keys.0.scopes: with signing_secrets can only be events", { scopes: ["admin"] }],
    ["keys.0: the same secret stands here twice", { signing_secrets: [CRM, CRM] }],
  ])("is refused: %s", (fault, more) => {
    expect(() => read(entry(more))).toThrow(fault);
    // The secret of the entry must not reach a log.
    for (const text of [CRM, CRM.slice(6, 30)]) expect(() => read(entry(more))).not.toThrow(text);
  });
  test("shares its secret and its name with no other, and is no key", () => {
    expect(() => read(entry(), entry({ name: "other" }))).toThrow("keys.1: the same secret stands here twice");
    const sameName = { name: "crm", key: BEARER, scopes: ["check"] };
    expect(() => read(entry(), sameName)).toThrow("keys.1.name: another key has this name");
    const keys = read(entry(), { name: "app", key: BEARER, scopes: ["check"] });
    expect([keys.callerOf(CRM), keys.callerOf("crm"), keys.signerOf("app")]).toEqual([undefined, undefined, undefined]);
  });
});

test("the vector that other libraries test with", () => {
  const bytes = readSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;
  const headers: Record<string, string> = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  const signature = readSignature((name) => headers[name], [bytes], 1_614_265_330_000);
  if ("fault" in signature) throw new Error(signature.fault);
  expect(signature.covers(Buffer.from('{"test": 2432232314}'))).toBe(true);
  expect(signature.covers(Buffer.from('{"test": 2432232315}'))).toBe(false);
});
