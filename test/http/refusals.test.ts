// Every refusal code occurs over HTTP, with its status and the form of a problem, and nothing is stored.
import { describe, expect, test } from "vitest";
import { REFUSAL_STATUS, type RefusalCode } from "../../src/events/refusal.ts";
import { BACKEND, DAY, FRONTEND, Installation, type Attributes } from "../world/installation.ts";

type Case = readonly [actor: string | undefined, type: string, data: object, more?: Attributes];

/** How to cause each code, in the club below. */
const REACHED: Readonly<Record<Exclude<RefusalCode, "store_unavailable" | "batch_too_large">, Case>> = {
  invalid_event: ["adam", "member.added", { org: "fc", user: "pal", rol: "admin" }],
  unknown_event_type: ["adam", "member.promoted", { org: "fc" }],
  unknown_key: ["adam", "coaching.overrides_set", { coaching: "c1", overrides: { "sessions.fly": true } }],
  actor_required: [undefined, "member.added", { org: "fc", user: "pal" }],
  actor_not_allowed: ["dora", "member.added", { org: "fc", user: "pal" }],
  exceeds_own_permissions: ["adam", "member.added", { org: "fc", user: "pal", hats: ["admin"], role: "owner" }],
  email_mismatch: ["eve", "invite.redeemed", { invite: "mail", user: "eve", email: "eve@example.org" }],
  unknown_entity: ["adam", "member.deactivated", { org: "fc", user: "nobody" }],
  invite_invalid: ["eve", "invite.redeemed", { invite: "nothing", user: "eve" }],
  already_exists: ["adam", "team.created", { team: "red", org: "fc" }],
  event_conflict: ["adam", "member.added", { org: "fc", user: "other" }, { id: "seen" }],
  wrong_org: ["root", "team.athlete_added", { team: "red", athlete: "x1" }],
  last_admin: ["otto", "member.deactivated", { org: "xo", user: "otto" }],
  last_owner: ["olga", "member.deactivated", { org: "fc", user: "olga" }],
  player_role_immutable: ["pola", "member.hats_changed", { org: "pg", user: "pia", hats: ["coach"] }],
  athlete_already_linked: ["adam", "athlete.linked", { athlete: "a1", user: "abe" }],
  user_already_linked: ["adam", "athlete.linked", { athlete: "a2", user: "ida" }],
  not_a_coach: ["adam", "coaching.started", { coaching: "q", athlete: "a1", coach: "ida" }],
  not_an_athlete: ["adam", "athlete.linked", { athlete: "a2", user: "hana" }],
  not_on_team: ["adam", "team.athlete_moved", { athlete: "a3", from: "red", to: "green" }],
  not_shareable: ["cora", "note.shared", { note: "n1", user: "ida" }],
  member_inactive: ["adam", "member.role_assigned", { org: "fc", user: "gus", role: "coach" }],
  relationship_ended: ["adam", "coaching.role_changed", { coaching: "over", role: "viewer" }],
  relationship_mismatch: ["hana", "note.created", { note: "q", athlete: "a1", author: "hana", under: "coaching:c1" }],
  role_locked: ["olga", "role.updated", { org: "fc", role: "owner", keys: [] }],
  system_role: ["olga", "role.deleted", { org: "fc", role: "viewer" }],
  role_in_use: ["olga", "role.deleted", { org: "fc", role: "used" }],
  role_scope_mismatch: ["olga", "member.role_assigned", { org: "fc", user: "dora", role: "viewer" }],
  role_not_exchangeable: ["pola", "member.role_assigned", { org: "pg", user: "carl", role: "player" }],
  duplicate_admin_grant: ["adam", "invite.redeemed", { invite: "adm", user: "adam" }],
  invite_expired: ["eve", "invite.redeemed", { invite: "late", user: "eve" }],
  invite_revoked: ["eve", "invite.redeemed", { invite: "rev", user: "eve" }],
  invite_exhausted: ["eve", "invite.redeemed", { invite: "one", user: "eve" }],
  invite_already_accepted: ["eve", "invite.redeemed", { invite: "done", user: "eve", email: "pia@example.org" }],
  inviter_lost_right: ["eve", "invite.redeemed", { invite: "fired", user: "eve" }],
  stale_event: ["adam", "member.added", { org: "fc", user: "pal" }, { subject: "s", sequence: "1" }],
};

