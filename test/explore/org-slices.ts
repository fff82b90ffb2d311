// The slices about members and roles, two orgs with the same ids, the platform's staff, activities and artifacts.
import { ATHLETE_KEYS, ORG_KEYS, RESOURCES } from "../../src/policy/permission-keys.ts";
import { by, combine, every, first, founded, of, ORG } from "./alphabet.ts";
import type { Slice } from "./explorer.ts";

const EVERY_KEY = [...ORG_KEYS, ...ATHLETE_KEYS, ...RESOURCES.map((resource) => `${resource}.generate`)];

const HATS = of("hats", ["coach"], ["office"], ["admin"], ["coach", "athlete"]);

/** Members, hats and roles of a club, with an officer who holds few keys (PM1, PM5, PR8, PR9, S4 to S7, S22). */
const members: Slice = {
  name: "members", fixed: "oucar",
  founding: [...founded("club", ["u1", ["coach"]]),
    first("role.created", { ...ORG, role: "r1", scope: "org",
      keys: ["org.members.manage", "org.roles.manage", "sessions.read"] }),
    first("member.added", { ...ORG, user: "u2", hats: ["office"], role: "r1" }),
    first("member.added", { ...ORG, user: "u4", hats: ["admin"] }),
    first("role.created", { ...ORG, role: "r5", scope: "org", keys: EVERY_KEY }),
    first("member.added", { ...ORG, user: "u5", hats: ["admin"], role: "r5" }),
    first("athlete.created", { ...ORG, athlete: "a1", coach: "u1", coaching: "c1" })],
  moves: by(["olga", "u2", "u4", "u1", "u3", "u5"], [
    ...every("member.added", [{ ...ORG, user: "u3" }], HATS, [{}, { role: "r1" }, { role: "viewer" }]),
    ...every("member.added", [{ ...ORG, user: "u3", hats: ["admin"], role: "owner" }]),
    ...every("member.hats_changed", [ORG], of("user", "u1", "u2", "olga"), HATS),
    ...every("member.role_assigned", [ORG], of("user", "u1", "u2", "olga"),
      of("role", "r1", "r2", "owner", "admin", "coach", "viewer")),
    ...every("member.deactivated", [ORG], of("user", "u1", "u2", "u4", "olga")),
    ...every("member.reactivated", [ORG], of("user", "u1", "u2", "u4", "olga"),
      [{}, { role: "r1" }, { hats: ["admin"] }, { end_rows: true }, { role: "viewer" },
        { hats: ["coach"], role: "coach" }]),
    ...every("member.professional_area_set", [ORG], of("user", "u1", "u4", "olga"), of("professional_area", "medical")),
    ...every("role.created", [{ ...ORG, role: "r2" }],
      [...combine(of("scope", "org", "athlete"), of("keys", ["sessions.read"], ["org.billing.manage"], [])),
        { scope: "athlete", keys: ["teams.create"] }]),
    ...every("role.updated", [ORG], of("role", "r1", "r2", "owner", "coach", "viewer"),
      of("keys", ["sessions.read"], ["org.manage", "sessions.read"], ["teams.create"])),
    ...every("role.deleted", [ORG], of("role", "r1", "r2", "owner", "coach", "front_desk")),
  ]),
};

/** Players and coaches of a program (PR2, PR3, PR7, S5). */
const program: Slice = {
  name: "program", fixed: "ouit",
  founding: [...founded("program", ["u1", ["athlete"]], ["u2", ["coach"]]),
    first("team.created", { ...ORG, team: "t1" }),
    first("invite.created", { ...ORG, invite: "i1", hat: "coach", team: "t1" }),
    first("invite.created", { ...ORG, invite: "i2", hat: "athlete", team: "t1" }),
    first("invite.created", { ...ORG, invite: "i3", hat: "office", role: "player" })],
  moves: by(["u1", "u2"], [
    ...every("member.hats_changed", [ORG], of("user", "u1", "u2"),
      [...of("hats", ["coach"], ["athlete"], ["coach", "athlete"], ["admin"]), { hats: ["coach"], role: "player" }]),
    ...every("member.role_assigned", [ORG], of("user", "u1", "u2"), of("role", "player", "coach", "admin")),
    ...every("member.deactivated", [ORG], of("user", "u1", "u2", "olga")),
    ...every("member.reactivated", [ORG], of("user", "u1", "u2"), [{}, { hats: ["coach"] }, { hats: ["athlete"] }]),
    ...every("member.added", [{ ...ORG, user: "u3" }], of("hats", ["coach"], ["athlete"])),
    ...every("invite.redeemed", of("invite", "i1", "i2", "i3"), of("user", "u1", "u2", "u3")),
  ]),
};

