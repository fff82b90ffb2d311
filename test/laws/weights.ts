// How often each type of event is drawn for the laws.

/** Weight of each type; the default is 4. */
export const WEIGHTS: Readonly<Record<string, number>> = {
  "platform.superadmin_granted": 1, "platform.superadmin_revoked": 1, "platform.admin_granted": 1,
  "platform.admin_revoked": 1, "org.created": 1, "member.added": 8, "team.created": 5, "athlete.created": 8,
  "team.athlete_added": 6, "team_assignment.started": 8, "coaching.started": 8, "note.created": 8, "note.shared": 6,
  "invite.created": 6, "invite.redeemed": 8, "athlete.deleted": 2, "team.deleted": 2, "role.created": 5,
  "activity.recorded": 5, "artifact.created": 6, "artifact.finalized": 5, "artifact.reopened": 5,
  "coaching.ended": 3, "team_assignment.ended": 3,
};
