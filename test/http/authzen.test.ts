// AuthZEN 1.0: the points of the specification and of its certification, each as a test.
import { describe, expect, test } from "vitest";
import { MAX_EVALUATIONS, MAX_QUESTION_BYTES, MAX_RESULTS_PER_PAGE } from "../../src/http/http-limits.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { checkableOf } from "../../src/policy/checkable.ts";
import { club } from "../world/club.ts";
import { POLICY } from "../world/policy.ts";
import { appOf, send } from "./world.ts";

const KEY = "the-key-of-an-app-that-only-checks";
const KEYS = parseKeys(JSON.stringify({ keys: [{ name: "app", key: KEY, scopes: ["check"] }] }));
const world = club();
const tuples = [...world.tuples.read({})];
const { app } = appOf({ model: POLICY, tuples }, { url: "https://pdp.example.com" });
const ask = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  send(app, "POST", `/access/v1/${path}`, body, headers);

const subject = (id: string) => ({ type: "user", id });
const resource = (text: string) => ({ type: text.split(":")[0], id: text.split(":")[1] });
const action = (name: string) => ({ name });
const MAY = { subject: subject("hana"), action: action("can_view"), resource: resource("team:red") };
const FAULT = { decision: false, context: { error: { status: 400, message: expect.any(String) } } };
const MAY_NOT = { ...MAY, subject: subject("dora") };

describe("POST /access/v1/evaluation", () => {
  test("answers a decision with 200, yes or no, and ignores unknown fields", async () => {
    expect([(await ask("evaluation", MAY)).body, (await ask("evaluation", MAY_NOT)).body])
      .toEqual([{ decision: true }, { decision: false }]);
    const more = { ...MAY, extra: 1, subject: { ...MAY.subject, extra: [] }, context: { time: "2026-11-21T10:00Z" } };
    expect((await ask("evaluation", more)).body).toEqual({ decision: true });
  });

  test("denies an unknown subject or resource", async () => {
    for (const other of [{ subject: subject("who") }, { resource: resource("team:none") }]) {
      expect((await ask("evaluation", { ...MAY, ...other })).body).toEqual({ decision: false });
    }
  });

  test.each([
    ["no subject", { subject: undefined }], ["a subject without id", { subject: { type: "user" } }],
    ["a subject without type", { subject: { id: "hana" } }], ["no action", { action: undefined }],
    ["an action without name", { action: {} }], ["no resource", { resource: undefined }],
    ["a resource without id", { resource: { type: "team" } }], ["a number as id", { subject: { type: "user", id: 5 } }],
    ["properties that are no object", { subject: { ...subject("hana"), properties: [] } }],
    ["a context that is no object", { context: 7 }], ["an unknown action", { action: action("can_fly") }],
    ["an unknown type", { resource: resource("boat:b") }],
    ["a relation that is not offered", { resource: resource("org:fc"), action: action("admin_hat") }],
    ["fields that a problem has", { subject: undefined, status: 200, code: "x" }],
  ])("refuses %s with 400 and a JSON error", async (_, other) => {
    const { status, body } = await ask("evaluation", { ...MAY, ...other });
    expect([status, body.code]).toEqual([400, "invalid_request"]);
    expect(body.detail).toMatch(/./);
  });

  test("refuses malformed JSON, and any other content type, with 400", async () => {
    expect((await ask("evaluation", "{")).status).toBe(400);
    for (const type of ["text/plain", "application/ld+json", ""]) {
      expect((await ask("evaluation", MAY, { "content-type": type })).status).toBe(400);
    }
    expect((await ask("evaluation", MAY, { "content-type": "Application/JSON; charset=utf-8" })).status).toBe(200);
  });

  test("answers 401 with WWW-Authenticate without a key, and sends X-Request-ID back on every answer", async () => {
    const guarded = appOf({ model: POLICY, tuples }, { keys: KEYS }).app;
    const id = { "x-request-id": "bfe9eb29-ab87-4ca3-be83-a1d5d8305716 / a.b:c" };
    const without = await send(guarded, "POST", "/access/v1/evaluation", MAY, id);
    expect([without.status, without.headers.get("www-authenticate")])
      .toEqual([401, expect.stringContaining("Bearer")]);
    const bearer = { authorization: `Bearer ${KEY}` };
    const answers = [without, await send(guarded, "POST", "/access/v1/evaluation", MAY, { ...id, ...bearer }),
      await send(guarded, "POST", "/access/v1/evaluation", {}, { ...id, ...bearer })];
    expect(answers.map(({ status }) => status)).toEqual([401, 200, 400]);
    for (const { headers } of answers) expect(headers.get("x-request-id")).toBe(id["x-request-id"]);
  });
});

