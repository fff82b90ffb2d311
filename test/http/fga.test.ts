// The fga command line against a real server on a loopback port.
import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { serve, type ServerType } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parseKeys } from "../../src/http/api-keys.ts";
import { PATIENCE_MS } from "../live/patience.ts";
import { appOf, MODEL_ID, STORE_ID, TUPLES } from "./world.ts";

const TOKEN = "fga-0123456789-0123456789";
const KEYS = parseKeys(JSON.stringify({
  keys: [{ name: "fga", key: TOKEN, scopes: ["check:contextual", "read", "admin"] }],
}));
const cli = inject("fga");

describe.skipIf(!("path" in cli))("the fga command line", () => {
  let server: ServerType;
  let apiUrl = "";

  /** Runs a command; its output as JSON. Rejects with the command's error output. */
  const fga = async (...args: string[]) => {
    const path = "path" in cli ? cli.path : "";
    const store = args[0] === "store" ? [] : ["--store-id", STORE_ID];
    const settings = ["--api-url", apiUrl, "--api-token", TOKEN, ...store];
    const { stdout } = await promisify(execFile)(path, [...args, ...settings], { cwd: tmpdir(), timeout: PATIENCE_MS });
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    server = serve({ fetch: appOf({}, { keys: KEYS }).app.fetch, hostname: "127.0.0.1", port: 0 });
    if (!server.listening) await once(server, "listening");
    apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((done) => server.close(done)));

  test("query check", async () => {
    expect(await fga("query", "check", "user:a", "viewer", "doc:1")).toMatchObject({ allowed: true });
    expect(await fga("query", "check", "user:z", "viewer", "doc:1", "--contextual-tuple", "user:z owner doc:1"))
      .toMatchObject({ allowed: true });
    expect(await fga("query", "check", "user:c", "viewer", "doc:1", "--context", '{"x":100}'))
      .toMatchObject({ allowed: false });
  });
  test("query list-objects, list-relations, list-users, expand", async () => {
    expect((await fga("query", "list-objects", "user:a", "viewer", "doc")).objects.sort()).toEqual(["doc:1", "doc:2"]);
    const asked = ["--relation", "owner", "--relation", "banned"];
    expect((await fga("query", "list-relations", "user:a", "doc:1", ...asked)).relations).toEqual(["owner"]);
    const users = await fga("query", "list-users", "--object", "doc:1", "--relation", "owner", "--user-filter", "user");
    expect(users.users).toEqual([{ object: { type: "user", id: "a" } }]);
    expect((await fga("query", "expand", "ok", "doc:1")).tree.root.difference).toBeDefined();
  });
  test("tuple read and changes", async () => {
    expect((await fga("tuple", "read", "--output-format", "json")).tuples).toHaveLength(TUPLES.length);
    expect((await fga("tuple", "changes", "--type", "doc")).changes).toHaveLength(4);
  });
  test("store get and list, model list and get", async () => {
    expect((await fga("store", "get", "--store-id", STORE_ID)).name).toBe("sideline");
    expect((await fga("store", "list")).stores).toHaveLength(1);
    expect((await fga("model", "list")).authorization_models).toMatchObject([{ id: MODEL_ID }]);
    expect((await fga("model", "get", "--format", "json")).type_definitions).toHaveLength(3);
  });
});
