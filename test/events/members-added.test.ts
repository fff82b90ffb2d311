// member.added and member.professional_area_set: rights, effects, each refusal.
import { describe, expect, it, test } from "vitest";
import { MAX_PROFESSIONAL_AREA_LENGTH } from "../../src/domain/event-limits.ts";
import { memberOf, professionalAreaOf } from "../../src/domain/members.ts";
import { KINDS, type Hat, type Kind } from "../../src/policy/seeded-roles.ts";
import { club } from "../world/club.ts";
import { World } from "../world/world.ts";

/** Org `o` of a kind owned by `own`, with admin `ada`, office member `olga` (role `desk`: members), coach `carl`. */
function world(kind = "club"): World {
  const w = new World();
  w.system("org.created", { org: "o", kind, owner: "own" });
  w.system("role.created", { org: "o", role: "desk", scope: "org", keys: ["org.members.manage"] });
  w.system("member.added", { org: "o", user: "ada", hats: ["admin"] });
  w.system("member.added", { org: "o", user: "olga", hats: ["office"], role: "desk" });
  w.system("member.added", { org: "o", user: "carl" });
  return w;
}

const add = (user: string, more: object = {}): object => ({ org: "o", user, ...more });

describe("member.added", () => {
  it.each([
    ["club", ["admin"], "admin"], ["club", ["coach"], "coach"], ["club", ["office"], "front_desk"],
    ["club", ["athlete"], undefined], ["club", ["athlete", "office"], "front_desk"],
    ["club", ["athlete", "admin"], "admin"], ["program", ["office"], undefined], ["program", ["athlete"], "player"],
    ["program", ["athlete", "coach"], "coach"],
  ])("in a %s the hats %j bring the role %s", (kind, hats, role) => {
    const w = world(kind);
    w.as("own", "member.added", add("new", { hats }));
    expect(memberOf(w.tuples, "o", "new")?.role).toBe(role);
    for (const hat of ["admin", "coach", "office", "athlete"]) {
      expect(w.can("new", hat, "org:o"), hat).toBe(hats.includes(hat));
    }
  });

  it("the default hat is coach; no hat at all is an invalid event", () => {
    const w = world();
    w.as("ada", "member.added", add("new"));
    expect(memberOf(w.tuples, "o", "new")?.hats).toEqual(["coach"]);
    w.refused("invalid_event", "ada", "member.added", add("newer", { hats: [] }));
    w.refused("invalid_event", "ada", "member.added", add("newer", { hats: ["coach", "coach"] }));
    w.refused("invalid_event", "ada", "member.added", add("newer", { hats: ["owner"] }));
    w.refused("invalid_event", "ada", "member.added", add("newer", { roles: "admin" }));
  });

  it("needs org.members.manage: admins and its holders, no coach, no stranger, nobody in an unknown org", () => {
    const w = world();
    w.as("ada", "member.added", add("a"));
    w.as("olga", "member.added", add("b"));
    w.refused("actor_not_allowed", "carl", "member.added", add("c"));
    w.refused("actor_not_allowed", "c", "member.added", add("c"));
    w.refused("actor_not_allowed", "ada", "member.added", { org: "p", user: "c" });
    w.refused("unknown_entity", undefined, "member.added", { org: "p", user: "c" });
  });

  it("PR4 records who added the member; an event of the system records nobody", () => {
    const w = world();
    w.as("ada", "member.added", add("new"));
    expect(w.tuples.users("membership:o/new", "invited_by")).toEqual(["user:ada"]);
    expect(w.tuples.users("membership:o/carl", "invited_by")).toEqual([]);
  });

  it("a repetition with the same hats, role and area is unchanged, with others already_exists", () => {
    const w = world();
    w.as("ada", "member.added", add("new", { hats: ["coach", "office"], professional_area: "S&C" }));
    w.unchanged("ada", "member.added", add("new", { hats: ["office", "coach"] }));
    w.unchanged("ada", "member.added", add("new", { hats: ["coach", "office"], role: "coach" }));
    w.unchanged("own", "member.added", add("new", { hats: ["coach", "office"], professional_area: "S&C" }));
    w.refused("already_exists", "ada", "member.added", add("new"));
    w.refused("already_exists", "ada", "member.added", add("new", { hats: ["coach", "office"], role: "desk" }));
    w.refused("already_exists", "ada", "member.added",
      add("new", { hats: ["coach", "office"], professional_area: "medical" }));
  });

  it("PR8 does not restore a deactivated member", () => {
    const w = world();
    w.as("ada", "member.deactivated", add("carl"));
    w.refused("member_inactive", "ada", "member.added", add("carl"));
    w.refused("member_inactive", undefined, "member.added", add("carl", { hats: ["office"] }));
    expect(w.can("carl", "member", "org:o")).toBe(false);
  });

  it("S8 takes a role of this org, and only of the org scope", () => {
    const w = world();
    w.system("org.created", { org: "p", kind: "club", owner: "own" });
    w.system("role.created", { org: "p", role: "theirs", scope: "org", keys: [] });
    w.refused("unknown_entity", "ada", "member.added", add("new", { role: "theirs" }));
    w.refused("unknown_entity", "ada", "member.added", add("new", { role: "player" }));
    w.refused("role_scope_mismatch", "ada", "member.added", add("new", { role: "head_coach" }));
  });

  it("IN1 PR11 memberships of several orgs are independent", () => {
    const w = world();
    w.system("org.created", { org: "p", kind: "club", owner: "ada" });
    w.as("ada", "member.added", { org: "p", user: "carl", hats: ["admin"] });
    expect(w.can("carl", "org_members_manage", "org:p")).toBe(true);
    expect(w.can("carl", "org_members_manage", "org:o")).toBe(false);
    expect(memberOf(w.tuples, "o", "carl")).toMatchObject({ hats: ["coach"], role: "coach" });
  });

  it("PR7 players may be added to a program, with any role of the org", () => {
    const w = world("program");
    w.as("ada", "member.added", add("p1", { hats: ["athlete"] }));
    expect(w.can("p1", "playbook_view", "org:o")).toBe(true);
    w.as("ada", "member.added", add("p2", { hats: ["athlete"], role: "coach" }));
    expect(w.can("p2", "roster_view", "org:o")).toBe(false);
  });
});

