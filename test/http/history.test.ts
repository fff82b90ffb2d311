// GET /history: who did what, newest first; its filters, its pages while events arrive, refused events, and its scopes.
import { expect, test } from "vitest";
import type { HistoryEvent } from "../../src/client/history.ts";
import type { EventHistory } from "../../src/history/event-history.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { createApp } from "../../src/http/app.ts";
import { HISTORY } from "../../src/http/reference/history-operation.ts";
import { at, Club, START } from "./history-club.ts";
import { send, sidecarOf } from "./world.ts";

test("each event has its names, its times, its place and the tuples of access that it changed", async () => {
  const club = await Club.found();
  await club.send("coaching.ended", { coaching: "c1" }, "cora", { source: "/roster", id: "row 7", time: at(0) });
  const [ended, started, ...rest] = await club.events();
  expect(ended).toEqual({
    type: "coaching.ended", actor: "cora", source: "/roster", id: "row 7", org: "fc", revision: 5, time: at(5),
    recorded: at(5), outcome: "applied",
    changes: { write: [], delete: ended!.changes.delete },
  });
  expect(ended!.changes.delete).toContainEqual({ user: "athlete:a1", relation: "active_on", object: "coaching:c1" });
  expect(started!.changes.write).toContainEqual({ user: "user:cora", relation: "coach", object: "coaching:c1" });
  expect(rest.map(({ type, actor, revision }) => [type, actor, revision])).toEqual(
    [["athlete.created", "olga", 3], ["member.added", "olga", 2], ["org.created", null, 1]]);
  const objects = (await club.events()).flatMap(({ changes }) => [...changes.write, ...changes.delete])
    .map((tuple) => (tuple as { object: string }).object.replace(/:.*/, ""));
  expect([...new Set(objects)].filter((type) => ["ledger", "event", "home", "claim", "membership"].includes(type)))
    .toEqual([]);
});

test("an imported event happened at its time, and is recorded when it was stored", async () => {
  const club = await Club.found();
  await club.send("member.added", { org: "fc", user: "ida" }, undefined, { time: at(-3600) });
  expect((await club.events("?user=ida"))[0]).toMatchObject({ time: at(-3600), recorded: at(5) });
});

test("the filters: org, type, object, times, outcome; and a user, who did it or whom it concerns", async () => {
  const club = await Club.found();
  await club.send("org.created", { org: "gym", kind: "club", owner: "gwen" });
  await club.send("platform.admin_granted", { user: "pat" });
  await club.send("coaching.ended", { coaching: "c1" }, "olga");
  await club.send("member.professional_area_set", { org: "fc", user: "cora", professional_area: "medical" }, "olga");
  await club.send("member.added", { org: "fc", user: "cora" }, "stranger");
  expect(await club.types("?org=gym")).toEqual(["org.created"]);
  expect(await club.types("?org=nobody")).toEqual([]);
  expect(await club.types("?user=gwen")).toEqual(["org.created"]);
  expect(await club.types("?user=pat")).toEqual(["platform.admin_granted"]);
  expect((await club.events("?user=pat"))[0]).toMatchObject({ org: null, revision: 1 });
  expect(await club.types("?user=cora")).toEqual(
    ["member.added", "member.professional_area_set", "coaching.ended", "coaching.started", "member.added"]);
  expect(await club.types("?object=athlete:a1")).toEqual(["coaching.ended", "coaching.started", "athlete.created"]);
  expect(await club.types("?object=coaching:c1&type=coaching.ended")).toEqual(["coaching.ended"]);
  expect(await club.types("?user=olga&type=athlete.created&org=fc")).toEqual(["athlete.created"]);
  expect(await club.types("?outcome=refused")).toEqual(["member.added"]);
  expect(await club.types("?outcome=applied&type=member.added")).toEqual(["member.added"]);
  expect(await club.types(`?org=fc&since=${at(2)}&until=${at(4)}`)).toEqual(["athlete.created", "member.added"]);
  expect(await club.types(`?since=${at(9)}`)).toEqual(["member.added"]);
  expect(await club.types(`?until=${at(1)}`)).toEqual([]);
});

test("an event that changed nothing is there, without changes; a duplicate and a dry run are not", async () => {
  const club = await Club.found();
  await club.send("member.added", { org: "fc", user: "cora" }, "olga", { id: "again" });
  await club.send("member.added", { org: "fc", user: "cora" }, "olga", { id: "again" });
  await club.send("member.added", { org: "fc", user: "dora" }, "olga", {}, "?dry_run=true");
  await club.send("member.added", { org: "fc", user: "dora" }, "cora", {}, "?dry_run=true");
  expect((await club.events()).slice(0, 2)).toMatchObject([
    { type: "member.added", id: "again", outcome: "applied", changes: { write: [], delete: [] } },
    { type: "coaching.started" },
  ]);
});