/** Two orgs that use the same ids and people, and the platform's staff (PR11, S8, S17, PM7, NP2). */
const orgs: Slice = {
  name: "orgs", fixed: "ou",
  founding: [first("platform.superadmin_granted", { user: "rita" }),
    first("org.created", { org: "o1", kind: "club", owner: "olga" }),
    first("org.created", { org: "o2", kind: "club", owner: "otto" }),
    ...["o1", "o2"].map((org) => first("member.added", { org, user: "u1", hats: ["coach", "athlete"] }))],
  moves: by(["olga", "otto", "rita", "u1"], [
    ...every("team.created", of("team", "t1", "t2"), of("org", "o1", "o2"), [{}, { head_coach: "u1" }]),
    ...every("athlete.created", of("athlete", "a1", "a2"), of("org", "o1", "o2"),
      [{}, { user: "u1" }, { coach: "u1", coaching: "c1" }, { coach: "u1", coaching: "c2" }]),
    ...every("team.athlete_added", of("team", "t1", "t2"), of("athlete", "a1", "a2")),
    ...every("team.athlete_moved", of("athlete", "a1", "a2"), [{ from: "t1", to: "t2" }, { from: "t2", to: "t1" }]),
    ...every("team.athlete_removed", of("team", "t1", "t2"), of("athlete", "a1", "a2")),
    ...every("team_assignment.started", of("assignment", "s1", "s2"), of("team", "t1", "t2"), of("coach", "u1")),
    ...every("coaching.started", of("coaching", "c1", "c2"), of("athlete", "a1", "a2"), [{ coach: "u1" }],
      [{}, { team: "t1" }, { team: "t2" }]),
    ...every("note.created", of("note", "n1", "n2"), of("athlete", "a1", "a2"), [{ author: "u1" }],
      of("under", "coaching:c1", "coaching:c2", "team_assignment:s1", "team_assignment:s2")),
    ...every("note.shared", of("note", "n1", "n2"), [{ user: "olga" }, { user: "otto" }]),
    ...every("invite.created", of("invite", "i1", "i2"), of("org", "o1", "o2"), [{ hat: "office" },
      { hat: "coach", team: "t1" }, { hat: "coach", team: "t2" }, { hat: "athlete", team: "t1", athlete: "a1" },
      { hat: "athlete", team: "t2", athlete: "a2" }, { hat: "athlete", team: "t1", athlete: "a2" },
      { hat: "athlete", team: "t2", athlete: "a1" }]),
    ...every("team.deleted", of("team", "t1", "t2")), ...every("athlete.deleted", of("athlete", "a1", "a2")),
    ...every("role.created", of("org", "o1", "o2"), of("role", "r1", "r2"), [{ scope: "org", keys: ["org.manage"] }]),
    ...every("platform.admin_granted", of("user", "u1")), ...every("platform.admin_revoked", of("user", "u1")),
    ...every("platform.superadmin_granted", of("user", "u1")),
    ...every("platform.superadmin_revoked", of("user", "u1")),
    ...every("org.created", of("org", "o3", "o1", "o2"), of("kind", "club"), of("owner", "u1", "olga")),
  ]),
};

/** Activities, comments, program artifacts and library entries, in two orgs (NP10, PR2, PR3, PM12). */
const content: Slice = {
  name: "content", fixed: "ouap",
  founding: [...founded("program", ["u1", ["coach"]], ["u2", ["athlete"]]),
    first("org.created", { org: "o2", kind: "program", owner: "otto" }),
    first("athlete.created", { ...ORG, athlete: "a1", user: "u2" }),
    first("athlete.created", { org: "o2", athlete: "a2" }),
    first("coaching.started", { coaching: "c1", athlete: "a1", coach: "u1" })],
  moves: by(["olga", "otto", "u1", "u2"], [
    ...every("activity.recorded", of("activity", "x1", "x2"), of("athlete", "a1", "a2")),
    ...every("activity.deleted", of("activity", "x1", "x2")),
    ...every("activity.comment_added", of("comment", "k1", "k2"), of("activity", "x1", "x2"), of("author", "u1", "u2")),
    ...every("activity.comment_deleted", of("comment", "k1", "k2")),
    ...every("artifact.created", of("artifact", "practice_plan:p1", "practice_plan:p2"), of("org", "o1", "o2"),
      [{}, { generated: true }]),
    ...every("artifact.created", of("artifact", "dev_card:p1"), of("org", "o1", "o2"), of("athlete", "a1", "a2")),
    ...every("artifact.created", of("artifact", "drill:p1"), of("org", "o1"),
      [{}, { creator: "u1" }, { creator: "u3" }]),
    ...every("artifact.created", [{ ...ORG, artifact: "spot:p1", creator: "u1" }]),
    ...every("artifact.finalized", of("artifact", "practice_plan:p1", "practice_plan:p2")),
    ...every("artifact.reopened", of("artifact", "practice_plan:p1", "practice_plan:p2")),
    ...every("artifact.deleted",
      of("artifact", "practice_plan:p1", "practice_plan:p2", "dev_card:p1", "drill:p1")),
    ...every("athlete.deleted", of("athlete", "a1")), ...every("coaching.ended", of("coaching", "c1")),
    ...every("member.deactivated", [ORG], of("user", "u1", "u2")),
  ]),
};

/** Ids, sequences and times of events (S13). */
const envelopes: Slice = {
  name: "envelopes", fixed: "outea", records: true,
  founding: [...founded("club", ["u1", ["coach"]]), first("org.created", { org: "o2", kind: "club", owner: "otto" })],
  moves: [{ id: "e1" }, { id: "e2" }, { sequence: "1" }, { sequence: "2" }, { id: "e1", sequence: "2" },
    { time: "2099-01-01T00:00:00Z" }, { time: "not a time" }].flatMap((attributes) =>
    by(["olga", "u1", "-"], every("team.created", of("team", "t1", "t2"), of("org", "o1", "o2")))
      .map((move) => ({ ...move, attributes }))),
};

export const ORG_SLICES: readonly Slice[] = [members, program, orgs, content, envelopes];
