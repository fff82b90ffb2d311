// A role in use is not deleted; a role created again under an old id wakes nothing (PM5, NP8, S12).
import { describe, expect, it } from "vitest";
import { findInvite, putInvite, revoke, spend } from "../../src/domain/invites.ts";
import { athlete, org, team } from "../../src/domain/object-names.ts";
import { findRole, holdersOf } from "../../src/domain/roles.ts";
import {
  endAssignment, endCoaching, putCoachingRole, startAssignment, startCoaching,
} from "../../src/domain/row-changes.ts";
import { assignmentRow, coachingRow, overridesOf } from "../../src/domain/relationship-rows.ts";
import { applyDelta, Draft } from "../../src/tuples/delta.ts";
import { START, World } from "../world/world.ts";
import { whole } from "../turns/whole.ts";

/** Org `o` owned by `own`: coach `carl`, office `olga`, athlete `a`, team `t`; made roles `r` (athlete), `q` (org). */
function world(): World {
  const w = new World();
  w.system("org.created", { org: "o", kind: "club", owner: "own" });
  w.system("member.added", { org: "o", user: "carl" });
  w.system("member.added", { org: "o", user: "olga", hats: ["office"] });
  w.system("role.created", { org: "o", role: "r", scope: "athlete", keys: ["goals.read"] });
  w.system("role.created", { org: "o", role: "q", scope: "org", keys: ["org.members.invite"] });
  draw(w, (draft) => draft.write(athlete("a"), "org", org("o")).write(team("t"), "org", org("o")));
  return w;
}

function draw(w: World, tuples: (draft: Draft) => void): void {
  const draft = new Draft(w.tuples);
  tuples(draft);
  applyDelta(w.tuples, draft.delta());
}

const gone = (role: string): object => ({ org: "o", role });
const row = { id: "c", org: "o", coach: "carl", athlete: "a", team: undefined, role: "r" };
const seat = { id: "ta", org: "o", coach: "carl", team: "t", role: "r", head: false };

/** A link of org `o` that gives role `q` in the org and `r` on the team. */
function invite(w: World, more: { expiresAt?: number; maxUses: number }): void {
  draw(w, (draft) => putInvite(draft, {
    id: "i", org: "o", hat: "coach", team: "t", role: "q", assignmentRole: "r", athlete: undefined, email: undefined,
    expiresAt: undefined, uses: 0, professionalArea: undefined, invitedBy: "own", revoked: false,
    acceptedBy: undefined, ...more,
  }));
}

describe("role.deleted", () => {
  it("is refused while an active row holds the role, even of a deactivated coach", () => {
    const w = world();
    draw(w, (draft) => startCoaching(draft, row));
    w.refused("role_in_use", "own", "role.deleted", gone("r"));
    w.system("member.deactivated", { org: "o", user: "carl" });
    w.refused("role_in_use", "own", "role.deleted", gone("r"));
    draw(w, (draft) => endCoaching(draft, coachingRow(w.tuples, "c")!));
    expect(w.as("own", "role.deleted", gone("r")).status).toBe("applied");
  });

  it("is refused while an active assignment holds it", () => {
    const w = world();
    draw(w, (draft) => startAssignment(draft, seat, 1));
    w.refused("role_in_use", undefined, "role.deleted", gone("r"));
    draw(w, (draft) => endAssignment(draft, assignmentRow(w.tuples, "ta")!));
    w.system("role.deleted", gone("r"));
  });

  it("is refused while an open invite gives it, in the org or on the team", () => {
    const w = world();
    invite(w, { expiresAt: START + 1000, maxUses: 2 });
    w.refused("role_in_use", "own", "role.deleted", gone("q"));
    w.now = START + 999;
    w.refused("role_in_use", "own", "role.deleted", gone("r"));
    w.now = START + 1000;
    w.as("own", "role.deleted", gone("q"));
    w.as("own", "role.deleted", gone("r"));
  });

  it("is not blocked by a used-up or revoked invite", () => {
    const w = world();
    invite(w, { maxUses: 2 });
    draw(w, (draft) => spend(draft, findInvite(w.tuples, "i")!, "u"));
    w.refused("role_in_use", "own", "role.deleted", gone("r"));
    draw(w, (draft) => spend(draft, findInvite(w.tuples, "i")!, "v"));
    w.as("own", "role.deleted", gone("r"));
    const again = world();
    invite(again, { maxUses: 1 });
    again.refused("role_in_use", "own", "role.deleted", gone("q"));
    draw(again, (draft) => revoke(draft, "i"));
    again.as("own", "role.deleted", gone("q"));
  });

  it("is not blocked by a role of that name in another org", () => {
    const w = world();
    w.system("org.created", { org: "p", kind: "club", owner: "own" });
    w.system("role.created", { org: "p", role: "q", scope: "org", keys: ["org.members.invite"] });
    w.system("member.added", { org: "p", user: "olga", hats: ["office"], role: "q" });
    w.as("own", "role.deleted", gone("q"));
    expect(w.can("olga", "org_members_invite", "org:p")).toBe(true);
  });
});

