// POST /objects: the complete list in pages, and the requests that it refuses.
import { describe, expect, test } from "vitest";
import type { Freshness } from "../../src/checks/checker.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { DEFAULT_ENTRIES_PER_PAGE, MAX_ENTRIES_PER_PAGE, MAX_LIST_TOKEN_LENGTH } from "../../src/http/http-limits.ts";
import { makeToken } from "../../src/ledger/revision-token.ts";
import { club } from "../world/club.ts";
import { POLICY } from "../world/policy.ts";
import { appOf, send, type Answer } from "./world.ts";

const KEYS = {
  check: "the-key-of-an-app-that-only-checks", read: "the-key-of-a-console-that-only-reads",
  both: "the-key-of-a-console-that-does-both",
};
const scopes = { check: ["check"], read: ["read"], both: ["check", "read"] };
const parsed = parseKeys(JSON.stringify({
  keys: Object.entries(KEYS).map(([name, key]) => ({ name, key, scopes: scopes[name as keyof typeof KEYS] })),
}));

const world = club();
for (let n = 0; n < MAX_ENTRIES_PER_PAGE; n++) {
  world.system("activity.recorded", { activity: `act-${String(n).padStart(4, "0")}`, athlete: "a1" });
}
world.system("invite.created", { invite: "open", org: "fc", hat: "coach", team: "red" });
const options = { model: POLICY, tuples: [...world.tuples.read({})], now: () => world.now };
const { app } = appOf(options);
const ask = (body: object, headers = {}) => send(app, "POST", "/objects", body, headers);
const ATHLETES = { user: "user:root", relation: "can_view", type: "athlete" };
const ACTIVITIES = { user: "user:olga", relation: "can_view", type: "activity" };

/** Every object, by walking the pages. */
async function walk(question: object): Promise<string[]> {
  const all: string[] = [];
  for (let token = ""; ;) {
    const { status, body } = await ask({ ...question, continuation_token: token });
    expect(status).toBe(200);
    for (const object of body.objects) expect(object > (all.at(-1) ?? "")).toBe(true);
    all.push(...body.objects);
    token = body.continuation_token;
    if (token === "") return all;
  }
}

describe("pages", () => {
  test("of any size are together the list, sorted", async () => {
    const all = ["athlete:a1", "athlete:a2", "athlete:a3", "athlete:x1"];
    for (const page_size of [1, 2, 3, 4, 5, 1000]) expect(await walk({ ...ATHLETES, page_size })).toEqual(all);
    expect(await walk({ ...ATHLETES, org: "fc", page_size: 2 })).toEqual(all.slice(0, 3));
    expect(await walk({ ...ATHLETES, org: "xo" })).toEqual(["athlete:x1"]);
    expect(await walk({ ...ATHLETES, org: "none" })).toEqual([]);
    const rows = { user: "user:root", relation: "can_end", type: "coaching" };
    expect(await walk({ ...rows, user: "user:xena", org: "xo" })).toEqual(["coaching:cx"]);
    expect(await walk({ ...rows, org: "fc" })).toEqual(["coaching:c1"]);
  });

  test(`hold ${DEFAULT_ENTRIES_PER_PAGE} objects unless the request says otherwise, at most ${MAX_ENTRIES_PER_PAGE}`,
    async () => {
      const { body } = await ask(ACTIVITIES);
      expect(body.objects).toHaveLength(DEFAULT_ENTRIES_PER_PAGE);
      expect(body.objects[0]).toBe("activity:act-0000");
      const whole = await ask({ ...ACTIVITIES, page_size: MAX_ENTRIES_PER_PAGE });
      expect([whole.body.objects.length, whole.body.continuation_token]).toEqual([MAX_ENTRIES_PER_PAGE, ""]);
      const next = await ask({ ...ACTIVITIES, page_size: 999, continuation_token: body.continuation_token });
      expect(next.body.objects).toHaveLength(MAX_ENTRIES_PER_PAGE - DEFAULT_ENTRIES_PER_PAGE);
    });

  test("of an unknown user or org are empty (S9)", async () => {
    expect((await ask({ ...ATHLETES, user: "user:who" })).body).toEqual({ objects: [], continuation_token: "" });
  });
});

const refusal = ({ status, body: { code, errors } }: Answer) =>
  [status, code, errors?.map(({ path }: { path: string }) => path)];

