// POST /explain: the shape of its answers, its scope and its refusals.
import { expect, test } from "vitest";
import { parseKeys } from "../../src/http/api-keys.ts";
import { explainAnswer } from "../../src/http/reference/reason-schemas.ts";
import { listUsersAnswer } from "../../src/http/reference/answer-schemas.ts";
import { club } from "../world/club.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import { appOf, send } from "./world.ts";

const world = club();
world.system("note.created", { note: "n1", athlete: "a1", author: "cora", under: "coaching:c1" });
const options = { model: POLICY, tuples: [...world.tuples.read({})] };
const { app } = appOf(options, { policy: POLICY });
const ask = (user: string, relation: string, object: string, more: object = {}, to = app) =>
  send(to, "POST", "/explain", { tuple_key: { user: `user:${user}`, relation, object }, ...more });

test("a yes has each minimal proof, with its rules and a sentence", async () => {
  const { status, body } = await ask("cora", "can_read", "note:n1");
  expect(status).toBe(200);
  expect(explainAnswer.parse(body)).toEqual(body);
  expect(body).toMatchObject({ allowed: true, token: expect.any(String) });
  expect(body.reasons[0]).toEqual({
    rules: ["NP1"],
    text: "user:cora has can_read on note:n1 because user:cora wrote note:n1 and user:cora is an active member of "
      + "org:fc.",
    tuples: [
      { user: "user:cora", relation: "author", object: "note:n1", since: null },
      { user: "org:fc", relation: "org", object: "note:n1", since: null },
      { user: "user:cora", relation: "member", object: "org:fc", since: null },
    ],
  });
  expect(body.reasons).toHaveLength(2);
});

test("a no has the smallest ways to a yes", async () => {
  const { body } = await ask("asta", "can_read", "note:n1");
  expect(explainAnswer.parse(body)).toEqual(body);
  expect(body.allowed).toBe(false);
  expect(body.missing[0]).toMatchObject({
    rules: ["NP1"], text: "user:asta would have can_read on note:n1 if user:asta wrote note:n1; "
      + "no event does that, because the author of a note never changes (NP1).",
    absent: [{ user: "user:asta", relation: "author", object: "note:n1" }],
  });
  const sizes = body.missing.map((each: { absent: unknown[]; against?: unknown[] }) =>
    each.absent.length + (each.against ?? []).length);
  expect(sizes).toEqual(sizes.toSorted((a: number, b: number) => a - b));
});

test("where a `but not` decides, the tuples that take away are named", async () => {
  const { body } = await ask("ida", "can_read", "note:n1");
  expect(body.missing.some(({ against }: { against?: { relation: string }[] }) =>
    against?.some(({ relation }) => relation === "linked_ever"))).toBe(true);
});

test("an invite that expired names its condition", async () => {
  const past = new Date(world.now - 1000).toISOString();
  world.system("invite.created", { invite: "late", org: "fc", hat: "coach", team: "red", expires_at: past });
  const { app: own } = appOf({ model: POLICY, tuples: [...world.tuples.read({})] });
  const { body } = await ask("dora", "can_redeem", "invite:late", {}, own);
  expect(body.missing[0].absent[0].condition).toMatchObject({ name: "unexpired" });
});

test("contextual tuples need their scope, and have no event", async () => {
  const tuple_keys = [{ user: "user:dora", relation: "admin_hat", object: "org:fc" }];
  const { body } = await ask("dora", "can_read", "note:n1", { contextual_tuples: { tuple_keys } });
  expect(body.reasons[0].tuples).toContainEqual({ ...tuple_keys[0], since: null });
  const keys = parseKeys(JSON.stringify({ keys: [
    { name: "read", key: "a-key-that-reads-and-nothing-else", scopes: ["read"] },
    { name: "app", key: "a-key-that-checks-and-nothing-else", scopes: ["check"] },
  ] }));
  const { app: guarded } = appOf(options, { keys, policy: POLICY });
  const tuple_key = { user: "user:dora", relation: "can_read", object: "note:n1" };
  const as = (key: string, more: object) =>
    send(guarded, "POST", "/explain", { tuple_key, ...more }, { authorization: `Bearer ${key}` });
  expect((await as("a-key-that-checks-and-nothing-else", {})).status).toBe(403);
  expect((await as("a-key-that-reads-and-nothing-else", {})).status).toBe(200);
  expect((await as("a-key-that-reads-and-nothing-else", { contextual_tuples: { tuple_keys } })).body.code)
    .toBe("scope_missing");
});

