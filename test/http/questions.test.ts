// Questions: Sideline's own rules, and behaviour that a single answer does not show (pages, streams, freshness).
import { describe, expect, test } from "vitest";
import type { Checker, Freshness } from "../../src/checks/checker.ts";
import type { ListObjectsRequest } from "../../src/checks/question.ts";
import { makeToken } from "../../src/ledger/revision-token.ts";
import type { Change } from "../../src/tuples/store.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { appOf, MODEL_ID, send, STORE_ID, TUPLES, WRITTEN } from "./world.ts";
import {
  MAX_CHECKS_PER_BATCH, MAX_PAGE_SIZE, MAX_PAGE_TOKEN_LENGTH, MAX_QUESTION_BYTES,
} from "../../src/http/http-limits.ts";

const KEY = { user: "user:a", relation: "viewer", object: "doc:1" };
const CHECK = { tuple_key: KEY };
const LIST = { type: "doc", relation: "viewer", user: "user:a" };
const USERS = { object: { type: "doc", id: "1" }, relation: "owner", user_filters: [{ type: "user" }] };

describe("the one store", () => {
  const { app } = appOf();
  const post = (path: string, body: unknown) => send(app, "POST", path, body);

  test.each([["check", CHECK], ["batch-check", { checks: [{ ...CHECK, correlation_id: "a" }] }], ["list-objects", LIST],
    ["streamed-list-objects", LIST], ["list-users", USERS]])(
    "/%s is short for /stores/{store}/…, by id or name", async (endpoint, body) => {
      const [whole, named, short] = await Promise.all(
        [`/stores/${STORE_ID}/${endpoint}`, `/stores/sideline/${endpoint}`, `/${endpoint}`].map((p) => post(p, body)));
      expect(whole?.status).toBe(200);
      expect(named?.body).toEqual(whole?.body);
      expect(short?.body).toEqual(whole?.body);
      expect(short?.headers.get("openfga-authorization-model-id")).toBe(MODEL_ID);
    });

  test("the model may be named", async () => {
    expect(await post("/check", { ...CHECK, authorization_model_id: MODEL_ID })).toMatchObject({ status: 200 });
    expect(await post("/check", { ...CHECK, authorization_model_id: STORE_ID }))
      .toMatchObject({ status: 400, body: { code: "authorization_model_not_found" } });
  });
});

describe("freshness", () => {
  const position = { org: "o", revision: 3 };
  const token = makeToken(position);
  const seen = async (body: object, headers: Record<string, string> = {}): Promise<Freshness | undefined> => {
    const asked: Freshness[] = [];
    const check: Checker["check"] = (_, freshness) => {
      asked.push(freshness);
      return { allowed: true };
    };
    const { app } = appOf({ checker: { check } });
    expect((await send(app, "POST", "/check", { ...CHECK, ...body }, headers)).status).toBe(200);
    return asked[0];
  };

  test.each([[undefined, false], ["UNSPECIFIED", false], ["MINIMIZE_LATENCY", false], [0, false], [100, false],
    ["HIGHER_CONSISTENCY", true], [200, true], ["HIGHER_CONSISTNCY", true]])("%s asks for the freshest state: %s",
    async (consistency, higher) => {
      expect(await seen({ consistency })).toEqual({ higher, positions: [] });
    });
  test("tokens are passed on as the positions that they name", async () => {
    expect(await seen({}, { "sideline-token": token })).toEqual({ higher: false, positions: [position] });
    const other = { org: "elsewhere", revision: 3 };
    expect(await seen({}, { "sideline-token": `${token}, ${makeToken(other)}` })).toEqual(
      { higher: false, positions: [position, other] });
  });
  test.each(["", "x", "nonsense", "W10", `${token}x`, "bnVsbA=="])("%j is no token of any question", async (bad) => {
    const questions: readonly (readonly [path: string, body: object])[] = [
      ["check", CHECK], ["batch-check", { checks: [{ ...CHECK, correlation_id: "a" }] }], ["list-objects", LIST],
      ["list-users", USERS], ["expand", { tuple_key: { relation: "viewer", object: "doc:1" } }], ["read", {}],
    ];
    for (const consistency of ["MINIMIZE_LATENCY", "HIGHER_CONSISTENCY"]) {
      for (const [path, body] of questions) {
        expect(await send(appOf().app, "POST", `/stores/${STORE_ID}/${path}`, { ...body, consistency },
          { "sideline-token": bad }), path).toMatchObject({ status: 400, body: { code: "validation_error" } });
      }
    }
  });
});

