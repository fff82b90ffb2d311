// S8, S9, S13: probing ids, posing as others, backdating, replaying, what-if questions, and malformed input.
import { describe, expect, test } from "vitest";
import { ANALYST, BACKEND, DAY, FRONTEND, Installation, type Answer } from "../world/installation.ts";
import { START } from "../world/world.ts";

/**
 * The club, where cora has written the note n1 under her row; in the other org xena heads the team xt by the assignment
 * xx, and has written the note nx.
 */
async function club(): Promise<Installation> {
  const at = await Installation.ofClub();
  await at.system(
    ["note.created", { note: "n1", athlete: "a1", author: "cora", under: "coaching:c1" }],
    ["team.head_coach_changed", { team: "xt", head_coach: "xena", assignment: "xx" }],
    ["team.athlete_added", { team: "xt", athlete: "x1" }],
    ["note.created", { note: "nx", athlete: "x1", author: "xena", under: "coaching:cx" }],
  );
  return at;
}

const iso = (at: number): string => new Date(at).toISOString();

/** A tuple that an attacker would like to be stored. */
const SUPERADMIN = { user: "user:dora", relation: "superadmin", object: "platform:main" };

/** An answer without the probed id, so that two answers can be compared. */
const shape = ({ status, body }: Answer, id: string): string =>
  JSON.stringify({ status, body }).replaceAll(id, "ID");

describe("ids are not probed", () => {
  /** Events of dora (a coach of fc) and zed (of nothing), over an id of another org and one that does not exist. */
  const PROBES: readonly (readonly [string, (id: string) => object, string])[] = [
    ["team.deleted", (team) => ({ team }), "xt"],
    ["team.head_coach_changed", (team) => ({ team, head_coach: null }), "xt"],
    ["team.athlete_added", (team) => ({ team, athlete: "a1" }), "xt"],
    ["team.athlete_added", (athlete) => ({ team: "red", athlete }), "x1"],
    ["team.athlete_removed", (athlete) => ({ team: "red", athlete }), "x1"],
    ["team.athlete_moved", (to) => ({ athlete: "a1", from: "red", to }), "xt"],
    ["team_assignment.started", (team) => ({ assignment: "q", team, coach: "dora" }), "xt"],
    ["team_assignment.ended", (assignment) => ({ assignment }), "xx"],
    ["team_assignment.role_changed", (assignment) => ({ assignment, role: "viewer" }), "xx"],
    ["athlete.deleted", (athlete) => ({ athlete }), "x1"],
    ["athlete.linked", (athlete) => ({ athlete, user: "dora" }), "x1"],
    ["athlete.unlinked", (athlete) => ({ athlete, user: "dora" }), "x1"],
    ["coaching.started", (athlete) => ({ coaching: "q", athlete, coach: "dora" }), "x1"],
    ["coaching.ended", (coaching) => ({ coaching }), "cx"],
    ["coaching.role_changed", (coaching) => ({ coaching, role: "viewer" }), "cx"],
    ["coaching.overrides_set", (coaching) => ({ coaching, overrides: {} }), "cx"],
    ["note.created", (athlete) => ({ note: "q", athlete, author: "ME", under: "coaching:c1" }), "x1"],
    ["note.visibility_changed", (note) => ({ note, visible_to_athlete: true }), "nx"],
    ["note.shared", (note) => ({ note, user: "dora" }), "nx"],
    ["note.deleted", (note) => ({ note }), "nx"],
    ["activity.recorded", (athlete) => ({ activity: "q", athlete }), "x1"],
    ["activity.deleted", (activity) => ({ activity }), "axt"],
    ["activity.comment_added", (activity) => ({ comment: "q", activity, author: "ME" }), "axt"],
    ["activity.comment_deleted", (comment) => ({ comment }), "kxt"],
    ["artifact.finalized", (id) => ({ artifact: `practice_plan:${id}` }), "pxt"],
    ["artifact.deleted", (id) => ({ artifact: `dev_card:${id}` }), "dxt"],
    ["invite.revoked", (invite) => ({ invite }), "ixt"],
    ["invite.resent", (invite) => ({ invite }), "ixt"],
    ["member.added", (org) => ({ org, user: "dora" }), "xo"],
    ["member.deactivated", (org) => ({ org, user: "xena" }), "xo"],
    ["role.created", (org) => ({ org, role: "q", scope: "org", keys: [] }), "xo"],
    ["role.deleted", (org) => ({ org, role: "viewer" }), "xo"],
    ["team.created", (org) => ({ team: "q", org }), "xo"],
    ["athlete.created", (org) => ({ athlete: "q", org }), "xo"],
    ["invite.created", (org) => ({ invite: "q", org, hat: "office" }), "xo"],
    ["artifact.created", (id) => ({ artifact: "drill:q", org: id }), "xo"],
  ];

  test("an id of another org is answered exactly like an unknown one: status, code and detail", async () => {
    const at = await club();
    await at.system(
      ["activity.recorded", { activity: "axt", athlete: "x1" }],
      ["activity.comment_added", { comment: "kxt", activity: "axt", author: "xena" }],
      ["artifact.created", { artifact: "practice_plan:pxt", org: "xo" }],
      ["artifact.created", { artifact: "dev_card:dxt", org: "xo", athlete: "x1" }],
      ["invite.created", { invite: "ixt", org: "xo", team: "xt" }],
    );
    for (const actor of ["dora", "zed", "hana"]) {
      for (const [type, data, there] of PROBES) {
        // hana has the right over her team: an athlete of another org is `wrong_org`, an unknown one `unknown_entity`.
        if (actor === "hana" && type === "team.athlete_removed") continue;
        const mine = (id: string) => JSON.parse(JSON.stringify(data(id)).replaceAll("ME", actor));
        const found = await at.post(type, mine(there), { actor });
        const none = await at.post(type, mine("nothere"), { actor });
        expect([type, found.body.code]).toEqual([type, "actor_not_allowed"]);
        expect(shape(found, there), `${actor}: ${type}`).toBe(shape(none, "nothere"));
      }
    }
  });

  test("questions about another org's objects are answered like those about unknown ones, also in lists", async () => {
    const at = await club();
    for (const actor of ["dora", "zed", "nobody.at-all"]) {
      for (const [relation, object, none] of [
        ["can_view", "athlete:x1", "athlete:none"], ["can_read", "note:nx", "note:none"],
        ["can_manage", "team:xt", "team:none"], ["member", "org:xo", "org:none"],
        ["can_end", "coaching:cx", "coaching:none"],
      ] as const) {
        expect([await at.can(actor, relation, object), await at.can(actor, relation, none)]).toEqual([false, false]);
      }
      expect(await at.objects(actor, "can_read", "note")).toEqual([]);
    }
    for (const [key, code] of [
      [{ user: "user:dora", relation: "can_view", object: "nothing:1" }, "validation_error"],
      [{ user: "user:dora", relation: "nothing", object: "athlete:a1" }, "validation_error"],
    ] as const) {
      const answer = await at.send("POST", "/check", { tuple_key: key });
      expect([answer.status, answer.body.code]).toEqual([400, code]);
    }
  });
});

