// The slices about redeeming invites whose makers change, and about events that name the wrong objects.
import { by, combine, every, first, founded, of, ORG, type Data } from "./alphabet.ts";
import type { Slice } from "./explorer.ts";
import { START } from "../world/world.ts";
import { WAIT, type Move } from "./move.ts";

const HOUR_MS = 3_600_000;

const keysOf = (role: string, scope: string, ...keys: readonly string[]): Move =>
  first("role.created", { ...ORG, role, scope, keys });
const joins = (user: string, hats: readonly string[], role?: string): Move =>
  first("member.added", { ...ORG, user, hats, ...role === undefined ? {} : { role } });
const invites = (invite: string, terms: Data, actor?: string): Move =>
  first("invite.created", { ...ORG, invite, ...terms }, actor);

const OFFICER = [
  "org.members.invite", "org.members.manage", "athletes.assign_coaches", "org.manage", "athletes.create",
];

/** Each redemption by its user, by the system and by somebody else. */
const redeemed = (users: readonly string[], invite: string, ...more: readonly Data[]): Move[] =>
  users.flatMap((user) => [{}, ...more].flatMap((part) => [user, undefined, "u3"].map((actor) => ({
    type: "invite.redeemed", data: { invite, user, ...part }, ...actor === undefined ? {} : { actor },
  }))));

/**
 * Open invites of every kind, their makers and their redeemers (S14, S18, S19). u4 holds a role that the athlete hat
 * keeps dormant, u5 has rows and no coach hat, and u6 leads a team and may invite, but not assign coaches to athletes.
 */
const redeeming: Slice = {
  name: "redeeming", fixed: "outasric",
  founding: [...founded("club", ["u2", ["coach"]]),
    keysOf("r1", "org", ...OFFICER), keysOf("r2", "athlete", "sessions.read"), keysOf("r3", "org", "org.manage"),
    keysOf("r4", "org", "org.members.invite", "org.members.manage"),
    first("org.created", { org: "o2", kind: "club", owner: "otto" }),
    first("athlete.created", { org: "o2", athlete: "a9" }),
    joins("u1", ["admin", "office"], "r1"), joins("u4", ["athlete"], "admin"), joins("u5", ["coach"]),
    joins("u6", ["coach", "office"], "r4"),
    first("team.created", { ...ORG, team: "t1" }), first("team.created", { ...ORG, team: "t2", head_coach: "u6" }),
    first("athlete.created", { ...ORG, athlete: "a1" }),
    first("athlete.created", { ...ORG, athlete: "a2", team: "t1" }),
    first("coaching.started", { coaching: "c1", athlete: "a2", coach: "u5" }),
    first("member.hats_changed", { ...ORG, user: "u5", hats: ["office"] }),
    invites("i1", { hat: "coach", team: "t1", assignment_role: "r2" }, "u1"),
    invites("i2", { hat: "athlete", team: "t1", athlete: "a1" }, "u1"), invites("i3", { hat: "office" }, "olga"),
    invites("i4", { hat: "admin", role: "r3" }, "u1"), invites("i5", { hat: "coach", email: "u3@example.org" }, "u1"),
    invites("i6", { hat: "coach", team: "t2" }, "u6"), invites("i7", { hat: "athlete", team: "t1" }),
    invites("i8", { hat: "office", role: "r4" }, "u6")],
  moves: [
    ...redeemed(["u2", "u3", "u5"], "i1", { assignment: "s1" }),
    ...redeemed(["u2", "u3", "u4"], "i2", { athlete: "a2" }),
    ...redeemed(["u2", "u3", "u4"], "i3", { assignment: "s1" }, { athlete: "a3" }), ...redeemed(["u1", "u3"], "i4"),
    ...redeemed(["u3", "u4"], "i5", { email: "u3@example.org" }), ...redeemed(["u3", "u5"], "i6"),
    ...redeemed(["u3", "u4"], "i7", { athlete: "a1" }, { athlete: "a2" }, { athlete: "a3" }, { athlete: "o1.u3" },
      { athlete: "a9" }),
    ...redeemed(["u3", "u4"], "i8"),
    ...by(["olga", "u1", "u6"], [
      ...every("invite.created", [{ ...ORG, invite: "i9", hat: "athlete", team: "t2", athlete: "a1" }]),
      ...every("invite.resent", of("invite", "i1", "i2", "i3", "i4", "i5", "i6", "i8")),
      ...every("invite.revoked", of("invite", "i1", "i5")),
    ]),
    ...every("member.deactivated", [ORG], of("user", "u1", "u6", "u3")),
    ...every("member.hats_changed", [ORG], [{ user: "u1", hats: ["office"] }, { user: "u6", hats: ["office"] }]),
    ...every("role.updated", [{ ...ORG, role: "r1" }], of("keys", ["org.members.invite"],
      ["org.members.invite", "org.members.manage"], ["org.members.invite", "org.manage"])),
    ...every("role.updated", [{ ...ORG, role: "r3", keys: ["org.billing.manage"] }]),
    ...every("role.deleted", [ORG], of("role", "r2", "r3")),
    ...every("team.head_coach_changed", [{ team: "t2", head_coach: null }]), ...every("team.deleted", of("team", "t1")),
    ...every("athlete.deleted", of("athlete", "a1")), ...every("athlete.linked", [{ athlete: "a1", user: "u4" }]),
    ...every("athlete.created", [{ ...ORG, athlete: "o1.u3" }]),
    ...every("athlete.created", [{ ...ORG, athlete: "a3", user: "u4" }]), { type: WAIT, data: {} },
  ],
};

