// Generated: the relations that an app may check, by type.
import type { OrgRelations } from "./org-relations.ts";
import type { AthleteRelations } from "./athlete-relations.ts";

/** The relations of `platform` that an app may check. docs/rules.md has the rules. */
interface PlatformRelations {
  /** PM7 Passes every permission of every org. NP2 On a note that is reading alone. Counts through org#superadmin. */
  superadmin: true;
  /** NP2 Reads notes. NP10 Sees activities and comments on them. Nothing more. Counts through org#auditor. */
  admin: true;
}

/** The relations of `team` that an app may check. docs/rules.md has the rules. */
interface TeamRelations {
  /** AC3 S15 The head coach. */
  head_coach: true;
  /** AC1 NP6 S7 The coaches of the team. */
  coach: true;
  /**
   * PR10 S7 The linked accounts of the athletes on the team. Each event that changes a link or a place on the team
   * writes or deletes them.
   */
  athlete: true;
  /** AC1 PM10 Its coaches, its athletes' accounts and the holders of either org key see the team. */
  can_view: true;
  /**
   * AC3 S15 The limit for assistants: only the head coach and the holders of an org key manage the team itself. These
   * lines ask for no key of an athlete role, so a wider role does not help.
   */
  can_manage: true;
  /**
   * AC3 S15 The limit for assistants: only the head coach and the holders of an org key manage the team itself. These
   * lines ask for no key of an athlete role, so a wider role does not help.
   */
  can_edit_membership: true;
  /**
   * AC3 S15 The limit for assistants: only the head coach and the holders of an org key manage the team itself. These
   * lines ask for no key of an athlete role, so a wider role does not help.
   */
  can_assign_coaches: true;
}

/** The relations of `coaching` that an app may check. docs/rules.md has the rules. */
interface CoachingRelations {
  /**
   * Its coach, the athlete's account and `athletes.assign_coaches` may end the row. For a row that has ended, or whose
   * athlete was deleted, the events ask this line with the missing tuples supplied.
   */
  can_end: true;
}

/** The relations of `team_assignment` that an app may check. docs/rules.md has the rules. */
interface TeamAssignmentRelations {
  /** AC3 AC5 Its coach, the team's head coach and `athletes.assign_coaches` may end the assignment. */
  can_end: true;
}

/** The relations of `note` that an app may check. docs/rules.md has the rules. */
interface NoteRelations {
  /**
   * NP7 The union of all readers: nobody else reads. NP1 The author, S3 while an active member. NP2 PM7 `auditor`.
   * PR11 S8 Every reader but the platform's staff is an active member of the note's org.
   */
  can_read: true;
  /** NP2 NP9 PM7 Only the author edits, flags, shares and deletes. S3 While an active member. */
  can_edit: true;
  /** NP2 NP9 PM7 Only the author edits, flags, shares and deletes. S3 While an active member. */
  can_flag: true;
  /** NP2 NP9 PM7 Only the author edits, flags, shares and deletes. S3 While an active member. */
  can_share: true;
  /** NP2 NP9 PM7 Only the author edits, flags, shares and deletes. S3 While an active member. */
  can_delete: true;
}

/** The relations of `activity` that an app may check. docs/rules.md has the rules. */
interface ActivityRelations {
  /**
   * NP10 Comments have no gate of their own: whoever sees the activity sees them and may comment. PR11 S8 They are
   * members of the activity's org, or platform staff.
   */
  can_view: true;
  /**
   * NP10 Comments have no gate of their own: whoever sees the activity sees them and may comment. PR11 S8 They are
   * members of the activity's org, or platform staff.
   */
  can_comment: true;
}

/** The relations of `activity_comment` that an app may check. docs/rules.md has the rules. */
interface ActivityCommentRelations {
  /** NP10 Whoever sees the activity. */
  can_view: true;
}

/** The relations of `practice_plan` that an app may check. docs/rules.md has the rules. */
interface PracticePlanRelations {
  /** PR1 PR2 PR3 S5 Shape `can_view 1`. */
  can_view: true;
  /** PR1 PR2 PR3 S5 Shape `can_view 1`. */
  can_edit: true;
  /** PR1 PR2 PR3 S5 Shape `can_view 1`. */
  can_generate: true;
}

