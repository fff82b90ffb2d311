// The test infrastructure itself: a server starts, answers every call of the client, and stops.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OpenfgaClient, OpenfgaError } from "./client.ts";
import { migrateOpenfga, openfgaAvailable, startOpenfga, type RunningOpenfga } from "./openfga.ts";
import { pinnedVersion } from "./pins.ts";

const direct = (type: string, relation?: string): object => ({
  type, ...(relation === undefined ? {} : { relation }),
});
const MODEL = {
  schema_version: "1.1",
  type_definitions: [
    { type: "user" },
    {
      type: "team",
      relations: { member: { this: {} } },
      metadata: { relations: { member: { directly_related_user_types: [direct("user"), direct("team", "member")] } } },
    },
  ],
};

describe.skipIf(!openfgaAvailable("fresh"))("a started OpenFGA", () => {
  let server: RunningOpenfga;
  let client: OpenfgaClient;

  beforeAll(async () => {
    server = await startOpenfga({ logLevel: "info" });
    client = await OpenfgaClient.createStore(server.url, "test");
    await client.writeModel(MODEL);
    await client.writeAll([
      { user: "user:ann", relation: "member", object: "team:1" },
      { user: "team:1#member", relation: "member", object: "team:2" },
      { user: "user:bob", relation: "member", object: "team:2" },
    ], 2);
  });
  afterAll(() => server?.stop());

  test("is of the pinned version", () => {
    expect(pinnedVersion("openfga")).toBe("1.22.1");
    expect(server.logs()).toContain(`"build.version":"v${pinnedVersion("openfga")}"`);
  });

  test("answers checks, batches and lists", async () => {
    expect(await client.check({ user: "user:ann", relation: "member", object: "team:2" })).toBe(true);
    expect(await client.check({ user: "user:bob", relation: "member", object: "team:1" })).toBe(false);
    const contextualTuples = [{ user: "user:bob", relation: "member", object: "team:1" }];
    const bob = { user: "user:bob", relation: "member", object: "team:1" };
    expect(await client.check(bob, { contextualTuples })).toBe(true);
    const batch = await client.batchCheck([
      { ...bob, correlationId: "a" }, { ...bob, contextualTuples, correlationId: "b" },
    ]);
    expect([batch["a"]?.allowed === true, batch["b"]?.allowed]).toEqual([false, true]);
    const question = { user: "user:ann", relation: "member", type: "team" };
    expect((await client.listObjects(question)).sort()).toEqual(["team:1", "team:2"]);
    expect((await client.streamedListObjects(question)).sort()).toEqual(["team:1", "team:2"]);
    const users = { object: "team:2", relation: "member" };
    expect((await client.listUsers({ ...users, userFilter: { type: "user" } })).sort())
      .toEqual(["user:ann", "user:bob"]);
    expect(await client.listUsers({ ...users, userFilter: { type: "team", relation: "member" } }))
      .toContain("team:1#member");
  });

  test("returns the tree, the tuples and the changes, page by page", async () => {
    expect(JSON.stringify(await client.expand({ relation: "member", object: "team:2" }))).toContain("team:1#member");
    const first = await client.read({}, { size: 2 });
    const rest = await client.read({}, { size: 2, token: first.token });
    expect([first.items.length, rest.items.length, rest.token]).toEqual([2, 1, ""]);
    await client.write([], [{ user: "user:bob", relation: "member", object: "team:2" }]);
    const changes = await client.readChanges({ size: 100 });
    expect(changes.items.map((c) => c.operation.slice(16))).toEqual(["WRITE", "WRITE", "WRITE", "DELETE"]);
  });

  test("refuses with a status and a code", async () => {
    const refusal = await client.check({ user: "user:ann", relation: "owner", object: "team:1" }).catch((e) => e);
    expect(refusal).toBeInstanceOf(OpenfgaError);
    expect(refusal).toMatchObject({ status: 400, code: "validation_error" });
  });
});

describe.skipIf(!openfgaAvailable("fresh"))("a stopped OpenFGA", () => {
  test("no longer answers", async () => {
    const server = await startOpenfga({ logLevel: "error" });
    await server.stop();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    if (server.pid !== undefined) expect(() => process.kill(server.pid as number, 0)).toThrow();
  });
});

describe.skipIf(!openfgaAvailable("datastore"))("an OpenFGA with a SQL store", () => {
  test("keeps its tuples over a restart", async ({ onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), "openfga-store-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const datastore = { engine: "sqlite", uri: `file:${join(folder, "fga.db")}` } as const;
    await migrateOpenfga(datastore);
    const first = await startOpenfga({ datastore });
    const writer = await OpenfgaClient.createStore(first.url, "test");
    await writer.writeModel(MODEL);
    await writer.write([{ user: "user:ann", relation: "member", object: "team:1" }], []);
    await first.stop();
    const second = await startOpenfga({ datastore });
    const reader = new OpenfgaClient(second.url, writer.store);
    const answer = await reader.check({ user: "user:ann", relation: "member", object: "team:1" });
    await second.stop();
    expect(answer).toBe(true);
  });
});
