// role.created, role.updated, role.deleted: keys, scopes, holders, and remains of a deleted role (PM1, PM2, PM5).
import { describe, expect, it } from "vitest";
import { ATHLETE_KEYS, LEVELS, ORG_KEYS, relationOf, RESOURCES } from "../../src/policy/permission-keys.ts";
import { findRole, holdersOf, keysOf, roleIds } from "../../src/domain/roles.ts";
import { putCoachingRole, startAssignment, startCoaching } from "../../src/domain/row-changes.ts";
import { coachingRow } from "../../src/domain/relationship-rows.ts";
import { applyDelta, Draft } from "../../src/tuples/delta.ts";
import { World } from "../world/world.ts";
import { whole } from "../turns/whole.ts";
import { MAX_ORG_ID_LENGTH } from "../../src/domain/event-limits.ts";

const FULL = [...ORG_KEYS, ...ATHLETE_KEYS, ...RESOURCES.map((r) => `${r}.generate`)].sort();

/** Org `o` of a kind owned by `own`; office `olga` and coach `carl`; athlete `a` and team `t` of the org. */
function world(kind = "club"): World {
  const w = new World();
  w.system("org.created", { org: "o", kind, owner: "own" });
  w.system("member.added", { org: "o", user: "olga", hats: ["office"], role: "coach" });
  w.system("member.added", { org: "o", user: "carl" });
  draw(w, (draft) => draft.write("athlete:a", "org", "org:o").write("team:t", "org", "org:o"));
  return w;
}

/** Draws the tuples that events of rows and invites would write. */
function draw(w: World, tuples: (draft: Draft) => void): void {
  const draft = new Draft(w.tuples);
  tuples(draft);
  applyDelta(w.tuples, draft.delta());
}

const row = (role: string) => ({ id: "c", org: "o", coach: "carl", athlete: "a", team: undefined, role });
const seat = (role: string, head: boolean) => ({ id: "ta", org: "o", coach: "carl", team: "t", role, head });
const role = (id: string, keys: readonly string[], scope?: string): object =>
  ({ org: "o", role: id, keys, ...(scope === undefined ? {} : { scope }) });
const create = (w: World, id: string, scope: string, keys: readonly string[]): unknown =>
  w.as("own", "role.created", role(id, keys, scope));
const keys = (w: World, id: string): string[] => keysOf(w.tuples, findRole(w.tuples, "o", id)!);

/** Tuples that a newer build may have written: keys that this one does not know. */
const NEWER = (id: string): [string, string, string][] => [
  ["org:o", "kitchen_use", `role:o/${id}#holder`], ["org:o", "kitchen_use_by_row", `role:o/${id}#row_holder`],
  [`role:o/${id}`, "kitchen_use", "org:o#coach"], ["team:t", "kitchen_use", `role:o/${id}#holder`],
];
const there = (w: World, id: string): string[] => NEWER(id).filter((t) => w.tuples.has(...t)).map((t) => t.join(" "));

describe("keys of a newer build", () => {
  it.each(["org", "athlete"])("are deleted with the rest by role.updated and role.deleted, scope %s", (scope) => {
    const w = world();
    create(w, "r", scope, ["sessions.read"]);
    create(w, "other", scope, ["sessions.read"]);
    for (const id of ["r", "other"]) draw(w, (draft) => NEWER(id).forEach((t) => draft.write(...t)));
    draw(w, (draft) => startCoaching(draft, row("head_coach")));
    draw(w, (draft) => draft.write("coaching:c", "sessions_read", "role:o/r#sessions_read"));

    // The same keys again: the only change is that the unknown ones are deleted.
    const step = w.as("own", "role.updated", role("r", ["sessions.read"]));
    expect(step.delta.deletes.filter(({ object }) => !object.startsWith("ledger:"))).toHaveLength(NEWER("r").length);
    expect([there(w, "r"), keys(w, "r")]).toEqual([[], ["sessions.read"]]);
    expect(there(w, "other")).toHaveLength(NEWER("other").length);
    w.unchanged("own", "role.updated", role("r", ["sessions.read"]));

    w.as("own", "role.updated", role("other", ["goals.read"]));
    expect([there(w, "other"), keys(w, "other")]).toEqual([[], ["goals.read"]]);
    draw(w, (draft) => NEWER("other").forEach((t) => draft.write(...t)));
    w.as("own", "role.deleted", { org: "o", role: "other" });
    expect(there(w, "other")).toEqual([]);
    // A row that follows the role key by key keeps its tuples: they give the keys that the role has.
    expect(w.tuples.has("coaching:c", "sessions_read", "role:o/r#sessions_read")).toBe(true);
  });

  it("a seeded role loses them, even if the event repeats its own keys; Owner is never edited", () => {
    const w = world();
    for (const id of ["admin", "owner", "viewer"]) draw(w, (draft) => NEWER(id).forEach((t) => draft.write(...t)));
    for (const id of ["admin", "viewer"]) {
      const before = keys(w, id);
      w.as("own", "role.updated", role(id, before));
      expect([there(w, id), keys(w, id)], id).toEqual([[], before]);
      draw(w, (draft) => NEWER(id).forEach((t) => draft.write(...t)));
      w.as("own", "role.updated", role(id, ["sessions.read"]));
      expect([there(w, id), keys(w, id)], id).toEqual([[], ["sessions.read"]]);
    }
    w.unchanged("own", "role.updated", role("owner", FULL));
    w.refused("role_locked", "own", "role.updated", role("owner", ["sessions.read"]));
    expect(there(w, "owner")).toHaveLength(NEWER("owner").length);
  });
});