test("refused events of the statuses 403, 404 and 409 are there, in their places, and no others", async () => {
  const club = await Club.found();
  const before = await club.events();
  expect(await club.send("member.added", { org: "fc", user: "dora" }, "cora", { source: "/x" })).toBe(403);
  expect(await club.send("coaching.started", { coaching: "c2", athlete: "a1", coach: "nobody" }, "olga")).toBe(409);
  expect(await club.send("team.athlete_added", { team: "t9", athlete: "a1" })).toBe(404);
  expect(await club.send("team.deleted", { team: "t9" }, "olga")).toBe(403);
  expect(await club.send("member.added", { org: "fc" }, "olga")).toBe(400);
  expect(await club.send("member.gone", { org: "fc" }, "olga")).toBe(400);
  await club.send("member.added", { org: "fc", user: "dora" }, "olga");
  expect(await club.send("member.added", { org: "fc", user: "dora" }, "olga", { id: "2" })).toBe(409);
  const after = await club.events();
  expect(after.slice(0, 6)).toMatchObject([
    { type: "member.added", code: "event_conflict", actor: "olga", id: "2", org: "fc" },
    { type: "member.added", outcome: "applied", revision: 5 },
    { type: "team.deleted", code: "actor_not_allowed", actor: "olga", org: null },
    { type: "team.athlete_added", code: "unknown_entity", actor: null, org: null },
    { type: "coaching.started", code: "not_a_coach", actor: "olga", org: "fc" },
    { type: "member.added", code: "actor_not_allowed", actor: "cora", source: "/x", id: "5", org: "fc", revision: null,
      time: at(5), recorded: at(5), outcome: "refused", changes: { write: [], delete: [] } },
  ]);
  expect(after.slice(6)).toEqual(before);
  expect((await club.events("?user=cora&outcome=refused")).map(({ code }) => code)).toEqual(["actor_not_allowed"]);
});

test("who tried to delete this athlete, and who tried to add this person?", async () => {
  const club = await Club.found();
  expect(await club.send("athlete.deleted", { athlete: "a1" }, "cora")).toBe(403);
  expect(await club.send("athlete.deleted", { athlete: "a2" }, "dora")).toBe(403);
  expect(await club.send("member.added", { org: "fc", user: "zoe@example.org" }, "cora")).toBe(403);
  const found = async (query: string): Promise<unknown[]> =>
    (await club.events(`?outcome=refused&${query}`)).map(({ type, actor }) => [type, actor]);
  expect(await found("object=athlete:a1")).toEqual([["athlete.deleted", "cora"]]);
  expect(await found("object=athlete:a1&type=athlete.deleted&user=cora")).toEqual([["athlete.deleted", "cora"]]);
  expect(await found("object=athlete:a1&user=dora")).toEqual([]);
  expect(await found("user=zoe@example.org")).toEqual([["member.added", "cora"]]);
  expect(await found("user=zoe@example.com")).toEqual([]);
  expect(JSON.stringify(await club.events())).not.toContain("zoe");
});

test("a refused event names the users and objects of its payload, without addresses and ids of invites", async () => {
  const club = await Club.found();
  const about = async (type: string, data: object, actor: string): Promise<unknown> => {
    expect(await club.send(type, data, actor)).toBeGreaterThanOrEqual(403);
    return (await club.events("?outcome=refused&page_size=1"))[0]!.about;
  };
  expect(await about("athlete.deleted", { athlete: "a1" }, "cora")).toEqual(["athlete:a1"]);
  expect(await about("coaching.started", { coaching: "c9", athlete: "a1", coach: "dora" }, "cora"))
    .toEqual(["coaching:c9", "athlete:a1", "user:dora"]);
  expect(await about("note.created", { note: "n", athlete: "a1", author: "dora", under: "coaching:c1" }, "cora"))
    .toEqual(["note:n", "athlete:a1", "user:dora"]);
  expect(await about("coaching.started", { coaching: "c9", athlete: "a1", coach: "dora@example.org" }, "cora"))
    .toEqual(["coaching:c9", "athlete:a1"]);
  expect(await about("member.added", { org: "fc", user: "zoe@example.org" }, "cora")).toBeUndefined();
  expect(await about("invite.redeemed", { invite: "secret", user: "zoe" }, "zoe")).toEqual(["user:zoe"]);
  expect(await club.events("?org=gym&outcome=refused")).toEqual([]);
  const all = await club.events("?page_size=1000");
  expect(JSON.stringify(all)).not.toMatch(/example|secret/);
  expect(all.filter(({ outcome, about: named }) => outcome === "applied" && named !== undefined)).toEqual([]);
  // The answer names nothing by which the event was not found before.
  for (const { about: names = [], type } of all.filter(({ outcome }) => outcome === "refused")) {
    for (const name of names) expect(await club.types(`?object=${name}&outcome=refused`)).toContain(type);
  }
});

