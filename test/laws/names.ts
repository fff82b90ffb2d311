// The relations of the contract: what an app may check, by type.
import { ATHLETE_KEYS, LEVELS, ORG_KEYS, relationOf, RESOURCES } from "../../src/policy/permission-keys.ts";

const ARTIFACT = ["can_view", "can_edit", "can_generate"];

/** Relations that an app may check, without the permission keys of `org` and `athlete`. */
const PLAIN_RELATIONS: Readonly<Record<string, readonly string[]>> = {
  platform: ["superadmin", "admin"],
  org: ["member", "admin", "coach", "office", "athlete", "enter_admin", "enter_coach", "enter_athlete",
    "library_contribute"],
  team: ["head_coach", "coach", "athlete", "can_view", "can_manage", "can_edit_membership", "can_assign_coaches"],
  athlete: ["account", "current_coach", "can_view", "can_place", "can_delete", "can_assign_coaches"],
  coaching: ["can_end"],
  team_assignment: ["can_end"],
  note: ["can_read", "can_edit", "can_flag", "can_share", "can_delete"],
  activity: ["can_view", "can_comment"],
  activity_comment: ["can_view", "can_delete"],
  practice_plan: ARTIFACT, game_brief: ARTIFACT, weekly_report: ARTIFACT, scouting_report: ARTIFACT,
  development_plan: ARTIFACT, dev_card: ARTIFACT, player_profile: ARTIFACT, playbook_item: ARTIFACT,
  drill: ["can_view", "can_edit"], spot: ["can_view", "can_edit"],
  invite: ["can_redeem", "can_revoke"],
};

const LEVEL_RELATIONS = RESOURCES.flatMap((resource) => LEVELS.map((level) => relationOf(`${resource}.${level}`)));

/** Every relation that an app may check (contract section 1). */
export const CONTRACT: Readonly<Record<string, readonly string[]>> = {
  ...PLAIN_RELATIONS,
  org: [...PLAIN_RELATIONS["org"]!, ...ORG_KEYS.map(relationOf), ...LEVEL_RELATIONS],
  athlete: [...PLAIN_RELATIONS["athlete"]!, ...ATHLETE_KEYS.map(relationOf)],
};

/** A sample that represents all: of keys with the same definition, only those that the drawn events use. */
export const SOME: Readonly<Record<string, readonly string[]>> = {
  ...PLAIN_RELATIONS,
  org: [...PLAIN_RELATIONS["org"]!, ...ORG_KEYS.map(relationOf), "practice_plans_view", "playbook_view", "roster_view",
    "roster_edit", "users_view", "program_settings_view", "weekly_reports_generate"],
  athlete: [...PLAIN_RELATIONS["athlete"]!, "sessions_read", "sessions_write", "notes_write", "premium_grant",
    "profile_read", "wellness_submit", "training_sessions_delete"],
};
