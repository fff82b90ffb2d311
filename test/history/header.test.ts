// The header Sideline-As-Of over HTTP: the moments that it names, its scope and its refusals.
import pino from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Hono } from "hono";
import { createApp } from "../../src/http/app.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { APPLY, event } from "../embedded/stage.ts";
import { appOf } from "../http/world.ts";
import { MODEL, START } from "../world/world.ts";

const HOUR = 3_600_000;
const at = (hours: number): string => new Date(START + hours * HOUR).toISOString();

let now = START;
let sidecar: EmbeddedSidecar;
let app: Hono;
const tokens: string[] = [];

async function send(type: string, data: object): Promise<string> {
  const receipt = await sidecar.intake.submit(event(type, data), APPLY);
  if (!("token" in receipt)) throw new Error(`${type}: ${JSON.stringify(receipt)}`);
  tokens.push(receipt.token);
  return receipt.token;
}

beforeAll(async () => {
  sidecar = await openEmbeddedSidecar({
    folder: ":memory:", storeName: "past", model: MODEL, emailKey: undefined, log: pino({ level: "silent" }),
    now: () => now, fatal: (why) => expect.fail(why),
  });
  app = createApp(sidecar, { keys: undefined, log: { error: (fields) => void expect(fields).toEqual({}) } });
  await send("org.created", { org: "fc", kind: "club", owner: "olga" });
  await send("member.added", { org: "fc", user: "carl", hats: ["coach"] });
  await send("athlete.created", { athlete: "ada", org: "fc" });
  now = START + HOUR;
  await send("coaching.started", { coaching: "c1", athlete: "ada", coach: "carl" });
  now = START + 2 * HOUR;
  await send("coaching.ended", { coaching: "c1" });
  // The clock steps back, and is then set right.
  now = START + HOUR / 2;
  await send("coaching.started", { coaching: "c2", athlete: "ada", coach: "carl" });
  now = START + 4 * HOUR;
  await send("coaching.ended", { coaching: "c2" });
});
afterAll(() => sidecar.close());

const KEY = { user: "user:carl", relation: "sessions_read", object: "athlete:ada" };

