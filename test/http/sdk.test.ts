// The OpenFGA SDK against a real server on a loopback port: every read call of its client, and its error classes.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import {
  ConsistencyPreference, CredentialsMethod, ErrorCode, FgaApiAuthenticationError, FgaApiInternalError,
  FgaApiNotFoundError, FgaApiValidationError, OpenFgaClient, type ClientCheckRequest,
} from "@openfga/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Checker } from "../../src/checks/checker.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { appOf, MODEL_ID, sidecarOf, STORE_ID, TUPLES } from "./world.ts";

const TOKEN = "sdk-0123456789-0123456789";
const KEYS = parseKeys(JSON.stringify({
  keys: [{ name: "sdk", key: TOKEN, scopes: ["check:contextual", "read", "admin"] },
    { name: "narrow", key: `${TOKEN}-narrow`, scopes: ["check"] }],
}));
const KEY = { user: "user:a", relation: "viewer", object: "doc:1" };

let server: ServerType;
let apiUrl = "";
const clientWith = (token: string, storeId = STORE_ID, authorizationModelId = MODEL_ID): OpenFgaClient =>
  new OpenFgaClient({
    apiUrl, storeId, authorizationModelId, retryParams: { maxRetry: 0 },
    credentials: { method: CredentialsMethod.ApiToken, config: { token } },
  });

