// member.hats_changed and member.role_assigned: effects, each refusal, and changes that need several writes.
import { describe, expect, it } from "vitest";
import { claimForGood } from "../../src/events/ids.ts";
import { memberOf } from "../../src/domain/members.ts";
import { link, linkedAthlete, addToTeam } from "../../src/domain/seats.ts";
import { startCoaching } from "../../src/domain/row-changes.ts";
import { applyDelta, Draft } from "../../src/tuples/delta.ts";
import { World } from "../world/world.ts";

/** Org `o` of a kind owned by `own`, with admin `ada`, coach `carl` and a custom role `desk` (members). */
function world(kind = "club"): World {
  const w = new World();
  w.system("org.created", { org: "o", kind, owner: "own" });
  w.system("role.created", { org: "o", role: "desk", scope: "org", keys: ["org.members.manage"] });
  w.system("member.added", { org: "o", user: "ada", hats: ["admin"] });
  w.system("member.added", { org: "o", user: "carl" });
  return w;
}

const hats = (user: string, worn: string[], role?: string): object =>
  ({ org: "o", user, hats: worn, ...(role === undefined ? {} : { role }) });
const assign = (user: string, role: string): object => ({ org: "o", user, role });

/** Puts a linked athlete `row` with account `user` on `teams` teams. */
function linked(w: World, user: string, teams: number): void {
  const draft = new Draft(w.tuples);
  claimForGood(draft, "athlete:row", "o");
  draft.write("athlete:row", "org", "org:o");
  link(draft, "row", user, Infinity);
  for (let n = 1; n <= teams; n++) {
    draft.write(`team:t${n}`, "org", "org:o");
    addToTeam(draft, "row", `t${n}`);
  }
  applyDelta(w.tuples, draft.delta());
}