async function ask(
  path: string, body: object | undefined, headers: Record<string, string>, to = app,
): Promise<{ readonly status: number; readonly body: any }> {
  const response = await to.request(path, {
    method: body === undefined ? "GET" : "POST", headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const allowedAsOf = async (asOf: string): Promise<boolean> =>
  (await ask("/check", { tuple_key: KEY }, { "sideline-as-of": asOf })).body.allowed;

describe("a moment", () => {
  test("is a time, just after the last event recorded at it or before it", async () => {
    expect(await allowedAsOf(at(0))).toBe(false);
    expect(await allowedAsOf(new Date(START + HOUR - 1).toISOString())).toBe(false);
    expect(await allowedAsOf(at(1))).toBe(true);
    expect(await allowedAsOf(at(1).replace("Z", "999Z"))).toBe(true);
    expect(await allowedAsOf(new Date(START + 2 * HOUR - 1).toISOString())).toBe(true);
    expect(await allowedAsOf(new Date(START).toISOString().replace("Z", "-01:00"))).toBe(true);
    expect(await allowedAsOf(at(1).replace("Z", "+00:01"))).toBe(false);
  });

  test("goes by times that never go back: what a clock recorded too early counts with the event before", async () => {
    expect(await allowedAsOf(at(0.5))).toBe(false);
    expect(await allowedAsOf(at(2))).toBe(true);
    expect(await allowedAsOf(at(3))).toBe(true);
  });

  test("goes by the times that the history shows", async () => {
    const history = await ask("/history?type=coaching.started", undefined, {});
    expect(history.body.events.map(({ recorded }: any) => recorded)).toEqual([at(2), at(1)]);
  });

  test("is the token of an event, just after it", async () => {
    const states = [];
    for (const token of tokens) states.push(await allowedAsOf(token));
    expect(states).toEqual([false, false, false, true, false, true, false]);
  });

  test("is the time of conditions", async () => {
    const expires_at = at(6);
    now = START + 5 * HOUR;
    await send("invite.created", { invite: "hour", org: "fc", hat: "office", expires_at });
    now = START + 8 * HOUR;
    const question = { tuple_key: { user: "user:x", relation: "can_redeem", object: "invite:hour" } };
    const redeemable = async (headers: Record<string, string>) => (await ask("/check", question, headers)).body.allowed;
    expect(await redeemable({})).toBe(false);
    expect(await redeemable({ "sideline-as-of": at(5) })).toBe(true);
    expect(await redeemable({ "sideline-as-of": at(6) })).toBe(false);
    expect(await redeemable({ "sideline-as-of": tokens.at(-1)! })).toBe(true);
    const told = await ask("/check", { ...question, context: { current_time: at(5) } }, { "sideline-as-of": at(7) });
    expect(told.body.allowed).toBe(false);
  });

  test("has contextual tuples on top, and the times of its rows", async () => {
    const what = { tuple_keys: [{ user: "user:zoe", relation: "admin_hat", object: "org:fc" },
      { user: "user:zoe", relation: "member", object: "org:fc" },
      { user: "user:zoe", relation: "holder", object: "role:fc/admin" }] };
    const key = { user: "user:zoe", relation: "can_delete", object: "athlete:ada" };
    const asked = async (more: object) =>
      (await ask("/check", { tuple_key: key, ...more }, { "sideline-as-of": at(0) })).body;
    expect((await asked({})).allowed).toBe(false);
    expect((await asked({ contextual_tuples: what })).allowed).toBe(true);

    const rows = async (asOf: string) =>
      (await ask("/athletes/ada/relationships", undefined, { "sideline-as-of": asOf })).body.relationships;
    expect(await rows(at(0))).toEqual([]);
    expect(await rows(at(1))).toMatchObject([
      { row: "coaching:c1", status: "active", started_at: at(1), ended_at: null },
    ]);
    expect(await rows(at(4))).toMatchObject([
      { row: "coaching:c1", status: "ended", started_at: at(1), ended_at: at(2) },
      { row: "coaching:c2", status: "ended", started_at: at(0.5), ended_at: at(4) },
    ]);
  });

  test("has the events behind its tuples", async () => {
    const { body } = await ask("/explain", { tuple_key: KEY }, { "sideline-as-of": at(1) });
    expect(body.allowed).toBe(true);
    expect(body.token).toBe(tokens[3]);
    const events = body.reasons.flatMap(({ tuples }: any) => tuples.map(({ since }: any) => since?.type));
    expect(events).toContain("coaching.started");
    const no = await ask("/explain", { tuple_key: KEY }, { "sideline-as-of": at(4) });
    expect(no.body.allowed).toBe(false);
    expect(no.body.token).toBe(tokens[6]);
  });
});

describe("the header is refused", () => {
  test("for the present millisecond, in which more events may come", async () => {
    const question = { tuple_key: { user: "user:late", relation: "member", object: "org:fc" } };
    now = START + 10 * HOUR;
    const present = { "sideline-as-of": at(10) };
    for (const user of ["early", "late"]) {
      const refused = await ask("/check", question, present);
      expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining("not over yet")]);
      await send("member.added", { org: "fc", user });
    }
    now += 1;
    expect((await ask("/check", question, present)).body.allowed).toBe(true);
  });

  test.each([
    ["a time before the first event", { "sideline-as-of": at(-1) }, "before the first event"],
    ["a time ahead of the clock", { "sideline-as-of": at(900) }, "ahead of the server's clock"],
    ["with a token of its own", { "sideline-as-of": at(1), "sideline-token": "WyJmYyIsMV0" }, "exclude each other"],
    ["a token that the store does not have", { "sideline-as-of": "WyJmYyIsOTldCg" }, "does not have the token's event"],
    ["two tokens", { "sideline-as-of": "WyJmYyIsMV0,WyJ4IiwxXQ" }, "the token of one event"],
    ["a date", { "sideline-as-of": "2026-03-01" }, "must be an RFC 3339 time"],
    ["nothing", { "sideline-as-of": "" }, "must be an RFC 3339 time"],
  ])("%s", async (_what, headers, message) => {
    const headersOf = headers as unknown as Record<string, string>;
    for (const [path, body] of [["/check", { tuple_key: KEY }], ["/explain", { tuple_key: KEY }],
      ["/permissions", { user: KEY.user, object: KEY.object }], ["/athletes/ada", undefined]] as const) {
      const refused = await ask(path, body, headersOf);
      expect([path, refused.status]).toEqual([path, 400]);
      expect(refused.body.message ?? refused.body.detail).toContain(message);
    }
  });

  test("with HIGHER_CONSISTENCY, and where the present alone is read", async () => {
    const headers = { "sideline-as-of": at(1) };
    for (const path of ["/check", "/explain"]) {
      const refused = await ask(path, { tuple_key: KEY, consistency: "HIGHER_CONSISTENCY" }, headers);
      expect([path, refused.status]).toEqual([path, 400]);
      expect(refused.body.message ?? refused.body.detail).toContain("exclude each other");
    }
    const store = sidecar.info.id;
    for (const path of [`/stores/${store}/expand`, `/stores/${store}/read`]) {
      const refused = await ask(path, { tuple_key: { relation: KEY.relation, object: KEY.object } }, headers);
      expect([path, refused.status, refused.body.code]).toEqual([path, 400, "validation_error"]);
    }
  });

  test("by AuthZEN, and by a store without a log", async () => {
    const headers = { "sideline-as-of": at(1) };
    const evaluation = {
      subject: { type: "user", id: "carl" }, action: { name: "can_view" }, resource: { type: "athlete", id: "ada" },
    };
    expect((await ask("/access/v1/evaluation", evaluation, headers)).status).toBe(400);
    const { app: bare } = appOf();
    for (const [path, body] of [["/check", { tuple_key: KEY }], ["/orgs/fc/roles", undefined]] as const) {
      const refused = await ask(path, body, headers, bare);
      expect([path, refused.status]).toEqual([path, 400]);
      expect(refused.body.message ?? refused.body.detail).toContain("does not answer as of an earlier time");
    }
  });

  test("without the scope read", async () => {
    const keyOf = (name: string) => `a-key-that-is-called-${name}`;
    const keys = parseKeys(JSON.stringify({ keys: [
      { name: "app", key: keyOf("app"), scopes: ["check"] },
      { name: "reader", key: keyOf("reader"), scopes: ["check", "read"] },
    ] }));
    const guarded = createApp(sidecar, { keys, log: { error: (fields) => void expect(fields).toEqual({}) } });
    const headersOf = (name: string) => ({ authorization: `Bearer ${keyOf(name)}`, "sideline-as-of": at(1) });
    const { user, object } = KEY;
    for (const [path, body] of [["/check", { tuple_key: KEY }], ["/permissions", { user, object }]] as const) {
      const refused = await ask(path, body, headersOf("app"), guarded);
      expect([path, refused.status, refused.body.code]).toEqual([path, 403, "scope_missing"]);
      expect((await ask(path, body, headersOf("reader"), guarded)).status).toBe(200);
    }
  });
});