describe("member.professional_area_set", () => {
  const set = (user: string, area: unknown): object => ({ org: "o", user, professional_area: area });

  it("IN7 describes and never grants: no tuple of access is written", () => {
    const w = world();
    const step = w.as("ada", "member.professional_area_set", set("carl", "S&C"));
    expect(step.delta.writes.map((t) => t.object)).toContain("membership:o/carl");
    expect(step.delta.writes.filter((t) => t.object.startsWith("org:"))).toEqual([]);
    expect(professionalAreaOf(w.tuples, "o", "carl")).toBe("S&C");
    w.as("ada", "member.professional_area_set", set("carl", "medical"));
    expect(professionalAreaOf(w.tuples, "o", "carl")).toBe("medical");
    w.as("ada", "member.professional_area_set", set("carl", null));
    expect(professionalAreaOf(w.tuples, "o", "carl")).toBeUndefined();
  });

  it("is set with org.members.manage, or by the member; not by others, not by strangers", () => {
    const w = world();
    w.as("olga", "member.professional_area_set", set("carl", "a"));
    w.as("carl", "member.professional_area_set", set("carl", "b"));
    w.refused("actor_not_allowed", "carl", "member.professional_area_set", set("ada", "c"));
    w.refused("actor_not_allowed", "stranger", "member.professional_area_set", set("stranger", "c"));
    w.refused("actor_not_allowed", "carl", "member.professional_area_set", { ...set("carl", "c"), org: "p" });
    w.refused("unknown_entity", "ada", "member.professional_area_set", set("stranger", "c"));
    w.refused("unknown_entity", undefined, "member.professional_area_set", { ...set("carl", "c"), org: "p" });
  });

  it("S6 is not set for a member who holds org keys that the actor lacks", () => {
    const w = world();
    w.refused("exceeds_own_permissions", "olga", "member.professional_area_set", set("ada", "x"));
    w.refused("exceeds_own_permissions", "ada", "member.professional_area_set", set("own", "x"));
    w.as("own", "member.professional_area_set", set("ada", "x"));
    w.as("ada", "member.professional_area_set", set("ada", "y"));
  });

  it("a repetition is unchanged, also clearing an empty one", () => {
    const w = world();
    w.unchanged("carl", "member.professional_area_set", set("carl", null));
    w.as("carl", "member.professional_area_set", set("carl", "a"));
    w.unchanged("ada", "member.professional_area_set", set("carl", "a"));
  });

  it("PR8 is not set for, or by, a deactivated member", () => {
    const w = world();
    w.as("carl", "member.professional_area_set", set("carl", "a"));
    w.as("ada", "member.deactivated", { org: "o", user: "carl" });
    w.refused("member_inactive", "ada", "member.professional_area_set", set("carl", "b"));
    w.refused("actor_not_allowed", "carl", "member.professional_area_set", set("carl", "b"));
    expect(professionalAreaOf(w.tuples, "o", "carl")).toBe("a");
  });

  it(`is 1 to ${MAX_PROFESSIONAL_AREA_LENGTH} printable characters with single spaces between words`, () => {
    const w = world();
    const n = MAX_PROFESSIONAL_AREA_LENGTH;
    for (const area of ["a", "Strength & Conditioning", "x".repeat(n), "🏃".repeat(n), "médico/PT #2 50% a@b:*"]) {
      w.as("carl", "member.professional_area_set", set("carl", area));
      expect(professionalAreaOf(w.tuples, "o", "carl")).toBe(area);
    }
    const bad = ["", " ", " a", "a ", "a  b", "a\tb", "a\nb", "a\u0000b", "a\u200bb", "a\u00a0b", "a\ud800",
      "x".repeat(n + 1), "🏃".repeat(n + 1), 7, undefined];
    for (const area of bad) {
      w.refused("invalid_event", "carl", "member.professional_area_set", set("carl", area));
      if (area === undefined) continue;
      w.refused("invalid_event", "ada", "member.added", add("new", { professional_area: area }));
    }
  });
});