test("of an atomic batch that is refused, the event at fault is there", async () => {
  const club = await Club.found();
  const event = (id: string, user: string, actor: string): object =>
    ({ specversion: "1.0", id, source: "/app", type: "member.added", actor, data: { org: "fc", user } });
  for (const query of ["?atomic=true&dry_run=true", "?atomic=true"]) {
    await club.sideline.fetch(`http://localhost/events${query}`, {
      method: "POST", headers: { "content-type": "application/cloudevents-batch+json" },
      body: JSON.stringify([event("one", "dora", "olga"), event("two", "emil", "cora")]),
    });
  }
  expect((await club.events("?outcome=refused")).map(({ id, code }) => [id, code]))
    .toEqual([["two", "actor_not_allowed"]]);
  expect(await club.events("?user=dora")).toEqual([]);
});

test("an address in a name, or an actor that looks like one, is shown as a mask, and still found", async () => {
  const club = await Club.found();
  await club.send("member.added", { org: "fc", user: "ann@example.org", hats: ["admin"] }, "olga",
    { id: "ann@example.org", source: "mailto:ann@example.org" });
  await club.send("member.added", { org: "fc", user: "dora" }, "ann@example.org");
  await club.send("member.added", { org: "fc", user: "olga" }, "bob@example.org");
  const masked = { actor: "(an address)" };
  expect(await club.events("?user=ann@example.org")).toMatchObject(
    [masked, { actor: "olga", id: "(an address)", source: "(an address)" }]);
  expect(await club.events("?user=bob@example.org")).toMatchObject([{ ...masked, code: "actor_not_allowed" }]);
  expect(JSON.stringify(await club.events("?user=bob@example.org"))).not.toContain("example");
});

test("pages hold every event once, whatever arrives in between; a token belongs to its question", async () => {
  const club = await Club.found();
  for (let n = 0; n < 12; n++) {
    await club.send("member.added", { org: "fc", user: `m${n}` }, n % 3 === 2 ? "cora" : "olga");
  }
  const all = await club.events("?page_size=1000");
  expect(all).toHaveLength(16);
  for (const filter of ["", "&outcome=applied", "&outcome=refused", "&user=olga", `&since=${at(3)}`]) {
    const expected = await club.events(`?page_size=1000${filter}`);
    const walked: HistoryEvent[] = [];
    let token = "";
    do {
      const { body } = await club.ask(`?page_size=3${filter}&continuation_token=${token}`);
      walked.push(...body.events);
      token = body.continuation_token;
      const actor = walked.length % 2 > 0 ? "olga" : "cora";
      await club.send("athlete.created", { athlete: `a${club.clock}`, org: "fc" }, actor);
    } while (token !== "");
    expect(walked, filter).toEqual(expected);
  }
  const { body } = await club.ask("?page_size=3&user=olga");
  const moved = await club.ask(`?page_size=3&continuation_token=${body.continuation_token}`);
  expect(moved).toMatchObject({ status: 400, body: { code: "invalid_request" } });
});

test("an event of several writes is one entry with all of its changes, found by what any of them changed", async () => {
  const club = await Club.found();
  await club.send("team.created", { team: "t", org: "fc" }, "olga");
  const links = Array.from({ length: 500 }, (_, n) => ({
    specversion: "1.0", id: `l${n}`, source: "/links", type: "invite.created",
    data: { invite: `l${n}`, org: "fc", team: "t" },
  }));
  for (let n = 0; n < links.length; n += 100) {
    await club.sideline.fetch("http://localhost/events", {
      method: "POST", headers: { "content-type": "application/cloudevents-batch+json" },
      body: JSON.stringify(links.slice(n, n + 100)),
    });
  }
  await club.send("team.deleted", { team: "t" }, "olga");
  await club.send("member.added", { org: "fc", user: "last" }, "olga");
  const [last, deleted] = await club.events("?org=fc&page_size=2");
  expect([last!.type, deleted!.type]).toEqual(["member.added", "team.deleted"]);
  // Its writes are several places in the order of the org.
  expect([deleted!.revision, last!.revision! - deleted!.revision! > 1]).toEqual([506, true]);
  const places = new Set(JSON.stringify(deleted!.changes.delete).match(/invite:l\d+/g));
  expect(places.size).toBe(500);
  for (const n of [0, 250, 499]) {
    expect(await club.types(`?object=invite:l${n}`)).toEqual(["team.deleted", "invite.created"]);
  }
});

