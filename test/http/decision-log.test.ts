// The decision log: the lines of each kind of question, their secrets, the sample, and the relations always kept.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { DecisionLog } from "../../src/http/decision-log.ts";
import { hideInvites } from "../../src/log.ts";
import { GROUNDS } from "../world/grounds.ts";
import { Club, eventOf } from "../world/running-club.ts";
import { START } from "../world/world.ts";

const KEY = "support-key-0123456789abcdef";
const SCOPES = ["check", "check:contextual", "read", "admin"];
const KEYS = JSON.stringify({ keys: [{ name: "support", key: KEY, scopes: SCOPES }] });
const A1 = { user: "user:hana", relation: "can_view", object: "athlete:a1" };

const ZOE = { ...A1, user: "user:zoe" };
const ATHLETES = { user: "user:hana", relation: "can_view", type: "athlete" };

interface Line {
  readonly [field: string]: unknown;
}

let club: Club;
beforeAll(async () => {
  club = await Club.found(GROUNDS[0]!);
  await club.system("note.created", { note: "n1", athlete: "a1", author: "hana", under: "team_assignment:hd1" });
  club.now = START + 1000;
});
afterAll(() => club.close());

/** An app with a decision log; `lines` are read as JSON. */
function logging({ sample = 1, relations = [] as string[], random = (): number => 0.5 } = {}) {
  const lines: Line[] = [];
  const texts: string[] = [];
  const write = (line: string): void => {
    texts.push(line);
    lines.push(JSON.parse(line));
  };
  const sink = { write, counts: { written: 7, dropped: 3 } };
  const decisions = new DecisionLog({
    sink, sample, relations: new Set(relations), policy: "digest", hide: hideInvites, random,
  });
  const app = createApp(club.sidecar, { keys: parseKeys(KEYS), log: { error: () => undefined }, decisions });
  const send = async (method: string, path: string, body?: unknown, more: object = {}): Promise<Line[]> => {
    lines.length = 0;
    const response = await app.request(path, {
      method,
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", "x-request-id": "r1", ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await response.text();
    return [...lines];
  };
  return { app, send, texts };
}

const SAME = {
  time: new Date(START + 1000).toISOString(), ms: expect.any(Number), policy: "digest", key: "support",
  request_id: "r1",
};

describe("a question has one line", () => {
  const revision = expect.any(Number) as number;
  test.each<[string, string, string, unknown, Line]>([
    ["check", "POST", "/check", { tuple_key: A1 },
      { kind: "check", route: "POST /check", ...A1, allowed: true, org: "fc", revision }],
    ["a check with contextual tuples", "POST", "/check",
      { tuple_key: ZOE, contextual_tuples: { tuple_keys: ["member", "admin_hat"].map((relation) =>
        ({ user: ZOE.user, relation, object: "org:fc" })) } },
      { kind: "check", route: "POST /check", ...ZOE, allowed: false, org: "fc", revision, contextual_tuples: 2 }],
    ["a check of an unknown object", "POST", "/check", { tuple_key: { ...A1, object: "athlete:no" } },
      { kind: "check", route: "POST /check", ...A1, object: "athlete:no", allowed: false, org: null, revision }],
    ["list-objects", "POST", "/list-objects", ATHLETES,
      { kind: "list-objects", route: "POST /list-objects", ...ATHLETES, objects: 2 }],
    ["list-users", "POST", "/list-users",
      { object: { type: "athlete", id: "a1" }, relation: "can_view", user_filters: [{ type: "user" }] },
      { kind: "list-users", route: "POST /list-users", relation: "can_view", object: "athlete:a1", users: 3,
        org: "fc", revision }],
    ["/objects", "POST", "/objects", { ...ATHLETES, org: "fc" },
      { kind: "objects", route: "POST /objects", ...ATHLETES, objects: 2, org: "fc", revision }],
    ["/explain", "POST", "/explain", { tuple_key: A1 },
      { kind: "explain", route: "POST /explain", ...A1, allowed: true, org: "fc", revision }],
    ["the directory", "GET", "/orgs/fc/members", undefined,
      { kind: "read", route: "GET /orgs/:org/members", org: "fc", revision }],
    ["an athlete's entry", "GET", "/athletes/a1", undefined,
      { kind: "read", route: "GET /athletes/:athlete", of: ["athlete:a1"] }],
    ["AuthZEN", "POST", "/access/v1/evaluation",
      { subject: { type: "user", id: "hana" }, action: { name: "can_view" }, resource: { type: "athlete", id: "a1" } },
      { kind: "check", route: "POST /access/v1/evaluation", ...A1, allowed: true, org: "fc", revision }],
  ])("%s", async (_, method, path, body, line) => {
    expect(await logging().send(method, path, body)).toEqual([{ ...SAME, ...line }]);
  });
});

test("a list of users with reasons is a question about its relation, and is always logged where that is", async () => {
  const question = {
    object: { type: "athlete", id: "a1" }, relation: "can_view", user_filters: [{ type: "user" }], explain: true,
  };
  const line = { kind: "list-users", relation: "can_view", object: "athlete:a1", explained: true, org: "fc" };
  expect(await logging().send("POST", "/list-users", question)).toMatchObject([line]);
  expect(await logging({ sample: 0, relations: ["athlete#can_view"] }).send("POST", "/list-users", question))
    .toMatchObject([line]);
  expect(await logging({ sample: 0 }).send("POST", "/list-users", question)).toEqual([]);
});

test("an answer as of an earlier time says so, and names no present revision", async () => {
  const asOf = new Date(START).toISOString();
  const list = { object: { type: "athlete", id: "a1" }, relation: "can_view", user_filters: [{ type: "user" }] };
  for (const [method, path, body] of [
    ["POST", "/check", { tuple_key: A1 }], ["POST", "/permissions", { user: "user:hana", object: "note:n1" }],
    ["POST", "/list-objects", ATHLETES], ["POST", "/list-users", list], ["POST", "/explain", { tuple_key: A1 }],
    ["POST", "/list-users", { ...list, explain: true }], ["POST", "/objects", { ...ATHLETES, org: "fc" }],
    ["GET", "/orgs/fc/members", undefined], ["GET", "/athletes/a1", undefined],
  ] as const) {
    const lines = await logging().send(method, path, body, { "sideline-as-of": asOf });
    expect([path, lines.length > 0]).toEqual([path, true]);
    for (const line of lines) expect([path, line["as_of"], "revision" in line]).toEqual([path, asOf, false]);
  }
});

test("a question that ends in an error has a line with the code of it", async () => {
  const asOf = new Date(START).toISOString();
  const ahead = Buffer.from(JSON.stringify(["fc", 900])).toString("base64url");
  const unknown = { ...A1, relation: "can_fly" };
  const list = { object: { type: "athlete", id: "a1" }, relation: "can_fly", user_filters: [{ type: "user" }] };
  for (const [path, body, more] of [
    ["/check", { tuple_key: unknown }, {}], ["/explain", { tuple_key: unknown }, {}],
    ["/explain", { tuple_key: unknown }, { "sideline-as-of": asOf }],
    ["/check", { tuple_key: A1 }, { "sideline-token": ahead }],
    ["/explain", { tuple_key: A1 }, { "sideline-token": ahead }],
    ["/list-users", list, {}], ["/list-users", { ...list, explain: true }, {}],
    ["/list-users", { ...list, explain: true }, { "sideline-as-of": asOf }],
  ] as const) {
    const lines = await logging().send("POST", path, body, more);
    expect([path, more, lines]).toEqual([path, more, [expect.objectContaining({ error: expect.any(String) })]]);
    expect([path, "allowed" in lines[0]!]).toEqual([path, false]);
  }
});

describe("each answered question of several has a line, with their number", () => {
  test("batch-check", async () => {
    const checks = ["a1", "a3"].map((id) => ({ tuple_key: { ...A1, object: `athlete:${id}` }, correlation_id: id }));
    const lines = await logging().send("POST", "/batch-check", { checks });
    expect(lines.map(({ kind, object, allowed, checks: n }) => [kind, object, allowed, n])).toEqual(
      [["batch", "athlete:a1", true, 2], ["batch", "athlete:a3", false, 2]]);
  });

  test.each([["/filter", { user: "user:hana", relation: "can_view", objects: ["athlete:a1", "athlete:a3"] }, 2],
    ["/permissions", { user: "user:hana", object: "note:n1" }, 5]])("%s", async (path, body, questions) => {
    const lines = await logging().send("POST", path, body);
    expect(lines.map(({ kind, checks, route }) => [kind, checks, route])).toEqual(
      Array(questions).fill(["batch", questions, `POST ${path}`]));
  });
});

test("no line holds an address, the id of an invite, or anything of a contextual tuple", async () => {
  await club.system("invite.created", { invite: "s3cret", org: "fc", hat: "admin" });
  const at = logging();
  const odd = [
    ...await at.send("POST", "/check", {
      tuple_key: { user: "user:eve@example.org", relation: "can_redeem", object: "invite:s3cret" },
      contextual_tuples: { tuple_keys: [{ user: "user:hid", relation: "member", object: "org:hid" }] } }),
    ...await at.send("GET", "/invites/s3cret"), ...await at.send("GET", "/users/eve@example.org/workspaces"),
  ];
  expect(odd).toHaveLength(3);
  for (const id of ["eve%40example.org", "eve%2540example.org", "'eve'@example.org"]) {
    const [line] = await at.send("POST", "/check", {
      tuple_key: { user: "user:hana", relation: "can_read", object: `note:${id}` } });
    expect(JSON.stringify(line)).not.toContain("example.org");
  }
  const spelled = await at.send("GET", "/users/eve%0Aat%0Aexample.org/workspaces", undefined,
    { "x-request-id": "for eve (at) example.org" });
  expect(spelled).toMatchObject([{ of: ["(an address)"], request_id: "for (an address)" }]);
  expect(odd[0]).toMatchObject({ user: "(an address)", object: "invite:(hidden)", contextual_tuples: 1 });
  expect(odd.slice(1).map(({ of }) => of)).toEqual([["invite:(hidden)"], ["(an address)"]]);
  expect(JSON.stringify(odd)).not.toMatch(/s3cret|example\.org|hid[^d]/);
});

test("a fraction of the questions is logged, and all of the relations that are always logged", async () => {
  const drawn = [0.1, 0.3, 0.2, 0.25];
  const at = logging({ sample: 0.25, relations: ["note#can_read"], random: () => drawn.shift()! });
  const counts: number[] = [];
  for (let i = 0; i < 4; i++) counts.push((await at.send("POST", "/check", { tuple_key: A1 })).length);
  expect(counts).toEqual([1, 0, 1, 0]);
  const note = { user: "user:hana", relation: "can_read", object: "note:n1" };
  expect(await at.send("POST", "/check", { tuple_key: note })).toHaveLength(1);
  expect(await logging({ sample: 0 }).send("POST", "/check", { tuple_key: note })).toEqual([]);
});

test("/metrics has the numbers of lines", async () => {
  const { app } = logging();
  const answer = await app.request("/metrics", { headers: { authorization: `Bearer ${KEY}` } });
  expect(await answer.text()).toMatch(/lines_total\{fate="written"\} 7\n.*lines_total\{fate="dropped"\} 3/);
});

test("a refused event has a line in the server's log, masked and limited", async () => {
  const keys = JSON.stringify({ keys: [{ name: "app", key: KEY, scopes: ["events"] }] });
  const logged: Line[] = [];
  const log = { error: () => undefined, warn: (fields: object) => void logged.push(fields as Line) };
  const app = createApp(club.sidecar, { keys: parseKeys(keys), log });
  const post = (event: object): Response | Promise<Response> => app.request("/events", {
    method: "POST", body: JSON.stringify({ specversion: "1.0", ...event }),
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", "x-request-id": "r2" },
  });
  await post(eventOf("member.deactivated", { org: "fc", user: "hana" }, { actor: "ida" }));
  await post(eventOf("member.added", { org: "fc", user: "x" }, { actor: "eve@example.org" }));
  await post({ id: "e1" });
  const odd = { type: '"eve"@example.org', id: "e2", source: "/s", actor: '"eve"@example.org', data: { org: "e v@e" } };
  await post(odd);
  expect(logged).toEqual([
    { code: "actor_not_allowed", type: "member.deactivated", actor: "ida", org: "fc", request_id: "r2" },
    { code: "actor_not_allowed", type: "member.added", actor: "(an address)", org: "fc", request_id: "r2" },
    { code: "invalid_event", request_id: "r2" },
    { code: "unknown_event_type", request_id: "r2" },
  ]);
  const dry = app.request("/events?dry_run=true", {
    method: "POST", headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ specversion: "1.0", ...eventOf("member.deactivated", { org: "fc", user: "hana" },
      { actor: "ida" }) }),
  });
  expect((await dry).status).toBe(403);
  expect(logged).toHaveLength(4);
  for (let i = 0; i < 100; i++) await post({ id: "e1" });
  expect(logged).toHaveLength(60);
});

test("an id with the line ends of Unicode ends no line", async () => {
  const { send, texts } = logging();
  const user = "user:a\u2028b\u2029c\u0085d";
  expect(await send("POST", "/check", { tuple_key: { ...A1, user } })).toMatchObject([{ user }]);
  expect(texts).toEqual([expect.stringContaining('"user:a\\u2028b\\u2029c\\u0085d"')]);
  expect(texts[0]).not.toMatch(/[\u0085\u2028\u2029]/);
});
