// Single entries and relationship rows over HTTP: how requests are read, refused and continued.
import { describe, expect, test } from "vitest";
import type { Freshness } from "../../src/checks/checker.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { createApp } from "../../src/http/app.ts";
import { DEFAULT_ENTRIES_PER_PAGE, MAX_ENTRIES_PER_PAGE } from "../../src/http/http-limits.ts";
import { makeToken } from "../../src/ledger/revision-token.ts";
import { STORE_ERROR } from "../../src/tuples/store.ts";
import { club } from "../world/club.ts";
import { appOf, send } from "./world.ts";

const world = club();
for (let n = 0; n < MAX_ENTRIES_PER_PAGE; n++) {
  const coaching = `row-${String(n).padStart(4, "0")}`;
  world.system("coaching.started", { coaching, athlete: "a2", coach: "dora", ended: true });
}
const options = { tuples: [...world.tuples.read({})], now: () => world.now };
const { app } = appOf(options);
const get = (path: string, headers = {}) => send(app, "GET", path, undefined, headers);
const rows = (body: { relationships: { row: string }[] }) => body.relationships.map(({ row }) => row);

const PATHS = [
  "/orgs/fc/members/olga", "/athletes/a1", "/teams/red", "/athletes/a1/relationships", "/teams/red/relationships",
  "/users/cora/relationships",
];

test("an entry of each kind is found", async () => {
  expect((await get("/orgs/fc/members/hana")).body).toEqual({
    user: "hana", hats: ["coach"], role: "coach", status: "active", athlete: null, professional_area: null,
    invited_by: null,
  });
  expect((await get("/athletes/a1")).body).toEqual({ athlete: "a1", org: "fc", account: "ida", teams: ["red"] });
  expect((await get("/teams/red")).body)
    .toEqual({ team: "red", org: "fc", head_coach: "hana", athletes: ["a1", "a2"] });
  expect(rows((await get("/athletes/a1/relationships?status=active")).body))
    .toEqual(["coaching:c1", "team_assignment:as1", "team_assignment:hd1"]);
  expect(rows((await get("/teams/red/relationships")).body)).toEqual(["team_assignment:as1", "team_assignment:hd1"]);
  expect(rows((await get("/users/xena/relationships?org=xo")).body)).toEqual(["coaching:cx"]);
  expect((await get("/users/xena/relationships?org=fc")).body).toEqual({ relationships: [], continuation_token: "" });
});

describe("refusals", () => {
  test.each([
    "/orgs/none/members/olga", "/orgs/fc/members/nobody", "/athletes/none", "/teams/none",
    "/athletes/none/relationships", "/teams/none/relationships",
  ])("%s is unknown_entity", async (path) => {
    const { status, body } = await get(path);
    expect([status, body.code]).toEqual([404, "unknown_entity"]);
  });

  test.each([
    ["/orgs/a%20b/members/olga", "org"], ["/orgs/fc/members/a%20b", "user"], ["/athletes/a%20b", "athlete"],
    ["/teams/*", "team"], [`/teams/${"t".repeat(129)}/relationships`, "team"],
    ["/athletes/%23/relationships", "athlete"],
    ["/users/-/relationships", "user"], [`/orgs/${"o".repeat(101)}/members/olga`, "org"],
    ["/athletes/a1/relationships?status=open", "status"], ["/athletes/a1/relationships?status=", "status"],
    ["/athletes/a1/relationships?page_size=0", "page_size"], ["/athletes/a1/relationships?page_size=x", "page_size"],
    ["/athletes/a1/relationships?page_size=", "page_size"], ["/athletes/a1/relationships?page_size=-1", "page_size"],
    [`/athletes/a1/relationships?page_size=${MAX_ENTRIES_PER_PAGE + 1}`, "page_size"],
    ["/athletes/a1/relationships?page_size=1&page_size=1", "page_size"],
    ["/athletes/a1/relationships?continuation_token=zzz", "continuation_token"],
    ["/users/cora/relationships?org=a%20b", "org"],
  ])("%s is invalid", async (path, at) => {
    const { status, body: { code, errors } } = await get(path);
    expect([status, code, errors.map(({ path: field }: { path: string }) => field)])
      .toEqual([400, "invalid_request", [at]]);
  });

  test.each([
    "/athletes/a1/relationships?org=fc", "/teams/red/relationships?org=fc", "/users/cora/relationships?hat=coach",
  ])("%s has an unknown field", async (path) => {
    const { status, body } = await get(path);
    expect([status, body.code]).toEqual([400, "invalid_request"]);
  });

  test("an unknown field does not show an address", async () => {
    const { body } = await get("/users/cora/relationships?ann%40example.org=1&ann%40example.org=2");
    expect(body.code).toBe("invalid_request");
    expect(JSON.stringify(body)).not.toContain("example.org");
  });
});