describe("limits, each at n and n+1", () => {
  test("a body of 616,448 bytes, its length announced or not", async () => {
    const { app } = appOf();
    const text = JSON.stringify(CHECK);
    const fill = (bytes: number): string => text + " ".repeat(bytes - text.length);
    for (const announce of [false, true]) {
      const post = (body: string) =>
        send(app, "POST", "/check", body, announce ? { "content-length": String(body.length) } : {});
      expect(await post(fill(MAX_QUESTION_BYTES))).toMatchObject({ status: 200, body: { allowed: true } });
      expect(await post(fill(MAX_QUESTION_BYTES + 1))).toMatchObject({ status: 413, body: { code: "body_too_large" } });
    }
  });
  test("50 checks in a batch", async () => {
    const batch = (n: number) => ({
      checks: Array.from({ length: n }, (_, i) => ({ ...CHECK, correlation_id: `c${i}` })),
    });
    const { app } = appOf();
    const full = await send(app, "POST", "/batch-check", batch(MAX_CHECKS_PER_BATCH));
    expect(Object.values(full.body.result)).toEqual(Array(MAX_CHECKS_PER_BATCH).fill({ allowed: true }));
    expect(await send(app, "POST", "/batch-check", batch(MAX_CHECKS_PER_BATCH + 1))).toMatchObject({ status: 400 });
  });
  test("a token of 5120 characters", async () => {
    const { app } = appOf();
    const read = (length: number) =>
      send(app, "POST", `/stores/${STORE_ID}/read`, { continuation_token: "z".repeat(length) });
    expect((await read(MAX_PAGE_TOKEN_LENGTH)).body.code).toBe("invalid_continuation_token");
    expect((await read(MAX_PAGE_TOKEN_LENGTH + 1)).body.code).toBe("validation_error");
  });
});

describe("lists are complete", () => {
  const many = 12_345;
  const tuples = Array.from({ length: many }, (_, i): Tuple =>
    ({ user: "user:a", relation: "owner", object: `doc:"${i}` }));
  const { app } = appOf({ tuples });
  const expected = new Set(tuples.map((tuple) => tuple.object));

  test("in one answer", async () => {
    const { body } = await send(app, "POST", "/list-objects", LIST);
    expect(body.objects).toHaveLength(many);
    expect(new Set(body.objects)).toEqual(expected);
  });
  test("line by line, in chunks of many", async () => {
    const response = await app.request("/streamed-list-objects", { method: "POST", body: JSON.stringify(LIST) });
    const chunks: string[] = [];
    for await (const chunk of response.body!) chunks.push(new TextDecoder().decode(chunk as Uint8Array));
    const lines = chunks.join("").trimEnd().split("\n").map((line) => JSON.parse(line).result.object as string);
    expect(lines).toHaveLength(many);
    expect(new Set(lines)).toEqual(expected);
    expect(chunks.length).toBeLessThan(many / 100);
    expect(chunks.every((chunk) => chunk.endsWith("}\n"))).toBe(true);
  });
  test("a list beyond a limit is an error, never a part of the list", async () => {
    const code = "authorization_model_resolution_too_complex";
    const failing = (_: ListObjectsRequest) => ({ error: { code, message: "too deep" } }) as const;
    const { app: broken } = appOf({ checker: { listObjects: failing } });
    expect(await send(broken, "POST", "/list-objects", LIST)).toMatchObject({ status: 400, body: { code } });
    expect(await send(broken, "POST", "/streamed-list-objects", LIST))
      .toMatchObject({ status: 400, body: { error: { code: 3, message: "too deep", details: [] } } });
    const { app: gone } = appOf({ checker: { listObjects: () => Promise.reject(new Error("gone")) } });
    expect(await send(gone, "POST", "/streamed-list-objects", LIST))
      .toMatchObject({ status: 503, body: { code: "store_unavailable" } });
  });
});

