// The directory over HTTP: what its answers carry stands in test/state; here, how requests are read and refused.
import { describe, expect, test } from "vitest";
import { World } from "../events/world.ts";
import { appOf, send } from "./world.ts";

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
    ["?page=2", ["carl", "olga"], ["i"]],
  ])("members%s", async (query, members, invites) => {
    const { status, body } = await get(`/orgs/o/members${query}`);
    expect(status).toBe(200);
    expect(body.members.map((member: { user: string }) => member.user)).toEqual(members);
    expect(body.invites.map((invite: { invite: string }) => invite.invite)).toEqual(invites);
  });
  test.each([["?hat=", "hat"], ["?hat=coaches", "hat"], ["?status=Active", "status"], ["?hat=admin&hat=coach", "hat"]])(
    "members%s is refused", async (query, path) => {
      const { status, body, headers } = await get(`/orgs/o/members${query}`);
      expect([status, body.code, headers.get("content-type")])
        .toEqual([400, "invalid_request", "application/problem+json"]);
      expect(body.errors).toMatchObject([{ path }]);
    });
});

test("roles, workspaces and an invite are found", async () => {
  const { status, body } = await get("/orgs/o/roles");
  expect([status, body.roles.length, body.roles[0].role]).toEqual([200, 8, "owner"]);
  expect(await get("/users/carl/workspaces")).toMatchObject({ status: 200, body: { landing: "coach" } });
  expect(await get("/invites/i")).toMatchObject({ status: 200, body: { invite: "i", status: "active" } });
});

describe("what is not there", () => {
  test.each(["/orgs/q/members", "/orgs/q/roles", "/orgs/o%2Fx/roles", "/orgs/*/members", "/invites/q", "/invites/o%23x",
    `/invites/${"x".repeat(129)}`])("%s is unknown_entity", async (path) => {
    const { status, body } = await get(path);
    expect([status, body.code, body.type]).toEqual([404, "unknown_entity", "/problems/unknown_entity"]);
  });
  test.each(["nobody", "*", "a%20b", "o%23member"])("S9 %s is a plain stranger", async (user) => {
    const { status, body } = await get(`/users/${user}/workspaces`);
    expect([status, body]).toEqual([200, { landing: "unauthorized", orgs: [] }]);
  });
});