beforeAll(async () => {
  const { checker } = sidecarOf();
  const listUsers: Checker["listUsers"] = (request, freshness) => {
    if (request.object === "doc:down") throw new Error("down");
    return checker.listUsers(request, freshness);
  };
  const { app } = appOf({ checker: { listUsers } }, { keys: KEYS });
  server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  if (!server.listening) await once(server, "listening");
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

describe("every read call", () => {
  test("check", async () => {
    const client = clientWith(TOKEN);
    expect(await client.check(KEY)).toMatchObject({ allowed: true });
    expect(await client.check({ ...KEY, user: "user:nobody" })).toMatchObject({ allowed: false });
    expect(await client.check({ ...KEY, user: "user:c", context: { x: 5 } })).toMatchObject({ allowed: true });
    const whatIf: ClientCheckRequest = {
      ...KEY, user: "user:z", contextualTuples: [{ user: "user:z", relation: "owner", object: "doc:1" }],
    };
    expect(await client.check(whatIf, { consistency: ConsistencyPreference.HigherConsistency }))
      .toMatchObject({ allowed: true });
    expect(await client.check({ ...KEY, user: "user:b" }, { authorizationModelId: MODEL_ID }))
      .toMatchObject({ allowed: true });
  });
  test("batchCheck, past one request's 50", async () => {
    const checks = Array.from({ length: 120 }, (_, i) =>
      ({ ...KEY, user: i % 2 === 0 ? "user:a" : "user:nobody", correlationId: `c${i}` }));
    const { result } = await clientWith(TOKEN).batchCheck({ checks });
    expect(result).toHaveLength(120);
    for (const { correlationId, allowed } of result) expect(allowed).toBe(Number(correlationId.slice(1)) % 2 === 0);
    const failed = await clientWith(TOKEN).batchCheck({ checks: [{ ...KEY, relation: "nope", correlationId: "x" }] });
    expect(failed.result[0]).toMatchObject({ allowed: false, error: { input_error: "validation_error" } });
  });
  test("clientBatchCheck and listRelations", async () => {
    const { result } = await clientWith(TOKEN).clientBatchCheck([KEY, { ...KEY, user: "user:nobody" }]);
    expect(result.map((one) => one.allowed)).toEqual([true, false]);
    const relations = { user: "user:a", object: "doc:1", relations: ["owner", "banned", "viewer"] };
    expect((await clientWith(TOKEN).listRelations(relations)).relations).toEqual(["owner", "viewer"]);
  });
  test("listObjects and streamedListObjects", async () => {
    const request = { user: "user:a", relation: "viewer", type: "doc" };
    expect((await clientWith(TOKEN).listObjects(request)).objects.sort()).toEqual(["doc:1", "doc:2"]);
    const streamed: string[] = [];
    for await (const { object } of clientWith(TOKEN).streamedListObjects(request)) streamed.push(object);
    expect(streamed.sort()).toEqual(["doc:1", "doc:2"]);
  });
  test("listUsers", async () => {
    const users = async (user_filters: { type: string; relation?: string }[]) => (await clientWith(TOKEN).listUsers({
      object: { type: "doc", id: "1" }, relation: "viewer", user_filters, context: { x: 1 },
      contextualTuples: [{ user: "user:*", relation: "member", object: "group:g" }],
    })).users;
    expect(await users([{ type: "group", relation: "member" }]))
      .toEqual([{ userset: { type: "group", id: "g", relation: "member" } }]);
    const named = ["a", "b", "c"].map((id) => ({ object: { type: "user", id } }));
    const found = await users([{ type: "user" }]);
    expect(found).toHaveLength(4);
    expect(found).toEqual(expect.arrayContaining([...named, { wildcard: { type: "user" } }]));
  });
  test("expand", async () => {
    const { tree } = await clientWith(TOKEN).expand({ relation: "both", object: "doc:1" });
    expect(tree?.root?.intersection?.nodes).toHaveLength(2);
  });
  test("read and readChanges", async () => {
    const all = await clientWith(TOKEN).read({});
    expect(all.tuples.map((one) => one.key.object)).toHaveLength(TUPLES.length);
    expect((await clientWith(TOKEN).read({ object: "doc:1", relation: "owner" })).tuples.map((one) => one.key.user))
      .toEqual(["user:a"]);
    const first = await clientWith(TOKEN).readChanges({ type: "doc" }, { pageSize: 2 });
    expect(first.changes).toHaveLength(2);
    const token = { continuationToken: first.continuation_token ?? "" };
    const rest = await clientWith(TOKEN).readChanges({ type: "doc" }, token);
    const keys = [...first.changes, ...rest.changes].map((change) => change.tuple_key as Tuple);
    expect(keys.map((key) => key.object)).toEqual(["doc:1", "doc:1", "doc:1", "doc:2"]);
  });
  test("stores, models and assertions", async () => {
    const client = clientWith(TOKEN);
    expect((await client.listStores()).stores.map((store) => store.id)).toEqual([STORE_ID]);
    expect(await client.getStore()).toMatchObject({ id: STORE_ID, name: "sideline" });
    expect((await client.readAuthorizationModels()).authorization_models.map((model) => model.id)).toEqual([MODEL_ID]);
    expect((await client.readAuthorizationModel()).authorization_model?.type_definitions).toHaveLength(3);
    expect((await client.readLatestAuthorizationModel()).authorization_model?.id).toBe(MODEL_ID);
    expect(await client.readAssertions()).toMatchObject({ assertions: [] });
  });
});

describe("errors have the SDK's classes", () => {
  const another = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  test("an invalid question", async () => {
    const failure = clientWith(TOKEN).check({ ...KEY, relation: "nope" });
    await expect(failure).rejects.toBeInstanceOf(FgaApiValidationError);
    await expect(failure).rejects.toMatchObject({ apiErrorCode: ErrorCode.ValidationError, statusCode: 400 });
    await expect(clientWith(TOKEN, STORE_ID, another).check(KEY)).rejects
      .toMatchObject({ apiErrorCode: ErrorCode.AuthorizationModelNotFound });
    await expect(clientWith(TOKEN).listObjects({ user: "user:a", relation: "viewer", type: "nope" })).rejects
      .toMatchObject({ apiErrorCode: ErrorCode.TypeNotFound });
  });
  test("an unknown key, or one without the scope", async () => {
    await expect(clientWith("x").check(KEY)).rejects.toBeInstanceOf(FgaApiAuthenticationError);
    await expect(clientWith(`${TOKEN}-narrow`).read({})).rejects.toMatchObject({ statusCode: 403 });
    expect(await clientWith(`${TOKEN}-narrow`).check(KEY)).toMatchObject({ allowed: true });
  });
  test("writes are refused", async () => {
    const client = clientWith(TOKEN);
    const tuples: Tuple[] = [{ user: "user:x", relation: "owner", object: "doc:1" }];
    const writes = [
      () => client.write({ writes: tuples }), () => client.writeTuples(tuples), () => client.deleteTuples(tuples),
      () => client.createStore({ name: "another" }), () => client.deleteStore(),
      () => client.writeAuthorizationModel({ schema_version: "1.1", type_definitions: [] }),
      () => client.writeAssertions([]),
    ];
    for (const write of writes) {
      const failure = write();
      await expect(failure).rejects.toBeInstanceOf(FgaApiAuthenticationError);
      await expect(failure).rejects.toMatchObject({ statusCode: 403, responseData: { code: "forbidden" } });
    }
    expect((await client.read({})).tuples).toHaveLength(TUPLES.length);
  });
  test("an unknown store, and one that cannot be reached", async () => {
    await expect(clientWith(TOKEN, another).getStore()).rejects.toBeInstanceOf(FgaApiNotFoundError);
    const failure = clientWith(TOKEN)
      .listUsers({ object: { type: "doc", id: "down" }, relation: "viewer", user_filters: [{ type: "user" }] });
    await expect(failure).rejects.toBeInstanceOf(FgaApiInternalError);
    await expect(failure).rejects.toMatchObject({ statusCode: 503 });
  });
});