describe("refusals", () => {
  test.each<[object, string]>([
    [{ type: "lane" }, "type"], [{ type: "user" }, "type"], [{ type: "event" }, "type"], [{ type: "" }, "type"],
    [{ type: 1 }, "type"], [{ relation: "can_read" }, "relation"], [{ relation: "org" }, "relation"],
    [{ relation: undefined }, "relation"], [{ user: "root" }, "user"], [{ user: "user:*" }, "user"],
    [{ user: "team:red#coach" }, "user"], [{ user: "user:a b" }, "user"],
    [{ org: "a b" }, "org"], [{ org: "" }, "org"], [{ org: "o".repeat(101) }, "org"],
    [{ type: "org", relation: "admin", org: "fc" }, "org"],
    [{ type: "platform", relation: "admin", org: "fc" }, "org"],
    [{ page_size: 0 }, "page_size"], [{ page_size: MAX_ENTRIES_PER_PAGE + 1 }, "page_size"],
    [{ page_size: 1.5 }, "page_size"], [{ page_size: "10" }, "page_size"], [{ page_size: null }, "page_size"],
    [{ continuation_token: "zzz" }, "continuation_token"], [{ continuation_token: 1 }, "continuation_token"],
    [{ continuation_token: "x".repeat(MAX_LIST_TOKEN_LENGTH) }, "continuation_token"],
    [{ continuation_token: "x".repeat(MAX_LIST_TOKEN_LENGTH + 1) }, "continuation_token"],
    [{ contextual_tuples: { tuple_keys: [] } }, ""], [{ context: {} }, ""], [{ pageSize: 1 }, ""],
  ])("%j", async (change, path) => {
    expect(refusal(await ask({ ...ATHLETES, ...change }))).toEqual([400, "invalid_request", [path]]);
  });

  test("a token of another question", async () => {
    const question = { user: "user:olga", relation: "can_view", type: "athlete", page_size: 1 };
    const { body: { continuation_token } } = await ask(question);
    expect((await ask({ ...question, page_size: 2, continuation_token })).status).toBe(200);
    for (const other of [
      { user: "user:adam" }, { relation: "can_delete" }, { type: "team" }, { org: "fc" },
    ]) {
      const answer = await ask({ ...question, ...other, continuation_token });
      expect(refusal(answer)).toEqual([400, "invalid_request", ["continuation_token"]]);
    }
  });

  test("a Sideline-Token that is none; one of a receipt goes to the checker", async () => {
    expect((await ask(ATHLETES, { "sideline-token": "x" })).body.code).toBe("invalid_request");
    const [asked, fresh]: [unknown[], Freshness[]] = [[], []];
    const own = appOf({ ...options, checker: {
      objectPage: (request, freshness) => {
        asked.push(request);
        fresh.push(freshness);
        return { objects: [], isLast: true };
      },
      checkAll: (_, freshness) => {
        fresh.push(freshness);
        return [];
      },
    } }).app;
    const token = { "sideline-token": makeToken({ org: "fc", revision: 7 }) };
    await send(own, "POST", "/filter", { user: "user:root", relation: "can_view", objects: [] }, token);
    await send(own, "POST", "/objects", ATHLETES, token);
    await send(own, "POST", "/objects", ATHLETES);
    expect(asked[0]).toEqual({ ...ATHLETES, org: undefined, after: "", size: 100 });
    expect(fresh[1]).toEqual(fresh[0]);
    expect(fresh[2]).not.toEqual(fresh[0]);
  });

  test("a store that cannot be asked is 503, and a question that is too complex 400", async () => {
    const failing = (objectPage: () => never | Promise<never>) =>
      send(appOf({ ...options, checker: { objectPage } }).app, "POST", "/objects", ATHLETES);
    expect((await failing(() => Promise.reject(new Error("gone")))).body.code).toBe("store_unavailable");
    const error = { code: "authorization_model_resolution_too_complex", message: "too complex" } as const;
    const complex = appOf({ ...options, checker: { objectPage: () => ({ error }) } }).app;
    expect((await send(complex, "POST", "/objects", ATHLETES)).body).toMatchObject(
      { code: "invalid_request", detail: "too complex" });
  });
});

test("the scope check suffices, except for lists of invites, which also need read (S20)", async () => {
  const guarded = appOf(options, { keys: parsed }).app;
  const by = async (key: string, body: object) => {
    const answer = await send(guarded, "POST", "/objects", body, { authorization: `Bearer ${key}` });
    return answer.status === 200 ? answer.body.objects : answer.body.code;
  };
  const invites = { user: "user:who", relation: "can_redeem", type: "invite" };
  expect(await by(KEYS.check, { ...ATHLETES, org: "xo" })).toEqual(["athlete:x1"]);
  expect(await by(KEYS.read, ATHLETES)).toBe("scope_missing");
  expect(await by(KEYS.check, invites)).toBe("scope_missing");
  expect(await by(KEYS.both, invites)).toEqual(["invite:open"]);
});
