// S20: the id of an open invite is in no answer to a key that may only check or send events.
import { describe, expect, test } from "vitest";
import { Installation, NARROW } from "../world/installation.ts";
import { START } from "../world/world.ts";

describe("S20 the id of an open invite", () => {
  const lists = (at: Installation, path: string, body: object) =>
    Promise.all([`/${path}`, `/stores/${at.store}/${path}`].map((where) => at.send("POST", where, body, NARROW)));

  test("is in no list for a key without the scope read; every key may check one id", async () => {
    const at = await Installation.ofClub();
    await at.as("olga", "invite.created", { invite: "s3cret", org: "fc", hat: "admin" });
    for (const [type, relation, user] of [["invite", "can_redeem", "user:eve"], ["invite", "org", "org:fc"],
      ["invite", "can_revoke", "user:olga"], ["invitation", "org", "org:fc"],
      ["invitation", "invited_by", "user:olga"]] as const) {
      for (const path of ["list-objects", "streamed-list-objects"]) {
        for (const { status, body } of await lists(at, path, { type, relation, user })) {
          expect([type, relation, status, body.code]).toEqual([type, relation, 403, "scope_missing"]);
          expect(JSON.stringify(body)).not.toContain("s3cret");
        }
        const { status, body } = await at.send("POST", `/${path}`, { type, relation, user });
        expect([status, JSON.stringify(body).includes("s3cret")]).toEqual([200, true]);
      }
    }
    const teams = { type: "team", relation: "can_view", user: "user:ofra" };
    for (const { status } of await lists(at, "list-objects", teams)) expect(status).toBe(200);
    const filters = { user_filters: [{ type: "value" }] };
    const ledger = { object: { type: "ledger", id: "org/fc" }, relation: "at", ...filters };
    for (const { status } of await lists(at, "list-users", ledger)) expect(status).toBe(403);
    const who = { object: { type: "invite", id: "s3cret" }, relation: "can_redeem", user_filters: [{ type: "user" }] };
    for (const { status } of await lists(at, "list-users", who)) expect(status).toBe(200);
    const tuple_key = { user: "user:eve", relation: "can_redeem", object: "invite:s3cret" };
    for (const { body } of await lists(at, "check", { tuple_key })) expect(body.allowed).toBe(true);
  });

  test("is in no dry run for such a key, alone or in a batch", async () => {
    const at = await Installation.ofClub();
    await at.as("olga", "invite.created", { invite: "s3cret", org: "fc", team: "red" });
    const events = [at.event("team.deleted", { team: "red" }, { actor: "olga" }),
      at.event("team.deleted", { team: "blue" }, { actor: "olga" })];
    const tries = (body: unknown, key?: string) => at.send("POST", "/events?dry_run=true", body, key);
    const refused = await tries(events[0], NARROW);
    expect([refused.status, refused.body.code]).toEqual([403, "scope_missing"]);
    const batch = await tries(events, NARROW);
    expect(batch.body.map((one: any) => one.code ?? one.status)).toEqual(["scope_missing", "applied"]);
    expect(JSON.stringify([refused.body, batch.body])).not.toContain("s3cret");
    expect(JSON.stringify((await tries(events[0])).body)).toContain("invite:s3cret");
    // The receipt of the event itself names no tuple.
    const sent = await at.send("POST", "/events", events[0], NARROW);
    expect([sent.status, JSON.stringify(sent.body).includes("s3cret")]).toEqual([200, false]);
  });

  test("is in no row's id and in no refusal of a redemption", async () => {
    const at = await Installation.ofClub();
    const open = { org: "fc", expires_at: new Date(START + 1000).toISOString() };
    await at.as("olga", "invite.created", { ...open, invite: "s3cret", team: "red" });
    await at.as("olga", "invite.created", { ...open, invite: "s3cret2", hat: "athlete", team: "red" });
    await at.as("eve", "invite.redeemed", { invite: "s3cret", user: "eve" });
    await at.as("kid", "invite.redeemed", { invite: "s3cret2", user: "kid" });
    expect(await at.objects("eve", "can_end", "team_assignment")).toEqual(["team_assignment:red.eve"]);
    expect(await at.objects("kid", "account", "athlete")).toEqual(["athlete:fc.kid"]);
    at.now += 1000;
    const late = await at.refused("invite_expired", "zed", "invite.redeemed", { invite: "s3cret", user: "zed" });
    expect(JSON.stringify(late.body)).not.toContain("s3cret");
    expect(JSON.stringify(at.logged)).not.toContain("s3cret");
  });
});