test.each([
  ["a userset", { tuple_key: { user: "team:red#coach", relation: "member", object: "org:fc" } }],
  ["an unknown relation", { tuple_key: { user: "user:a", relation: "none", object: "org:fc" } }],
  ["an unknown type", { tuple_key: { user: "user:a", relation: "member", object: "lane:fc" } }],
  ["no question", {}],
])("%s is refused", async (_, body) => {
  const answer = await send(app, "POST", "/explain", body);
  expect([answer.status, answer.body.code]).toEqual([400, "invalid_request"]);
});

test("another model than the store's is refused, as it is for a check and a list", async () => {
  const tuple_key = { user: "user:cora", relation: "can_read", object: "note:n1" };
  const list = { object: { type: "note", id: "n1" }, relation: "can_read", user_filters: [{ type: "user" }] };
  const questions = [
    ["/check", { tuple_key }, "authorization_model_not_found"], ["/explain", { tuple_key }, "invalid_request"],
    ["/list-users", { ...list, explain: true }, "authorization_model_not_found"],
  ] as const;
  for (const [path, body, code] of questions) {
    const asked = (authorization_model_id: string) => send(app, "POST", path, { ...body, authorization_model_id });
    const other = await asked("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    expect([path, other.status, other.body.code]).toEqual([path, 400, code]);
    expect(other.body.detail ?? other.body.message)
      .toBe("Authorization Model '01ARZ3NDEKTSV4RRFFQ69G5FAV' not found");
    expect((await asked("none")).body.detail ?? (await asked("none")).body.message).toContain("authorization_model_id");
    expect([path, (await asked("")).status]).toEqual([path, 200]);
  }
});

test("relations are those of the model, and unknown objects have nothing", async () => {
  expect(MODEL.types.get("note")!.relations.has("row_reader")).toBe(true);
  expect((await ask("cora", "row_reader", "note:n1")).body.allowed).toBe(true);
  expect((await ask("cora", "can_read", "note:none")).body.allowed).toBe(false);
});

test("list-users with `explain` gives each user with the reasons, and needs the scope `read`", async () => {
  const question = { object: { type: "note", id: "n1" }, relation: "can_read", user_filters: [{ type: "user" }] };
  const { body: plain } = await send(app, "POST", "/list-users", question);
  const { status, body } = await send(app, "POST", "/list-users", { ...question, explain: true });
  expect(status).toBe(200);
  expect(listUsersAnswer.parse(body)).toEqual(body);
  expect(body.users.map(({ object }: { object: object }) => ({ object }))).toEqual(plain.users);
  for (const { object, reasons } of body.users) {
    const { body: own } = await ask(object.id, "can_read", "note:n1");
    expect(reasons).toEqual(own.reasons);
    expect(reasons.length).toBeGreaterThan(0);
  }
  const keys = parseKeys(JSON.stringify({ keys: [
    { name: "app", key: "a-key-that-checks-and-nothing-else", scopes: ["check"] },
    { name: "support", key: "a-key-that-reads-and-nothing-else", scopes: ["read"] },
  ] }));
  const { app: guarded } = appOf(options, { keys, policy: POLICY });
  const answered = async (does: string, more: object): Promise<readonly [number, string | undefined]> => {
    const key = { authorization: `Bearer a-key-that-${does}-and-nothing-else` };
    const answer = await send(guarded, "POST", "/list-users", { ...question, ...more }, key);
    return [answer.status, answer.body.message];
  };
  expect(await answered("checks", {})).toEqual([200, undefined]);
  expect(await answered("checks", { explain: true }))
    .toEqual([403, "a list with explain needs an API key with the scope read"]);
  expect(await answered("checks", { explain: true, object: { type: "event", id: "e" } }))
    .toEqual([403, "lists of invites and of bookkeeping need an API key with the scope read"]);
  expect(await answered("reads", {})).toEqual([403, expect.stringContaining("the scope check")]);
  expect(await answered("reads", { explain: true })).toEqual([200, undefined]);
  const userset = { ...question, user_filters: [{ type: "team", relation: "coach" }], explain: true };
  expect((await send(app, "POST", "/list-users", userset)).status).toBe(400);
});

test("an open invite is explained for everybody", async () => {
  world.system("invite.created", { invite: "i1", org: "fc", hat: "coach", team: "red" });
  const { app: own } = appOf({ model: POLICY, tuples: [...world.tuples.read({})] });
  const question = { object: { type: "invite", id: "i1" }, relation: "can_redeem", user_filters: [{ type: "user" }] };
  const { body } = await send(own, "POST", "/list-users", { ...question, explain: true });
  expect(body.users[0]).toMatchObject({
    wildcard: { type: "user" }, reasons: [{ tuples: [{ user: "user:*", relation: "open", object: "invite:i1" }] }],
  });
});