/** Terms of an invite that expired an hour before the exploration begins. */
const EXPIRED: Data = { email: "u3@example.org", expires_at: new Date(START - HOUR_MS).toISOString() };

/**
 * Expired invites whose roles and rows have changed since, resent now or redeemed by the system as of a time at which
 * they were open (S13, PM5, PR10).
 */
const expired: Slice = {
  name: "expired", fixed: "outasricm",
  founding: [...founded("club", ["u2", ["athlete"]]), keysOf("r3", "org", "sessions.read"),
    keysOf("r5", "org", "sessions.read"), first("athlete.created", { ...ORG, athlete: "a1" }),
    invites("i1", { hat: "office", role: "r3", ...EXPIRED }), invites("i2", { hat: "office", role: "r5", ...EXPIRED }),
    invites("i3", { hat: "athlete", athlete: "a1", ...EXPIRED }), invites("i4", { hat: "coach", ...EXPIRED }),
    invites("i5", { hat: "office", ...EXPIRED }), first("invite.revoked", { invite: "i5" }),
    first("role.deleted", { ...ORG, role: "r3" }), first("role.deleted", { ...ORG, role: "r5" }),
    keysOf("r5", "athlete", "sessions.read"), first("athlete.linked", { athlete: "a1", user: "u2" })],
  moves: [
    ...by(["olga"], every("invite.resent", of("invite", "i5", "i1", "i2", "i3", "i4"))),
    ...every("invite.resent", of("invite", "i4", "i5")).map((move) =>
      ({ ...move, attributes: { time: "0000-01-01T00:00:00Z" } })),
    ...every("invite.redeemed", of("invite", "i1", "i2", "i3", "i4", "i5"), [{ user: "u3", email: "u3@example.org" }])
      .flatMap((move) => [move, { ...move, attributes: { time: new Date(START - 2 * HOUR_MS).toISOString() } }]),
    ...every("invite.revoked", of("invite", "i4", "i5")),
    ...every("athlete.unlinked", [{ athlete: "a1", user: "u2" }]),
    ...every("member.deactivated", [{ ...ORG, user: "u3" }]),
  ],
};

/** Invitations of an installation that has no key for addresses. */
const keyless: Slice = {
  name: "keyless", fixed: "outi", keyless: true,
  founding: [...founded("club"), first("team.created", { ...ORG, team: "t1" })],
  moves: every("invite.created", [ORG], of("invite", "i1"), [{ hat: "office", email: "u3@example.org" },
    { hat: "coach", team: "t1" }]),
};

/** An id so long that a default id made of two does not fit. */
const LONG = "l".repeat(90);

