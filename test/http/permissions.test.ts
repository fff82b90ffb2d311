// POST /permissions and POST /filter: what a user may do with one object, and which of many objects they may use.
import { expect, test } from "vitest";
import { CHECKABLE } from "../../src/policy/checkable.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { MAX_FILTERED_OBJECTS } from "../../src/http/http-limits.ts";
import { club } from "../world/club.ts";
import { POLICY } from "../world/policy.ts";
import { appOf, send } from "./world.ts";

const KEY = "the-key-of-an-app-that-only-checks";
const KEYS = parseKeys(JSON.stringify({ keys: [{ name: "app", key: KEY, scopes: ["check"] }] }));

const world = club();
const { app } = appOf({ model: POLICY, tuples: [...world.tuples.read({})] });
const ask = (path: string, body: unknown, headers = {}) => send(app, "POST", path, body, headers);

test("the relations that a user has to an object, in the order of the reference", async () => {
  for (const [type, id] of [["org", "fc"], ["team", "red"], ["athlete", "a1"], ["coaching", "c1"]] as const) {
    for (const user of ["olga", "adam", "hana", "asta", "cora", "ida", "gus", "root", "nobody"]) {
      const object = `${type}:${id}`;
      const expected = CHECKABLE[type].filter((relation) => world.can(user, relation, object));
      const { status, body } = await ask("/permissions", { user: `user:${user}`, object });
      expect([user, status, body]).toEqual([user, 200, { user: `user:${user}`, object, relations: expected }]);
    }
  }
});

test("only the relations that were asked for, whatever their order", async () => {
  const relations = ["can_view", "can_manage", "head_coach", "athlete"];
  const question = { user: "user:hana", object: "team:red", relations };
  expect((await ask("/permissions", question)).body.relations).toEqual(["head_coach", "can_view", "can_manage"]);
});

test("an unknown user or object has nothing (S9)", async () => {
  expect((await ask("/permissions", { user: "user:who", object: "athlete:none" })).body.relations).toEqual([]);
  const question = { user: "user:who", relation: "can_view", objects: ["athlete:none"] };
  expect((await ask("/filter", question)).body.objects).toEqual([]);
});

test("the objects that a user may use, in the order sent, of several types", async () => {
  const objects = ["team:xt", "athlete:a3", "team:red", "athlete:a1", "athlete:x1", "team:red"];
  const { body } = await ask("/filter", { user: "user:hana", relation: "can_view", objects });
  expect(body).toEqual({ objects: ["team:red", "athlete:a1", "team:red"] });
});

const user = "user:a";

test.each([
  ["/permissions", { user, object: "lane:x" }, "object", "there is no type lane to ask about"],
  ["/permissions", { user, object: "user:x" }, "object", "there is no type user to ask about"],
  ["/permissions", { user, object: "fc" }, "object", "an object is <type>:<id>"],
  ["/permissions", { user, object: "org:f c" }, "object", expect.stringContaining("an id has 1 to 128")],
  ["/permissions", { user: "a", object: "org:fc" }, "user", expect.stringContaining("a user is user:<id>")],
  ["/permissions", { user: "team:red#coach", object: "org:fc" }, "user", expect.stringContaining("a user is")],
  ["/permissions", { user, object: "org:fc", relations: ["admin_hat"] }, "relation",
    "org has no relation admin_hat to ask about"],
  ["/permissions", { user, object: "org:fc", relation: "admin" }, "", expect.stringContaining("relation")],
  ["/filter", { user, relation: "can_read", objects: ["team:red"] }, "relation",
    "team has no relation can_read to ask about"],
  ["/filter", { user, relation: "can_view", objects: ["team:red", "team:"] }, "objects.1",
    expect.stringContaining("an id has")],
])("%s refuses %j", async (path, body, at, message) => {
  const answer = await ask(path, body);
  const { status, body: { code, errors } } = answer;
  expect([status, code, errors]).toEqual([400, "invalid_request", [{ path: at, message }]]);
});

test(`${MAX_FILTERED_OBJECTS} objects are filtered, one more is refused`, async () => {
  const objects = Array.from({ length: MAX_FILTERED_OBJECTS + 1 }, (_, i) => `athlete:a${i % 4}`);
  const question = { user: "user:hana", relation: "can_view", objects };
  const most = await ask("/filter", { ...question, objects: objects.slice(1) });
  expect(most.body.objects).toHaveLength(MAX_FILTERED_OBJECTS / 2);
  expect((await ask("/filter", question)).status).toBe(400);
});

test("a list far beyond the limit is not read, and a long name is not repeated", async () => {
  const objects = Array.from({ length: 150_000 }, () => "a");
  const { status, body } = await ask("/filter", { user, relation: "can_view", objects });
  expect([status, body.detail, body.errors]).toEqual([400, "more than 1000 fields or entries", undefined]);
  const long = await ask("/filter", { user, relation: "r".repeat(10_000), objects: ["team:red"] });
  expect(JSON.stringify(long.body).length).toBeLessThan(1_000);
});

test("contextual tuples count for the one question, and need their scope", async () => {
  const contextual_tuples = { tuple_keys: [{ user: "user:who", relation: "superadmin", object: "platform:main" }] };
  const question = { user: "user:who", object: "team:red", relations: ["can_view"] };
  expect((await ask("/permissions", { ...question, contextual_tuples })).body.relations).toEqual(["can_view"]);
  expect((await ask("/permissions", question)).body.relations).toEqual([]);
  const guarded = appOf({ model: POLICY, tuples: [] }, { keys: KEYS }).app;
  const key = { authorization: `Bearer ${KEY}` };
  const refused = await send(guarded, "POST", "/permissions", { ...question, contextual_tuples }, key);
  expect([refused.status, refused.body.code]).toEqual([403, "scope_missing"]);
  expect((await send(guarded, "POST", "/permissions", question, key)).status).toBe(200);
});

test("a token of a state that the server has not seen is refused", async () => {
  const answer = await ask("/permissions", { user: "user:a", object: "org:fc" }, { "sideline-token": "nonsense" });
  expect([answer.status, answer.body.code]).toEqual([400, "invalid_request"]);
});
