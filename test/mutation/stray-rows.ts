// Rows, teams and orgs with tuples that no event writes: what each line of the policy says on its own.
import { ATHLETE_KEYS, relationOf } from "../../src/model/keys.ts";
import type { SmallWorld } from "./plain-model.ts";
import { coachOf, world } from "./written-world.ts";

/** Every athlete key, as relations. */
const KEYS = ATHLETE_KEYS.map(relationOf).join(",");

const READS = "sessions_read,goals_read,profile_read,dashboard_read,activities_read,activities_upload,wellness_read,"
  + "wellness_submit,equipment_read,races_read,macrocycle_read,assessments_read,training_sessions_read,drills_read,"
  + "game_plans_read,competitions_read,season_reports_read,messages_read,fitness_read,qualifications_read,journal_read";

/** Every athlete key whose relation has none of these parts. */
const keysBut = (parts: readonly string[]): string =>
  KEYS.split(",").filter((key) => !parts.some((part) => key.includes(part))).join(",");

/** Every world. */
export const STRAY_ROWS: readonly SmallWorld[] = [
  world("a row over one athlete that another athlete points to", `
    ${coachOf("o", "twin")}
    org:o#athlete_hat@user:twin
    athlete:a#org@org:o
    athlete:b#org@org:o
    athlete:a#link@user:twin
    coaching:c#coach@user:carl
    coaching:c#athlete@athlete:a
    coaching:c#active_on@athlete:a
    coaching:c#role@role:o/all
    coaching:c#follows@role:o/all
    role:o/all#head_coach_keys@org:o#coach
    athlete:b#coaching@coaching:c`, `
    twin ${READS} athlete:a
    twin can_end coaching:c`, `
    twin ${READS},sessions_write,current_coach,can_view athlete:b`),
  world("PM7 rows of a superadmin who is no member", `
    org:o#platform@platform:main
    platform:main#superadmin@user:root
    athlete:a#org@org:o
    team:t#org@org:o
    athlete:a#team@team:t
    athlete:a#coaching@coaching:c
    coaching:c#coach@user:root
    coaching:c#athlete@athlete:a
    coaching:c#active_on@athlete:a
    team_assignment:x#coach@user:root
    team_assignment:x#team@team:t
    team_assignment:x#active_on@team:t
    team:t#assignment@team_assignment:x
    team:t#head_assignment@team_assignment:x`, `
    root can_view,can_place,sessions_write athlete:a
    root can_view,can_manage team:t
    root can_end coaching:c
    root can_end team_assignment:x`, `
    root current_coach,account athlete:a
    root coach,head_coach,athlete team:t
    root member,coach,admin org:o`),
  world("AC3 AC5 who ends an assignment", `
    ${coachOf("o", "ann")}
    ${coachOf("o", "head")}
    ${coachOf("o", "mate")}
    ${coachOf("o", "away")}
    org:o#member@user:olaf
    org:o#office_hat@user:olaf
    org:o#org_manage@role:o/manage#holder
    role:o/manage#holder@user:olaf
    org:o#member@user:anna
    org:o#office_hat@user:anna
    org:o#athletes_assign_coaches@role:o/assign#holder
    role:o/assign#holder@user:anna
    team:t#org@org:o
    team_assignment:x#coach@user:ann
    team_assignment:x#team@team:t
    team_assignment:x#active_on@team:t
    team_assignment:h#coach@user:head
    team_assignment:h#team@team:t
    team_assignment:h#active_on@team:t
    team:t#assignment@team_assignment:h
    team:t#head_assignment@team_assignment:h
    team_assignment:m#coach@user:mate
    team_assignment:m#team@team:t
    team_assignment:m#active_on@team:t
    team:t#assignment@team_assignment:m
    team:t#athlete_account@user:away
    org:o#athlete_hat@user:away`, `
    ann can_end team_assignment:x
    head can_end team_assignment:x
    head can_end team_assignment:m
    mate can_end team_assignment:m
    anna can_end team_assignment:x
    olaf can_manage,can_edit_membership,can_view team:t
    anna can_assign_coaches,can_view team:t
    away athlete,can_view team:t`, `
    olaf can_end team_assignment:x
    olaf can_end team_assignment:m
    olaf can_assign_coaches team:t
    mate can_end team_assignment:x
    ann can_end team_assignment:m
    away can_end team_assignment:x
    anna can_manage,can_edit_membership team:t`),
  world("S14 PM10 who ends a coaching row, and who places its athlete", `
    ${coachOf("o", "carl")}
    ${coachOf("o", "tess")}
    ${coachOf("o", "cora")}
    org:o#member@user:olaf
    org:o#office_hat@user:olaf
    org:o#org_manage@role:o/manage#holder
    role:o/manage#holder@user:olaf
    athlete:a#org@org:o
    team:t#org@org:o
    athlete:a#team@team:t
    coaching:c#coach@user:carl
    coaching:c#athlete@athlete:a
    coaching:c#active_on@athlete:a
    coaching:d#coach@user:cora
    coaching:d#athlete@athlete:a
    coaching:d#active_on@athlete:a
    athlete:a#coaching@coaching:d
    team_assignment:h#coach@user:tess
    team_assignment:h#team@team:t
    team_assignment:h#active_on@team:t
    team:t#assignment@team_assignment:h
    team:t#head_assignment@team_assignment:h`, `
    carl can_end coaching:c
    cora can_end coaching:d
    olaf can_place athlete:a
    tess can_place,current_coach athlete:a
    cora current_coach athlete:a`, `
    olaf can_end coaching:c
    tess can_end coaching:c
    cora can_end coaching:c
    carl can_end coaching:d
    cora can_place athlete:a
    carl can_place,current_coach athlete:a`),
  world("PR11 an athlete on a team of another org", `
    ${coachOf("p", "paul")}
    org:p#office_hat@user:paul
    org:p#org_manage@role:p/all#holder
    org:p#athletes_assign_coaches@role:p/all#holder
    role:p/all#holder@user:paul
    team:t#org@org:p
    athlete:a#org@org:o
    athlete:a#team@team:t`, `
    paul can_manage,can_edit_membership,can_assign_coaches team:t`, `
    paul can_place,can_view,current_coach,sessions_read athlete:a`),
  world("PR11 S8 rows and teams of another org that an athlete points to", `
    ${coachOf("p", "paul")}
    ${coachOf("p", "desk")}
    ${coachOf("p", "ada")}
    ${coachOf("p", "ros")}
    ${coachOf("o", "mana")}
    org:p#member@user:mana
    org:p#office_hat@user:mana
    org:p#org_manage@role:p/all.keys#holder
    org:p#athletes_assign_coaches@role:p/all.keys#holder
    role:p/all.keys#holder@user:mana
    org:o#member@user:ros
    org:o#office_hat@user:ros
    org:o#roster_view_role@role:o/ros#holder
    role:o/ros#holder@user:ros
    org:o#member@user:desk
    org:o#office_hat@user:desk
    org:o#front_desk_role@role:o/front_desk#holder
    role:o/front_desk#holder@user:desk
    org:o#member@user:ada
    org:o#athlete_hat@user:ada
    athlete:a#org@org:o
    athlete:a#link@user:ada
    athlete:b#org@org:p
    team:t#org@org:p
    athlete:c#org@org:o
    athlete:c#team@team:t
    role:p/all#head_coach_keys@org:p#coach
    ${["paul", "desk", "ada", "ros"].map((user) => `coaching:${user}#coach@user:${user}
    coaching:${user}#athlete@athlete:b
    coaching:${user}#active_on@athlete:b
    coaching:${user}#role@role:p/all
    coaching:${user}#follows@role:p/all
    athlete:a#coaching@coaching:${user}
    athlete:c#coaching@coaching:${user}
    team_assignment:${user}#coach@user:${user}
    team_assignment:${user}#team@team:t
    team_assignment:${user}#role@role:p/all
    team_assignment:${user}#active_on@team:t
    team:t#assignment@team_assignment:${user}
    team:t#head_assignment@team_assignment:${user}`).join("\n")}`, `
    desk profile_read,messages_read,messages_write,can_view athlete:a
    ada account,sessions_read athlete:a
    ros can_view athlete:a
    ros can_view athlete:c
    mana can_edit_membership,can_assign_coaches team:t
    paul coach,head_coach team:t`, `
    paul ${KEYS},current_coach,can_view,can_place athlete:a
    paul ${KEYS},current_coach,can_view,can_place athlete:c
    ros ${KEYS},current_coach,can_place athlete:a
    ros ${KEYS},current_coach,can_place athlete:c
    desk can_place athlete:c
    mana ${KEYS},current_coach,can_place athlete:c
    mana coach,head_coach team:t
    desk sessions_read,sessions_write,sessions_delete,current_coach,can_place athlete:a
    desk ${keysBut(["profile", "messages", "training_sessions"])},current_coach athlete:c
    ada sessions_write,premium_grant,notes_write,current_coach athlete:a
    ada ${keysBut(["wellness_submit", "activities_upload", "_read"])} athlete:a
    ada ${KEYS},current_coach athlete:c`),
  world("AC1 who may end every assignment coaches no team", `
    ${coachOf("o", "anna")}
    ${coachOf("o", "ann")}
    org:o#athletes_assign_coaches@role:o/assign#holder
    role:o/assign#holder@user:anna
    team:t#org@org:o
    team_assignment:x#coach@user:ann
    team_assignment:x#team@team:t
    team_assignment:x#active_on@team:t
    team:t#assignment@team_assignment:x
    team:t#head_assignment@team_assignment:x`, `
    anna can_end team_assignment:x
    ann coach,head_coach team:t`, `
    anna coach,head_coach team:t`),
  world("AC3a two assignments that both say head coach", `
    ${coachOf("o", "first")}
    ${coachOf("o", "second")}
    athlete:a#org@org:o
    team:t#org@org:o
    athlete:a#team@team:t
    role:o/p#premium_grant@org:o#coach
    team_assignment:x#coach@user:first
    team_assignment:x#team@team:t
    team_assignment:x#role@role:o/p
    team_assignment:x#active_on@team:t
    team_assignment:y#coach@user:second
    team_assignment:y#team@team:t
    team_assignment:y#role@role:o/none
    team_assignment:y#active_on@team:t
    team:t#head_assignment@team_assignment:x
    team:t#head_assignment@team_assignment:y`, `
    first premium_grant athlete:a
    second can_end team_assignment:x`, `
    second premium_grant athlete:a`),
];
