// S18-S20: an invite is no way back in, no way up, no weapon, and its id is in no answer that only asks for `check`.
import { describe, expect, test } from "vitest";
import { NARROW, START, type Installation } from "../world/installation.ts";
import { club, fails, works } from "./club.ts";

/** Gives ofra of the office a role with these keys. */
async function officer(at: Installation, keys: readonly string[]): Promise<void> {
  await at.system(["role.created", { org: "fc", role: "officer", scope: "org", keys }],
    ["member.role_assigned", { org: "fc", user: "ofra", role: "officer" }]);
}

/** A redemption that must be refused since the maker lost the right: nothing is stored, nobody is named. */
async function lost(at: Installation, user: string, invite: string, maker: string): Promise<void> {
  const { status, body } = await fails(at, "inviter_lost_right", user, "invite.redeemed", { invite, user });
  expect(status).toBe(409);
  expect(body.detail).not.toContain(maker);
  expect(body.detail).not.toContain(invite);
  expect((await at.send("GET", `/invites/${invite}`)).body).toMatchObject({ status: "active", uses: 0 });
  await fails(at, "inviter_lost_right", undefined, "invite.redeemed", { invite, user });
}

describe("S19 the way back in", () => {
  test("a dismissed admin's second account redeems nothing that the admin made", async () => {
    const at = await club();
    const links = [{ hat: "admin" }, { team: "red" }, { hat: "athlete", team: "red", athlete: "a2" }];
    for (const [i, link] of links.entries()) {
      await works(at, "adam", "invite.created", { invite: `lnk${i + 1}`, org: "fc", ...link });
    }
    await works(at, "olga", "member.deactivated", { org: "fc", user: "adam" });
    for (const invite of ["lnk1", "lnk2", "lnk3"]) {
      await lost(at, "second", invite, "adam");
      await lost(at, "mal", invite, "adam"); // a member is refused as a stranger is
      expect((await at.send("GET", `/invites/${invite}`)).body.maker_may).toBe(false);
      expect(await at.can("second", "can_redeem", `invite:${invite}`)).toBe(true); // S20: it means open
    }
    const { body } = await at.send("GET", "/orgs/fc/members?status=invited");
    expect(body.invites.map((found: any) => [found.invited_by, found.maker_may]))
      .toEqual(Array(3).fill(["adam", false]));
    // The reserved row stays reserved until somebody resends or revokes the invite.
    await fails(at, "athlete_already_linked", "olga", "athlete.linked", { athlete: "a2", user: "ida" });
    await works(at, "olga", "invite.resent", { invite: "lnk2" });
    expect((await at.send("GET", "/invites/lnk2")).body.maker_may).toBe(true);
    await works(at, "second", "invite.redeemed", { invite: "lnk2", user: "second" });
    expect(await at.can("second", "coach", "team:red")).toBe(true);
  });

  test("a demoted admin does not promote himself by his own link, nor by resending it", async () => {
    const at = await club();
    await works(at, "adam", "invite.created", { invite: "back", org: "fc", hat: "admin" });
    await works(at, "adam", "invite.created", { invite: "mail", org: "fc", hat: "admin", email: "adam@example.org" });
    await works(at, "olga", "member.hats_changed", { org: "fc", user: "adam", hats: ["office"] });
    await lost(at, "adam", "back", "adam");
    await fails(at, "inviter_lost_right", "adam", "invite.redeemed",
      { invite: "mail", user: "adam", email: "adam@example.org" });
    await fails(at, "actor_not_allowed", "adam", "invite.resent", { invite: "back" });
    // Also with the right to invite, and with every key: only who wears the admin hat gives it.
    await works(at, "olga", "member.role_assigned", { org: "fc", user: "adam", role: "admin" });
    await lost(at, "adam", "back", "adam");
    at.now += 1000;
    await fails(at, "exceeds_own_permissions", "adam", "invite.resent", { invite: "mail" });
    const again = await at.post("invite.resent", { invite: "back" }, { actor: "adam" });
    expect(again.body.status).toBe("unchanged"); // he is its maker already, and that gives nothing
    await lost(at, "adam", "back", "adam");
    expect(await at.can("adam", "admin", "org:fc")).toBe(false);
    await works(at, "olga", "member.hats_changed", { org: "fc", user: "adam", hats: ["admin"] });
    await works(at, "eve", "invite.redeemed", { invite: "back", user: "eve" });
  });

  test("a maker who lost the key, the role's keys or the team gives no more what those gave", async () => {
    const at = await club();
    await officer(at, ["org.members.invite", "athletes.assign_coaches", "teams.create"]);
    await at.system(["role.created", { org: "fc", role: "host", scope: "org", keys: ["teams.create"] }]);
    await works(at, "ofra", "invite.created", { invite: "lnk", org: "fc", team: "red", role: "host" });
    const update = (keys: readonly string[]) => at.system(["role.updated", { org: "fc", role: "officer", keys }]);
    for (const keys of [["athletes.assign_coaches", "teams.create"], ["org.members.invite", "teams.create"],
      ["org.members.invite", "athletes.assign_coaches"]]) {
      await update(keys);
      await lost(at, "eve", "lnk", "ofra");
    }
    // The role grew since: the maker gives only what the maker holds.
    await update(["org.members.invite", "athletes.assign_coaches", "teams.create"]);
    await works(at, "olga", "role.updated", { org: "fc", role: "host", keys: ["teams.create", "athletes.delete"] });
    await lost(at, "eve", "lnk", "ofra");
    await works(at, "olga", "role.updated", { org: "fc", role: "host", keys: ["teams.create"] });
    await works(at, "eve", "invite.redeemed", { invite: "lnk", user: "eve" });
  });

  test("a superadmin gives without a membership, and no more once revoked; the system's is nobody's", async () => {
    const at = await club();
    for (const invite of ["s1", "s2"]) await works(at, "root", "invite.created", { invite, org: "fc", team: "red" });
    await works(at, "eve", "invite.redeemed", { invite: "s1", user: "eve" });
    await at.system(["platform.superadmin_revoked", { user: "root" }]);
    await lost(at, "zed", "s2", "root");
    await at.system(["invite.resent", { invite: "s2" }]);
    await works(at, "zed", "invite.redeemed", { invite: "s2", user: "zed" });
    expect((await at.send("GET", "/orgs/fc/members")).body.members
      .find((member: any) => member.user === "zed").invited_by).toBeNull();
  });
});

