// POST /events: the three modes of CloudEvents, refusals before an event is decided, and the form of outcomes.
import { CloudEvent, HTTP } from "cloudevents";
import { describe, expect, test } from "vitest";
import { isRefusal, REFUSAL_STATUS, type RefusalCode } from "../../src/events/refusal.ts";
import { appOf, receiptOf, refusal, send } from "./world.ts";
import {
  MAX_EVENTS_BYTES, MAX_EVENTS_PER_BATCH, MAX_EVENTS_WAITING, MAX_EVENT_BYTES, MAX_SEQUENCE_LENGTH,
} from "../../src/http/http-limits.ts";

const EVENT = {
  specversion: "1.0", id: "e1", source: "/crm", type: "org.created", actor: "ann", sequence: "0001", subject: "org/o",
  time: "2026-03-01T12:00:00Z", data: { org: "o", kind: "club", owner: "ann" },
};
const READ = {
  id: "e1", source: "/crm", type: "org.created", actor: "ann", sequence: "0001", subject: "org/o",
  time: "2026-03-01T12:00:00Z", data: EVENT.data,
};
const STRUCTURED = { "content-type": "application/cloudevents+json" };
const BATCH = { "content-type": "application/cloudevents-batch+json" };
const BINARY = {
  "ce-specversion": "1.0", "ce-id": "e1", "ce-source": "/crm", "ce-type": "org.created", "ce-actor": "ann",
  "ce-sequence": "0001", "ce-subject": "org/o", "ce-time": "2026-03-01T12:00:00Z",
};

/** Sends to a fresh app; `read` has the parsed events. */
async function post(body: unknown, headers: Record<string, string> = {}, query = "") {
  const { app, sidecar } = appOf();
  const answer = await send(app, "POST", `/events${query}`, body, headers);
  return { ...answer, read: sidecar.submitted.map(({ envelope }) => JSON.parse(JSON.stringify(envelope))) };
}

describe("modes", () => {
  test.each([
    ["structured", EVENT, STRUCTURED],
    ["structured, in other case", EVENT, { "content-type": "Application/CloudEvents+JSON; Charset=UTF-8" }],
    ["structured as application/json", EVENT, {}],
    ["binary", EVENT.data, BINARY],
    ["binary with a JSON type of its own", EVENT.data, { ...BINARY, "content-type": "application/vnd.crm+json" }],
    ["data in base64", { ...EVENT, data: undefined, data_base64: btoa(JSON.stringify(EVENT.data)) }, STRUCTURED],
    ["unknown attributes", { ...EVENT, traceparent: "00", partitionkey: 5 }, STRUCTURED],
    ["a null attribute", { ...EVENT, dataschema: null, datacontenttype: null }, STRUCTURED],
    ["JSON named as such", { ...EVENT, datacontenttype: "application/json; charset=utf-8" }, STRUCTURED],
  ])("%s", async (_, body, headers) => {
    const { status, body: receipt, read } = await post(body, headers);
    expect(status).toBe(200);
    expect(receipt).toEqual(receiptOf(READ));
    expect(read).toEqual([READ]);
  });

  test.each([["batch", BATCH], ["array as application/json", {}]])("%s", async (_, headers) => {
    const { status, body, read } = await post([EVENT, { ...EVENT, id: "e2" }], headers);
    expect(status).toBe(200);
    expect(body.map((receipt: { id: string }) => receipt.id)).toEqual(["e1", "e2"]);
    expect(read).toEqual([READ, { ...READ, id: "e2" }]);
  });

  test("binary without a content type is JSON, as the CloudEvents SDK for Python sends it", async () => {
    const { app, sidecar } = appOf();
    const body = new TextEncoder().encode(JSON.stringify(EVENT.data));
    const answer = await app.request("/events", { method: "POST", headers: BINARY, body });
    expect([answer.status, await answer.json()]).toEqual([200, receiptOf(READ)]);
    expect(sidecar.submitted).toHaveLength(1);
    // Without attributes in the headers, nothing marks it as an event.
    expect((await app.request("/events", { method: "POST", body })).status).toBe(415);
    const latin = { ...BINARY, "content-type": "application/json; charset=latin1" };
    expect((await app.request("/events", { method: "POST", headers: latin, body })).status).toBe(415);
  });

  test("an empty batch is valid", async () => {
    expect(await post([], BATCH)).toMatchObject({ status: 200, body: [] });
  });

  test("headers are unquoted and percent-decoded once", async () => {
    const headers = { ...BINARY, "ce-subject": '"org%20%251 \\"x\\""', "ce-id": "%C3%BC%2541" };
    const { read } = await post(EVENT.data, headers);
    expect(read).toMatchObject([{ subject: 'org %1 "x"', id: "ü%41" }]);
  });

  test.each([
    ["nothing", ""], ["text/plain", "text/plain"], ["a form", "application/x-www-form-urlencoded"],
    ["a JSON type without ce- headers", "application/ld+json"], ["avro", "application/cloudevents+avro"],
    ["another character set", "application/cloudevents+json; charset=latin1"],
  ])("415 for %s", async (_, type) => {
    const { status, body, read, headers } = await post(JSON.stringify(EVENT), { "content-type": type });
    expect([status, body.code, headers.get("content-type")])
      .toEqual([415, "unsupported_media_type", "application/problem+json"]);
    expect(read).toEqual([]);
  });
  test("415 for binary data that is not JSON", async () => {
    const headers = { ...BINARY, "content-type": "application/xml" };
    expect(await post("<x/>", headers)).toMatchObject({ status: 415, read: [] });
  });

  test.each(["binary", "structured"] as const)("the output of the cloudevents package, %s, is read", async (mode) => {
    const { data, ...attributes } = EVENT;
    const event = new CloudEvent({ ...attributes, data, datacontenttype: "application/json" });
    const message = HTTP[mode](event);
    const { status, read } = await post(message.body, message.headers as Record<string, string>);
    expect(status).toBe(200);
    expect(read).toEqual([{ ...READ, time: "2026-03-01T12:00:00.000Z" }]);
  });
});

