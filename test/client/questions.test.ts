// The questions of the client, asked of a whole Sideline in this process; and lists in pages, as the contract has them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient, SidelineError } from "../../src/client/create-client.ts";
import { startSideline, type TestSideline } from "../../src/testing/start-sideline.ts";
import { json, problem, receipt, staged, tokenOf, type Sent } from "./stage.ts";

let sideline: TestSideline;
beforeAll(async () => {
  sideline = await startSideline();
  const { send } = sideline;
  await send("org.created", { org: "fc", kind: "club", owner: "olga" });
  for (const user of ["carl", "cora"]) await send("member.added", { org: "fc", user });
  for (let i = 0; i < 12; i++) await send("athlete.created", { athlete: `a${i}`, org: "fc", coach: "carl" });
  await send("note.created", { note: "n1", athlete: "a1", author: "carl", under: "coaching:a1.carl" });
});
afterAll(() => sideline.close());

describe("of a whole Sideline", () => {
  test("can", async () => {
    const { client } = sideline;
    expect(await client.can("user:carl", "can_read", "note:n1")).toBe(true);
    expect(await client.can("user:cora", "can_read", "note:n1")).toBe(false);
    const odd = client.can("user:carl", "can_read", "note:n 1");
    await expect(odd).rejects.toMatchObject({ code: "validation_error", status: 400, isFinal: true });
  });

  test("permissions", async () => {
    const note = { can_read: true, can_edit: true, can_flag: true, can_share: true, can_delete: true };
    expect(await sideline.client.permissions("user:carl", "note:n1")).toEqual(note);
    expect(await sideline.client.permissions("user:olga", "note:n1")).toEqual({ can_read: true });
    const refused = await sideline.client.permissions("user:carl", "note:").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SidelineError);
    const faults = [{ path: "object", message: expect.any(String) }];
    expect(refused).toMatchObject({ code: "invalid_request", faults });
  });

  test("filter, also more objects than a request takes", async () => {
    const { client } = sideline;
    const few = ["athlete:a3", "athlete:x", "athlete:a1"] as const;
    expect(await client.filter("user:carl", "can_view", few)).toEqual(["athlete:a3", "athlete:a1"]);
    const many = Array.from({ length: 2_500 }, (_, i) => `athlete:a${i}` as const);
    expect(await client.filter("user:carl", "can_view", many)).toEqual(many.slice(0, 12));
    expect(await client.filter("user:carl", "can_view", [])).toEqual([]);
  });

  test("users, and everybody for an open invite", async () => {
    const { client, send } = sideline;
    expect((await client.users("can_read", "note:n1")).sort()).toEqual(["user:carl", "user:olga"]);
    await send("invite.created", { invite: "i1", org: "fc", hat: "office" });
    expect(await client.users("can_redeem", "invite:i1")).toEqual(["user:*"]);
  });

  test("as of an earlier event, whatever the client remembers", async () => {
    const { client } = sideline;
    const [now, then] = [{}, { asOf: tokenOf("fc", 1) }];
    for (const [options, known] of [[now, true], [then, false]] as const) {
      expect(await client.can("user:carl", "can_view", "athlete:a1", options)).toBe(known);
      expect(await client.filter("user:carl", "can_view", ["athlete:a1"], options)).toHaveLength(known ? 1 : 0);
      expect(await client.users("member", "org:fc", options)).toHaveLength(known ? 3 : 1);
      expect((await client.permissions("user:carl", "athlete:a1", options)).can_view).toBe(known ? true : undefined);
      expect((await client.explain("user:carl", "can_view", "athlete:a1", options)).allowed).toBe(known);
      const found = [];
      for await (const each of client.objects("user:carl", "can_view", "athlete", options)) found.push(each);
      expect(found).toHaveLength(known ? 12 : 0);
    }
    const both = client.can("user:carl", "can_view", "athlete:a1", { ...then, token: tokenOf("fc", 1) });
    await expect(both).rejects.toMatchObject({ code: "validation_error", status: 400 });
  });

  test("an event, a duplicate and a refusal, each seen by the next question", async () => {
    const { client } = sideline;
    const share = () => client.send("note.shared", { note: "n1", user: "cora" }, { actor: "carl", id: "s1" });
    expect(await share()).toMatchObject({ id: "s1", status: "applied", written: 1 });
    expect(await client.can("user:cora", "can_read", "note:n1")).toBe(true);
    expect(await share()).toMatchObject({ status: "duplicate", written: 0 });
    const stranger = client.send("note.deleted", { note: "n1" }, { actor: "cora", id: "d1" });
    await expect(stranger).rejects.toMatchObject({ code: "actor_not_allowed", status: 403, event: { id: "d1" } });
    const dry = await client.send("note.unshared", { note: "n1", user: "cora" }, { actor: "carl", dryRun: true });
    expect(dry).toMatchObject({ dry_run: true, changes: { write: [], delete: [{ object: "note:n1" }] } });
    expect(await client.can("user:cora", "can_read", "note:n1")).toBe(true);
  });

  test("over HTTP, with the platform's own fetch", async () => {
    const client = createClient({ url: await sideline.listen() });
    expect(await client.can("user:carl", "can_read", "note:n1")).toBe(true);
    await client.send("note.visibility_changed", { note: "n1", visible_to_athlete: true }, { actor: "carl" });
    expect((await client.permissions("user:carl", "note:n1")).can_flag).toBe(true);
  });
});