describe("pages of rows", () => {
  const path = "/athletes/a2/relationships?status=ended";

  test(`hold ${DEFAULT_ENTRIES_PER_PAGE}, at most ${MAX_ENTRIES_PER_PAGE}, and continue by their token`, async () => {
    const { body } = await get(path);
    expect([body.relationships.length, rows(body)[0]]).toEqual([DEFAULT_ENTRIES_PER_PAGE, "coaching:row-0000"]);
    const most = await get(`${path}&page_size=${MAX_ENTRIES_PER_PAGE}`);
    expect([most.body.relationships.length, most.body.continuation_token]).toEqual([MAX_ENTRIES_PER_PAGE, ""]);
    const next = await get(`${path}&page_size=${MAX_ENTRIES_PER_PAGE}&continuation_token=${body.continuation_token}`);
    expect([...rows(body), ...rows(next.body)]).toEqual(rows(most.body));
  });

  test("a token belongs to its question", async () => {
    const { body: { continuation_token } } = await get(path);
    for (const other of ["/athletes/a2/relationships?", "/athletes/a1/relationships?status=ended&",
      "/users/dora/relationships?status=ended&", "/teams/red/relationships?status=ended&"]) {
      expect((await get(`${other}&continuation_token=${continuation_token}`)).body.code).toBe("invalid_request");
    }
    const own = await get("/users/dora/relationships?org=fc");
    const more = `continuation_token=${own.body.continuation_token}`;
    expect((await get(`/users/dora/relationships?org=fc&${more}`)).status).toBe(200);
    expect((await get(`/users/dora/relationships?${more}`)).status).toBe(400);
  });
});

test("a Sideline-Token goes to the checker; the scope is read", async () => {
  const asked: Freshness[] = [];
  const token = { "sideline-token": makeToken({ org: "fc", revision: 7 }) };
  const state = (freshness: Freshness) => {
    asked.push(freshness);
    return { tuples: world.tuples };
  };
  const own = appOf({ ...options, checker: { state } }).app;
  const key = "the-key-of-a-console-that-only-reads";
  const keys = parseKeys(JSON.stringify({ keys: [
    { name: "console", key, scopes: ["read"] }, { name: "app", key: `${key}-2`, scopes: ["check", "events"] },
  ] }));
  const guarded = appOf(options, { keys }).app;
  await send(own, "GET", "/orgs/fc/roles", undefined, token);
  for (const path of PATHS) {
    const answer = await send(own, "GET", path, undefined, token);
    expect([path, answer.status]).toEqual([path, 200]);
    const by = (bearer: string) => send(guarded, "GET", path, undefined, { authorization: `Bearer ${bearer}` });
    expect([path, (await by(key)).status, (await by(`${key}-2`)).body.code]).toEqual([path, 200, "scope_missing"]);
    expect((await get(path, { "sideline-token": "x" })).body.code).toBe("invalid_request");
  }
  const [ofRoles] = asked;
  expect(asked).toEqual([ofRoles, ...PATHS.map(() => ofRoles)]);
});

test("a store that cannot read a time is 503, not a row without one", async () => {
  const { sidecar } = appOf(options);
  const fault = Object.assign(new Error("damaged"), { code: STORE_ERROR });
  const rowTimes = {
    writtenAt: () => {
      throw fault;
    },
    endedAt: () => undefined,
  };
  const logged: object[] = [];
  const log = { error: (fields: object) => void logged.push(fields) };
  const broken = createApp({ ...sidecar, rowTimes }, { keys: undefined, log });
  const { status, body } = await send(broken, "GET", "/users/cora/relationships");
  expect([status, body.code, logged]).toEqual([503, "store_unavailable", [expect.objectContaining({ err: fault })]]);
});
