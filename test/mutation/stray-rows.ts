// Rows, teams and orgs with tuples that no event writes: the effect of each line of the policy on its own.
import type { SmallWorld } from "./plain-model.ts";
import { assignmentOf, coachOf, KEYS, memberOf, OWN, rowOf, superadminOf, world } from "./written-world.ts";

/** Every athlete key whose relation has none of these parts. */
const keysBut = (parts: readonly string[]): string =>
  KEYS.filter((key) => !parts.some((part) => key.includes(part))).join();

/** Every world. */
export const STRAY_ROWS: readonly SmallWorld[] = [
  world("a row over one athlete that another athlete points to", `
    ${coachOf("o", "twin")}
    org:o#athlete_hat@user:twin
    athlete:a#org@org:o
    athlete:b#org@org:o
    athlete:a#link@user:twin
    ${rowOf("c", "carl", "a")}
    coaching:c#role@role:o/all
    coaching:c#follows@role:o/all
    role:o/all#head_coach_keys@org:o#coach
    athlete:b#coaching@coaching:c`, `
    twin ${OWN.join()} athlete:a
    twin can_end coaching:c`, `
    twin ${OWN.join()},sessions_write,current_coach,can_view athlete:b`),
  world("PM7 rows of a superadmin who is no member", `
    ${superadminOf("o", "root")}
    athlete:a#org@org:o
    team:t#org@org:o
    athlete:a#team@team:t
    athlete:a#coaching@coaching:c
    ${rowOf("c", "root", "a")}
    ${assignmentOf("x", "root", "t")}
    team:t#assignment@team_assignment:x
    team:t#head_assignment@team_assignment:x`, `
    root can_view,can_place,sessions_write athlete:a
    root can_view,can_manage team:t
    root can_end coaching:c
    root can_end team_assignment:x`, `
    root current_coach,account athlete:a
    root coach,head_coach,athlete team:t
    root member,coach,admin org:o`),
  world("PM7 PM12 hats without a membership, and a membership without a staff hat, of superadmins", `
    ${superadminOf("o", "root")}
    platform:main#superadmin@user:player
    org:o#admin_hat@user:root
    org:o#coach_hat@user:root
    org:o#office_hat@user:root
    ${memberOf("o", "athlete", "player")}`, `
    root enter_admin,enter_coach,library_contribute,org_manage org:o
    player enter_admin,enter_coach,library_contribute,org_manage org:o
    player member,athlete org:o`, `
    root staff,admin_or_office,member,admin,coach,office org:o
    player staff,admin_or_office,admin,coach,office org:o`),
  world("AC3 AC5 who ends an assignment", `
    ${coachOf("o", "ann")}
    ${coachOf("o", "head")}
    ${coachOf("o", "mate")}
    ${coachOf("o", "away")}
    ${memberOf("o", "office", "olaf")}
    org:o#org_manage@role:o/manage#holder
    role:o/manage#holder@user:olaf
    ${memberOf("o", "office", "anna")}
    org:o#athletes_assign_coaches@role:o/assign#holder
    role:o/assign#holder@user:anna
    team:t#org@org:o
    ${assignmentOf("x", "ann", "t")}
    ${assignmentOf("h", "head", "t")}
    team:t#assignment@team_assignment:h
    team:t#head_assignment@team_assignment:h
    ${assignmentOf("m", "mate", "t")}
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
    ${memberOf("o", "office", "olaf")}
    org:o#org_manage@role:o/manage#holder
    role:o/manage#holder@user:olaf
    athlete:a#org@org:o
    team:t#org@org:o
    athlete:a#team@team:t
    ${rowOf("c", "carl", "a")}
    ${rowOf("d", "cora", "a")}
    athlete:a#coaching@coaching:d
    ${assignmentOf("h", "tess", "t")}
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
    ${memberOf("p", "office", "mana")}
    org:p#org_manage@role:p/all.keys#holder
    org:p#athletes_assign_coaches@role:p/all.keys#holder
    role:p/all.keys#holder@user:mana
    ${memberOf("o", "office", "ros")}
    org:o#roster_view_role@role:o/ros#holder
    role:o/ros#holder@user:ros
    ${memberOf("o", "office", "desk")}
    org:o#front_desk_role@role:o/front_desk#holder
    role:o/front_desk#holder@user:desk
    ${memberOf("o", "athlete", "ada")}
    athlete:a#org@org:o
    athlete:a#link@user:ada
    athlete:b#org@org:p
    team:t#org@org:p
    athlete:c#org@org:o
    athlete:c#team@team:t
    role:p/all#head_coach_keys@org:p#coach
    ${["paul", "desk", "ada", "ros"].map((user) => `${rowOf(user, user, "b")}
    coaching:${user}#role@role:p/all
    coaching:${user}#follows@role:p/all
    athlete:a#coaching@coaching:${user}
    athlete:c#coaching@coaching:${user}
    ${assignmentOf(user, user, "t")}
    team_assignment:${user}#role@role:p/all
    team:t#assignment@team_assignment:${user}
    team:t#head_assignment@team_assignment:${user}`).join("\n")}`, `
    desk profile_read,messages_read,messages_write,can_view athlete:a
    ada account,sessions_read athlete:a
    ros can_view athlete:a
    ros can_view athlete:c
    mana can_edit_membership,can_assign_coaches team:t
    paul coach,head_coach team:t`, `
    paul ${KEYS.join()},current_coach,can_view,can_place athlete:a
    paul ${KEYS.join()},current_coach,can_view,can_place athlete:c
    ros ${KEYS.join()},current_coach,can_place athlete:a
    ros ${KEYS.join()},current_coach,can_place athlete:c
    desk can_place athlete:c
    mana ${KEYS.join()},current_coach,can_place athlete:c
    mana coach,head_coach team:t
    desk sessions_read,sessions_write,sessions_delete,current_coach,can_place athlete:a
    desk ${keysBut(["profile", "messages", "training_sessions"])},current_coach athlete:c
    ada sessions_write,premium_grant,notes_write,current_coach athlete:a
    ada ${keysBut(["wellness_submit", "activities_upload", "_read"])} athlete:a
    ada ${KEYS.join()},current_coach athlete:c`),
  world("AC1 who may end every assignment coaches no team", `
    ${coachOf("o", "anna")}
    ${coachOf("o", "ann")}
    org:o#athletes_assign_coaches@role:o/assign#holder
    role:o/assign#holder@user:anna
    team:t#org@org:o
    ${assignmentOf("x", "ann", "t")}
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
    ${assignmentOf("x", "first", "t")}
    team_assignment:x#role@role:o/p
    ${assignmentOf("y", "second", "t")}
    team_assignment:y#role@role:o/none
    team:t#head_assignment@team_assignment:x
    team:t#head_assignment@team_assignment:y`, `
    first premium_grant athlete:a
    second can_end team_assignment:x`, `
    second premium_grant athlete:a`),
  world("AC3a S14 a head coach's assignment that is in the list of no team", `
    ${coachOf("o", "head")}
    athlete:a#org@org:o
    team:t#org@org:o
    athlete:a#team@team:t
    role:o/all#head_coach_keys@org:o#coach
    ${assignmentOf("h", "head", "t")}
    team_assignment:h#role@role:o/all
    team:t#head_assignment@team_assignment:h`, `
    head head_coach,can_manage team:t
    head premium_grant,can_place athlete:a`, `
    head coach,can_view team:t
    head ${keysBut(["premium_grant"])},current_coach,can_view athlete:a`),
  world("PR11 an athlete on a team of another org whose assignment is active on a team of the athlete's", `
    ${coachOf("o", "carl")}
    ${coachOf("p", "paul")}
    athlete:a#org@org:o
    athlete:a#team@team:t
    team:t#org@org:p
    team:u#org@org:o
    role:o/all#head_coach_keys@org:o#coach
    ${assignmentOf("x", "carl", "u")}
    team_assignment:x#role@role:o/all
    team:t#assignment@team_assignment:x
    ${assignmentOf("y", "paul", "u")}
    team_assignment:y#role@role:o/all
    team:t#assignment@team_assignment:y`, `
    carl ${keysBut(["premium_grant"])} athlete:a`, `
    carl premium_grant,current_coach,can_view,can_place athlete:a
    carl coach,head_coach team:t
    paul ${KEYS.join()},current_coach,can_view,can_place athlete:a
    paul coach team:t`),
];