describe("role.created", () => {
  it("PM1 an org-scope role gives its holders every key and level that it has", () => {
    const w = world();
    create(w, "all", "org", FULL);
    expect(keys(w, "all")).toEqual(FULL);
    w.system("member.hats_changed", { org: "o", user: "olga", hats: ["admin"], role: "all" });
    for (const key of FULL) expect(w.can("olga", relationOf(key), "org:o"), key).toBe(true);
  });

  it.each(FULL)("PM1 a role of %s gives that and nothing else", (key) => {
    const w = world();
    create(w, "one", "org", [key]);
    w.system("member.hats_changed", { org: "o", user: "olga", hats: ["admin"], role: "one" });
    const held = FULL.filter((other) => w.can("olga", relationOf(other), "org:o"));
    if (key === "athletes.assign_coaches") expect(held).toEqual([key, ...ATHLETE_KEYS].sort());
    else if (key === "roster.generate") expect(held).toEqual(["athletes.create", key]);
    else expect(held).toEqual([key]);
  });

  it("PR1 stores the highest level of a resource, which includes the ones before", () => {
    const w = world();
    create(w, "r", "org", ["roster.view", "roster.edit", "users.view", "roster.edit"]);
    expect(keys(w, "r")).toEqual(["roster.edit", "users.view"]);
    w.system("member.hats_changed", { org: "o", user: "olga", hats: ["admin"], role: "r" });
    expect(LEVELS.map((level) => w.can("olga", `roster_${level}`, "org:o"))).toEqual([true, true, false]);
    expect(LEVELS.map((level) => w.can("olga", `users_${level}`, "org:o"))).toEqual([true, false, false]);
  });

  it("S12 an athlete-scope role holds athlete keys and two org keys, which take effect by rows", () => {
    const w = world();
    create(w, "r", "athlete", ["athletes.create", "teams.create", "sessions.read"]);
    expect(keys(w, "r")).toEqual(["athletes.create", "sessions.read", "teams.create"]);
    draw(w, (draft) => startCoaching(draft, row("r")));
    expect(w.can("carl", "sessions_read", "athlete:a")).toBe(true);
    expect(w.can("carl", "sessions_write", "athlete:a")).toBe(false);
    expect(w.can("carl", "teams_create", "org:o")).toBe(true);
    expect(w.can("carl", "sessions_read", "org:o")).toBe(false);
  });

  it("refuses other org keys and levels in an athlete-scope role", () => {
    const w = world();
    const others = ORG_KEYS.filter((key) => key !== "athletes.create" && key !== "teams.create");
    for (const key of [...others, "roster.view"]) {
      w.refused("role_scope_mismatch", "own", "role.created", role("r", ["sessions.read", key], "athlete"));
    }
    w.refused("role_scope_mismatch", undefined, "role.created", role("r", ["org.manage"], "athlete"));
  });

  it("refuses a text that is no key as unknown_key, and names its place", () => {
    const w = world();
    for (const key of ["sessions.raed", "", "roster", "roster.none", "notes_write", "toString", "sessions.read "]) {
      const refusal = w.refused("unknown_key", "own", "role.created", role("r", ["goals.read", key], "org"));
      expect(refusal.errors).toEqual([{ path: "data.keys.1", message: "neither a key nor a program level" }]);
    }
    w.refused("unknown_key", "own", "role.updated", role("viewer", ["x"]));
    w.refused("invalid_event", "own", "role.created", role("r", [7 as unknown as string], "org"));
    w.refused("invalid_event", "own", "role.created", role("r", [], "team"));
    w.refused("invalid_event", "own", "role.created", role("r", []));
    w.refused("invalid_event", "own", "role.updated", role("viewer", [], "org"));
  });

  it("repeated with the same content is unchanged, also a seeded role; with other content already_exists", () => {
    const w = world();
    create(w, "r", "org", ["sessions.read", "roster.edit"]);
    w.unchanged("own", "role.created", role("r", ["roster.edit", "roster.view", "sessions.read"], "org"));
    w.refused("already_exists", "own", "role.created", role("r", ["sessions.read"], "org"));
    w.refused("already_exists", "own", "role.created", role("r", ["sessions.read"], "athlete"));
    w.unchanged("own", "role.created", role("coach", [], "org"));
    w.unchanged("own", "role.created", role("owner", FULL, "org"));
    w.refused("already_exists", "own", "role.created", role("owner", [], "org"));
    w.refused("already_exists", "own", "role.created", role("coach", [], "athlete"));
    w.refused("already_exists", undefined, "role.created", role("viewer", ["notes.write"], "athlete"));
  });

  it("PR11 role ids are per org; an id that only another kind seeds is free", () => {
    const w = world("pro_coach");
    w.system("org.created", { org: "p", kind: "club", owner: "own" });
    create(w, "r", "org", ["org.manage"]);
    w.as("own", "role.created", { ...role("r", ["sessions.read"], "athlete"), org: "p" });
    expect(keys(w, "r")).toEqual(["org.manage"]);
    create(w, "assistant_coach", "athlete", ["messages.read"]);
    create(w, "player", "org", []);
    expect(keys(w, "assistant_coach")).toEqual(["messages.read"]);
    expect(roleIds(w.tuples, "o").made.sort()).toEqual(["assistant_coach", "player", "r"]);
  });

  it(`needs org.roles.manage, a known org, an id of at most ${MAX_ORG_ID_LENGTH} characters`, () => {
    const w = world();
    for (const actor of ["olga", "carl", "stranger"]) {
      w.refused("actor_not_allowed", actor, "role.created", role("r", [], "org"));
      w.refused("actor_not_allowed", actor, "role.updated", role("coach", ["sessions.read"]));
      w.refused("actor_not_allowed", actor, "role.deleted", { org: "o", role: "r" });
    }
    const payloads = { created: role("r", [], "org"), updated: role("r", []), deleted: { role: "r" } };
    for (const [verb, data] of Object.entries(payloads)) {
      const type = `role.${verb}`;
      w.refused("unknown_entity", undefined, type, { ...data, org: "p" });
      w.refused("actor_not_allowed", "own", type, { ...data, org: "p" });
    }
    create(w, "r".repeat(MAX_ORG_ID_LENGTH), "org", ["org.manage"]);
    w.refused("invalid_event", "own", "role.created", role("r".repeat(MAX_ORG_ID_LENGTH + 1), [], "org"));
  });
});