test("an answer repeats no email address in place of a name", async () => {
  const twice = `${JSON.stringify(EVENT).slice(0, -1)},"ann@example.org":1,"ann@example.org":2}`;
  for (const body of [{ ...EVENT, "ann@example.org": 1 }, new TextEncoder().encode(twice)]) {
    const { status, body: told } = await post(body, STRUCTURED);
    expect(status).toBe(400);
    expect(JSON.stringify(told)).toContain("(an address)");
    expect(JSON.stringify(told)).not.toContain("example");
  }
});

describe("invalid_event names the path of each fault", () => {
  const surrogate = "\ud800";
  test.each<[string, string, object]>([
    ["no id", "id", { id: undefined }], ["an empty id", "id", { id: "" }], ["a number as id", "id", { id: 1 }],
    ["a control character in an id", "id", { id: "a\u0007" }], ["half a character in an id", "id", { id: surrogate }],
    ["no source", "source", { source: undefined }], ["a source with a space", "source", { source: "/c rm" }],
    ["no type", "type", { type: undefined }], ["null as type", "type", { type: null }],
    ["no specversion", "specversion", { specversion: undefined }],
    ["another specversion", "specversion", { specversion: "0.3" }],
    ["an empty subject", "subject", { subject: "" }], ["a list as subject", "subject", { subject: [] }],
    ["a date as time", "time", { time: "2026-03-01" }], ["no offset", "time", { time: "2026-03-01T12:00:00" }],
    ["the 30th of February", "time", { time: "2026-02-30T12:00:00Z" }],
    ["an hour of one digit", "time", { time: "2026-03-01T1:00:00Z" }],
    ["the 25th hour", "time", { time: "2026-03-01T24:30:00Z" }], ["a number as time", "time", { time: 1 }],
    ["a number as sequence", "sequence", { sequence: 1 }], ["an empty sequence", "sequence", { sequence: "" }],
    ["a line feed in a sequence", "sequence", { sequence: "1\n" }],
    ["an empty actor", "actor", { actor: "" }],
    ["null as actor: who lost it does not speak as the system", "actor", { actor: null }],
    ["a misspelt actor", "Actor", { Actor: "olga" }], ["an attribute no CloudEvent has", "act_or", { act_or: "olga" }],
    ["no data", "data", { data: undefined }],
    ["data that is no JSON", "datacontenttype", { datacontenttype: "text/xml" }],
    ["data twice", "data_base64", { data_base64: "e30=" }],
    ["bad base64", "data_base64", { data: undefined, data_base64: "e30" }],
    ["base64 of no JSON", "data_base64", { data: undefined, data_base64: "eA==" }],
    ["base64 of no UTF-8", "data_base64", { data: undefined, data_base64: "Iv8i" }],
  ])("%s", async (_, path, change) => {
    const { status, body, read } = await post({ ...EVENT, ...change }, STRUCTURED);
    expect([status, body.code]).toEqual([400, "invalid_event"]);
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
    expect(read).toEqual([]);
  });

  test.each([
    "2026-03-01T12:00:00.123456789+14:00", "2026-03-01T12:00:00.123456789012345Z", "2024-02-29t23:59:59z",
  ])("the time %s is accepted", async (time) => {
    expect((await post({ ...EVENT, time }, STRUCTURED)).read).toMatchObject([{ time }]);
  });

  test("binary: every bad escape and missing header is reported", async () => {
    const { body } = await post("{", { "ce-id": "%FF", "ce-subject": "é" });
    expect([body.status, body.code]).toEqual([400, "invalid_event"]);
    expect(body.errors.map((error: { path: string }) => error.path).sort())
      .toEqual(["data", "id", "id", "source", "specversion", "subject", "type"]);
  });

  test.each([
    ["malformed JSON", "{"], ["a text", '"x"'], ["null", "null"], ["an empty body", ""],
    ["a key twice", `{"id":"a",${JSON.stringify(EVENT).slice(1)}`],
  ])("%s", async (_, body) => {
    expect(await post(body, STRUCTURED)).toMatchObject({ status: 400, body: { code: "invalid_event" }, read: [] });
  });
  test("invalid UTF-8", async () => {
    const bytes = Uint8Array.from(JSON.stringify({ ...EVENT, id: "#" }), (c) => (c === "#" ? 0xff : c.charCodeAt(0)));
    expect(await post(bytes, STRUCTURED)).toMatchObject({ status: 400, body: { code: "invalid_event" }, read: [] });
  });
  test("an object as batch, an array as event", async () => {
    expect(await post(EVENT, BATCH)).toMatchObject({ status: 400, body: { code: "invalid_event" }, read: [] });
    expect(await post([EVENT], STRUCTURED)).toMatchObject({ status: 400, body: { code: "invalid_event" }, read: [] });
  });
});