describe("checks of one tick", () => {
  const yesFor = (object: string) => ({ path, body }: Sent): Response => path === "/check"
    ? json({ allowed: body.tuple_key.object === object })
    : json({ result: Object.fromEntries(body.checks.map((check: any) =>
      [check.correlation_id, { allowed: check.tuple_key.object === object }])) });

  test("share a request, and each has its own answer", async () => {
    const { client, sent } = staged([yesFor("note:n3")]);
    const objects = Array.from({ length: 120 }, (_, i) => `note:n${i}` as const);
    const answers = await Promise.all(objects.map((object) => client.can("user:a", "can_read", object)));
    expect(objects.filter((_, i) => answers[i])).toEqual(["note:n3"]);
    expect(sent.map(({ path, body }) => [path, body.checks.length]))
      .toEqual([["/batch-check", 50], ["/batch-check", 50], ["/batch-check", 20]]);
    expect(await client.can("user:a", "can_read", "note:n3")).toBe(true);
    expect(sent.at(-1)!.path).toBe("/check");
  });

  test("fail together where the request fails, and alone where one of them does", async () => {
    const pair = (answer: Response) => {
      const { client } = staged([answer], { retries: 0 });
      return Promise.allSettled(["note:a", "note:b"].map((note) =>
        client.can("user:a", "can_read", note as "note:a")));
    };
    const down = await pair(problem("store_unavailable", 503));
    expect(down.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const error = { input_error: "authorization_model_resolution_too_complex", message: "too deep" };
    const [first, second] = await pair(json({ result: { 0: { error }, 1: { allowed: true } } }));
    expect(first).toMatchObject({ reason: { code: error.input_error, isFinal: true } });
    expect(second).toEqual({ status: "fulfilled", value: true });
    const [, missing] = await pair(json({ result: { 0: { allowed: true } } }));
    expect(missing).toMatchObject({ reason: { code: "unreadable_answer" } });
  });

  test("are asked alone where one can be ended by itself", async () => {
    const { client, sent } = staged([yesFor("note:a")]);
    const { signal } = new AbortController();
    const asked = [{ signal }, {}].map((options) => client.can("user:a", "can_read", "note:a", options));
    expect(await Promise.all(asked)).toEqual([true, true]);
    expect(sent.map(({ path }) => path)).toEqual(["/check", "/check"]);
  });
});

describe("objects", () => {
  const collect = async (script: readonly Response[], options = {}) => {
    const stage = staged(script);
    const found: string[] = [];
    for await (const object of stage.client.objects("user:a", "can_read", "note", options)) found.push(object);
    return { found, bodies: stage.sent.map(({ path, body }) => [path, body]) };
  };
  const page = (objects: string[], continuation_token: string): Response => json({ objects, continuation_token });

  test("come page by page", async () => {
    const question = { user: "user:a", relation: "can_read", type: "note" };
    const pages = [page(["note:a", "note:b"], "p2"), page([], "p3"), page(["note:c"], "")];
    const { found, bodies } = await collect(pages, { org: "fc", pageSize: 2 });
    expect(found).toEqual(["note:a", "note:b", "note:c"]);
    const first = { ...question, org: "fc", page_size: 2 };
    expect(bodies).toEqual([["/objects", first], ["/objects", { ...first, continuation_token: "p2" }],
      ["/objects", { ...first, continuation_token: "p3" }]]);
    expect((await collect([page([], "")])).bodies).toEqual([["/objects", question]]);
  });

  test("the next page is asked for when the loop comes to it", async () => {
    const { client, sent } = staged([page(["note:a"], "p2"), page(["note:b"], "")]);
    for await (const _ of client.objects("user:a", "can_read", "note")) break;
    expect(sent).toHaveLength(1);
  });

  test("a list whose end or next page is unknown is none", async () => {
    await expect(collect([json({ objects: ["note:a"] })])).rejects.toMatchObject({ code: "unreadable_answer" });
    await expect(collect([json({ objects: [1], continuation_token: "" })])).rejects.toThrow(SidelineError);
    const turning = [page(["note:a"], "p2"), page(["note:b"], "p2")];
    await expect(collect(turning)).rejects.toMatchObject({ code: "unreadable_answer" });
  });
});

describe("the tokens of events", () => {
  /** Answers events of `org` with its next revision, and every question with a yes. */
  const server = () => staged([(sent) => sent.path !== "/events" ? json({ allowed: true, relations: [], users: [] })
    : receipt(sent, tokenOf(sent.body.data.org ?? "fc", sent.body.data.org === "xc" ? 1 : Number(sent.body.id)))]);
  const headerOf = (sent: readonly Sent[]) => sent.at(-1)!.headers.get("sideline-token");

  test("go with later questions: that of the org asked about, else all of them, the newest first", async () => {
    const { client, sent } = server();
    await client.can("user:a", "can_read", "note:n1");
    expect(headerOf(sent)).toBeNull();
    const join = (org: string, id: string) => client.send("member.added", { org, user: "a" }, { actor: "o", id });
    await join("fc", "7");
    await join("xc", "1");
    await client.can("user:a", "member", "org:fc");
    expect(headerOf(sent)).toBe(tokenOf("fc", 7));
    await client.permissions("user:a", "note:n1");
    expect(headerOf(sent)).toBe(`${tokenOf("xc", 1)},${tokenOf("fc", 7)}`);
    await join("fc", "5");
    await client.users("member", "org:fc");
    expect(headerOf(sent)).toBe(tokenOf("fc", 7));
  });

  test("of the platform go with every question: its staff have rights in every org", async () => {
    const { client, sent } = staged([(each) => each.path !== "/events" ? json({ allowed: true })
      : receipt(each, tokenOf(each.body.data.org ?? "/platform", 3))]);
    await client.send("member.added", { org: "fc", user: "a" }, { actor: "o" });
    await client.send("platform.superadmin_revoked", { user: "sam" }, { actor: "root" });
    await client.can("user:sam", "org_manage", "org:fc");
    expect(headerOf(sent)).toBe(`${tokenOf("/platform", 3)},${tokenOf("fc", 3)}`);
    await client.can("user:sam", "can_read", "note:n1");
    expect(headerOf(sent)).toBe(`${tokenOf("/platform", 3)},${tokenOf("fc", 3)}`);
  });

  test("permissions have no names but those of relations", async () => {
    const { client } = staged([json({ relations: ["can_view"] })]);
    const may: object = await client.permissions("user:a", "activity:a1");
    expect(may).toEqual({ can_view: true });
    expect("constructor" in may || "toString" in may).toBe(false);
  });

  test("a caller's own token goes first", async () => {
    const { client, sent } = server();
    await client.send("member.added", { org: "fc", user: "a" }, { actor: "o", id: "7" });
    await client.can("user:a", "member", "org:fc", { token: "of another process" });
    expect(headerOf(sent)).toBe(`of another process,${tokenOf("fc", 7)}`);
    await client.can("user:a", "can_read", "note:n1", { token: ["one", "two"] });
    expect(headerOf(sent)).toBe(`one,two,${tokenOf("fc", 7)}`);
    await client.can("user:a", "member", "org:fc", { token: [] });
    expect(headerOf(sent)).toBe(tokenOf("fc", 7));
  });

  test("of another form, and of very many orgs, are remembered in bounds", async () => {
    const { client, sent } = staged([
      (each) => (each.path === "/events" ? receipt(each, "opaque") : json({ allowed: true })),
    ]);
    await client.send("note.deleted", { note: "n1" }, { actor: "a" });
    await client.can("user:a", "can_read", "note:n1");
    expect(headerOf(sent)).toBe("opaque");
    const many = server();
    const orgs = Array.from({ length: 1_001 }, (_, i) => `o${i}`);
    for (const org of orgs) {
      await many.client.send("member.added", { org, user: "a" }, { actor: "o", id: "3" });
    }
    await many.client.can("user:a", "member", "org:o1");
    expect(headerOf(many.sent)).toBe(tokenOf("o1", 3));
    await many.client.can("user:a", "member", "org:o0");
    expect(headerOf(many.sent)).toBeNull();
    await many.client.can("user:a", "can_read", "note:n1");
    const newest = Array.from({ length: 50 }, (_, i) => tokenOf(`o${1000 - i}`, 3));
    expect(headerOf(many.sent)).toBe(newest.join(","));
    const own = Array.from({ length: 50 }, (_, i) => `own${i}`);
    await many.client.can("user:a", "can_read", "note:n1", { token: own });
    expect(headerOf(many.sent)).toBe(own.join(","));
    const more = many.client.can("user:a", "member", "org:o0", { token: [...own, "one-more"] });
    await expect(more).rejects.toThrow(RangeError);
  });
});
