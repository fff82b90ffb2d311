// The guards of Hono, Express and Fastify: they let users with the relation pass, and answer all others with problems.
import type { AddressInfo } from "node:net";
import { createServer } from "node:http";
import express, { type Request } from "express";
import fc from "fast-check";
import fastify, { type FastifyRequest } from "fastify";
import { Hono, type Context } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isId } from "../../src/events/event.ts";
import { createClient, type Client } from "../../src/client/create-client.ts";
import { requirePermission as guardExpress } from "../../src/middleware/express.ts";
import { requirePermission as guardFastify } from "../../src/middleware/fastify.ts";
import { requirePermission as guardHono } from "../../src/middleware/hono.ts";
import { startSideline, type TestSideline } from "../../src/testing/start-sideline.ts";
import { holdsAsync } from "../laws/law.ts";
import { json, problem, staged } from "../client/stage.ts";

/** An app with guarded routes: `/notes/:id` for readers, `/moves/:from/:to` for editors of both teams, `/none`. */
interface App {
  get(path: string, user?: string): Promise<{ readonly status: number; readonly type: string; readonly body: string }>;
  close(): Promise<void>;
}

const USER = "x-user";
const headersOf = (user: string | undefined): Record<string, string> => (user === undefined ? {} : { [USER]: user });

type Make = (client: Client, failed: (error: unknown) => void) => Promise<App>;

const FRAMEWORKS: Readonly<Record<string, Make>> = {
  Hono: async (client, failed) => {
    const guard = { client, failed, user: (c: Context) => c.req.header(USER) };
    const app = new Hono();
    app.onError((_, c) => c.text("broken", 500));
    app.get("/notes/:id", guardHono("can_read", (c) => `note:${c.req.param("id")}`, guard), (c) => c.text("read"));
    app.get("/moves/:from/:to", guardHono("can_edit_membership",
      (c) => [`team:${c.req.param("from")}`, `team:${c.req.param("to")}`] as const, guard), (c) => c.text("moved"));
    app.get("/none", guardHono("can_read", () => [], guard), (c) => c.text("none"));
    app.get("/broken", guardHono("can_read", (): `note:${string}` => {
      throw new Error("broken");
    }, guard), (c) => c.text("none"));
    return {
      get: async (path, user) => answered(await app.request(path, { headers: headersOf(user) })),
      close: async () => {},
    };
  },
  Express: async (client, failed) => {
    const guard = { client, failed, user: (req: Request) => req.get(USER) };
    const app = express();
    app.get("/notes/:id", guardExpress("can_read", (req) => `note:${req.params["id"]}`, guard),
      (_, res) => void res.send("read"));
    app.get("/moves/:from/:to", guardExpress("can_edit_membership",
      (req) => [`team:${req.params["from"]}`, `team:${req.params["to"]}`] as const, guard),
    (_, res) => void res.send("moved"));
    app.get("/none", guardExpress("can_read", () => [], guard), (_, res) => void res.send("none"));
    app.get("/broken", guardExpress("can_read", (): `note:${string}` => {
      throw new Error("broken");
    }, guard), (_, res) => void res.send("none"));
    app.set("env", "test");
    const server = createServer(app);
    await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      get: async (path, user) =>
        answered(await fetch(url + path, { headers: headersOf(user) })),
      close: () => new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
    };
  },
  Fastify: async (client, failed) => {
    const guard = { client, failed, user: (request: FastifyRequest) => request.headers[USER] as string | undefined };
    const param = (request: FastifyRequest, name: string) => (request.params as Record<string, string>)[name]!;
    const app = fastify();
    const noteOf = (request: FastifyRequest) => `note:${param(request, "id")}` as const;
    const teamsOf = (request: FastifyRequest) =>
      [`team:${param(request, "from")}`, `team:${param(request, "to")}`] as const;
    app.get("/notes/:id", { preHandler: guardFastify("can_read", noteOf, guard) }, async () => "read");
    const preHandler = guardFastify("can_edit_membership", teamsOf, guard);
    app.get("/moves/:from/:to", { preHandler }, async () => "moved");
    app.get("/none", { preHandler: guardFastify("can_read", () => [], guard) }, async () => "none");
    app.get("/broken", { preHandler: guardFastify("can_read", (): `note:${string}` => {
      throw new Error("broken");
    }, guard) }, async () => "none");
    return {
      get: async (path, user) => {
        const { statusCode, headers, body } = await app.inject({ method: "GET", url: path, headers: headersOf(user) });
        return { status: statusCode, type: String(headers["content-type"]), body };
      },
      close: () => app.close(),
    };
  },
};

async function answered(response: Response): ReturnType<App["get"]> {
  const { status, headers } = response;
  return { status, type: headers.get("content-type") ?? "", body: await response.text() };
}

let sideline: TestSideline;
beforeAll(async () => {
  sideline = await startSideline();
  const { send } = sideline;
  await send("org.created", { org: "fc", kind: "club", owner: "olga" });
  for (const user of ["carl", "cora"]) await send("member.added", { org: "fc", user });
  for (const team of ["red", "blue"]) await send("team.created", { team, org: "fc", head_coach: "carl" });
  await send("team.created", { team: "green", org: "fc", head_coach: "cora" });
  await send("athlete.created", { athlete: "ada", org: "fc", coach: "carl" });
  await send("note.created", { note: "n1", athlete: "ada", author: "carl", under: "coaching:ada.carl" });
});
afterAll(() => sideline.close());