describe("limits, each at n and n+1", () => {
  const padded = (bytes: number): string => {
    const bare = JSON.stringify({ ...EVENT, data: "" });
    return bare.replace('"data":""', `"data":"${"x".repeat(bytes - bare.length)}"`);
  };
  const tooLarge = { status: 413, body: { code: "body_too_large", status: 413 }, read: [] };

  test("an event of 64 KiB", async () => {
    expect(await post(padded(MAX_EVENT_BYTES), STRUCTURED)).toMatchObject({ status: 200 });
    expect(await post(padded(MAX_EVENT_BYTES + 1), STRUCTURED)).toMatchObject(tooLarge);
    expect(await post(`"${"x".repeat(MAX_EVENT_BYTES - 1)}"`, BINARY)).toMatchObject(tooLarge);
  });
  test("an event over 64 KiB is not read: no fault of its JSON is reported", async () => {
    const broken = `{"A0":1,${" ".repeat(MAX_EVENT_BYTES)}`;
    for (const headers of [STRUCTURED, {}, BINARY, { ...BINARY, "ce-specversion": "0" }]) {
      expect(await post(broken, headers)).toMatchObject(tooLarge);
      expect(await post(` \n\t\r${broken}`, headers)).toMatchObject(tooLarge);
      expect(await post(" ".repeat(MAX_EVENT_BYTES + 1), headers)).toMatchObject(tooLarge);
    }
    const array = `[${broken}`;
    expect(await post(array, {})).toMatchObject({ status: 400, body: { code: "invalid_event" } });
    expect(await post(` \n\t\r${array}`, BATCH)).toMatchObject({ status: 400, body: { code: "invalid_event" } });
  });
  test("an event over 64 KiB in a batch: the others are read", async () => {
    const batch = `[${padded(MAX_EVENT_BYTES)},${padded(MAX_EVENT_BYTES + 1)},${JSON.stringify(EVENT)}]`;
    const { status, body } = await post(batch, BATCH);
    expect(status).toBe(200);
    expect(body).toMatchObject([{ status: "applied" }, { status: 413, code: "body_too_large" }, { status: "applied" }]);
  });
  test("an event of twice that in a batch is not read; a fault in one event's JSON is a fault of all", async () => {
    const large = `{"A":[${" ".repeat(2 * MAX_EVENT_BYTES)}]}`;
    const { body } = await post(`[${large},${JSON.stringify(EVENT)}]`, BATCH);
    expect(body).toMatchObject([{ status: 413, code: "body_too_large" }, { status: "applied" }]);
    expect(Object.keys(body[0])).not.toContain("id");
    for (const faulty of ["{", '{"a":1,"a":2}', `${"[".repeat(129)}${"]".repeat(129)}`, ""]) {
      const refused = await post(`[${JSON.stringify(EVENT)},${faulty}]`, BATCH);
      expect(refused).toMatchObject({ status: 400, body: { code: "invalid_event", errors: [{ path: "" }] }, read: [] });
    }
  });
  test("a request of 1 MiB, its length announced or not", async () => {
    const batch = `[${Array.from({ length: 8 }, () => JSON.stringify(EVENT)).join(",")}`;
    const fill = (bytes: number): string => `${batch}${" ".repeat(bytes - batch.length - 1)}]`;
    const announced = (body: string) => ({ ...BATCH, "content-length": String(body.length) });
    for (const headers of [() => BATCH, announced]) {
      const [fits, over] = [fill(MAX_EVENTS_BYTES), fill(MAX_EVENTS_BYTES + 1)];
      expect(await post(fits, headers(fits))).toMatchObject({ status: 200 });
      expect(await post(over, headers(over))).toMatchObject(tooLarge);
    }
  });
  test("a batch of 1000", async () => {
    const batch = (n: number): object[] => Array.from({ length: n }, (_, i) => ({ ...EVENT, id: `e${i}` }));
    expect((await post(batch(MAX_EVENTS_PER_BATCH), BATCH)).read).toHaveLength(MAX_EVENTS_PER_BATCH);
    expect(await post(batch(MAX_EVENTS_PER_BATCH + 1), BATCH)).toMatchObject(tooLarge);
  });
  test("a sequence of 128 characters", async () => {
    const of = (length: number): object => ({ ...EVENT, sequence: "9".repeat(length) });
    expect(await post(of(MAX_SEQUENCE_LENGTH), STRUCTURED)).toMatchObject({ status: 200 });
    expect(await post(of(MAX_SEQUENCE_LENGTH + 1), STRUCTURED)).toMatchObject({ status: 400, read: [] });
  });
  test("10,000 events waiting: then 429, until they are written", async () => {
    const release: (() => void)[] = [];
    const { app, sidecar } = appOf({
      submit: (envelope) => new Promise((done) => release.push(() => done(receiptOf(envelope)))),
    });
    const batch = Array.from({ length: MAX_EVENTS_PER_BATCH }, () => EVENT);
    const waiting = Array.from({ length: MAX_EVENTS_WAITING / MAX_EVENTS_PER_BATCH }, () =>
      send(app, "POST", "/events", batch));
    await expect.poll(() => sidecar.submitted.length).toBe(MAX_EVENTS_WAITING);
    const refused = await send(app, "POST", "/events", EVENT);
    expect([refused.status, refused.body.code, refused.headers.get("retry-after")])
      .toEqual([429, "too_many_events", "1"]);
    for (const done of release) done();
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
    const after = send(app, "POST", "/events", EVENT);
    await expect.poll(() => sidecar.submitted.length).toBe(MAX_EVENTS_WAITING + 1);
    release.at(-1)?.();
    expect((await after).status).toBe(200);
  });
});

