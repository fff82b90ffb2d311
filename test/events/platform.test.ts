// Events of the platform and of new orgs: rights, effects, and limits.
import { describe, expect, it } from "vitest";
import { KINDS } from "../../src/policy/seeded-roles.ts";
import { findRole, keysOf, roleIds } from "../../src/domain/roles.ts";
import { seededRoles } from "../../src/policy/seeded-roles.ts";
import { World } from "../world/world.ts";
import { MAX_ORG_ID_LENGTH } from "../../src/domain/event-limits.ts";

const MAIN = "platform:main";

/** A world with superadmin `sam`, platform admin `pat` and org `o` of a kind, owned by `own`. */
function world(kind = "club"): World {
  const w = new World();
  w.system("platform.superadmin_granted", { user: "sam" });
  w.system("platform.admin_granted", { user: "pat" });
  w.system("org.created", { org: "o", kind, owner: "own" });
  return w;
}

describe("the platform's staff", () => {
  it("PM7 a superadmin passes every key and level of every org, from the grant to the revocation", () => {
    const w = world();
    const passes = ["org_manage", "org_billing_manage", "teams_create", "users_generate", "sessions_read",
      "enter_athlete"];
    for (const relation of passes) expect(w.can("sam", relation, "org:o"), relation).toBe(true);
    for (const relation of ["member", "admin", "coach"]) expect(w.can("sam", relation, "org:o"), relation).toBe(false);
    expect(w.as("sam", "platform.superadmin_revoked", { user: "sam" }).status).toBe("applied");
    for (const relation of passes) expect(w.can("sam", relation, "org:o"), relation).toBe(false);
  });

  it("NP2 a platform admin audits and does nothing else", () => {
    const w = world();
    expect(w.can("pat", "auditor", "org:o")).toBe(true);
    expect(w.can("pat", "org_manage", "org:o")).toBe(false);
    w.as("sam", "platform.admin_revoked", { user: "pat" });
    expect(w.can("pat", "auditor", "org:o")).toBe(false);
  });

  it("only superadmins grant and revoke, not platform admins, owners or strangers", () => {
    const w = world();
    for (const type of ["superadmin_granted", "superadmin_revoked", "admin_granted", "admin_revoked"]) {
      for (const actor of ["pat", "own", "stranger"]) {
        w.refused("actor_not_allowed", actor, `platform.${type}`, { user: actor });
      }
    }
    w.as("sam", "platform.superadmin_granted", { user: "sue" });
    expect(w.can("sue", "superadmin", MAIN)).toBe(true);
    w.as("sue", "platform.superadmin_revoked", { user: "sam" });
    w.refused("actor_not_allowed", "sam", "platform.admin_granted", { user: "x" });
  });

  it("a repetition is unchanged", () => {
    const w = world();
    w.unchanged("sam", "platform.superadmin_granted", { user: "sam" });
    w.unchanged("sam", "platform.admin_granted", { user: "pat" });
    w.unchanged("sam", "platform.superadmin_revoked", { user: "pat" });
    w.unchanged("sam", "platform.admin_revoked", { user: "sam" });
  });

  it("the last superadmin can be revoked, and the system grants the right again", () => {
    const w = world();
    w.as("sam", "platform.superadmin_revoked", { user: "sam" });
    expect(w.can("sam", "superadmin", MAIN)).toBe(false);
    w.system("platform.superadmin_granted", { user: "sam" });
    expect(w.can("sam", "superadmin", MAIN)).toBe(true);
  });

  it("a malformed user is an invalid event", () => {
    const w = world();
    w.refused("invalid_event", "sam", "platform.superadmin_granted", { user: "user:*" });
    w.refused("invalid_event", "sam", "platform.superadmin_granted", { user: "x", org: "o" });
  });
});

describe("org.created", () => {
  it("PM2 makes the owner an admin and coach who holds every key and level", () => {
    const w = new World();
    w.as("own", "org.created", { org: "o", kind: "instructor", owner: "own" });
    const yes = ["member", "admin", "coach", "enter_admin", "enter_coach", "org_billing_manage", "users_generate",
      "premium_grant", "athletes_create", "library_contribute"];
    for (const relation of yes) expect(w.can("own", relation, "org:o"), relation).toBe(true);
    for (const relation of ["office", "athlete"]) expect(w.can("own", relation, "org:o"), relation).toBe(false);
    expect(w.can("own", "member", "org:other")).toBe(false);
  });

  it.each(KINDS)("PM2 seeds the roles of kind %s with their keys", (kind) => {
    const w = world(kind);
    const seeded = seededRoles(kind);
    const roles = roleIds(w.tuples, "o").seeded.map((id) => findRole(w.tuples, "o", id)!);
    expect(roles.map((role) => [role.id, role.scope, role.system, keysOf(w.tuples, role)]))
      .toEqual(seeded.map((role) => [role.id, role.scope, true, [...role.keys].sort()]));
  });

  it("is sent by the owner, a superadmin or the system", () => {
    const w = world();
    w.as("sam", "org.created", { org: "o2", kind: "club", owner: "fred" });
    expect(w.can("fred", "org_manage", "org:o2")).toBe(true);
    expect(w.can("sam", "member", "org:o2")).toBe(false);
    for (const actor of ["pat", "own", "fred"]) {
      w.refused("actor_not_allowed", actor, "org.created", { org: "o3", kind: "club", owner: "gus" });
    }
    w.as("gus", "org.created", { org: "o3", kind: "club", owner: "gus" });
  });

  it("PR11 nobody takes over an org by creating it again", () => {
    const w = world();
    w.refused("already_exists", "thief", "org.created", { org: "o", kind: "club", owner: "thief" });
    w.refused("already_exists", "sam", "org.created", { org: "o", kind: "club", owner: "sam" });
    w.refused("already_exists", "own", "org.created", { org: "o", kind: "program", owner: "own" });
    w.unchanged("own", "org.created", { org: "o", kind: "club", owner: "own" });
  });

  it("a repetition for a member who is not the owner, or no longer, is already_exists", () => {
    const w = world();
    w.as("own", "member.added", { org: "o", user: "ada", hats: ["admin"], role: "owner" });
    w.unchanged("ada", "org.created", { org: "o", kind: "club", owner: "ada" });
    w.as("ada", "member.role_assigned", { org: "o", user: "own", role: "admin" });
    w.refused("already_exists", "own", "org.created", { org: "o", kind: "club", owner: "own" });
    w.as("ada", "member.role_assigned", { org: "o", user: "own", role: "owner" });
    w.as("ada", "member.deactivated", { org: "o", user: "own" });
    w.refused("already_exists", "own", "org.created", { org: "o", kind: "club", owner: "own" });
  });

  it(`accepts ids of ${MAX_ORG_ID_LENGTH} characters and no longer ones`, () => {
    const w = new World();
    w.as("own", "org.created", { org: "o".repeat(MAX_ORG_ID_LENGTH), kind: "club", owner: "own" });
    const longer = "o".repeat(MAX_ORG_ID_LENGTH + 1);
    w.refused("invalid_event", "own", "org.created", { org: longer, kind: "club", owner: "own" });
    w.refused("invalid_event", "own", "org.created", { org: "a/b", kind: "club", owner: "own" });
    w.refused("invalid_event", "own", "org.created", { org: "p", kind: "gym", owner: "own" });
    w.refused("invalid_event", "own", "org.created", { org: "p", kind: "club", owner: "own", hats: ["admin"] });
  });
});
