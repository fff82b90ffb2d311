// Generated: permission keys, and names of artifacts.
/** A key that acts on the whole org (PM1). */
type OrgKey =
  | "org.manage" | "org.billing.read" | "org.billing.manage" | "org.members.invite" | "org.members.manage"
  | "org.roles.manage" | "athletes.create" | "athletes.delete" | "athletes.assign_coaches" | "teams.create";

/** A key that acts on one athlete (PM1). */
export type AthleteKey =
  | "sessions.read" | "sessions.write" | "sessions.delete" | "training_sessions.read" | "training_sessions.write"
  | "training_sessions.delete" | "drills.read" | "drills.write" | "drills.assign" | "goals.read" | "goals.write"
  | "game_plans.read" | "game_plans.write" | "competitions.read" | "competitions.write" | "season_reports.read"
  | "season_reports.write" | "season_reports.share" | "messages.read" | "messages.write" | "notifications.send"
  | "video.upload" | "video.annotate" | "fitness.read" | "fitness.write" | "qualifications.read"
  | "qualifications.write" | "journal.read" | "journal.write" | "profile.read" | "profile.write" | "dashboard.read"
  | "activities.read" | "activities.upload" | "wellness.read" | "wellness.submit" | "equipment.read" | "races.read"
  | "race_calendar.write" | "race_planning.run" | "macrocycle.read" | "macrocycle.write" | "assessments.read"
  | "assessments.write" | "calculators.run" | "submissions.review" | "notes.write" | "premium.grant";

/** A resource of a program at a level (PR1). */
type ProgramLevel =
  | "practice_plans.view" | "practice_plans.edit" | "practice_plans.generate" | "game_briefs.view" | "game_briefs.edit"
  | "game_briefs.generate" | "weekly_reports.view" | "weekly_reports.edit" | "weekly_reports.generate"
  | "playbook.view" | "playbook.edit" | "playbook.generate" | "drill_library.view" | "drill_library.edit"
  | "drill_library.generate" | "roster.view" | "roster.edit" | "roster.generate" | "player_profiles.view"
  | "player_profiles.edit" | "player_profiles.generate" | "development_plans.view" | "development_plans.edit"
  | "development_plans.generate" | "dev_cards.view" | "dev_cards.edit" | "dev_cards.generate" | "scouting_reports.view"
  | "scouting_reports.edit" | "scouting_reports.generate" | "users.view" | "users.edit" | "users.generate"
  | "program_settings.view" | "program_settings.edit" | "program_settings.generate";

/** A key that a role may hold. */
export type PermissionKey = OrgKey | AthleteKey | ProgramLevel;

/** An artifact or a library entry as `type:id`. */
export type ArtifactName =
  | `practice_plan:${string}` | `game_brief:${string}` | `weekly_report:${string}` | `scouting_report:${string}`
  | `development_plan:${string}` | `dev_card:${string}` | `player_profile:${string}` | `playbook_item:${string}`
  | `drill:${string}` | `spot:${string}`;

/** An artifact that can be finalized. */
export type FinalizableName =
  | `practice_plan:${string}` | `game_brief:${string}`;