describe("S19 the way up", () => {
  test("org.members.invite alone gives no team: neither its coaches' place nor its athletes'", async () => {
    const at = await club();
    await officer(at, ["org.members.invite"]);
    await at.system(["note.created", { note: "n2", athlete: "a1", author: "asta", under: "team_assignment:ar" }]);
    await fails(at, "actor_not_allowed", "ofra", "team_assignment.started",
      { assignment: "own", team: "red", coach: "ofra" });
    for (const data of [{ team: "red" }, { hat: "coach", team: "red", role: "coach" }, { hat: "athlete", team: "red" },
      { hat: "athlete", team: "red", athlete: "a2" }, { hat: "athlete", email: "e@example.org", athlete: "a2" },
      { email: "e@example.org", team: "red" }]) {
      await fails(at, "exceeds_own_permissions", "ofra", "invite.created", { invite: "up", org: "fc", ...data });
    }
    // Hats that join no team need no right over the one they name.
    await at.system(["role.created", { org: "fc", role: "bare", scope: "org", keys: [] }]);
    await works(at, "ofra", "invite.created", { invite: "in", org: "fc", hat: "office", role: "bare", team: "red" });
    await fails(at, "invite_invalid", "ofra", "invite.redeemed", { invite: "up", user: "ofra" });
    expect(await at.can("ofra", "can_read", "note:n2")).toBe(false);
  });

  test("a head coach of the office invites to her own team, and to no other", async () => {
    const at = await club();
    await officer(at, ["org.members.invite"]);
    await at.system(["member.hats_changed", { org: "fc", user: "hana", hats: ["coach", "office"], role: "officer" }]);
    const invite = (id: string, team: string, more: object = {}) => ({ invite: id, org: "fc", team, ...more });
    await works(at, "hana", "invite.created", invite("own", "red"));
    await works(at, "hana", "invite.created", invite("kids", "red", { hat: "athlete" }));
    await fails(at, "exceeds_own_permissions", "hana", "invite.created", invite("other", "blue"));
    // Her rows hold athletes.create, her org role does not: it is no right over another's team.
    expect(await at.can("hana", "athletes_create", "org:fc")).toBe(true);
    await fails(at, "exceeds_own_permissions", "hana", "invite.created", invite("other", "blue", { hat: "athlete" }));
    await works(at, "olga", "team.head_coach_changed", { team: "red", head_coach: "asta" });
    await lost(at, "eve", "own", "hana");
    await lost(at, "eve", "kids", "hana");
  });

  test("athletes.create by org role brings new athletes to a team, and reserves no row", async () => {
    const at = await club();
    await officer(at, ["org.members.invite", "athletes.create"]);
    const link = { org: "fc", hat: "athlete", team: "red" };
    await works(at, "ofra", "invite.created", { ...link, invite: "kids" });
    await fails(at, "exceeds_own_permissions", "ofra", "invite.created", { ...link, invite: "row", athlete: "a2" });
    await works(at, "eve", "invite.redeemed", { invite: "kids", user: "eve" });
    expect(await at.can("eve", "athlete", "team:red")).toBe(true);
  });

  test("a coach hat wakes no rows by who may not assign coaches", async () => {
    const at = await club();
    await officer(at, ["org.members.invite"]);
    await at.system(["member.hats_changed", { org: "fc", user: "cora", hats: ["athlete"] }]);
    await works(at, "ofra", "invite.created", { invite: "c", org: "fc", email: "cora@example.org" });
    const redeem = { invite: "c", user: "cora", email: "cora@example.org" };
    expect((await at.send("GET", "/invites/c")).body.maker_may).toBe(true); // for a newcomer
    await fails(at, "inviter_lost_right", "cora", "invite.redeemed", redeem);
    expect(await at.can("cora", "current_coach", "athlete:a3")).toBe(false);
    await works(at, "olga", "role.updated",
      { org: "fc", role: "officer", keys: ["org.members.invite", "athletes.assign_coaches"] });
    await works(at, "cora", "invite.redeemed", redeem);
    expect(await at.can("cora", "current_coach", "athlete:a3")).toBe(true);
  });
});

