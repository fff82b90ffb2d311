// The directory over HTTP: how requests are read and refused. The content of its answers is tested in test/domain.
import { describe, expect, test } from "vitest";
import type { Checker, Freshness, StateAnswer } from "../../src/checks/checker.ts";
import { failure } from "../../src/checks/question.ts";
import { makeToken } from "../../src/ledger/revision-token.ts";
import { World } from "../world/world.ts";
import { appOf, send, type SidecarOptions } from "./world.ts";

const world = new World();
world.system("org.created", { org: "o", kind: "club", owner: "olga" });
world.as("olga", "member.added", { org: "o", user: "carl" });
world.as("olga", "invite.created", { invite: "i", org: "o", hat: "admin" });
const { app } = appOf({ tuples: [...world.tuples.read({})], now: () => world.now });
const get = (path: string) => send(app, "GET", path);

describe("filters", () => {
  test.each<[string, string[], string[]]>([
    ["", ["carl", "olga"], ["i"]], ["?hat=admin", ["olga"], ["i"]], ["?status=active", ["carl", "olga"], []],
    ["?status=invited", [], ["i"]], ["?status=inactive", [], []], ["?hat=coach&status=active", ["carl", "olga"], []],
  ])("members%s", async (query, members, invites) => {
    const { status, body } = await get(`/orgs/o/members${query}`);
    expect(status).toBe(200);
    expect(body.members.map((member: { user: string }) => member.user)).toEqual(members);
    expect(body.invites.map((invite: { invite: string }) => invite.invite)).toEqual(invites);
  });
  test.each([["?hat=", "hat"], ["?hat=coaches", "hat"], ["?status=Active", "status"], ["?hat=admin&hat=coach", "hat"],
    ["?stauts=inactive", "stauts"], ["?hat=coach&page=2", "page"], ["?a%40b.example=1", "(an address)"],
  ])(
    "members%s is refused", async (query, path) => {
      const { status, body, headers } = await get(`/orgs/o/members${query}`);
      expect([status, body.code, headers.get("content-type")])
        .toEqual([400, "invalid_request", "application/problem+json"]);
      expect(body.errors).toMatchObject([{ path }]);
    });
});

test("ids that begin with _ or - are found", async () => {
  const own = new World();
  own.system("org.created", { org: "_o", kind: "club", owner: "-olga" });
  own.as("-olga", "invite.created", { invite: "-i", org: "_o", hat: "admin" });
  const ask = (path: string) => send(appOf({ tuples: [...own.tuples.read({})], now: () => own.now }).app, "GET", path);
  expect(await ask("/orgs/_o/members")).toMatchObject({ status: 200, body: { members: [{ user: "-olga" }] } });
  expect(await ask("/users/-olga/workspaces")).toMatchObject({ status: 200, body: { landing: "admin" } });
  expect(await ask("/invites/-i")).toMatchObject({ status: 200, body: { invite: "-i", org: "_o" } });
});

test("roles, workspaces and an invite are found", async () => {
  const { status, body } = await get("/orgs/o/roles");
  expect([status, body.roles.length, body.roles[0].role]).toEqual([200, 8, "owner"]);
  expect(await get("/users/carl/workspaces")).toMatchObject({ status: 200, body: { landing: "coach" } });
  expect(await get("/invites/i")).toMatchObject({ status: 200, body: { invite: "i", status: "active" } });
});

describe("unknown orgs, users and invites", () => {
  test.each(["/orgs/q/members", "/orgs/q/roles", "/orgs/o%2Fx/roles", "/orgs/*/members", "/invites/q", "/invites/o%23x",
    "/orgs/_/members", "/invites/--",
    `/invites/${"x".repeat(129)}`])("%s is unknown_entity", async (path) => {
    const { status, body } = await get(path);
    expect([status, body.code, body.type]).toEqual([404, "unknown_entity", "/problems/unknown_entity"]);
  });
  test.each(["nobody", "*", "a%20b", "o%23member"])("S9 %s is a plain stranger", async (user) => {
    const { status, body } = await get(`/users/${user}/workspaces`);
    expect([status, body]).toEqual([200, { landing: "unauthorized", orgs: [] }]);
  });
});

describe("freshness", () => {
  const position = { org: "o", revision: 7 };
  const token = makeToken(position);
  const options = (checker: Partial<Checker>): SidecarOptions =>
    ({ tuples: [...world.tuples.read({})], now: () => world.now, checker });

  test("a token is passed to the checker, which finds the state", async () => {
    const asked: Freshness[] = [];
    const state = (freshness: Freshness): StateAnswer => {
      asked.push(freshness);
      return { tuples: world.tuples };
    };
    const own = appOf(options({ state })).app;
    for (const path of ["/orgs/o/members", "/orgs/o/roles", "/users/carl/workspaces", "/invites/i"]) {
      expect((await send(own, "GET", path, undefined, { "sideline-token": token })).status).toBe(200);
    }
    expect(asked).toEqual(Array(4).fill({ higher: false, positions: [position] }));
  });

  test("an invalid token, or one of an unseen state, is refused; a store that cannot be reached is 503", async () => {
    expect(await send(app, "GET", "/orgs/o/roles", undefined, { "sideline-token": "x" }))
      .toMatchObject({ status: 400, body: { code: "invalid_request", errors: [{ path: "Sideline-Token" }] } });
    const ahead = appOf(options({ state: () => failure("validation_error", "not seen") })).app;
    expect(await send(ahead, "GET", "/orgs/o/roles", undefined, { "sideline-token": token }))
      .toMatchObject({ status: 400, body: { code: "invalid_request", detail: "not seen" } });
    const gone = appOf(options({ state: () => Promise.reject(new Error("gone")) })).app;
    const { status, body, headers } = await send(gone, "GET", "/users/carl/workspaces");
    expect([status, body.code, headers.get("retry-after")]).toEqual([503, "store_unavailable", "1"]);
  });
});
