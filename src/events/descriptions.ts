// Each event in words: what it does, whose word it may be, and what its fields mean.

/** An event in words. */
export interface EventDescription {
  /** One sentence: what applying it changes. */
  readonly does: string;
  /** The right that the model asks of an actor. The system may send every event. */
  readonly actor: string;
  /** Meanings of fields that differ from the ones in `FIELDS`. */
  readonly fields?: Readonly<Record<string, string>>;
}

const SUPERADMIN = "a platform superadmin";
const MEMBERS = "`org_members_manage` on the org";
const ROLES = "`org_roles_manage` on the org";
const INVITE = "`org_members_invite` on the org";
const TEAM = "`can_edit_membership` on the team";
const COACHES = "`can_assign_coaches` on the athlete";
const TEAM_COACHES = "`can_assign_coaches` on the team";
const EDIT = "`can_edit` on the artifact";

/** Meanings of the fields of payloads, by name. */
export const FIELDS: Readonly<Record<string, string>> = {
  activity: "Id of the activity.",
  artifact: "The artifact as `type:id`, such as `drill:d1`.",
  assignment: "Id of the team assignment.",
  assignment_role: "Role of the team assignment that redeeming starts.",
  athlete: "Id of the athlete, which is a row of the org's roster.",
  author: "Id of the user who writes it.",
  coach: "Id of the user who coaches.",
  coaching: "Id of the coaching row.",
  comment: "Id of the comment.",
  creator: "Id of the user who made the entry; by default the actor.",
  email: "Email address. Only a keyed hash of it is kept.",
  end_rows: "Whether the member's active rows and assignments end before they come back.",
  ended: "Whether the row has ended already: the import of history.",
  expires_at: "When the invite expires, in RFC 3339.",
  from: "Id of the team that the athlete leaves.",
  generated: "Whether the artifact was generated, which asks for the level `generate`.",
  hat: "The hat that the invite gives.",
  hats: "All the hats that the member wears.",
  head_coach: "Id of the user who is the head coach.",
  invite: "Id of the invite. Whoever knows the id of an open invite can redeem it.",
  keys: "The whole set of keys and levels of the role.",
  kind: "Kind of the org; it decides which roles the org starts with.",
  max_uses: "How often the link can be redeemed; without it, without end.",
  mistaken: "Whether the link was a mistake: then its mark is deleted too (S21).",
  note: "Id of the note.",
  org: "Id of the org.",
  overrides: "The whole map of overridden athlete keys: `true` gives the key on this row, `false` takes it.",
  owner: "Id of the user who owns the org.",
  professional_area: "Professional area, a text for the app; it grants nothing.",
  role: "Id of the role, within the org.",
  scope: "Whether members hold the role (`org`) or rows do (`athlete`).",
  team: "Id of the team.",
  to: "Id of the team that the athlete joins.",
  under: "The relationship the note is written under, as `coaching:id` or `team_assignment:id`.",
  user: "Id of the user.",
  visible_to_athlete: "Whether the athlete's account may read the note.",
};

