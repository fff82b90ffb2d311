// member.reactivated with less: other hats, another role, no rows (S22, S6, S15, PR7).
import { describe, expect, it } from "vitest";
import { decideEvent, continueEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { Kind } from "../../src/policy/seeded-roles.ts";
import { memberOf } from "../../src/domain/members.ts";
import { assignmentRow, coachingRow } from "../../src/domain/relationship-rows.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { START, World } from "../world/world.ts";

const TYPE = "member.reactivated";
const HR = ["org.members.manage", "org.members.invite"];

/**
 * Org `o` owned by `own`; admins `ada` and `max` (who was one); office `ina`, whose role `hr` manages members only, and
 * `amy`, whose role also assigns coaches. `max` is admin and coach, head coach of team `t`, assistant on team `t2`, and
 * on a row over athlete `a`; in org `p` he coaches athlete `pa`. He is deactivated in `o`.
 */
function world(kind: Kind = "club"): World {
  const w = new World();
  w.system("org.created", { org: "o", kind, owner: "own" });
  w.system("org.created", { org: "p", kind, owner: "pete" });
  w.system("role.created", { org: "o", role: "hr", scope: "org", keys: HR });
  w.system("role.created", { org: "o", role: "hr2", scope: "org", keys: [...HR, "athletes.assign_coaches"] });
  w.system("member.added", { org: "o", user: "ada", hats: ["admin"] });
  w.system("member.added", { org: "o", user: "ina", hats: ["office"], role: "hr" });
  w.system("member.added", { org: "o", user: "amy", hats: ["office"], role: "hr2" });
  w.system("member.added", { org: "o", user: "max", hats: ["admin", "coach"] });
  w.system("member.added", { org: "p", user: "max", hats: ["coach"] });
  w.system("team.created", { team: "t", org: "o", head_coach: "max", assignment: "head" });
  w.system("team.created", { team: "t2", org: "o" });
  w.system("team_assignment.started", { assignment: "aid", team: "t2", coach: "max" });
  w.system("athlete.created", { athlete: "a", org: "o", team: "t2" });
  w.system("coaching.started", { coaching: "c", athlete: "a", coach: "max" });
  w.system("athlete.created", { athlete: "pa", org: "p", coach: "max", coaching: "pc" });
  w.system("member.deactivated", { org: "o", user: "max" });
  return w;
}

const max = (more: object = {}): object => ({ org: "o", user: "max", ...more });
const standing = (w: World): object => {
  const { hats, role, active } = memberOf(w.tuples, "o", "max")!;
  return { hats, role, active };
};

describe("a returning member", () => {
  it("S22 returns unchanged, with less, or with another role; hats alone give the default role", () => {
    const cases: [object, object][] = [
      [{}, { hats: ["admin", "coach"], role: "admin" }],
      [{ hats: ["coach"] }, { hats: ["coach"], role: "coach" }],
      [{ hats: ["coach", "athlete"] }, { hats: ["coach", "athlete"], role: "coach" }],
      [{ role: "coach" }, { hats: ["admin", "coach"], role: "coach" }],
      [{ hats: ["office"], role: "hr" }, { hats: ["office"], role: "hr" }],
    ];
    for (const [said, after] of cases) {
      const w = world();
      w.as("ada", TYPE, max(said));
      expect(standing(w), JSON.stringify(said)).toEqual({ ...after, active: true });
      expect(w.can("max", "head_coach", "team:t")).toBe((after as { hats: string[] }).hats.includes("coach"));
      w.unchanged("ada", TYPE, max(said));
      w.unchanged("ada", TYPE, max());
    }
  });

  it("S22 S15 with end_rows every active row of theirs in the org has ended, also a head coach's, for good", () => {
    const w = world();
    w.as("ada", TYPE, max({ hats: ["coach"], end_rows: true }));
    expect([coachingRow(w.tuples, "c")?.active, assignmentRow(w.tuples, "head")?.active,
      assignmentRow(w.tuples, "aid")?.active]).toEqual([false, false, false]);
    const reach = ["can_view", "sessions_read", "current_coach"].map((key) => w.can("max", key, "athlete:a"));
    expect(reach).toEqual([false, false, false]);
    expect(w.can("max", "head_coach", "team:t")).toBe(false);
    expect(w.can("max", "teams_create", "org:o"), "S12").toBe(false);
    expect(w.can("max", "coach", "org:o")).toBe(true);
    expect(coachingRow(w.tuples, "pc")?.active, "PR11").toBe(true);
    expect(w.can("max", "sessions_write", "athlete:pa")).toBe(true);
    w.refused("relationship_ended", "ada", "coaching.started", { coaching: "c", athlete: "a", coach: "max" });
    w.unchanged("ada", TYPE, max({ hats: ["coach"], end_rows: true }));
    w.as("ada", "team.head_coach_changed", { team: "t", head_coach: "max" });
    w.refused("already_exists", "ada", TYPE, max({ end_rows: true }));
  });

  it("S22 for an active member it is unchanged if all of it holds, otherwise already_exists", () => {
    const w = world();
    w.as("ada", TYPE, max({ hats: ["coach"] }));
    for (const same of [{}, { hats: ["coach"] }, { role: "coach" }, { hats: ["coach"], role: "coach" }]) {
      w.unchanged("ada", TYPE, max(same));
    }
    for (const other of [{ hats: ["admin", "coach"] }, { role: "hr" }, { end_rows: true }, { hats: ["office"] }]) {
      w.refused("already_exists", "ada", TYPE, max(other));
    }
  });
});

describe("who may reactivate a member", () => {
  it("S22 end_rows also needs athletes.assign_coaches", () => {
    const w = world();
    // The members had no org keys: the roles of office members suffice.
    w.system(TYPE, max({ hats: ["coach"] }));
    w.system("member.deactivated", max());
    w.refused("actor_not_allowed", "ina", TYPE, max({ end_rows: true }));
    w.as("ina", TYPE, max());
    w.system("member.deactivated", max());
    w.as("amy", TYPE, max({ end_rows: true }));
    expect(coachingRow(w.tuples, "c")?.active).toBe(false);
    w.refused("actor_not_allowed", "max", TYPE, max());
    w.refused("actor_not_allowed", "pete", TYPE, max());
  });

  it("S22 S6 the actor holds the result, and every org key of the former role", () => {
    const w = world();
    w.refused("exceeds_own_permissions", "ina", TYPE, max());
    // Returning with less does not help: the former role has org keys that Ina lacks.
    w.refused("exceeds_own_permissions", "ina", TYPE, max({ hats: ["coach"], role: "coach" }));
    w.refused("exceeds_own_permissions", "ada", TYPE, max({ role: "owner" }));
    w.as("own", TYPE, max({ role: "owner" }));
    w.system("member.role_assigned", max({ role: "coach" }));
    w.system("member.deactivated", max());
    // The role has no key now. The admin hat needs an actor who wears it, and the key one who holds it.
    w.refused("exceeds_own_permissions", "amy", TYPE, max());
    w.refused("exceeds_own_permissions", "ina", TYPE, max({ hats: ["office"], role: "hr2" }));
    w.as("ina", TYPE, max({ hats: ["office"], role: "hr" }));
  });

  it("names entities, scopes and payloads as a change of hats or role does", () => {
    const w = world();
    w.refused("unknown_entity", "ada", TYPE, max({ role: "none" }));
    w.refused("role_scope_mismatch", "ada", TYPE, max({ role: "head_coach" }));
    w.refused("unknown_entity", "ada", TYPE, { ...max({ hats: ["coach"] }), user: "nobody" });
    for (const bad of [{ hats: [] }, { hats: ["captain"] }, { hats: ["coach", "coach"] }, { end_rows: "yes" }]) {
      w.refused("invalid_event", "ada", TYPE, max(bad));
    }
  });

  it("PR7 in a program a player returns unchanged, and nobody returns as a player", () => {
    const w = world("program");
    w.system("member.added", { org: "o", user: "pia", hats: ["athlete"] });
    w.system("member.deactivated", { org: "o", user: "pia" });
    const pia = (more: object = {}): object => ({ org: "o", user: "pia", ...more });
    w.refused("player_role_immutable", "ada", TYPE, pia({ hats: ["coach"] }));
    w.refused("player_role_immutable", "ada", TYPE, pia({ role: "coach" }));
    w.refused("role_not_exchangeable", "ada", TYPE, max({ hats: ["athlete"] }));
    w.refused("role_not_exchangeable", "ada", TYPE, max({ role: "player" }));
    w.as("ada", TYPE, pia({ hats: ["athlete"], role: "player" }));
    w.as("ada", TYPE, max({ hats: ["coach"] }));
    expect(standing(w)).toEqual({ hats: ["coach"], role: "coach", active: true });
  });
});

describe("a return that needs several writes", () => {
  it.each([20, 33, 100, 1000])("ends every row before the membership counts again (%i tuples a write)", (maxTuples) => {
    const w = world();
    for (let n = 0; n < 60; n++) {
      w.system("athlete.created", { athlete: `b${n}`, org: "o" });
      w.system(TYPE, max());
      w.system("coaching.started", { coaching: `b${n}`, athlete: `b${n}`, coach: "max" });
      w.system("member.deactivated", max());
    }
    const around = { system: true, clock: START, maxTuples };
    const data = max({ hats: ["coach"], end_rows: true });
    const event = DomainEvent.sent({ id: "back", source: "/s", type: TYPE, actor: "ada", data });
    let step = decideEvent(event, w.view, around);
    let writes = 0;
    for (;;) {
      if (isRefusal(step)) throw new Error(step.detail);
      applyDelta(w.tuples, step.delta);
      writes++;
      expect(w.can("max", "member", "org:o")).toBe(!step.more);
      expect(w.can("max", "admin", "org:o")).toBe(false);
      for (let n = 0; n < 60; n++) expect(w.can("max", "can_view", `athlete:b${n}`)).toBe(false);
      if (!step.more) break;
      step = continueEvent("o", w.view, around)!;
    }
    expect(writes > 1).toBe(maxTuples < 1000);
    expect(standing(w)).toEqual({ hats: ["coach"], role: "coach", active: true });
    expect([...w.tuples.read({ objectType: "role", relation: "row_holder", user: "user:max" })].map((t) => t.object))
      .toEqual(["role:p/head_coach"]);
    w.unchanged("ada", TYPE, data);
  });
});