/** The relations of `game_brief` that an app may check. docs/rules.md has the rules. */
interface GameBriefRelations {
  /** PR1 PR2 PR3 S5 Shape `can_view 1`. */
  can_view: true;
  /** PR1 PR2 PR3 S5 Shape `can_view 1`. */
  can_edit: true;
  /** PR1 PR2 PR3 S5 Shape `can_view 1`. */
  can_generate: true;
}

/** The relations of `weekly_report` that an app may check. docs/rules.md has the rules. */
interface WeeklyReportRelations {
  /** PR1 PR3 S5 Shape `can_view 3`. */
  can_view: true;
  /** PR1 PR3 S5 Shape `can_view 3`. */
  can_edit: true;
  /** PR1 PR3 S5 Shape `can_view 3`. */
  can_generate: true;
}

/** The relations of `scouting_report` that an app may check. docs/rules.md has the rules. */
interface ScoutingReportRelations {
  /** PR1 PR3 S5 Shape `can_view 3`. */
  can_view: true;
  /** PR1 PR3 S5 Shape `can_view 3`. */
  can_edit: true;
  /** PR1 PR3 S5 Shape `can_view 3`. */
  can_generate: true;
}

/** The relations of `development_plan` that an app may check. docs/rules.md has the rules. */
interface DevelopmentPlanRelations {
  /** PR1 PR2 PR3 Shape `can_view 2`. */
  can_view: true;
  /** PR1 PR2 PR3 Shape `can_view 2`. */
  can_edit: true;
  /** PR1 PR2 PR3 Shape `can_view 2`. */
  can_generate: true;
}

/** The relations of `dev_card` that an app may check. docs/rules.md has the rules. */
interface DevCardRelations {
  /** PR1 PR2 PR3 Shape `can_view 2`. */
  can_view: true;
  /** PR1 PR2 PR3 Shape `can_view 2`. */
  can_edit: true;
  /** PR1 PR2 PR3 Shape `can_view 2`. */
  can_generate: true;
}

/** The relations of `player_profile` that an app may check. docs/rules.md has the rules. */
interface PlayerProfileRelations {
  /** PR1 PR2 PR3 Shape `can_view 2`. */
  can_view: true;
  /** PR1 PR2 PR3 Shape `can_view 2`. */
  can_edit: true;
  /** PR1 PR2 PR3 Shape `can_view 2`. */
  can_generate: true;
}

/** The relations of `playbook_item` that an app may check. docs/rules.md has the rules. */
interface PlaybookItemRelations {
  /** PR1 PR2 S5 Shape `can_view 4`. */
  can_view: true;
  /** PR1 PR2 S5 Shape `can_view 4`. */
  can_edit: true;
  /** PR1 PR2 S5 Shape `can_view 4`. */
  can_generate: true;
}

/** The relations of `drill` that an app may check. docs/rules.md has the rules. */
interface DrillRelations {
  /** PM12 Shapes `can_view 5` and `can_edit 2`. */
  can_view: true;
  /** PM12 Shapes `can_view 5` and `can_edit 2`. */
  can_edit: true;
}

/** The relations of `spot` that an app may check. docs/rules.md has the rules. */
interface SpotRelations {
  /** PM12 Shapes `can_view 5` and `can_edit 2`. */
  can_view: true;
  /** PM12 Shapes `can_view 5` and `can_edit 2`. */
  can_edit: true;
}

/** The relations of `invite` that an app may check. docs/rules.md has the rules. */
interface InviteRelations {
  /**
   * IN5 S20 This says that the invite is open, not that its maker could still give the same. Anybody who knows the id
   * of an open invite can redeem it, so the id is a secret.
   */
  can_redeem: true;
  /** IN8 With `org.members.invite`. */
  can_revoke: true;
}

/** The relations that an app may check, by type. */
export interface Relations {
  platform: PlatformRelations;
  org: OrgRelations;
  team: TeamRelations;
  athlete: AthleteRelations;
  coaching: CoachingRelations;
  team_assignment: TeamAssignmentRelations;
  note: NoteRelations;
  activity: ActivityRelations;
  activity_comment: ActivityCommentRelations;
  practice_plan: PracticePlanRelations;
  game_brief: GameBriefRelations;
  weekly_report: WeeklyReportRelations;
  scouting_report: ScoutingReportRelations;
  development_plan: DevelopmentPlanRelations;
  dev_card: DevCardRelations;
  player_profile: PlayerProfileRelations;
  playbook_item: PlaybookItemRelations;
  drill: DrillRelations;
  spot: SpotRelations;
  invite: InviteRelations;
}
