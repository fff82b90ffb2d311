// The slices about one club: rosters, rows, notes and invites.
import { by, combine, every, first, founded, of, ORG } from "./alphabet.ts";
import type { Slice } from "./explorer.ts";
import { WAIT } from "./move.ts";

const USERS = of("user", "u1", "u2");

/** Links, places on teams, and reserved rows (PR10, NP6, S7, S17, S21). */
const roster: Slice = {
  name: "roster", fixed: "o",
  founding: founded("club", ["u1", ["athlete"]], ["u2", ["athlete"]]),
  moves: by(["olga", "u1", "u2"], [
    ...every("athlete.created", of("athlete", "a1", "a2"), [ORG], [{}, ...USERS, ...of("team", "t1", "t2")]),
    ...every("athlete.deleted", of("athlete", "a1", "a2")),
    ...every("athlete.linked", of("athlete", "a1", "a2"), USERS),
    ...every("athlete.unlinked", of("athlete", "a1", "a2"), USERS, of("mistaken", false, true)),
    ...every("team.created", of("team", "t1", "t2"), [ORG]), ...every("team.deleted", of("team", "t1", "t2")),
    ...every("team.athlete_added", of("team", "t1", "t2"), of("athlete", "a1", "a2")),
    ...every("team.athlete_removed", of("team", "t1", "t2"), of("athlete", "a1", "a2")),
    ...every("team.athlete_moved", of("athlete", "a1", "a2"), [{ from: "t1", to: "t2" }, { from: "t2", to: "t1" }]),
    ...every("member.deactivated", [ORG], USERS), ...every("member.reactivated", [ORG], USERS),
    ...every("member.hats_changed", [ORG], USERS, of("hats", ["coach"], ["athlete", "coach"])),
    ...every("invite.created", [ORG], of("invite", "i1", "i2"), of("hat", "athlete"), of("team", "t1", "t2"),
      [{}, ...of("athlete", "a1", "a2")]),
    ...every("invite.redeemed", of("invite", "i1", "i2"), USERS, [{}, ...of("athlete", "a1", "a2")]),
    ...every("invite.revoked", of("invite", "i1", "i2")),
  ]),
};

const COACHES = of("coach", "u1", "u2");

/** Coaching rows, assignments and head coaches (AC1 to AC6, NP8, PM6, S12, S15, S16, S17). */
const rows: Slice = {
  name: "rows", fixed: "oatr",
  founding: [...founded("club", ["u1", ["coach"]], ["u2", ["coach"]]),
    first("team.created", { ...ORG, team: "t1" }), first("athlete.created", { ...ORG, athlete: "a1", team: "t1" })],
  moves: by(["olga", "u1", "u2"], [
    ...every("team.head_coach_changed", [{ team: "t1" }],
      [{ head_coach: null }, ...combine(of("head_coach", "u1", "u2"), of("assignment", "s1", "s2"))]),
    ...every("team_assignment.started", [{ team: "t1" }], of("assignment", "s1", "s2"), COACHES,
      [{}, { role: "head_coach" }, { role: "coach" }, { role: "r1" }, { ended: true }]),
    ...every("team_assignment.ended", of("assignment", "s1", "s2")),
    ...every("team_assignment.role_changed", of("assignment", "s1", "s2"), of("role", "viewer", "head_coach", "coach")),
    ...every("coaching.started", [{ athlete: "a1" }], of("coaching", "c1", "c2"), COACHES,
      [{}, { team: "t1" }, { role: "r1" }, { role: "coach" }, { ended: true }]),
    ...every("coaching.ended", of("coaching", "c1", "c2")),
    ...every("coaching.role_changed", of("coaching", "c1", "c2"), of("role", "viewer", "coach", "r1")),
    ...every("coaching.overrides_set", of("coaching", "c1", "c2"),
      of("overrides", {}, { "sessions.read": false }, { "sessions.delete": true })),
    ...every("team.deleted", [{ team: "t1" }]), ...every("athlete.deleted", [{ athlete: "a1" }]),
    ...every("team.athlete_removed", [{ team: "t1", athlete: "a1" }]),
    ...every("athlete.created", [{ ...ORG, athlete: "a2" }], combine(COACHES, of("coaching", "c1", "c2"))),
    ...every("athlete.created", [{ ...ORG, athlete: "a2" }, { ...ORG, athlete: "a2", team: "t1" }]),
    ...every("team.created", [{ ...ORG, team: "t2" }, { ...ORG, team: "t2", head_coach: "u1" },
      { ...ORG, team: "t2", head_coach: "u2" }]),
    ...every("team.athlete_added", [{ team: "t2", athlete: "a1" }]),
    ...every("team.athlete_moved", [{ athlete: "a1", from: "t1", to: "t2" }]),
    ...every("member.hats_changed", [ORG], USERS, of("hats", ["coach"], ["office"])),
    ...every("member.deactivated", [ORG], USERS),
    ...every("member.reactivated", [ORG], USERS, of("end_rows", false, true)),
    ...every("role.created", [{ ...ORG, role: "r1", scope: "athlete", keys: ["athletes.create", "sessions.read"] }]),
    ...every("role.created", [{ ...ORG, role: "r1", scope: "athlete", keys: ["org.manage"] }]),
    ...every("role.updated", [{ ...ORG, role: "r1", keys: ["sessions.read", "teams.create"] }]),
    ...every("role.deleted", [{ ...ORG, role: "r1" }]),
  ]),
};