describe("member.hats_changed", () => {
  it.each([
    ["club", ["coach"], "coach", ["admin", "coach"], "admin"],
    ["club", ["coach"], "coach", ["office"], "front_desk"],
    ["club", ["admin"], "admin", ["athlete"], undefined],
    ["club", ["athlete"], undefined, ["coach", "athlete"], "coach"],
    ["club", ["admin"], "coach", ["office"], "coach"],
    ["club", ["coach"], "desk", ["office"], "desk"],
    ["program", ["office"], undefined, ["coach"], "coach"],
    ["program", ["coach"], "coach", ["office"], undefined],
    ["program", ["admin"], "admin", ["coach", "athlete"], "coach"],
  ])("in a %s from %j with role %s to %j: role %s", (kind, before, role, after, expected) => {
    const w = world(kind);
    w.system("member.added", { org: "o", user: "m", hats: before, ...(role === undefined ? {} : { role }) });
    w.as("own", "member.hats_changed", hats("m", after));
    expect(memberOf(w.tuples, "o", "m")).toMatchObject({ hats: after, role: expected });
  });

  it("IN2 each hat opens its own routes, from the change on", () => {
    const w = world();
    w.as("own", "member.hats_changed", hats("carl", ["admin", "athlete"]));
    const routes = (): string[] => ["admin", "coach", "athlete"].filter((r) => w.can("carl", `enter_${r}`, "org:o"));
    expect(routes()).toEqual(["admin", "athlete"]);
    w.as("own", "member.hats_changed", hats("carl", ["office"]));
    expect(routes()).toEqual([]);
  });

  it("S7 a coach without the hat coaches nobody until it returns", () => {
    const w = world();
    const draft = new Draft(w.tuples);
    draft.write("athlete:a", "org", "org:o");
    startCoaching(draft, { id: "c", org: "o", coach: "carl", athlete: "a", team: undefined, role: "head_coach" });
    applyDelta(w.tuples, draft.delta());
    expect(w.can("carl", "sessions_read", "athlete:a")).toBe(true);
    expect(w.can("carl", "athletes_create", "org:o")).toBe(true);
    w.as("ada", "member.hats_changed", hats("carl", ["athlete"]));
    expect(w.can("carl", "current_coach", "athlete:a")).toBe(false);
    expect(w.can("carl", "sessions_read", "athlete:a")).toBe(false);
    expect(w.can("carl", "athletes_create", "org:o")).toBe(false);
    w.as("ada", "member.hats_changed", hats("carl", ["coach"]));
    expect(w.can("carl", "sessions_read", "athlete:a")).toBe(true);
  });

  it("S7 an athlete without the hat loses the link, for good", () => {
    const w = world();
    w.system("member.hats_changed", hats("carl", ["coach", "athlete"]));
    linked(w, "carl", 2);
    expect(w.can("carl", "account", "athlete:row")).toBe(true);
    w.as("ada", "member.hats_changed", hats("carl", ["office", "athlete"]));
    expect(w.can("carl", "athlete", "team:t2")).toBe(true);
    w.as("ada", "member.hats_changed", hats("carl", ["office"]));
    w.as("ada", "member.hats_changed", hats("carl", ["coach", "athlete"]));
    expect(w.can("carl", "account", "athlete:row")).toBe(false);
    expect(w.can("carl", "athlete", "team:t1")).toBe(false);
    expect(linkedAthlete(w.tuples, "o", "carl")).toBeUndefined();
  });

  it("a repetition is unchanged, in any order of the hats", () => {
    const w = world();
    w.as("own", "member.hats_changed", hats("carl", ["athlete", "admin"]));
    w.unchanged("own", "member.hats_changed", hats("carl", ["admin", "athlete"]));
    w.unchanged("own", "member.hats_changed", hats("carl", ["admin", "athlete"], "admin"));
    w.unchanged("ada", "member.hats_changed", hats("own", ["coach", "admin"]));
  });

  it("refuses unknown objects, and those of another org", () => {
    const w = world();
    w.refused("unknown_entity", "ada", "member.hats_changed", hats("nobody", ["coach"]));
    w.refused("unknown_entity", "ada", "member.hats_changed", hats("carl", ["coach"], "player"));
    w.refused("unknown_entity", undefined, "member.hats_changed", { org: "p", user: "carl", hats: ["coach"] });
    w.refused("actor_not_allowed", "ada", "member.hats_changed", { org: "p", user: "carl", hats: ["coach"] });
    w.refused("actor_not_allowed", "carl", "member.hats_changed", hats("carl", ["admin"]));
    w.refused("role_scope_mismatch", "ada", "member.hats_changed", hats("carl", ["coach"], "viewer"));
    w.refused("invalid_event", "ada", "member.hats_changed", hats("carl", []));
  });

  it("PR9 the only admin keeps the hat, whoever asks; with a second admin it can be removed", () => {
    const w = new World();
    w.system("org.created", { org: "o", kind: "club", owner: "own" });
    w.refused("last_admin", "own", "member.hats_changed", hats("own", ["coach"]));
    w.refused("last_admin", undefined, "member.hats_changed", hats("own", ["coach"], "coach"));
    w.as("own", "member.added", { org: "o", user: "ada", hats: ["admin"] });
    w.refused("last_owner", "own", "member.hats_changed", hats("own", ["coach"]));
    w.as("own", "member.role_assigned", assign("ada", "owner"));
    expect(w.as("own", "member.hats_changed", hats("own", ["coach"])).status).toBe("applied");
    w.refused("last_admin", undefined, "member.hats_changed", hats("ada", ["coach"]));
  });

  it("PR8 is refused for a deactivated member", () => {
    const w = world();
    w.as("ada", "member.deactivated", { org: "o", user: "carl" });
    w.refused("member_inactive", "own", "member.hats_changed", hats("carl", ["office"]));
    w.refused("member_inactive", undefined, "member.role_assigned", assign("carl", "desk"));
  });
});

describe("PR7 in a program", () => {
  it("admin and coach are exchanged for each other", () => {
    const w = world("program");
    w.as("own", "member.hats_changed", hats("carl", ["admin"]));
    expect(w.can("carl", "users_generate", "org:o")).toBe(true);
    w.as("own", "member.hats_changed", hats("carl", ["coach"]));
    expect(w.can("carl", "users_generate", "org:o")).toBe(false);
    expect(w.can("carl", "practice_plans_generate", "org:o")).toBe(true);
    w.as("own", "member.role_assigned", assign("carl", "admin"));
    expect(w.can("carl", "users_view", "org:o")).toBe(false);
  });

  it("a player's role cannot be changed; naming the present one is unchanged", () => {
    const w = world("program");
    w.as("own", "member.added", { org: "o", user: "p", hats: ["athlete"] });
    w.unchanged("own", "member.hats_changed", hats("p", ["athlete"]));
    w.unchanged("own", "member.role_assigned", assign("p", "player"));
    for (const after of [["coach"], ["athlete", "coach"]]) {
      w.refused("player_role_immutable", "own", "member.hats_changed", hats("p", after));
    }
    w.refused("player_role_immutable", undefined, "member.hats_changed", hats("p", ["athlete"], "coach"));
    w.refused("player_role_immutable", "own", "member.role_assigned", assign("p", "coach"));
  });

  it("nobody is made a player; a coach may also wear the athlete hat", () => {
    const w = world("program");
    w.refused("role_not_exchangeable", "own", "member.hats_changed", hats("carl", ["athlete"]));
    w.refused("role_not_exchangeable", "own", "member.hats_changed", hats("carl", ["coach"], "player"));
    w.refused("role_not_exchangeable", undefined, "member.role_assigned", assign("carl", "player"));
    w.as("own", "member.hats_changed", hats("carl", ["coach", "athlete"]));
    w.refused("role_not_exchangeable", "own", "member.hats_changed", hats("carl", ["athlete"], "coach"));
    w.as("own", "member.hats_changed", hats("carl", ["coach"]));
  });

  it("a coach who was added with the role player keeps it through other changes", () => {
    const w = world("program");
    w.as("own", "member.added", { org: "o", user: "m", hats: ["coach"], role: "player" });
    w.as("own", "member.hats_changed", hats("m", ["coach", "athlete"]));
    expect(memberOf(w.tuples, "o", "m")?.role).toBe("player");
  });

  it("applies in programs only", () => {
    const w = world();
    w.as("own", "member.hats_changed", hats("carl", ["athlete"]));
    w.as("own", "member.hats_changed", hats("carl", ["athlete"], "desk"));
    w.as("own", "member.hats_changed", hats("carl", ["coach"], "coach"));
  });
});