describe("pages", () => {
  const tuples = Array.from({ length: 250 }, (_, i): Tuple =>
    ({ user: `user:${i}`, relation: "owner", object: i % 2 === 0 ? "doc:1" : "doc:2" }));
  const changes = tuples.map((tuple, i): Change =>
    ({ operation: i === 249 ? "delete" : "write", tuple, at: WRITTEN + i * 1000 }));
  const { app } = appOf({ tuples, changes, now: () => WRITTEN + 1_000_000 });

  test("read continues until the token is empty", async () => {
    const users: string[] = [];
    let token = "";
    do {
      const body = { page_size: MAX_PAGE_SIZE, continuation_token: token };
      const page = await send(app, "POST", `/stores/${STORE_ID}/read`, body);
      users.push(...page.body.tuples.map((tuple: { key: Tuple }) => tuple.key.user));
      token = page.body.continuation_token;
    } while (token !== "");
    expect(users).toEqual(tuples.map((tuple) => tuple.user));
  });
  test("a page has 50 entries by default", async () => {
    expect((await send(app, "POST", `/stores/${STORE_ID}/read`, {})).body.tuples).toHaveLength(50);
    expect((await send(app, "GET", `/stores/${STORE_ID}/changes`)).body.changes).toHaveLength(50);
  });
  test("a token that the store does not accept", async () => {
    const token = Buffer.from(JSON.stringify(["x", ""])).toString("base64url");
    const invalid = { status: 400, body: { code: "invalid_continuation_token" } };
    expect(await send(app, "POST", `/stores/${STORE_ID}/read`, { continuation_token: token })).toMatchObject(invalid);
    expect(await send(app, "GET", `/stores/${STORE_ID}/changes?continuation_token=${token}`)).toMatchObject(invalid);
  });

  const feed = async (query: string): Promise<{ users: string[]; token: string; operations: string[] }> => {
    const { body } = await send(app, "GET", `/stores/${STORE_ID}/changes?page_size=100${query}`);
    return {
      users: body.changes.map((change: { tuple_key: Tuple }) => change.tuple_key.user), token: body.continuation_token,
      operations: body.changes.map((change: { operation: string }) => change.operation),
    };
  };
  test("changes continue by token, which stays at the end of the feed", async () => {
    const users: string[] = [];
    let token = "";
    for (const length of [100, 100, 50, 0]) {
      const page = await feed(token === "" ? "" : `&continuation_token=${token}`);
      expect(page.users).toHaveLength(length);
      if (length === 50) expect(page.operations.at(-1)).toBe("TUPLE_OPERATION_DELETE");
      if (length === 0) expect(page.token).toBe(token);
      users.push(...page.users);
      token = page.token;
    }
    expect(users).toEqual(tuples.map((tuple) => tuple.user));
  });
  test("changes from a start time, inclusive", async () => {
    const at = (i: number): string => new Date(WRITTEN + i * 1000).toISOString();
    for (const first of [0, 1, 137, 249]) {
      const page = await feed(`&start_time=${at(first)}`);
      expect(page.users[0]).toBe(`user:${first}`);
      const next = await feed(`&continuation_token=${page.token}`);
      expect([...page.users, ...next.users]).toEqual(tuples.slice(first, first + 200).map((tuple) => tuple.user));
    }
    expect((await feed(`&start_time=${at(250)}`)).users).toEqual([]);
  });
  test("a token belongs to one type", async () => {
    const { token } = await feed("&type=doc");
    expect((await feed(`&type=doc&continuation_token=${token}`)).users).toHaveLength(100);
    expect(await send(app, "GET", `/stores/${STORE_ID}/changes?type=user&continuation_token=${token}`))
      .toMatchObject({ status: 400, body: { code: "query_string_type_continuation_token_mismatch" } });
  });
});

test("a body nested too deeply is the caller's fault, whatever is inside", async () => {
  const { app, logged } = appOf();
  const body = `${"[".repeat(60_000)}"\\ud800"${"]".repeat(60_000)}`;
  expect(await send(app, "POST", "/check", body)).toMatchObject({ status: 400, body: { code: "validation_error" } });
  expect(logged).toEqual([]);
});

test("a context reaches the evaluator as sent", async () => {
  const contexts: unknown[] = [];
  const check = (request: { context?: unknown }) => { contexts.push(request.context); return { allowed: true }; };
  const { app } = appOf({ tuples: TUPLES, checker: { check } });
  await send(app, "POST", "/check", { ...CHECK, context: { current_time: "x", a: [1, { b: null }] } });
  await send(app, "POST", "/check", CHECK);
  expect(contexts).toEqual([{ current_time: "x", a: [1, { b: null }] }, undefined]);
});

test("a contextual tuple does not set the current time", async () => {
  const { app } = appOf();
  const condition = { name: "unexpired", context: { current_time: "2019-01-01T00:00:00Z" } };
  const tuple = { user: "user:a", relation: "owner", object: "doc:1", condition };
  expect(await send(app, "POST", "/check", { ...CHECK, contextual_tuples: { tuple_keys: [tuple] } }))
    .toMatchObject({ status: 400, body: { code: "validation_error", message: "only the server sets current_time" } });
});