/** Private notes and their readers (NP1 to NP9, AC6, S1 to S3, S21). */
const notes: Slice = {
  name: "notes", fixed: "oasctu",
  founding: [...founded("club", ["u1", ["coach"]], ["u2", ["coach", "athlete"]]),
    first("team.created", { ...ORG, team: "t1" }), first("athlete.created", { ...ORG, athlete: "a1", team: "t1" }),
    first("athlete.created", { ...ORG, athlete: "a2" }), first("team.created", { ...ORG, team: "t2" }),
    first("team_assignment.started", { assignment: "s1", team: "t1", coach: "u1" }),
    first("coaching.started", { coaching: "c1", athlete: "a1", coach: "u2" })],
  moves: by(["olga", "u1", "u2"], [
    ...every("note.created", of("note", "n1", "n2"), [{ athlete: "a1" }], of("author", "u1", "u2"),
      of("under", "team_assignment:s1", "coaching:c1", "coaching:c2"), of("visible_to_athlete", false, true)),
    ...every("note.created", of("note", "n1", "n2"), of("athlete", "a2"), of("author", "u1", "u2"),
      [{}, ...of("under", "team_assignment:s1", "coaching:c1", "coaching:none")]),
    ...every("note.visibility_changed", of("note", "n1", "n2"), of("visible_to_athlete", false, true)),
    ...every("note.shared", of("note", "n1", "n2"), of("user", "u1", "u2", "u3")),
    ...every("note.unshared", of("note", "n1", "n2"), of("user", "u1", "u2", "u3")),
    ...every("note.deleted", of("note", "n1", "n2")),
    ...every("team_assignment.ended", of("assignment", "s1")), ...every("coaching.ended", of("coaching", "c1", "c2")),
    ...every("team_assignment.started", of("assignment", "s2"), [{ team: "t1" }, { team: "t2" }], COACHES),
    ...every("coaching.started", [{ coaching: "c2", athlete: "a1" }], COACHES, [{}, { team: "t1" }]),
    ...every("team.athlete_removed", [{ team: "t1", athlete: "a1" }]),
    ...every("team.athlete_added", [{ team: "t1", athlete: "a1" }, { team: "t2", athlete: "a1" }]),
    ...every("athlete.linked", [{ athlete: "a1" }], USERS),
    ...every("athlete.unlinked", [{ athlete: "a1" }], USERS, of("mistaken", false, true)),
    ...every("member.hats_changed", [ORG], USERS, of("hats", ["coach"], ["athlete"], ["coach", "athlete"])),
    ...every("member.added", [{ ...ORG, user: "u3" }], of("hats", ["athlete"], ["office"])),
    ...every("member.deactivated", [ORG], USERS), ...every("member.reactivated", [ORG], USERS),
    ...every("athlete.deleted", of("athlete", "a1")), ...every("team.deleted", of("team", "t1")),
  ]),
};