describe("S18 the weapon", () => {
  test("an hr link takes no key from the admin who redeems it, and a coach link no front desk", async () => {
    const at = await club();
    await at.system(["role.created", { org: "fc", role: "hr", scope: "org", keys: ["org.members.invite"] }],
      ["member.added", { org: "fc", user: "hugo", hats: ["office"], role: "hr" }]);
    await works(at, "hugo", "invite.created", { invite: "hr", org: "fc", hat: "office", role: "hr" });
    await works(at, "adam", "invite.redeemed", { invite: "hr", user: "adam" });
    const keys = ["org_manage", "org_members_manage", "org_roles_manage", "sessions_read", "users_generate"];
    for (const key of keys) expect(await at.can("adam", key, "org:fc"), key).toBe(true);
    expect(await at.can("adam", "office", "org:fc")).toBe(true);
    await works(at, "adam", "invite.created", { invite: "co", org: "fc", team: "blue" });
    await works(at, "ofra", "invite.redeemed", { invite: "co", user: "ofra" });
    expect(await at.can("ofra", "training_sessions_delete", "org:fc")).toBe(true);
    expect(await at.can("ofra", "coach", "team:blue")).toBe(true);
  });
});

describe("S20 the id of an open invite", () => {
  const lists = (at: Installation, path: string, body: object) =>
    Promise.all([`/${path}`, `/stores/${at.store}/${path}`].map((where) => at.send("POST", where, body, NARROW)));

  test("is in no list for a key without the scope read; a check of one id stays open to all", async () => {
    const at = await club();
    await works(at, "olga", "invite.created", { invite: "s3cret", org: "fc", hat: "admin" });
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
    const at = await club();
    await works(at, "olga", "invite.created", { invite: "s3cret", org: "fc", team: "red" });
    const events = [at.event("team.deleted", { team: "red" }, { actor: "olga" }),
      at.event("team.deleted", { team: "blue" }, { actor: "olga" })];
    const tries = (body: unknown, key?: string) => at.send("POST", "/events?dry_run=true", body, key);
    const refused = await tries(events[0], NARROW);
    expect([refused.status, refused.body.code]).toEqual([403, "scope_missing"]);
    const batch = await tries(events, NARROW);
    expect(batch.body.map((one: any) => one.code ?? one.status)).toEqual(["scope_missing", "applied"]);
    expect(JSON.stringify([refused.body, batch.body])).not.toContain("s3cret");
    expect(JSON.stringify((await tries(events[0])).body)).toContain("invite:s3cret");
    // What is written is nobody's to see: the receipt of the event itself names no tuple.
    const sent = await at.send("POST", "/events", events[0], NARROW);
    expect([sent.status, JSON.stringify(sent.body).includes("s3cret")]).toEqual([200, false]);
  });

  test("is in no row's id and in no refusal of a redemption", async () => {
    const at = await club();
    const open = { org: "fc", expires_at: new Date(START + 1000).toISOString() };
    await works(at, "olga", "invite.created", { ...open, invite: "s3cret", team: "red" });
    await works(at, "olga", "invite.created", { ...open, invite: "s3cret2", hat: "athlete", team: "red" });
    await works(at, "eve", "invite.redeemed", { invite: "s3cret", user: "eve" });
    await works(at, "kid", "invite.redeemed", { invite: "s3cret2", user: "kid" });
    expect(await at.objects("eve", "can_end", "team_assignment")).toEqual(["team_assignment:red.eve"]);
    expect(await at.objects("kid", "account", "athlete")).toEqual(["athlete:fc.kid"]);
    at.now += 1000;
    const late = await fails(at, "invite_expired", "zed", "invite.redeemed", { invite: "s3cret", user: "zed" });
    expect(JSON.stringify(late.body)).not.toContain("s3cret");
    expect(JSON.stringify(at.logged)).not.toContain("s3cret");
  });
});