describe("the default role", () => {
  const roleIn = (world: World, user: string): string | undefined => memberOf(world.tuples, "fc", user)?.role;
  const HAT_ROLE: Readonly<Record<Hat, readonly [elsewhere: string | undefined, program: string | undefined]>> = {
    admin: ["admin", "admin"], coach: ["coach", "coach"],
    office: ["front_desk", undefined], athlete: [undefined, "player"],
  };
  const roleOfHat = (kind: Kind, hat: Hat): string | undefined => HAT_ROLE[hat][kind === "program" ? 1 : 0];

  test.each(KINDS)("is the highest hat's own, in an org of kind %s", (kind) => {
    const world = new World();
    world.as("olga", "org.created", { org: "fc", kind, owner: "olga" });
    expect(roleIn(world, "olga")).toBe("owner");
    expect(memberOf(world.tuples, "fc", "olga")?.hats).toEqual(["admin", "coach"]);
    world.as("olga", "member.added", { org: "fc", user: "plain" });
    expect(memberOf(world.tuples, "fc", "plain")).toMatchObject({ hats: ["coach"], role: "coach" });
    const hats: Hat[] = ["athlete", "office", "coach", "admin"];
    hats.forEach((hat, i) => {
      const worn = hats.slice(0, i + 1);
      world.as("olga", "member.added", { org: "fc", user: `m${i}`, hats: worn });
      expect(roleIn(world, `m${i}`), worn.join()).toBe(roleOfHat(kind, hat));
      if (hat === "coach") return;
      world.as("olga", "invite.created", { invite: `i${i}`, org: "fc", hat, email: `m${i}@example.org` });
      world.as(`v${i}`, "invite.redeemed", { invite: `i${i}`, user: `v${i}`, email: `m${i}@example.org` });
      expect(roleIn(world, `v${i}`), hat).toBe(roleOfHat(kind, hat));
    });
    // Up and down again: the default follows the hats.
    world.as("olga", "member.hats_changed", { org: "fc", user: "m1", hats: ["office"] });
    expect(roleIn(world, "m1")).toBe(roleOfHat(kind, "office"));
    for (const hat of ["coach", "admin", "coach", "office"] as const) {
      world.as("olga", "member.hats_changed", { org: "fc", user: "m1", hats: [hat] });
      expect(roleIn(world, "m1"), hat).toBe(roleOfHat(kind, hat));
    }
    world.as("olga", "invite.created", { invite: "up", org: "fc", hat: "coach", email: "m1@example.org" });
    world.as("m1", "invite.redeemed", { invite: "up", user: "m1", email: "m1@example.org" });
    // S18 A coach's role would remove the front desk's keys.
    expect(roleIn(world, "m1")).toBe(roleOfHat(kind, "office") ?? "coach");
  });

  test("is no longer followed once another role is given; owner and custom roles stay", () => {
    const world = club();
    world.as("adam", "role.created", { org: "fc", role: "aide", scope: "org", keys: ["goals.read"] });
    world.as("adam", "member.role_assigned", { org: "fc", user: "dora", role: "aide" });
    world.as("adam", "member.hats_changed", { org: "fc", user: "dora", hats: ["coach", "admin"] });
    expect(roleIn(world, "dora")).toBe("aide");
    world.as("olga", "member.hats_changed", { org: "fc", user: "olga", hats: ["admin"] });
    expect(roleIn(world, "olga")).toBe("owner");
  });

  test("of an assignment is the one that the kind seeds", () => {
    for (const kind of KINDS) {
      const role = kind === "pro_coach" ? "specialist" : "assistant_coach";
      const world = club(kind);
      world.as("hana", "team_assignment.started", { assignment: "n", team: "red", coach: "dora" });
      expect(world.tuples.users("team_assignment:n", "role")).toEqual([`role:fc/${role}`]);
    }
  });
});
