// Generated: the relations of athlete that an app may check.
/** The relations of `athlete` that an app may check. docs/rules.md has the rules. */
export interface AthleteRelations {
  /**
   * PR10 The linked account: one at most. PR8 S7 It counts while its owner is an active member with the athlete hat.
   * PM8 It has every read key on this row.
   */
  account: true;
  /** AC1 AC4 NP10 PM10 S7 Every coach of the athlete, by a row or by a team. */
  current_coach: true;
  /**
   * AC4 PM10 The athlete's coaches, their account and org roles with `profile.read` see the athlete. S10 In a program
   * every coach does, by the level `roster.view`.
   */
  can_view: true;
  /**
   * AC3 S14 Putting the athlete on a team, or moving them, needs this right next to the team's `can_edit_membership`.
   */
  can_place: true;
  /** PM1 Holders of `athletes.delete` may delete the athlete. */
  can_delete: true;
  /** PM9 Holders of `athletes.assign_coaches` may start and change coaching rows over the athlete. */
  can_assign_coaches: true;
  /** The key `sessions.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  sessions_read: true;
  /** The key `sessions.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  sessions_write: true;
  /** The key `sessions.delete`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  sessions_delete: true;
  /** The key `training_sessions.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  training_sessions_read: true;
  /** The key `training_sessions.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  training_sessions_write: true;
  /** The key `training_sessions.delete`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  training_sessions_delete: true;
  /** The key `drills.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  drills_read: true;
  /** The key `drills.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  drills_write: true;
  /** The key `drills.assign`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  drills_assign: true;
  /** The key `goals.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  goals_read: true;
  /** The key `goals.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  goals_write: true;
  /** The key `game_plans.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  game_plans_read: true;
  /** The key `game_plans.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  game_plans_write: true;
  /** The key `competitions.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  competitions_read: true;
  /** The key `competitions.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  competitions_write: true;
  /** The key `season_reports.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  season_reports_read: true;
  /** The key `season_reports.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  season_reports_write: true;
  /** The key `season_reports.share`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  season_reports_share: true;
  /** The key `messages.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  messages_read: true;
  /** The key `messages.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  messages_write: true;
  /** The key `notifications.send`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  notifications_send: true;
  /** The key `video.upload`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  video_upload: true;
  /** The key `video.annotate`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  video_annotate: true;
  /** The key `fitness.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  fitness_read: true;
  /** The key `fitness.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  fitness_write: true;
  /** The key `qualifications.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  qualifications_read: true;
  /** The key `qualifications.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  qualifications_write: true;
  /** The key `journal.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  journal_read: true;
  /** The key `journal.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  journal_write: true;
  /** The key `profile.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  profile_read: true;
  /** The key `profile.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  profile_write: true;
  /** The key `dashboard.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  dashboard_read: true;
  /** The key `activities.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  activities_read: true;
  /** The key `activities.upload`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  activities_upload: true;
  /** The key `wellness.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  wellness_read: true;
  /** The key `wellness.submit`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  wellness_submit: true;
  /** The key `equipment.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  equipment_read: true;
  /** The key `races.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  races_read: true;
  /** The key `race_calendar.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  race_calendar_write: true;
  /** The key `race_planning.run`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  race_planning_run: true;
  /** The key `macrocycle.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  macrocycle_read: true;
  /** The key `macrocycle.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  macrocycle_write: true;
  /** The key `assessments.read`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  assessments_read: true;
  /** The key `assessments.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  assessments_write: true;
  /** The key `calculators.run`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  calculators_run: true;
  /** The key `submissions.review`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  submissions_review: true;
  /** The key `notes.write`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  notes_write: true;
  /** The key `premium.grant`. Rules PM6, PM10, PR11, S8, AC2, PM1, PM9, PM8, PM7. */
  premium_grant: true;
}