describe("posing as others", () => {
  test("without an actor, as a malformed one, with null", async () => {
    const at = await club();
    const data = { org: "fc", user: "dora", hats: ["admin"] };
    await at.refused("actor_required", undefined, "member.hats_changed", data, {}, FRONTEND);
    const odd = ["user:olga", "*", "user:*", "org:fc#admin", "role:fc/owner#holder", "", " olga", "olga "];
    for (const actor of [...odd, "a".repeat(129)]) {
      await at.refused("invalid_event", actor, "member.hats_changed", data);
    }
    for (const actor of [null, 5, ["olga"], { id: "olga" }, true]) {
      const event = { ...at.event("member.hats_changed", data), actor };
      const answer = await at.send("POST", "/events", event);
      expect([answer.status, answer.body.code], JSON.stringify(actor)).toEqual([400, "invalid_event"]);
    }
    const own = JSON.stringify(at.event("member.hats_changed", data, { actor: "dora" }));
    const twice = `{"actor":"olga",${own.slice(1)}`;
    expect((await at.send("POST", "/events", twice)).body.code).toBe("invalid_event");
    await at.refused("actor_not_allowed", "Olga", "member.hats_changed", data);
    await at.refused("actor_not_allowed", "otto", "member.hats_changed", data);
    expect(await at.can("dora", "admin", "org:fc")).toBe(false);
  });

  test("a key without the scope: no system events, no events, no reading of tuples, no writes", async () => {
    const at = await club();
    const before = await at.state();
    const event = at.event("org.created", { org: "q", kind: "club", owner: "dora" });
    for (const [method, path, body, key, status] of [
      ["POST", "/events", event, ANALYST, 403], ["POST", "/events", event, "unknown-key-0123456789abcdef", 401],
      ["GET", "/orgs/fc/members", undefined, ANALYST, 403], ["POST", `/stores/${at.store}/read`, {}, ANALYST, 403],
      ["GET", `/stores/${at.store}/changes`, undefined, ANALYST, 403],
      ["POST", `/stores/${at.store}/write`, { writes: { tuple_keys: [SUPERADMIN] } }, BACKEND, 403],
    ] as const) expect((await at.send(method, path, body, key)).status, `${method} ${path}`).toBe(status);
    expect(await at.state()).toBe(before);
  });

  test("contextual tuples need their scope, in every question; with it they stay a what-if", async () => {
    const at = await club();
    const tuple_keys = [SUPERADMIN];
    const check = { tuple_key: { user: "user:dora", relation: "can_read", object: "note:n1" },
      contextual_tuples: { tuple_keys } };
    const asked = [
      ["/check", check], ["/batch-check", { checks: [{ ...check, correlation_id: "1" }] }],
      ["/list-objects", { user: "user:dora", relation: "can_read", type: "note", contextual_tuples: { tuple_keys } }],
      ["/streamed-list-objects",
        { user: "user:dora", relation: "can_read", type: "note", contextual_tuples: { tuple_keys } }],
      ["/list-users", { object: { type: "note", id: "n1" }, relation: "can_read", user_filters: [{ type: "user" }],
        contextual_tuples: tuple_keys }],
    ] as const;
    for (const [path, body] of asked) {
      expect([path, (await at.send("POST", path, body)).status]).toEqual([path, 403]);
      expect([path, (await at.send("POST", path, body, ANALYST)).status]).toEqual([path, 200]);
    }
    expect((await at.send("POST", "/check", check, ANALYST)).body.allowed).toBe(true);
    expect(await at.can("dora", "can_read", "note:n1")).toBe(false);
  });
});