describe("outcomes", () => {
  test.each(Object.entries(REFUSAL_STATUS))("%s is a problem with status %i", async (code, status) => {
    const { app } = appOf({ submit: async () => refusal(code as RefusalCode) });
    const answer = await send(app, "POST", "/events", EVENT);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("retry-after")).toBe(status === 503 ? "1" : null);
    expect(answer.body).toMatchObject({ type: `/problems/${code}`, status, code, detail: `because of ${code}` });
    expect(answer.body.title).toMatch(/^[A-Z][a-z ]+$/);
  });

  test("an intake that fails is store_unavailable, and is logged", async () => {
    const { app, logged } = appOf({ submit: () => Promise.reject(new Error("disk")) });
    const { status, body, headers } = await send(app, "POST", "/events", EVENT);
    expect([status, body.code, headers.get("retry-after")]).toEqual([503, "store_unavailable", "1"]);
    expect(JSON.stringify(body)).not.toContain("disk");
    expect(logged).toHaveLength(1);
    expect(await send(app, "POST", "/events", [EVENT])).toMatchObject({ status: 200, body: [{ status: 503 }] });
  });

  const dryRuns: [string, boolean][] = [["", false], ["?dry_run=false", false], ["?dry_run=true", true]];
  test.each(dryRuns)("%s is a dry run: %s", async (query, dry) => {
    const { app, sidecar } = appOf();
    await send(app, "POST", `/events${query}`, EVENT);
    expect(sidecar.submitted.map(({ submission }) => submission)).toEqual(
      [{ system: true, dryRun: dry, isGone: dry ? expect.any(Function) : undefined }]);
  });
  test.each([
    "?dry_run", "?dry_run=1", "?dry_run=TRUE", "?Dry_run=true", "?dry_run=false&dry_run=true", "?dryRun=true",
  ])("%s is refused, not written by mistake", async (q) => {
    expect(await post(EVENT, {}, q)).toMatchObject({ status: 400, body: { code: "invalid_request" }, read: [] });
  });

  test("refusals are distinguished from receipts", () => {
    expect([isRefusal(refusal("wrong_org")), isRefusal(receiptOf(READ))]).toEqual([true, false]);
  });
});