/** Every event in words, by type. */
export const EVENT_DESCRIPTIONS: Readonly<Record<string, EventDescription>> = {
  "platform.superadmin_granted": {
    does: "Makes a user a platform superadmin, who passes every permission of every org.", actor: SUPERADMIN,
  },
  "platform.superadmin_revoked": { does: "Takes the platform superadmin right from a user.", actor: SUPERADMIN },
  "platform.admin_granted": {
    does: "Makes a user a platform admin, who reads notes and activities for support.", actor: SUPERADMIN,
  },
  "platform.admin_revoked": { does: "Takes the platform admin right from a user.", actor: SUPERADMIN },
  "org.created": {
    does: "Creates an org with its seeded roles. Its owner becomes a member with the hats admin and coach and the "
      + "role owner.",
    actor: "the owner, or a platform superadmin",
  },
  "member.added": {
    does: "Makes a user a member of an org.", actor: MEMBERS,
    fields: { role: "Id of the org role; by default that of the highest hat." },
  },
  "member.hats_changed": {
    does: "Replaces the hats of a member.", actor: MEMBERS,
    fields: { role: "Id of the new org role. Without it, a default role follows the hats and any other role stays." },
  },
  "member.role_assigned": { does: "Gives a member an org role in place of the one they hold.", actor: MEMBERS },
  "member.professional_area_set": {
    does: "Sets or clears the professional area of a member.", actor: `the member, or ${MEMBERS}`,
    fields: { professional_area: "Professional area, a text for the app; null clears it." },
  },
  "member.deactivated": {
    does: "Ends the access of a member: nothing they hold in the org counts until they are back.",
    actor: `the member, or ${MEMBERS}`,
  },
  "member.reactivated": {
    does: "Brings a deactivated member back, with fewer hats, another role or without rows if the event says so.",
    actor: MEMBERS,
    fields: {
      hats: "The hats that the member comes back with; by default those they had.",
      role: "Id of the org role that the member comes back with.",
    },
  },
  "role.created": { does: "Creates a custom role.", actor: ROLES },
  "role.updated": { does: "Replaces the keys of a role.", actor: ROLES },
  "role.deleted": { does: "Deletes a custom role that nobody holds.", actor: ROLES },
  "team.created": {
    does: "Creates a team. A head coach gets an assignment to it.",
    actor: "`teams_create` on the org; for a head coach other than the actor, `org_manage` on the org",
    fields: { assignment: "Id of the head coach's assignment; by default `<team>.<coach>`." },
  },
  "team.deleted": { does: "Deletes a team and ends its assignments.", actor: "`can_manage` on the team" },
  "team.head_coach_changed": {
    does: "Gives a team another head coach and ends the assignment of the former one.", actor: "`org_manage` on the "
      + "org",
    fields: {
      head_coach: "Id of the new head coach; null for none.",
      assignment: "Id of the head coach's assignment; by default `<team>.<coach>`.",
    },
  },
  "team.athlete_added": { does: "Puts an athlete on a team.", actor: `${TEAM}, and \`can_place\` on the athlete` },
  "team.athlete_removed": { does: "Takes an athlete off a team.", actor: TEAM },
  "team.athlete_moved": {
    does: "Moves an athlete from one team to another.",
    actor: "`can_edit_membership` on both teams, and `can_place` on the athlete",
  },
  "team_assignment.started": {
    does: "Makes a coach an assistant on a team.", actor: TEAM_COACHES,
    fields: {
      role: "Id of the athlete-scope role; by default `assistant_coach`, where the org has none `specialist`.",
    },
  },
  "team_assignment.role_changed": { does: "Gives an assistant another role on the team.", actor: TEAM_COACHES },
  "team_assignment.ended": {
    does: "Ends an assignment for good.",
    actor: "`can_end` on the assignment: its coach, or `can_assign_coaches` on the team",
  },
  "athlete.created": {
    does: "Adds an athlete to the roster of an org, with a coach, a team and an account if the event names them.",
    actor: "`athletes_create` on the org; for a team its `can_edit_membership`, for a coach other than the actor "
      + "`athletes_assign_coaches` on the org, for an account `org_members_manage` on the org",
    fields: {
      coach: "Id of the first coach; by default the actor, if an active coach.",
      coaching: "Id of the coaching row; by default `<athlete>.<coach>`.", user: "Id of the athlete's own account.",
    },
  },
  "athlete.deleted": {
    does: "Takes an athlete off the roster and ends all rows over them.", actor: "`can_delete` on the athlete",
  },
  "athlete.linked": { does: "Links the athlete's own account.", actor: MEMBERS },
  "athlete.unlinked": { does: "Ends the link of the athlete's account.", actor: MEMBERS },
  "coaching.started": {
    does: "Makes a coach the coach of one athlete.", actor: COACHES,
    fields: {
      team: "Id of the team that the row is held for.", role: "Id of the athlete-scope role; by default `head_coach`.",
    },
  },
  "coaching.role_changed": { does: "Gives a coaching row another role. Its overrides stay.", actor: COACHES },
  "coaching.overrides_set": { does: "Replaces the overrides of a coaching row.", actor: COACHES },
  "coaching.ended": {
    does: "Ends a coaching row for good.",
    actor: "`can_end` on the row: its coach, the athlete's account, or `can_assign_coaches` on the athlete",
  },
  "note.created": {
    does: "Records a private note about an athlete.", actor: "the author, with `notes_write` on the athlete",
  },
  "note.visibility_changed": {
    does: "Sets or clears the flag that lets the athlete read a note.", actor: "`can_flag` on the note",
  },
  "note.shared": { does: "Shares a note with a member of the org.", actor: "`can_share` on the note" },
  "note.unshared": { does: "Ends a share of a note.", actor: "`can_share` on the note" },
  "note.deleted": { does: "Deletes a note.", actor: "`can_delete` on the note" },
  "activity.recorded": { does: "Records an activity of an athlete.", actor: "`activities_upload` on the athlete" },
  "activity.deleted": { does: "Deletes an activity and its comments.", actor: "`activities_upload` on its athlete" },
  "activity.comment_added": {
    does: "Adds a comment to an activity.", actor: "the author, with `can_comment` on the activity",
  },
  "activity.comment_deleted": {
    does: "Deletes a comment.", actor: "its author, the org's admin hat, or a platform superadmin",
  },
  "artifact.created": {
    does: "Creates a program artifact or a library entry.",
    actor: "the `edit` level of its resource, `generate` if it was generated; for a drill or a spot, "
      + "`library_contribute`",
    fields: { athlete: "Id of the athlete it is about: for development plans, dev cards and player profiles." },
  },
  "artifact.finalized": { does: "Finalizes a practice plan or game brief: players see it.", actor: EDIT },
  "artifact.reopened": { does: "Makes a finalized artifact a draft again.", actor: EDIT },
  "artifact.deleted": { does: "Deletes an artifact.", actor: EDIT },
  "invite.created": {
    does: "Creates a link, or with `email` an invitation for one person.",
    actor: `${INVITE}, and every right that the invite gives (S14, S19)`,
    fields: {
      role: "Id of the org role that redeeming gives.", athlete: "Id of the roster row that the invite reserves.",
      team: "Id of the team; a link for a coach or an athlete needs one.",
    },
  },
  "invite.resent": {
    does: "Makes the actor the maker of an invite, and gives an invitation 14 new days.",
    actor: `${INVITE}, and every right that the invite gives (S14, S19)`,
  },
  "invite.revoked": { does: "Revokes an invite.", actor: INVITE },
  "invite.redeemed": {
    does: "Gives a user what an invite gives. It takes nothing away (S18).", actor: "the user",
    fields: {
      email: "Address of the redeemer: an invitation asks for its own.",
      assignment: "Id of the assignment that redeeming starts; by default `<team>.<user>`.",
      athlete: "Id of the roster row; by default `<org>.<user>`.",
    },
  },
};