describe("time and order", () => {
  test("S13 no backdating, and no current_time from the caller", async () => {
    const at = await club();
    await at.as("adam", "invite.created", { invite: "i", org: "fc", team: "red", expires_at: iso(START + DAY) });
    at.now = START + DAY;
    await at.refused("invite_expired", "zed", "invite.redeemed", { invite: "i", user: "zed" }, { time: iso(START) });
    await at.refused("invite_expired", "zed", "invite.redeemed", { invite: "i", user: "zed" },
      { time: iso(START - 999 * DAY) });
    await at.refused("actor_required", undefined, "invite.redeemed", { invite: "i", user: "zed" }, { time: iso(START) },
      FRONTEND);
    const question = { tuple_key: { user: "user:zed", relation: "can_redeem", object: "invite:i" } };
    for (const time of [iso(START), "1970-01-01T00:00:00Z"]) {
      for (const key of [FRONTEND, ANALYST]) {
        const { body } = await at.send("POST", "/check", { ...question, context: { current_time: time } }, key);
        expect(body).toMatchObject({ allowed: false });
      }
      const list = { user: "user:zed", relation: "can_redeem", type: "invite", context: { current_time: time } };
      expect((await at.send("POST", "/list-objects", list)).body).toEqual({ objects: [] });
    }
    await at.as("adam", "invite.created",
      { invite: "past", org: "fc", hat: "office", expires_at: iso(START) }, { time: iso(START - DAY) });
    await at.refused("invite_expired", "zed", "invite.redeemed", { invite: "past", user: "zed" },
      { time: iso(START - DAY) });
    expect(await at.can("zed", "can_redeem", "invite:past")).toBe(false);
    at.now = START + DAY - 1;
    expect(await at.can("zed", "can_redeem", "invite:i")).toBe(true);
  });

  test("an event id of another sender is a conflict, a resend of one's own a duplicate", async () => {
    const at = await club();
    const first = { id: "shared", source: "/app" };
    await at.as("adam", "member.added", { org: "fc", user: "pal" }, first);
    await at.refused("event_conflict", "dora", "member.added", { org: "fc", user: "pal" }, first);
    await at.refused("event_conflict", "adam", "member.added", { org: "fc", user: "pal2" }, first);
    await at.refused("event_conflict", "adam", "member.deactivated", { org: "fc", user: "pal" }, first);
    await at.refused("duplicate", "adam", "member.added", { org: "fc", user: "pal" }, { ...first, time: iso(START) });
    await at.refused("duplicate", "adam", "member.added", { org: "fc", user: "pal" }, first);
    // A refused event leaves no record: a permitted sender may still use the id.
    await at.refused("actor_not_allowed", "dora", "member.deactivated", { org: "fc", user: "pal" }, { id: "second" });
    await at.as("adam", "member.deactivated", { org: "fc", user: "pal" }, { id: "second" });
    // A resent event that was applied does not restore access that a later event removed.
    await at.refused("duplicate", "adam", "member.added", { org: "fc", user: "pal" }, first);
    expect(await at.can("pal", "member", "org:fc")).toBe(false);
  });

  test("a stale sequence does not undo a later event", async () => {
    const at = await club();
    const order = (sequence: string) => ({ subject: "pal", sequence });
    await at.as("adam", "member.added", { org: "fc", user: "pal" }, order("0001"));
    await at.as("adam", "member.deactivated", { org: "fc", user: "pal" }, order("0003"));
    await at.refused("stale_event", "adam", "member.reactivated", { org: "fc", user: "pal" }, order("0002"));
    await at.refused("stale_event", "adam", "member.reactivated", { org: "fc", user: "pal" }, order("0003"));
    expect(await at.can("pal", "member", "org:fc")).toBe(false);
  });
});

