// Generated: the relations of org that an app may check.
/** The relations of `org` that an app may check. docs/rules.md has the rules. */
export interface OrgRelations {
  /**
   * PR8 S3 The membership. Deactivating deletes this tuple and keeps hats, role and rows. Each line of access asks for
   * it, so they stop counting, and count again once it is back. PR11 S8 An object belongs to one org, and its lines
   * ask for a member of that org, platform staff aside. Rights in another org do not count.
   */
  member: true;
  /** NP2 PR3 S4 S7 The admin hat, while its wearer is an active member: the floor for users and settings. */
  admin: true;
  /** S7 The coach hat, likewise. Every row of a coach asks for it. */
  coach: true;
  /** S7 The office hat and the athlete hat, likewise. */
  office: true;
  /** S7 The office hat and the athlete hat, likewise. */
  athlete: true;
  /** IN2 Each hat opens its own family of routes and no other. PM7 Superadmins enter each of them. */
  enter_admin: true;
  /** IN2 Each hat opens its own family of routes and no other. PM7 Superadmins enter each of them. */
  enter_coach: true;
  /** IN2 Each hat opens its own family of routes and no other. PM7 Superadmins enter each of them. */
  enter_athlete: true;
  /**
   * The key `org.manage`. The org keys. PM1 An org role gives them. PM3 Owner and Admin have these. IN8 They say which
   * admin may do what. S4 S5 The `org.*` keys take effect under the admin or the office hat only. PM7 Superadmins pass
   * each of them.
   */
  org_manage: true;
  /**
   * The key `org.billing.read`. The org keys. PM1 An org role gives them. PM3 Owner and Admin have these. IN8 They say
   * which admin may do what. S4 S5 The `org.*` keys take effect under the admin or the office hat only. PM7
   * Superadmins pass each of them.
   */
  org_billing_read: true;
  /**
   * The key `org.billing.manage`. IN8 PM3 S4 S11 PM7 Billing is the Owner's: this line names `owner_role`, not
   * `full_role`. AC3 No athlete role gives it.
   */
  org_billing_manage: true;
  /**
   * The key `org.members.invite`. IN8 PM1 PM3 S4 PM7 Inviting and managing members. AC3 No athlete role gives either.
   */
  org_members_invite: true;
  /**
   * The key `org.members.manage`. IN8 PM1 PM3 S4 PM7 Inviting and managing members. AC3 No athlete role gives either.
   */
  org_members_manage: true;
  /** The key `org.roles.manage`. IN8 PM1 PM3 PM5 S4 PM7 Creating, editing and deleting roles. */
  org_roles_manage: true;
  /**
   * The key `athletes.create`. PM4 S5 S12 Adding athletes: by an org role, for staff; by a row, under the coach hat;
   * S10 PR2 or by `roster.edit`, through which Owner, Admin and, PM7, superadmins have it.
   */
  athletes_create: true;
  /** The key `athletes.delete`. PM1 PM3 S5 PM7 Deleting athletes. For staff only. */
  athletes_delete: true;
  /**
   * The key `athletes.assign_coaches`. PM9 PM10 Its holder passes every athlete key in the org and sees every athlete.
   * PM1 PM3 S5 PM7 For staff only.
   */
  athletes_assign_coaches: true;
  /** The key `teams.create`. PM1 PM3 PM4 S5 S12 PM7 Creating teams. */
  teams_create: true;
  /** The key `practice_plans.view`. Rules PR1, PM7. */
  practice_plans_view: true;
  /** The key `practice_plans.edit`. Rules PR1, PM7. */
  practice_plans_edit: true;
  /** The key `practice_plans.generate`. Rules PR1, PM7. */
  practice_plans_generate: true;
  /** The key `game_briefs.view`. Rules PR1, PM7. */
  game_briefs_view: true;
  /** The key `game_briefs.edit`. Rules PR1, PM7. */
  game_briefs_edit: true;
  /** The key `game_briefs.generate`. Rules PR1, PM7. */
  game_briefs_generate: true;
  /** The key `weekly_reports.view`. Rules PR1, PM7. */
  weekly_reports_view: true;
  /** The key `weekly_reports.edit`. Rules PR1, PM7. */
  weekly_reports_edit: true;
  /** The key `weekly_reports.generate`. Rules PR1, PM7. */
  weekly_reports_generate: true;
  /** The key `playbook.view`. Rules PR1, PM7. */
  playbook_view: true;
  /** The key `playbook.edit`. Rules PR1, PM7. */
  playbook_edit: true;
  /** The key `playbook.generate`. Rules PR1, PM7. */
  playbook_generate: true;
  /** The key `drill_library.view`. Rules PR1, PM7. */
  drill_library_view: true;
  /** The key `drill_library.edit`. Rules PR1, PM7. */
  drill_library_edit: true;
  /** The key `drill_library.generate`. Rules PR1, PM7. */
  drill_library_generate: true;
  /** The key `roster.view`. Rules PR1, PM7. */
  roster_view: true;
  /** The key `roster.edit`. Rules PR1, PM7. */
  roster_edit: true;
  /** The key `roster.generate`. Rules PR1, PM7. */
  roster_generate: true;
  /** The key `player_profiles.view`. Rules PR1, PM7. */
  player_profiles_view: true;
  /** The key `player_profiles.edit`. Rules PR1, PM7. */
  player_profiles_edit: true;
  /** The key `player_profiles.generate`. Rules PR1, PM7. */
  player_profiles_generate: true;
  /** The key `development_plans.view`. Rules PR1, PM7. */
  development_plans_view: true;
  /** The key `development_plans.edit`. Rules PR1, PM7. */
  development_plans_edit: true;
  /** The key `development_plans.generate`. Rules PR1, PM7. */
  development_plans_generate: true;
  /** The key `dev_cards.view`. Rules PR1, PM7. */
  dev_cards_view: true;
  /** The key `dev_cards.edit`. Rules PR1, PM7. */
  dev_cards_edit: true;
  /** The key `dev_cards.generate`. Rules PR1, PM7. */
  dev_cards_generate: true;
  /** The key `scouting_reports.view`. Rules PR1, PM7. */
  scouting_reports_view: true;
  /** The key `scouting_reports.edit`. Rules PR1, PM7. */
  scouting_reports_edit: true;
  /** The key `scouting_reports.generate`. Rules PR1, PM7. */
  scouting_reports_generate: true;
  /** The key `users.view`. Rules PR1, PM7. */
  users_view: true;
  /** The key `users.edit`. Rules PR1, PM7. */
  users_edit: true;
  /** The key `users.generate`. Rules PR1, PM7. */
  users_generate: true;
  /** The key `program_settings.view`. Rules PR1, PM7. */
  program_settings_view: true;
  /** The key `program_settings.edit`. Rules PR1, PM7. */
  program_settings_edit: true;
  /** The key `program_settings.generate`. Rules PR1, PM7. */
  program_settings_generate: true;
  /** PM12 The drill and spot libraries are open to all staff, and PM7 to superadmins. */
  library_contribute: true;
}