const KEYS_OF_OFFICER = ["org.members.invite", "org.members.manage", "org.roles.manage"];

/** Invites, their makers and their redeemers (IN4 to IN6, PR5 to PR7, S14, S18, S19). */
const invites: Slice = {
  name: "invites", fixed: "outsar",
  founding: [...founded("club", ["u1", ["coach"]]),
    first("role.created", { ...ORG, role: "r1", scope: "org", keys: KEYS_OF_OFFICER }),
    first("member.added", { ...ORG, user: "u2", hats: ["office", "admin"], role: "r1" }),
    first("team.created", { ...ORG, team: "t1", head_coach: "u1" }),
    first("athlete.created", { ...ORG, athlete: "a1" }), first("team.created", { ...ORG, team: "t2" })],
  moves: [
    ...by(["olga", "u2", "u1"], [
      ...every("invite.created", [ORG], of("invite", "i1", "i2"), [
        { hat: "coach", team: "t1" }, { hat: "coach", team: "t1", max_uses: 1 }, { hat: "coach", team: "t2" },
        { hat: "coach", team: "t1", assignment_role: "head_coach" }, { hat: "office" }, { hat: "admin" },
        { hat: "office", role: "owner" }, { hat: "office", role: "r2" }, { hat: "office", role: "viewer" },
        { hat: "athlete", team: "t1" }, { hat: "athlete", team: "t1", athlete: "a1" },
        { hat: "athlete", email: "u3@example.org", athlete: "a1" }, { hat: "coach", email: "u3@example.org" },
        { hat: "coach", email: "u3@example.org", expires_at: "0000-01-01T00:00:00Z" },
        { hat: "coach", team: "none" }, { hat: "athlete", team: "t1", athlete: "none" },
      ]),
      ...every("invite.resent", of("invite", "i1", "i2")), ...every("invite.revoked", of("invite", "i1", "i2")),
      ...every("role.created", [{ ...ORG, role: "r2", scope: "org", keys: ["sessions.read"] }]),
      ...every("role.deleted", [{ ...ORG, role: "r2" }]),
      ...every("team.deleted", of("team", "t1")),
    ]),
    ...by(["u1", "u3", "u4"], every("invite.redeemed", of("invite", "i1", "i2", "none"), [
      { user: "u1" }, { user: "u3" }, { user: "u4" }, { user: "u3", email: "u3@example.org" },
      { user: "u4", email: "u3@example.org" }, { user: "u4", email: "u4@example.org" },
      { user: "u3", athlete: "a1" }, { user: "u3", athlete: "a2" }, { user: "u3", assignment: "s1" },
    ])),
    ...every("member.deactivated", [ORG], of("user", "u1", "u2", "u3")),
    ...every("member.hats_changed", [ORG], [{ user: "u2", hats: ["office"] }, { user: "u1", hats: ["office"] },
      { user: "u1", hats: ["admin"] }, { user: "u3", hats: ["office"] }]),
    ...every("member.role_assigned", [ORG], [{ user: "u2", role: "front_desk" }, { user: "u2", role: "admin" }]),
    ...every("role.updated", [{ ...ORG, role: "r1" }], of("keys", ["org.members.invite"], ["org.members.manage"])),
    ...every("athlete.linked", [{ athlete: "a1" }], of("user", "u3", "u4")),
    ...every("team.head_coach_changed", [{ team: "t1", head_coach: null }]),
    ...every("team.athlete_added", [{ team: "t1", athlete: "a1" }]),
    ...every("athlete.deleted", of("athlete", "a1")),
    { type: WAIT, data: {} },
  ],
};

export const CLUB_SLICES: readonly Slice[] = [roster, rows, notes, invites];