describe("malformed input", () => {
  test("ids of odd characters never reach a tuple", async () => {
    const at = await club();
    for (const id of [
      "a:b", "a#b", "*", "a/b", "a b", "a\u0000b", "é", "../fc", "", "--", "_", ".a", "a\n", "ａ", "a".repeat(129),
      "team:red", "a%3Ab",
    ]) {
      await at.refused("invalid_event", "adam", "member.added", { org: "fc", user: id });
      await at.refused("invalid_event", undefined, "team.created", { team: id, org: "fc" });
      await at.refused("invalid_event", "adam", "role.created", { org: "fc", role: id, scope: "org", keys: [] });
    }
    await at.refused("invalid_event", undefined, "org.created", { org: "o".repeat(101), kind: "club", owner: "dora" });
    await at.refused("invalid_event", "adam", "role.created",
      { org: "fc", role: "r".repeat(101), scope: "org", keys: [] });
    for (const id of ["a".repeat(128), "A0_.|@+~-", "-a", "_a"]) {
      await at.as("adam", "member.added", { org: "fc", user: id });
    }
  });

  test("unknown fields, wrong types, prototypes and deep or large JSON are refused", async () => {
    const at = await club();
    const data = { org: "fc", user: "pal" };
    for (const more of [
      { rol: "admin" }, { hats: [] }, { hats: ["superadmin"] }, { hats: "admin" }, { hats: null }, { user: ["dora"] },
      { user: { id: "dora" } }, { org: 1 }, { hats: ["admin", 1] },
    ]) await at.refused("invalid_event", "adam", "member.added", { ...data, ...more });
    await at.refused("unknown_event_type", "adam", "member.promoted", data);
    await at.refused("unknown_event_type", "adam", "__proto__", data);
    await at.refused("unknown_event_type", "adam", "constructor", data);
    for (const text of ['{"org":"fc","user":"pal","__proto__":{"hats":["admin"]}}',
      '{"org":"fc","user":"pal","constructor":1}']) {
      const event = JSON.stringify(at.event("member.added", 0, { actor: "adam" }))
        .replace('"data":0', `"data":${text}`);
      expect((await at.send("POST", "/events", event)).body.code).toBe("invalid_event");
    }
    const before = await at.state();
    const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
    for (const [path, body, statuses] of [
      ["/events", deep, [400]], ["/check", deep, [400]],
      ["/events", JSON.stringify(at.event("member.added", { ...data, professional_area: "x".repeat(70_000) })), [413]],
      ["/events", `"${"x".repeat(1_100_000)}"`, [413]], ["/check", `"${"x".repeat(1_100_000)}"`, [400, 413]],
    ] as const) {
      expect(statuses, `${path} ${body.slice(0, 9)}`).toContain((await at.send("POST", path, body)).status);
    }
    expect(await at.state()).toBe(before);
    expect(at.logged).toEqual([]);
  });

  test("a userset, a wildcard or another type as the user of a question is no way in", async () => {
    const at = await club();
    for (const user of ["user:*", "org:fc#admin", "role:fc/owner#holder", "org:fc", "team:red#coach"]) {
      for (const object of ["note:n1", "note:nx"]) {
        const { status, body } = await at.send("POST", "/check", { tuple_key: { user, relation: "can_read", object } });
        expect(status === 400 || body.allowed === false || (user === "org:fc#admin" && object === "note:n1"),
          `${user} ${object}: ${JSON.stringify(body)}`).toBe(true);
      }
    }
  });
});
