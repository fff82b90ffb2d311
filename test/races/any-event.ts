// Random events of a busy club: few ids, so that they collide.

/** An event of a race: its actor, its type, and its payload. */
export type Entry = readonly [actor: string | undefined, type: string, data: object];

/** A random event of a busy club. */
export function anyEvent(random: () => number): Entry {
  const of = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const n = (): number => Math.floor(random() * 4);
  const [org, user, team, athlete, row, role] = ["o", `u${n()}`, `t${n()}`, `r${n()}`, `${n()}${n()}`,
    of("viewer", "r0", "head_coach", "r1")];
  const hats = of(["coach"], ["athlete"], ["admin"], ["coach", "athlete"], ["coach", "office"]);
  const data = of<readonly [string, object]>(
    ["member.added", { org, user, hats }], ["member.hats_changed", { org, user, hats }],
    ["member.role_assigned", { org, user, role: of("owner", "admin", "coach", "q0") }],
    ["member.deactivated", { org, user: of(user, "olga") }], ["member.reactivated", { org, user }],
    ["role.created", { org, role: of("r0", "r1"), scope: "athlete", keys: of(["athletes.create"], ["goals.read"]) }],
    ["role.created", { org, role: "q0", scope: "org", keys: ["sessions.read"] }],
    ["role.updated", { org, role, keys: of(["teams.create"], ["goals.read", "sessions.write"]) }],
    ["role.deleted", { org, role: of(role, "q0") }],
    ["team.created", { team, org, ...of({}, { head_coach: user }) }],
    ["team.head_coach_changed", { team, head_coach: of(user, null) }],
    ["team.deleted", { team }], ["team.athlete_added", { team, athlete }], ["team.athlete_removed", { team, athlete }],
    ["team.athlete_moved", { athlete, from: team, to: `t${n()}` }],
    ["team_assignment.started", { assignment: `s${row}`, team, coach: user }],
    ["team_assignment.role_changed", { assignment: `s${row}`, role }],
    ["team_assignment.ended", { assignment: `s${row}` }],
    ["athlete.created", { athlete, org, ...of({}, { team }, { user }, { coach: user }) }],
    ["athlete.deleted", { athlete }],
    ["athlete.linked", { athlete, user }], ["athlete.unlinked", { athlete, user }],
    ["coaching.started", { coaching: `c${row}`, athlete, coach: user, ...of({}, { role }) }],
    ["coaching.role_changed", { coaching: `c${row}`, role }], ["coaching.ended", { coaching: `c${row}` }],
    ["coaching.overrides_set",
      { coaching: `c${row}`, overrides: of({}, { "goals.read": false }, { "notes.write": true }) }],
    ["invite.created", { invite: `i${n()}`, org, hat: "athlete", team, max_uses: 2, ...of({}, { athlete }) }],
    ["invite.revoked", { invite: `i${n()}` }], ["invite.redeemed", { invite: `i${n()}`, user }],
  );
  return [of("olga", undefined, user), data[0], data[1]];
}
