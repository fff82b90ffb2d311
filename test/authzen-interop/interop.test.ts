// The store files of the AuthZEN interop: their own assertions, the scenarios' rules for every question, and the
// requests of a copy of the interop's repository, where SIDELINE_TEST_AUTHZEN names its folder.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { judgeByEngine } from "../corpus/judge-engine.ts";
import { judgeByServer } from "../corpus/judge-openfga.ts";
import { countsOf, readStory, storyFiles } from "../corpus/story.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { scenarioOf, type Request } from "./scenario.ts";

const files = storyFiles("test/authzen-interop");

test("there is a store file for each scenario", () => {
  expect(files.map((file) => file.replace(/^.*\//, "")))
    .toEqual(["gateway.fga.yaml", "search.fga.yaml", "todo.fga.yaml"]);
});

test.each(files)("%s holds by the evaluator", async (file) => {
  const story = readStory(file);
  expect(await judgeByEngine(story)).toEqual({ judged: countsOf(story), failures: [] });
});

describe.skipIf(!openfgaAvailable("fresh"))("on a live OpenFGA", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga({ logLevel: "info" });
  });
  afterAll(() => server?.stop());
  test.each(files)("%s holds", async (file) => {
    const story = readStory(file);
    expect(await judgeByServer(server.url, story)).toEqual({ judged: countsOf(story), failures: [] });
  });
});

/** The users of the Todo and gateway scenarios: the subject of their tokens, their address, their roles. */
const PEOPLE = [
  ["CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "rick@the-citadel.com", ["admin", "evil_genius"]],
  ["CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "morty@the-citadel.com", ["editor"]],
  ["CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "summer@the-smiths.com", ["editor"]],
  ["CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "beth@the-smiths.com", ["viewer"]],
  ["CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "jerry@the-smiths.com", ["viewer"]],
] as const;
const isEditor = (roles: readonly string[]): boolean => !roles.includes("viewer");
const TODO = "7240d0db-8ff0-41ec-98b2-34a096273b91";

test("Todo: every user, action and owner", () => {
  const { decide } = scenarioOf("todo");
  for (const [id, address, roles] of PEOPLE) {
    const may = (name: string, type: string, object: string, properties?: Record<string, string>): boolean =>
      decide({ subject: { type: "user", id }, action: { name },
        resource: { type, id: object, ...(properties === undefined ? {} : { properties }) } });
    expect([may("can_read_todos", "todo", "todo-1"), may("can_create_todo", "todo", "todo-1")])
      .toEqual([true, isEditor(roles)]);
    for (const [other, ownerID] of PEOPLE) {
      expect([may("can_read_user", "user", other), may("can_read_user", "user", ownerID)]).toEqual([true, true]);
      const isOwn = isEditor(roles) && ownerID === address;
      const [updates, deletes] = ["evil_genius", "admin"]
        .map((role) => isOwn || (roles as readonly string[]).includes(role));
      expect([address, ownerID, may("can_update_todo", "todo", TODO, { ownerID }),
        may("can_delete_todo", "todo", TODO, { ownerID })]).toEqual([address, ownerID, updates, deletes]);
    }
  }
  const stranger = { type: "user", id: "eve" };
  for (const name of ["can_read_todos", "can_create_todo", "can_update_todo", "can_delete_todo"]) {
    const resource = { type: "todo", id: TODO, properties: { ownerID: "eve" } };
    expect(decide({ subject: stranger, action: { name }, resource })).toBe(false);
  }
});

test("gateway: every user, method and route", () => {
  const { decide } = scenarioOf("gateway");
  const forAll = new Set(["GET /users/{userId}", "GET /todos"]);
  const forEditors = new Set(["POST /todos", "PUT /todos/{todoId}", "DELETE /todos/{todoId}"]);
  for (const [id, , roles] of PEOPLE) {
    for (const name of ["GET", "POST", "PUT", "DELETE"]) {
      for (const route of ["/users/{userId}", "/todos", "/todos/{todoId}"]) {
        const request = { subject: { type: "identity", id }, action: { name }, resource: { type: "route", id: route } };
        const expected = forAll.has(`${name} ${route}`) || (forEditors.has(`${name} ${route}`) && isEditor(roles));
        expect([id, name, route, decide(request)]).toEqual([id, name, route, expected]);
      }
    }
  }
});

const ACTIONS = ["delete", "edit", "view"];

test("Search: the three searches find exactly the allowed combinations", () => {
  const { decide, search } = scenarioOf("search");
  const users = ["alice", "bob", "carol", "dan", "erin", "felix"];
  const records = Array.from({ length: 20 }, (_, i) => String(101 + i));
  const may = (user: string, name: string, record: string): boolean => decide(
    { subject: { type: "user", id: user }, action: { name }, resource: { type: "record", id: record } });
  expect(users.flatMap((user) => records.filter((record) => may(user, "delete", record)))).toHaveLength(records.length);
  for (const name of ACTIONS) {
    for (const record of records) {
      const request = { subject: { type: "user" }, action: { name }, resource: { type: "record", id: record } };
      expect(search(request, ACTIONS)).toEqual(users.filter((user) => may(user, name, record)));
    }
    for (const user of users) {
      const request = { subject: { type: "user", id: user }, action: { name }, resource: { type: "record" } };
      expect(search(request, ACTIONS)).toEqual(records.filter((record) => may(user, name, record)));
    }
  }
});

interface Vector {
  readonly request: Request & { readonly evaluations?: readonly Partial<Request>[] };
  readonly expected: boolean | readonly { readonly decision: boolean }[]
    | { readonly results: readonly { readonly id?: string; readonly name?: string }[] };
}

const copy = process.env["SIDELINE_TEST_AUTHZEN"];

describe.skipIf(copy === undefined)("the interop's own requests", () => {
  const read = (file: string): Partial<Record<"evaluation" | "evaluations", readonly Vector[]>> =>
    JSON.parse(readFileSync(join(copy ?? "", "interop", file), "utf8")) as never;

  test.each([
    ["todo", "authzen-todo-backend/test/decisions-authorization-api-1_0-02.json"],
    ["gateway", "authzen-api-gateways/test-harness/test/decisions.json"],
  ] as const)("%s", (name, file) => {
    const { decide } = scenarioOf(name);
    const { evaluation = [], evaluations = [] } = read(file);
    expect(evaluation.length).toBeGreaterThan(0);
    for (const { request, expected } of evaluation) expect([request, decide(request)]).toEqual([request, expected]);
    for (const { request: { evaluations: items = [], ...defaults }, expected } of evaluations) {
      expect(items.map((item) => ({ decision: decide({ ...defaults, ...item }) }))).toEqual(expected);
    }
  });

  test.each(["subject", "resource", "action"])("search of a %s", (kind) => {
    const { search } = scenarioOf("search");
    const { evaluation = [] } = read(`authzen-search-demo/test-harness/src/${kind}/results.json`);
    expect(evaluation.length).toBeGreaterThan(0);
    for (const { request, expected } of evaluation) {
      if (typeof expected !== "object" || !("results" in expected)) throw new Error("no results");
      const results = expected.results.map(({ id, name }) => id ?? name).sort();
      expect([request, search(request, ACTIONS)]).toEqual([request, results]);
    }
  });
});