describe("role.updated", () => {
  it("PM5 takes effect at once for everyone who holds it, on members and on rows", () => {
    const w = world();
    create(w, "r", "org", ["org.members.manage"]);
    w.system("member.role_assigned", { org: "o", user: "olga", role: "r" });
    w.as("own", "role.updated", role("r", ["org.members.invite"]));
    expect(w.can("olga", "org_members_manage", "org:o")).toBe(false);
    expect(w.can("olga", "org_members_invite", "org:o")).toBe(true);
    draw(w, (draft) => startCoaching(draft, row("head_coach")));
    draw(w, (draft) => startAssignment(draft, seat("assistant_coach", false), 1));
    w.as("own", "role.updated", role("head_coach", ["goals.read"]));
    expect(w.can("carl", "goals_read", "athlete:a")).toBe(true);
    expect(w.can("carl", "sessions_read", "athlete:a")).toBe(false);
    expect(w.can("carl", "athletes_create", "org:o")).toBe(false);
    w.as("own", "role.updated", role("head_coach", ["teams.create"]));
    expect(w.can("carl", "goals_read", "athlete:a")).toBe(false);
    expect(w.can("carl", "teams_create", "org:o")).toBe(true);
  });

  it("PM5 a system role's first edit replaces its seed by tuples; the old set can be restored", () => {
    const w = world("program");
    for (const id of roleIds(w.tuples, "o").seeded.filter((found) => found !== "owner")) {
      const seeded = keys(w, id);
      w.as("own", "role.updated", role(id, seeded.slice(1)));
      expect(keys(w, id), id).toEqual(seeded.slice(1));
      w.as("own", "role.updated", role(id, seeded));
      expect(keys(w, id), id).toEqual(seeded);
      w.unchanged("own", "role.updated", role(id, seeded));
      w.as("own", "role.updated", role(id, []));
      expect(keys(w, id), id).toEqual([]);
      expect(findRole(w.tuples, "o", id)?.system).toBe(true);
    }
  });

  it("PR11 an edit in one org leaves the role of that name in another", () => {
    const w = world();
    w.system("org.created", { org: "p", kind: "club", owner: "paul" });
    w.system("member.added", { org: "p", user: "ada", hats: ["admin"] });
    w.as("own", "role.updated", role("admin", []));
    expect(w.can("ada", "org_manage", "org:p")).toBe(true);
    w.refused("actor_not_allowed", "own", "role.updated", { ...role("admin", []), org: "p" });
  });

  it("PM6 gives a key to rows that follow the role, never past a false override", () => {
    const w = world();
    create(w, "r", "athlete", ["goals.read"]);
    draw(w, (draft) => startCoaching(draft, row("r")));
    draw(w, (draft) => putCoachingRole(draft, coachingRow(w.tuples, "c")!, "r", { "sessions.read": false }));
    w.as("own", "role.updated", role("r", ["sessions.read", "sessions.write"]));
    expect(w.can("carl", "sessions_read", "athlete:a")).toBe(false);
    expect(w.can("carl", "sessions_write", "athlete:a")).toBe(true);
  });

  it("PM2 Owner is locked, except for repeating its content", () => {
    const w = world();
    w.refused("role_locked", "own", "role.updated", role("owner", FULL.slice(1)));
    w.refused("role_locked", undefined, "role.updated", role("owner", []));
    w.unchanged("own", "role.updated", role("owner", FULL));
    expect(keys(w, "owner")).toEqual(FULL);
  });

  it("obeys the scope, and refuses an unknown role", () => {
    const w = world();
    w.refused("role_scope_mismatch", "own", "role.updated", role("viewer", ["org.manage"]));
    w.refused("role_scope_mismatch", "own", "role.updated", role("viewer", ["sessions.read", "roster.view"]));
    w.refused("unknown_entity", "own", "role.updated", role("nothing", []));
    w.unchanged("own", "role.updated", role("coach", []));
  });

  it("the largest possible edit fits in one write", () => {
    const w = world();
    const lower = FULL.filter((key) => !key.endsWith(".generate")).concat(RESOURCES.map((r) => `${r}.edit`));
    create(w, "r", "org", FULL);
    const steps = [lower, FULL.slice(0, 1), FULL, []].map((set, n) =>
      w.as("own", "role.updated", role("r", set), { subject: "s", sequence: `${n}` }));
    expect(steps.map((step) => step.revision)).toEqual([5, 6, 7, 8]);
  });
});