/** Events about unknown orgs, other orgs' objects, ended rows and deactivated members (S8, NP8, S21). */
const strays: Slice = {
  name: "strays", fixed: "outacnrs",
  founding: [...founded("club", ["u2", ["coach"]]), joins("u1", ["admin", "coach", "athlete"]), joins("u4", ["coach"]),
    joins(LONG, ["coach"]), first("member.deactivated", { ...ORG, user: "u4" }),
    first("org.created", { org: "o2", kind: "club", owner: "otto" }),
    first("team.created", { ...ORG, team: "t1" }), first("team.created", { org: "o2", team: "t3" }),
    first("athlete.created", { ...ORG, athlete: "a1", user: "u1", team: "t1" }),
    first("athlete.created", { org: "o2", athlete: "a3" }),
    first("coaching.started", { coaching: "c1", athlete: "a1", coach: "u2" }),
    first("coaching.started", { coaching: "c2", athlete: "a1", coach: "u2", ended: true }),
    first("coaching.started", { coaching: "c3", athlete: "a3", coach: "otto" }),
    first("coaching.started", { coaching: "a2.u2", athlete: "a1", coach: "u1" }),
    first("note.created", { note: "n1", athlete: "a1", author: "u2", under: "coaching:c1" }), joins("u5", ["coach"]),
    first("coaching.started", { coaching: "c7", athlete: "a1", coach: "u5", role: "viewer" }),
    first("team_assignment.started", { assignment: "s3", team: "t3", coach: "otto", ended: true }),
    first("team.created", { ...ORG, team: "t4", head_coach: "u2" }),
    first("team.created", { ...ORG, team: "t6", head_coach: "u2" }),
    first("team.athlete_added", { team: "t6", athlete: "a1" })],
  moves: [...by(["olga", "u1", "u2"], [
    ...every("member.added", [{ org: "o9", user: "u3" }, { ...ORG, user: "u4" }]),
    ...every("member.hats_changed", [{ org: "o9", user: "u1", hats: ["coach"] },
      { ...ORG, user: "u2", hats: ["office"], role: "viewer" }, { ...ORG, user: "u4", hats: ["office"] }]),
    ...every("member.role_assigned", [{ org: "o9", user: "u1", role: "coach" }]),
    ...every("member.reactivated", [{ org: "o9", user: "u1" }, { ...ORG, user: "u4" }]),
    ...every("member.professional_area_set", [ORG], of("user", "u4", "u2"), of("professional_area", "medical")),
    ...every("role.created", [{ org: "o9", role: "r1", scope: "org", keys: [] }]),
    ...every("role.deleted", [{ org: "o9", role: "r1" }]),
    ...every("team.created", [{ org: "o9", team: "t2" }, { ...ORG, team: "t2" }]),
    ...every("athlete.created", [{ org: "o9", athlete: "a2" }, { ...ORG, athlete: "a2", team: "t3" },
      { ...ORG, athlete: "a2", coaching: "c4" }, { ...ORG, athlete: "a2", coach: "u2" },
      { ...ORG, athlete: LONG, coach: LONG }]),
    ...every("artifact.created", of("artifact", "drill:d1"), of("org", "o9", "o1"), [{}, { creator: "u4" }]),
    ...every("invite.created", [{ org: "o9", invite: "i1", hat: "office" }, { ...ORG, invite: "i1", hat: "office" }]),
    ...every("invite.redeemed", [{ invite: "i1", user: LONG + LONG }]),
    ...every("note.created", [{ note: "n2", athlete: "a1", author: "u2" }],
      [{}, ...of("under", "coaching:c1", "coaching:c2", "coaching:c3", "coaching:a2.u2")]),
    ...every("note.created", [{ note: "n2", athlete: "a1", author: "otto", under: "team_assignment:s3" }]),
    ...every("note.shared", [{ note: "n1" }], of("user", "u1", "u4", "otto")),
    ...every("team.athlete_moved", [{ athlete: "a1" }], [{ from: "t2", to: "t1" }, { from: "t1", to: "t3" },
      { from: "t1", to: "t9" }, { from: "t2", to: "t2" }, { from: "t1", to: "t4" }]),
    ...every("team.athlete_added", [{ team: "t1", athlete: "a3" }, { team: "t3", athlete: "a1" }]),
    ...every("team_assignment.started", [{ team: "t1", assignment: "s1", coach: "u2" }]),
    ...every("coaching.started", [{ coaching: "c5", athlete: "a1", coach: "u2" }], [{ team: "t3" }, { role: "r7" }]),
    ...every("coaching.overrides_set", of("coaching", "c1", "c2"), [{ overrides: { "goals.read": false } }]),
    ...every("athlete.unlinked", [{ athlete: "a1", user: "u1" }], of("mistaken", false, true)),
    ...every("athlete.deleted", of("athlete", "a1")), ...every("member.deactivated", [ORG], of("user", "u1", "u2")),
  ]), { type: "team.created", data: { ...ORG, team: "t5" }, untrusted: true },
  { type: "coaching.started", data: { coaching: "c5", athlete: "a1", coach: "u2", team: "t3", ended: true } },
  { type: "note.created", data: { note: "n2", athlete: "a1", author: "u5", under: "coaching:c7" }, actor: "u5" },
  ...combine(of("coach", "u2", "u4")).map((data) =>
    ({ type: "coaching.started", data: { coaching: "c6", athlete: "a1", ...data } }))],
};

export const STRAY_SLICES: readonly Slice[] = [redeeming, expired, keyless, strays];