describe.each(Object.entries(FRAMEWORKS))("%s", (_, make) => {
  let app: App;
  const asked: string[] = [];
  const failures: unknown[] = [];
  beforeAll(async () => {
    const client = createClient({
      url: "http://sideline.test", fetch: (url, init) => {
        asked.push(new URL(url).pathname);
        return sideline.fetch(url, init);
      },
    });
    app = await make(client, (error) => failures.push(error));
  });
  afterAll(() => app.close());

  const refused = async (path: string, user?: string) => {
    const { status, type, body } = await app.get(path, user);
    expect(type).toMatch(/^application\/problem\+json/);
    const { status: inBody, code } = JSON.parse(body) as { status: number; code: string };
    expect(inBody).toBe(status);
    return [status, code];
  };

  test("whoever has the relation passes", async () => {
    expect(await app.get("/notes/n1", "carl")).toMatchObject({ status: 200, body: "read" });
  });

  test("nobody signed in is 401, whoever lacks the relation 403, also for an object that does not exist", async () => {
    expect(await refused("/notes/n1")).toEqual([401, "unauthenticated"]);
    expect(await refused("/notes/n1", "")).toEqual([401, "unauthenticated"]);
    for (const path of ["/notes/n1", "/notes/none", "/notes/n%201", "/notes/n1%23x"]) {
      expect([path, ...await refused(path, "cora")]).toEqual([path, 403, "actor_not_allowed"]);
    }
    expect(await refused("/notes/n1", "carl b")).toEqual([403, "actor_not_allowed"]);
  });

  test("all of several objects are asked for, in one request; none of none", async () => {
    asked.length = 0;
    expect(await app.get("/moves/red/blue", "carl")).toMatchObject({ status: 200, body: "moved" });
    expect(asked).toEqual(["/batch-check"]);
    expect(await refused("/moves/red/green", "carl")).toEqual([403, "actor_not_allowed"]);
    expect(await refused("/none", "carl")).toEqual([403, "actor_not_allowed"]);
  });

  test("a fault of the app is the app's own error", async () => {
    expect((await app.get("/broken", "carl")).status).toBe(500);
  });

  test("where Sideline does not answer, nobody passes (503), and the app is handed the error", async () => {
    const { client } = staged([problem("store_unavailable", 503)], { retries: 0 });
    const down = await make(client, (error) => failures.push(error));
    failures.length = 0;
    const { status, body } = await down.get("/notes/n1", "carl");
    expect([status, JSON.parse(body).code]).toEqual([503, "store_unavailable"]);
    expect(failures).toMatchObject([{ code: "store_unavailable" }]);
    await down.close();
  });
});

test.each([null, 0, false, {}, ["carl"]])("a user that is %j is nobody, whatever accounts exist", async (nobody) => {
  const asked: string[] = [];
  const client = { can: async (user: string) => asked.push(user) > 0 };
  const guard = { client, user: () => nobody as unknown as string };
  const app = new Hono().get("/", guardHono("can_read", () => "note:n1", guard), (c) => c.text("read"));
  expect((await app.request("/")).status).toBe(401);
  expect(asked).toEqual([]);
});

test("the ids that a guard asks about are those of the server", async () => {
  const characters = fc.constantFrom(..."aZ0_.|@+~-/ :*#é");
  const ids = fc.oneof(fc.string({ unit: characters, maxLength: 8 }), fc.integer({ min: 126, max: 130 })
    .map((length) => "x".repeat(length)));
  await holdsAsync(ids, 500, async (id) => {
    const asked: string[] = [];
    const client = { can: async (user: string) => asked.push(user) > 0 };
    const guard = { client, user: () => "carl" };
    const app = new Hono().get("/", guardHono("can_read", () => `note:${id}`, guard), (c) => c.text("read"));
    expect([id, (await app.request("/")).status]).toEqual([id, isId(id) ? 200 : 403]);
  });
});

test("a token that the server does not know is no answer: 503, and the app is handed the error", async () => {
  const unknown = json({ code: "validation_error", message: "Sideline-Token names a state not reached" }, 400);
  const { client } = staged([unknown], { retries: 0 });
  const failures: unknown[] = [];
  const guard = { client, user: () => "carl", failed: (error: unknown) => void failures.push(error) };
  const app = new Hono().get("/", guardHono("can_read", () => "note:n1", guard), (c) => c.text("read"));
  expect((await app.request("/")).status).toBe(503);
  expect(failures).toMatchObject([{ code: "validation_error" }]);
});

test("the compiler judges the relation of a guard", () => {
  const guard = { client: sideline.client, user: () => "carl" };
  // @ts-expect-error A team is not read.
  expect(guardHono("can_read", (c) => `team:${c.req.param("id")}`, guard)).toBeTypeOf("function");
  // @ts-expect-error There is no such relation.
  expect(guardHono("can_raed", (c) => `note:${c.req.param("id")}`, guard)).toBeTypeOf("function");
  // @ts-expect-error One of the two has no sessions.
  expect(guardHono("sessions_read", () => ["athlete:a", "team:t"], guard)).toBeTypeOf("function");
  expect(guardHono("can_view", () => ["athlete:a", "team:t"], guard)).toBeTypeOf("function");
});