describe("POST /access/v1/evaluations", () => {
  const evaluations = [{ subject: MAY.subject }, { subject: MAY_NOT.subject }, { subject: MAY.subject }];
  const defaults = { action: MAY.action, resource: MAY.resource };

  test("answers every evaluation in order; an item takes defaults whole, and replaces them whole", async () => {
    const { body } = await ask("evaluations", { ...MAY, evaluations: [{}, { subject: subject("dora") }] });
    expect(body).toEqual({ evaluations: [{ decision: true }, { decision: false }] });
    const half = await ask("evaluations", { ...MAY, evaluations: [{ subject: { id: "hana" } }] });
    expect(half.body.evaluations).toEqual([FAULT]);
  });

  test("never judges the defaults themselves", async () => {
    const { body } = await ask("evaluations", { resource: {}, subject: 5, evaluations: [MAY] });
    expect(body).toEqual({ evaluations: [{ decision: true }] });
  });

  test("without evaluations, or with none, answers one decision", async () => {
    expect((await ask("evaluations", MAY)).body).toEqual({ decision: true });
    expect((await ask("evaluations", { ...MAY, evaluations: [] })).body).toEqual({ decision: true });
  });

  test.each([
    ["execute_all", [true, false, true]], ["deny_on_first_deny", [true, false]], ["permit_on_first_permit", [true]],
  ])("%s", async (evaluations_semantic, decisions) => {
    const { body } = await ask("evaluations", { ...defaults, evaluations, options: { evaluations_semantic } });
    expect(body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual(decisions);
  });

  test("a faulty item is a deny with its error, and the request answers 200", async () => {
    const { status, body } = await ask("evaluations", { ...defaults, evaluations: [{}, ...evaluations, 7] });
    expect([status, body.evaluations.length]).toEqual([200, 5]);
    for (const i of [0, 4]) {
      expect(body.evaluations[i]).toEqual(FAULT);
    }
  });

  test("an unknown semantic, and evaluations that are no array, are refused", async () => {
    for (const other of [{ options: { evaluations_semantic: "some" } }, { options: 5 }, { evaluations: {} }]) {
      expect((await ask("evaluations", { ...MAY, evaluations, ...other })).status).toBe(400);
    }
  });

  test(`${MAX_EVALUATIONS} evaluations are answered, one more is refused`, async () => {
    const many = (n: number) => ask("evaluations", { ...MAY, evaluations: Array.from({ length: n }, () => ({})) });
    expect((await many(MAX_EVALUATIONS)).body.evaluations).toHaveLength(MAX_EVALUATIONS);
    expect((await many(MAX_EVALUATIONS + 1)).status).toBe(400);
  });
});

describe("the contexts of all checks of a request", () => {
  // `{"a":"…"}` with this many characters of JSON.
  const context = (length: number) => ({ a: "x".repeat(length - 8) });

  test("have room for as much as a body, wherever they stand", async () => {
    const evaluations = Array.from({ length: 100 }, () => ({}));
    const each = Math.floor(MAX_QUESTION_BYTES / 100);
    const [most, more] = [each, each + 1];
    expect((await ask("evaluations", { ...MAY, context: context(most), evaluations })).body.evaluations[99])
      .toEqual({ decision: true });
    const beyond = await ask("evaluations", { ...MAY, context: context(more), evaluations });
    expect(beyond.body.evaluations[0]).toEqual({ decision: true });
    expect(beyond.body.evaluations[99]).toEqual(FAULT);
  });

  test("count once for each action of a search for actions", async () => {
    const actions = checkableOf("team")!.length;
    const of = (length: number) => ask("search/action", {
      subject: subject("hana"), resource: resource("team:red"), context: context(length),
    });
    const most = Math.floor(MAX_QUESTION_BYTES / actions);
    expect([(await of(most)).status, (await of(most + 1)).status]).toEqual([200, 400]);
  });
});

describe("POST /access/v1/search", () => {
  const users = ["hana", "asta", "cora", "dora", "olga", "adam", "ofra", "ida", "root", "pat", "gus", "otto", "xena"];
  const teams = ["red", "blue", "xt"];

  test("subject: everybody who has the action, sorted; the id of the subject is ignored", async () => {
    const { body } = await ask("search/subject", { ...MAY, subject: { type: "user", id: "ignored" } });
    const expected = users.filter((user) => world.can(user, "can_view", "team:red")).sort();
    expect(body).toEqual({ results: expected.map(subject) });
  });

  test("resource: everything of the type on which the subject has the action", async () => {
    for (const user of users) {
      const { body } = await ask("search/resource", { ...MAY, subject: subject(user), resource: { type: "team" } });
      const expected = teams.filter((team) => world.can(user, "can_view", `team:${team}`)).sort();
      expect([user, body]).toEqual([user, { results: expected.map((team) => resource(`team:${team}`)) }]);
    }
  });

  test("action: all and only the actions that the subject has, without an action in the request", async () => {
    const { body } = await ask("search/action", { subject: subject("hana"), resource: resource("team:red") });
    const expected = checkableOf("team")!.filter((relation) => world.can("hana", relation, "team:red")).sort();
    expect(expected.length).toBeGreaterThan(3);
    expect(body).toEqual({ results: expected.map(action) });
  });

  test("an unknown id or type finds nothing, with 200", async () => {
    for (const [path, body] of [
      ["subject", { ...MAY, resource: resource("team:none") }], ["subject", { ...MAY, resource: resource("boat:b") }],
      ["subject", { ...MAY, subject: { type: "robot" } }], ["subject", { ...MAY, action: action("can_fly") }],
      ["resource", { ...MAY, subject: subject("who"), resource: { type: "team" } }],
      ["resource", { ...MAY, resource: { type: "boat" } }],
      ["resource", { ...MAY, subject: { type: "robot", id: "r" } }],
      ["action", { ...MAY, resource: resource("boat:b") }], ["action", { ...MAY, subject: subject("a b") }],
    ] as const) expect([body, (await ask(`search/${path}`, body)).body]).toEqual([body, { results: [] }]);
  });

  test("a missing key, or an input without id, is refused", async () => {
    for (const [path, body] of [
      ["subject", { ...MAY, resource: { type: "team" } }], ["subject", { ...MAY, subject: undefined }],
      ["subject", { ...MAY, action: undefined }], ["resource", { ...MAY, subject: { type: "user" } }],
      ["resource", { ...MAY, resource: {} }], ["action", { resource: MAY.resource }],
    ] as const) expect([body, (await ask(`search/${path}`, body)).status]).toEqual([body, 400]);
  });

  test("pages: complete, without repetition; a token keeps its limit and belongs to its search", async () => {
    const question = { ...MAY, subject: { type: "user" } };
    const all = (await ask("search/subject", question)).body.results;
    const found: unknown[] = [];
    let page: Record<string, unknown> = { limit: 2 };
    for (;;) {
      const { body } = await ask("search/subject", { ...question, page });
      expect(Object.keys(body)).toEqual(["page", "results"]);
      expect(body.page).toEqual({ next_token: expect.any(String), count: body.results.length, total: all.length });
      expect(body.results.length).toBeLessThanOrEqual(2);
      found.push(...body.results);
      if (body.page.next_token === "") break;
      page = { token: body.page.next_token };
    }
    expect(found).toEqual(all);
    const other = await ask("search/subject", { ...question, resource: resource("team:blue"), page });
    expect([page["token"], other.status]).toEqual([expect.any(String), 400]);
    for (const wrong of [{ limit: 0 }, { limit: 1.5 }, { limit: "2" }, { token: 5 }, { token: "x" }, 5]) {
      expect([wrong, (await ask("search/subject", { ...question, page: wrong })).status]).toEqual([wrong, 400]);
    }
    const most = await ask("search/subject", { ...question, page: { limit: MAX_RESULTS_PER_PAGE + 1 } });
    expect(most.body.page).toEqual({ next_token: "", count: all.length, total: all.length });
  });

  test("a search of invites shows secrets, so it needs the scope read (S20)", async () => {
    const guarded = appOf({ model: POLICY, tuples }, { keys: KEYS }).app;
    const body = { ...MAY, action: action("can_redeem"), resource: { type: "invite" } };
    const key = { authorization: `Bearer ${KEY}` };
    const { status } = await send(guarded, "POST", "/access/v1/search/resource", body, key);
    expect(status).toBe(403);
  });
});

test("properties become context as OpenFGA puts them, and the request's own context wins", async () => {
  const seen: unknown[] = [];
  const spy = appOf({
    model: POLICY, tuples, checker: { check: (request) => (seen.push(request.context), { allowed: false }) },
  }).app;
  await send(spy, "POST", "/access/v1/evaluation", {
    subject: { ...MAY.subject, properties: { a: 1, b: 2 } }, action: { ...MAY.action, properties: { a: 3 } },
    resource: { ...MAY.resource, properties: { a: 4 } }, context: { subject_b: 5, other: 6 },
  });
  expect(seen).toEqual([{ subject_a: 1, subject_b: 5, resource_a: 4, action_a: 3, other: 6 }]);
});

test("the metadata names every endpoint by the configured address, and needs no key", async () => {
  const guarded = appOf({ model: POLICY, tuples }, { keys: KEYS, url: "https://pdp.example.com" }).app;
  const path = "/.well-known/authzen-configuration";
  const { status, body, headers: sent } = await send(guarded, "GET", path, undefined, { host: "evil.example" });
  expect([status, sent.get("content-type"), sent.get("cache-control")])
    .toEqual([200, "application/json", expect.stringContaining("max-age")]);
  const { policy_decision_point: base, ...endpoints } = body;
  expect(base).toBe("https://pdp.example.com");
  expect(Object.keys(endpoints)).toHaveLength(5);
  for (const endpoint of Object.values(endpoints as Record<string, string>)) {
    expect(endpoint.startsWith(`${base}/access/v1/`)).toBe(true);
    expect((await ask(endpoint.slice(`${base}/access/v1/`.length), {})).status).toBe(400);
  }
});