describe("a role created again under the id of a deleted one", () => {
  const wide = { org: "o", role: "r", scope: "athlete", keys: ["sessions.read", "athletes.create", "teams.create"] };

  it("PM5 gives a former holder nothing", () => {
    const w = world();
    w.system("member.role_assigned", { org: "o", user: "olga", role: "q" });
    w.system("member.role_assigned", { org: "o", user: "olga", role: "coach" });
    w.as("own", "role.deleted", gone("q"));
    w.as("own", "role.created", { org: "o", role: "q", scope: "org", keys: ["org.manage", "org.members.invite"] });
    for (const key of ["org_manage", "org_members_invite"]) expect(w.can("olga", key, "org:o")).toBe(false);
  });

  it.each([false, true])("NP8 wakes no ended row (key by key: %s)", (byKey) => {
    const w = world();
    draw(w, (draft) => startCoaching(draft, row));
    draw(w, (draft) => startAssignment(draft, seat, 1));
    if (byKey) {
      draw(w, (draft) => putCoachingRole(draft, coachingRow(w.tuples, "c")!, "r", { "goals.read": false }));
    }
    draw(w, (draft) => endAssignment(draft, assignmentRow(w.tuples, "ta")!));
    draw(w, (draft) => endCoaching(draft, coachingRow(w.tuples, "c")!));
    w.as("own", "role.deleted", gone("r"));
    w.as("own", "role.created", wide);
    for (const object of ["coaching:c", "team_assignment:ta", "team:t", "athlete:a"]) {
      expect(w.can("carl", "sessions_read", object), object).toBe(false);
    }
    expect(w.can("carl", "current_coach", "athlete:a")).toBe(false);
    expect(w.can("carl", "athletes_create", "org:o")).toBe(false);
    expect(w.can("carl", "teams_create", "org:o")).toBe(false);
    expect(whole(holdersOf(w.tuples, findRole(w.tuples, "o", "r")!))).toBe(0);
    expect(overridesOf(w.tuples, coachingRow(w.tuples, "c")!)["goals.read"]).toBe(byKey ? false : undefined);
  });

  it("S12 removes leftover holders by row", () => {
    const w = world();
    draw(w, (draft) => draft.write("role:o/r", "row_holder", "user:carl"));
    w.as("own", "role.deleted", gone("r"));
    w.as("own", "role.created", wide);
    expect(w.can("carl", "athletes_create", "org:o")).toBe(false);
  });

  it("PM1 may have the other scope", () => {
    const w = world();
    w.as("own", "role.deleted", gone("r"));
    w.as("own", "role.created", { org: "o", role: "r", scope: "org", keys: ["org.members.manage"] });
    w.as("own", "member.role_assigned", { org: "o", user: "olga", role: "r" });
    expect(w.can("olga", "org_members_manage", "org:o")).toBe(true);
  });
});