test.each([
  ["?org=", "org"], ["?user=a%20b", "user"], ["?object=athlete", "object"], ["?type=member.gone", "type"],
  ["?since=today", "since"], ["?until=2026", "until"], ["?outcome=duplicate", "outcome"], ["?page_size=0", "page_size"],
  ["?page_size=1001", "page_size"], ["?continuation_token=x", "continuation_token"], ["?users=ann", ""],
  ["?org=fc&org=gym", "org"], ["?object=role:fc", "object"],
])("a question that is not one is refused: %s", async (query, path) => {
  const club = await Club.found();
  expect(await club.ask(query)).toMatchObject({ status: 400, body: { code: "invalid_request", errors: [{ path }] } });
});

test("a key with the scope read alone asks for one org; all of them need admin as well", async () => {
  const keyOf = (name: string): string => `key-of-${name}-that-is-long-enough`;
  const keys = parseKeys(JSON.stringify({ keys: [
    { name: "reader", key: keyOf("reader"), scopes: ["read"] },
    { name: "admin", key: keyOf("admin"), scopes: ["admin"] },
    { name: "both", key: keyOf("both"), scopes: ["read", "admin"] },
    { name: "checker", key: keyOf("checker"), scopes: ["check", "events:system"] },
  ] }));
  const history: EventHistory = { page: async () => ({ events: [], next: undefined }) };
  const app = createApp({ ...sidecarOf(), history }, { keys, log: { error: () => {} } });
  const codes: unknown[] = [];
  for (const [name, query] of [["reader", ""], ["reader", "?org=fc"], ["both", ""], ["admin", "?org=fc"],
    ["checker", "?org=fc"], ["reader", "?user=ann"]]) {
    const { status, body } = await send(app, "GET", `/history${query}`, undefined,
      { authorization: `Bearer ${keyOf(name!)}` });
    codes.push([name, query, status, body.code]);
  }
  expect(codes).toEqual([
    ["reader", "", 403, "scope_missing"], ["reader", "?org=fc", 200, undefined], ["both", "", 200, undefined],
    ["admin", "?org=fc", 403, "scope_missing"], ["checker", "?org=fc", 403, "scope_missing"],
    ["reader", "?user=ann", 403, "scope_missing"],
  ]);
});

test("where the store cannot list events the answer is 501, and where it cannot be read 503", async () => {
  expect(await send(createApp(sidecarOf(), { keys: undefined, log: { error: () => {} } }), "GET", "/history"))
    .toMatchObject({ status: 501, body: { code: "not_supported" } });
  const failed: unknown[] = [];
  const history: EventHistory = { page: () => Promise.reject(new Error("the disk")) };
  const log = { error: (each: object) => void failed.push(each) };
  const app = createApp({ ...sidecarOf(), history }, { keys: undefined, log });
  const { status, body, headers } = await send(app, "GET", "/history");
  expect([status, body.code, headers.get("retry-after"), failed.length]).toEqual([503, "store_unavailable", "1", 1]);
});

test("a history that is still being read is 503; refused events of one sidecar alone have a beginning", async () => {
  const history: EventHistory = { page: async () => "incomplete", refusedSince: START };
  const app = createApp({ ...sidecarOf(), history }, { keys: undefined, log: { error: () => {} } });
  const { status, body, headers } = await send(app, "GET", "/history");
  expect([status, body.code, headers.get("retry-after")]).toEqual([503, "store_unavailable", "1"]);
  expect(headers.get("sideline-refused-since")).toBe("2026-03-01T12:00:00.000Z");
});

test("the answer has the form that the reference gives", async () => {
  const club = await Club.found();
  await club.send("member.added", { org: "fc", user: "dora" }, "cora");
  const { body } = await club.ask("");
  expect(HISTORY.answer.schema!.parse(body)).toEqual(body);
});