describe("role.deleted", () => {
  const gone = (id: string): object => ({ org: "o", role: id });

  it("PM5 custom roles are deleted, system roles never, even while in use", () => {
    const w = world();
    create(w, "r", "org", FULL);
    w.as("own", "role.deleted", gone("r"));
    expect(findRole(w.tuples, "o", "r")).toBeUndefined();
    expect([...w.tuples.read({ user: "role:o/r#holder" })]).toEqual([]);
    w.unchanged("own", "role.deleted", gone("r"));
    w.unchanged("own", "role.deleted", gone("never"));
    w.refused("role_locked", "own", "role.deleted", gone("owner"));
    for (const id of ["admin", "coach", "head_coach", "viewer", "front_desk"]) {
      w.refused("system_role", "own", "role.deleted", gone(id));
    }
  });

  it("is in use while a member holds it, active or not", () => {
    const w = world();
    create(w, "r", "org", []);
    w.system("member.role_assigned", { org: "o", user: "olga", role: "r" });
    w.refused("role_in_use", "own", "role.deleted", gone("r"));
    w.system("member.deactivated", { org: "o", user: "olga" });
    w.refused("role_in_use", "own", "role.deleted", gone("r"));
    expect(whole(holdersOf(w.tuples, findRole(w.tuples, "o", "r")!))).toBe(0);
    w.system("member.reactivated", { org: "o", user: "olga" });
    w.system("member.role_assigned", { org: "o", user: "olga", role: "coach" });
    w.as("own", "role.deleted", gone("r"));
  });
});