describe("member.role_assigned", () => {
  it("PM1 the new role gives its keys, and the former one nothing", () => {
    const w = world();
    w.system("member.hats_changed", hats("carl", ["office"]));
    expect(w.can("carl", "athletes_create", "org:o")).toBe(true);
    w.as("ada", "member.role_assigned", assign("carl", "desk"));
    expect(w.can("carl", "athletes_create", "org:o")).toBe(false);
    expect(w.can("carl", "org_members_manage", "org:o")).toBe(true);
    w.unchanged("ada", "member.role_assigned", assign("carl", "desk"));
  });

  it("refuses unknown objects, and those of another org or scope", () => {
    const w = world();
    w.refused("unknown_entity", "ada", "member.role_assigned", assign("nobody", "coach"));
    w.refused("unknown_entity", "ada", "member.role_assigned", assign("carl", "nothing"));
    w.refused("unknown_entity", undefined, "member.role_assigned", { ...assign("carl", "coach"), org: "p" });
    w.refused("actor_not_allowed", "carl", "member.role_assigned", assign("carl", "admin"));
    w.refused("role_scope_mismatch", "ada", "member.role_assigned", assign("carl", "head_coach"));
  });

  it("S6 the last Owner stays one; with another, one may step down", () => {
    const w = world();
    w.refused("last_owner", "own", "member.role_assigned", assign("own", "admin"));
    w.refused("last_owner", undefined, "member.role_assigned", assign("own", "admin"));
    w.as("own", "member.role_assigned", assign("carl", "owner"));
    // An Owner without the admin hat is not the one who must remain.
    w.refused("last_owner", "own", "member.role_assigned", assign("own", "admin"));
    w.as("own", "member.role_assigned", assign("ada", "owner"));
    w.as("own", "member.role_assigned", assign("own", "admin"));
    expect(w.can("own", "org_billing_manage", "org:o")).toBe(false);
  });
});

describe("a change of hats that needs several writes", () => {
  it.each([
    ["club", ["admin", "athlete"], undefined, ["office"], "front_desk"],
    ["club", ["admin", "coach", "athlete"], "coach", ["office"], "front_desk"],
    ["club", ["admin", "office", "athlete"], "front_desk", ["coach", "office"], "front_desk"],
    ["program", ["coach", "office", "athlete"], undefined, ["office"], undefined],
    ["program", ["admin", "coach", "athlete"], "player", ["coach"], "coach"],
    ["program", ["coach", "office", "athlete"], undefined, ["admin"], "admin"],
    ["program", ["coach", "athlete"], "desk", ["admin", "office"], "desk"],
  ])("in a %s from %j with role %s to %j ends like one write", (kind, before, role, after, expected) => {
    for (const maxTuples of [13, 14, 15, 16, 17, 18, 100]) {
      const w = world(kind);
      w.system("member.added", { org: "o", user: "m", hats: before, ...(role === undefined ? {} : { role }) });
      linked(w, "m", 30);
      w.maxTuples = maxTuples;
      const last = w.as("own", "member.hats_changed", hats("m", after));
      if (maxTuples < 20) expect(last.revision, String(maxTuples)).toBeGreaterThan(2);
      expect(memberOf(w.tuples, "o", "m"), String(maxTuples)).toMatchObject({ hats: after, role: expected });
      expect(linkedAthlete(w.tuples, "o", "m")).toBeUndefined();
      for (let n = 1; n <= 30; n++) expect(w.tuples.users(`team:t${n}`, "athlete_account")).toEqual([]);
    }
  });
});