async function stage(): Promise<Installation> {
  const at = await Installation.ofClub();
  await at.system(
    ["note.created", { note: "n1", athlete: "a1", author: "cora", under: "coaching:c1" }],
    ["team.created", { team: "green", org: "fc" }],
    ["org.created", { org: "pg", kind: "program", owner: "pola" }],
    ["member.added", { org: "pg", user: "pia", hats: ["athlete"] }], ["member.added", { org: "pg", user: "carl" }],
    ["role.created", { org: "fc", role: "used", scope: "athlete", keys: ["goals.read"] }],
    ["coaching.started", { coaching: "u", athlete: "a1", coach: "dora", role: "used" }],
    ["coaching.started", { coaching: "over", athlete: "a1", coach: "dora" }], ["coaching.ended", { coaching: "over" }],
    ["invite.created", { invite: "mail", org: "fc", email: "pia@example.org" }],
    ["invite.created", { invite: "done", org: "fc", email: "pia@example.org" }],
    ["invite.redeemed", { invite: "done", user: "pia", email: "pia@example.org" }],
    ["invite.created", { invite: "adm", org: "fc", hat: "admin" }],
    ["invite.created", { invite: "late", org: "fc", team: "red", expires_at: new Date(at.now + DAY).toISOString() }],
    ["invite.created", { invite: "rev", org: "fc", team: "red" }], ["invite.revoked", { invite: "rev" }],
    ["invite.created", { invite: "one", org: "fc", team: "red", max_uses: 1 }],
    ["invite.redeemed", { invite: "one", user: "first" }],
  );
  await at.as("adam", "member.added", { org: "fc", user: "ann", hats: ["admin"] });
  await at.as("ann", "invite.created", { invite: "fired", org: "fc", team: "red" });
  await at.as("adam", "member.deactivated", { org: "fc", user: "ann" });
  await at.as("adam", "member.added", { org: "fc", user: "seen" }, { id: "seen" });
  await at.as("adam", "member.added", { org: "fc", user: "ordered" }, { subject: "s", sequence: "2" });
  at.now += DAY;
  return at;
}

/** The codes of each status but 409, which is that of all others. */
const CODES: Readonly<Record<number, readonly RefusalCode[]>> = {
  400: ["invalid_event", "unknown_event_type", "unknown_key"],
  403: ["actor_required", "actor_not_allowed", "exceeds_own_permissions", "email_mismatch"],
  404: ["unknown_entity", "invite_invalid"],
  413: ["batch_too_large"],
  503: ["store_unavailable"],
};

describe("refusals", () => {
  test("each code has its status", () => {
    const statuses = Object.entries(CODES).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)]));
    const all = Object.keys(REFUSAL_STATUS).map((code) => [code, 409]);
    expect(REFUSAL_STATUS).toEqual(Object.fromEntries([...all, ...statuses]));
  });

  test("every code occurs, with its status, and leaves no trace", async () => {
    const at = await stage();
    const before = await at.state();
    for (const [code, [actor, type, data, more]] of Object.entries(REACHED) as [RefusalCode, Case][]) {
      const event = at.event(type, data, { ...more, ...(actor === undefined ? {} : { actor }) });
      const answer = await at.send("POST", "/events", event, FRONTEND);
      expect([answer.body.code, answer.status], code).toEqual([code, REFUSAL_STATUS[code]]);
      expect(answer.body, code).toMatchObject({
        type: `/problems/${code}`, status: REFUSAL_STATUS[code], title: expect.any(String), detail: expect.any(String),
      });
      expect(JSON.stringify(answer.body), code).not.toContain("example.org");
      at.codes.add(answer.body.code);
    }
    expect(await at.state()).toBe(before);
    const never = Object.keys(REFUSAL_STATUS).filter((code) => !at.codes.has(code));
    // The last test has the store that cannot be written; no single event is a batch.
    expect(never.sort()).toEqual(["batch_too_large", "store_unavailable"]);
    expect(at.logged).toEqual([]);
  });

  test("a batch returns each of them in its place, and applies the others", async () => {
    const at = await stage();
    const entries = Object.entries(REACHED).filter(([code]) => code !== "actor_required");
    const events = entries.flatMap(([code, [actor, type, data, more]]) => [
      at.event(type, data, { ...more, actor }),
      at.event("member.added", { org: "fc", user: `new.${code}` }, { actor: "adam" }),
    ]);
    const { status, body } = await at.send("POST", "/events", events, BACKEND);
    expect(status).toBe(200);
    expect(body.map((outcome: any) => outcome.code ?? outcome.status))
      .toEqual(entries.flatMap(([code]) => [code, "applied"]));
  });

  test("store_unavailable: nothing is applied, no answer shows it, the reason to end is logged", async () => {
    const at = await Installation.ofClub();
    await at.close();
    const sent = [1, 2, 3].map((n) => at.post("member.added", { org: "fc", user: `late${n}` }, { actor: "adam" }));
    for (const { status, body, headers } of await Promise.all(sent)) {
      expect([status, body.code, headers.get("retry-after")]).toEqual([503, "store_unavailable", "1"]);
    }
    expect(await at.can("late1", "member", "org:fc")).toBe(false);
    expect(await at.can("hana", "member", "org:fc")).toBe(true);
    expect(at.logged).toContainEqual({ why: expect.stringContaining("closed") });
  });
});
