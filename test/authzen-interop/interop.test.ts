// The store files of the AuthZEN interop: their own assertions; every question of the scenarios, asked over the AuthZEN
// endpoints; and the requests of a copy of the interop's repository, where SIDELINE_TEST_AUTHZEN names its folder.
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

test("Todo: every user, action and owner, in one request each and in one for all", async () => {
  const { decide, decideAll } = await scenarioOf("todo");
  for (const [id, address, roles] of PEOPLE) {
    const subject = { type: "user", id };
    const asked: [name: string, type: string, object: string, ownerID: string | undefined, expected: boolean][] = [
      ["can_read_todos", "todo", "todo-1", undefined, true],
      ["can_create_todo", "todo", "todo-1", undefined, isEditor(roles)],
    ];
    for (const [other, ownerID] of PEOPLE) {
      const isOwn = isEditor(roles) && ownerID === address;
      const [updates, deletes] = ["evil_genius", "admin"]
        .map((role) => isOwn || (roles as readonly string[]).includes(role));
      asked.push(
        ["can_read_user", "user", other, undefined, true], ["can_read_user", "user", ownerID, undefined, true],
        ["can_update_todo", "todo", TODO, ownerID, updates!], ["can_delete_todo", "todo", TODO, ownerID, deletes!],
      );
    }
    const items = asked.map(([name, type, object, ownerID]) =>
      ({ action: { name }, resource: { type, id: object, ...(ownerID && { properties: { ownerID } }) } }));
    const expected = asked.map((each) => [address, ...each]);
    const alone = await Promise.all(items.map((item) => decide({ subject, ...item })));
    expect(alone.map((yes, i) => [address, ...asked[i]!.slice(0, 4), yes])).toEqual(expected);
    expect(await decideAll({ subject }, items)).toEqual(alone);
  }
  const stranger = { type: "user", id: "eve" };
  for (const name of ["can_read_todos", "can_create_todo", "can_update_todo", "can_delete_todo"]) {
    const resource = { type: "todo", id: TODO, properties: { ownerID: "eve" } };
    expect(await decide({ subject: stranger, action: { name }, resource })).toBe(false);
  }
});

test("gateway: every user, method and route", async () => {
  const { decide } = await scenarioOf("gateway");
  const forAll = new Set(["GET /users/{userId}", "GET /todos"]);
  const forEditors = new Set(["POST /todos", "PUT /todos/{todoId}", "DELETE /todos/{todoId}"]);
  for (const [id, , roles] of PEOPLE) {
    for (const name of ["GET", "POST", "PUT", "DELETE"]) {
      for (const route of ["/users/{userId}", "/todos", "/todos/{todoId}"]) {
        const request = { subject: { type: "identity", id }, action: { name }, resource: { type: "route", id: route } };
        const expected = forAll.has(`${name} ${route}`) || (forEditors.has(`${name} ${route}`) && isEditor(roles));
        expect([id, name, route, await decide(request)]).toEqual([id, name, route, expected]);
      }
    }
  }
});

const ACTIONS = ["delete", "edit", "view"];

test("Search: the three searches find exactly the allowed combinations", async () => {
  const { decideAll, search } = await scenarioOf("search");
  const users = ["alice", "bob", "carol", "dan", "erin", "felix"];
  const records = Array.from({ length: 20 }, (_, i) => String(101 + i));
  const allowed = new Set<string>();
  for (const user of users) {
    for (const name of ACTIONS) {
      const items = records.map((id) => ({ resource: { type: "record", id } }));
      const decisions = await decideAll({ subject: { type: "user", id: user }, action: { name } }, items);
      records.forEach((record, i) => decisions[i] && allowed.add(`${user} ${name} ${record}`));
    }
  }
  const may = (user: string, name: string, record: string): boolean => allowed.has(`${user} ${name} ${record}`);
  expect(users.flatMap((user) => records.filter((record) => may(user, "delete", record)))).toHaveLength(records.length);
  for (const name of ACTIONS) {
    for (const record of records) {
      const request = { subject: { type: "user" }, action: { name }, resource: { type: "record", id: record } };
      expect(await search(request)).toEqual(users.filter((user) => may(user, name, record)));
    }
    for (const user of users) {
      const request = { subject: { type: "user", id: user }, action: { name }, resource: { type: "record" } };
      expect(await search(request)).toEqual(records.filter((record) => may(user, name, record)));
    }
  }
  for (const user of users) {
    for (const record of records) {
      const found = await search({ subject: { type: "user", id: user }, resource: { type: "record", id: record } });
      expect(found).toEqual(ACTIONS.filter((name) => may(user, name, record)));
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
  ] as const)("%s", async (name, file) => {
    const { decide, decideAll } = await scenarioOf(name);
    const { evaluation = [], evaluations = [] } = read(file);
    expect(evaluation.length).toBeGreaterThan(0);
    for (const { request, expected } of evaluation) {
      expect([request, await decide(request)]).toEqual([request, expected]);
    }
    for (const { request: { evaluations: items = [], ...defaults }, expected } of evaluations) {
      expect((await decideAll(defaults, items)).map((decision) => ({ decision }))).toEqual(expected);
    }
  });

  test.each(["subject", "resource", "action"])("search of a %s", async (kind) => {
    const { search } = await scenarioOf("search");
    const { evaluation = [] } = read(`authzen-search-demo/test-harness/src/${kind}/results.json`);
    expect(evaluation.length).toBeGreaterThan(0);
    for (const { request, expected } of evaluation) {
      if (typeof expected !== "object" || !("results" in expected)) throw new Error("no results");
      const results = expected.results.map(({ id, name }) => id ?? name).sort();
      expect([request, await search(request)]).toEqual([request, results]);
    }
  });
});
