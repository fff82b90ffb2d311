// Notes, comments and links with tuples that no event writes: what each line of the policy says on its own.
import type { SmallWorld } from "./plain-model.ts";
import { coachOf, world } from "./written-world.ts";

/** What the account of an athlete reads and does. */
const READS = "sessions_read,goals_read,profile_read,dashboard_read,activities_read,activities_upload,wellness_read,"
  + "wellness_submit,equipment_read,races_read,macrocycle_read,assessments_read,training_sessions_read,drills_read,"
  + "game_plans_read,competitions_read,season_reports_read,messages_read,fitness_read,qualifications_read,journal_read";

/** Every world. */
export const STRAY_NOTES: readonly SmallWorld[] = [
  world("PR10 S21 who was linked once is no account", `
    org:o#member@user:old
    org:o#athlete_hat@user:old
    athlete:a#org@org:o
    athlete:a#linked_ever@user:old`, "", `
    old ${READS},account,can_view athlete:a`),
  world("NP3 S21 a link older than the marks, of somebody who lost the athlete hat and coaches the athlete", `
    ${coachOf("o", "twin")}
    athlete:a#org@org:o
    athlete:a#link@user:twin
    athlete:a#coaching@coaching:c
    coaching:c#coach@user:twin
    coaching:c#athlete@athlete:a
    coaching:c#active_on@athlete:a
    note:n#org@org:o
    note:n#athlete@athlete:a
    note:n#author@user:gone
    note:n#under@coaching:c`, `
    twin current_coach athlete:a`, `
    twin account athlete:a
    twin can_read note:n`),
  world("PR2 PR11 a player of the org that finalized, by hat, membership and role", `
    org:o#platform@platform:main
    platform:main#superadmin@user:root
    org:o#athlete_hat@user:hat
    org:p#member@user:hat
    org:p#member@user:root
    org:o#program_player_role@role:o/player#holder
    role:o/player#holder@user:hat
    role:o/player#holder@user:root
    practice_plan:x#org@org:p
    practice_plan:x#finalized_in@org:o
    game_brief:x#org@org:p
    game_brief:x#finalized_in@org:o`, "", `
    hat can_view practice_plan:x
    hat can_view game_brief:x
    root can_view practice_plan:x
    root can_view game_brief:x`),
  world("NP3 PR2 a link without the athlete hat shows nothing", `
    ${coachOf("o", "twin")}
    athlete:a#org@org:o
    athlete:a#link@user:twin
    athlete:a#linked_ever@user:twin
    note:n#org@org:o
    note:n#athlete@athlete:a
    note:n#author@user:gone
    note:n#visible_to@athlete:a
    activity:run#org@org:o
    activity:run#athlete@athlete:a
    development_plan:d#org@org:o
    development_plan:d#athlete@athlete:a
    dev_card:d#org@org:o
    dev_card:d#athlete@athlete:a
    player_profile:d#org@org:o
    player_profile:d#athlete@athlete:a`, "", `
    twin can_read note:n
    twin can_view,can_comment activity:run
    twin can_view development_plan:d
    twin can_view dev_card:d
    twin can_view player_profile:d`),
  world("PR11 what names one org and is about an athlete of another is for members of both", `
    org:o#member@user:ada
    org:o#athlete_hat@user:ada
    org:p#member@user:ada
    org:p#office_hat@user:ada
    org:o#member@user:bob
    org:o#athlete_hat@user:bob
    athlete:a#org@org:o
    athlete:a#link@user:ada
    athlete:b#org@org:o
    athlete:b#link@user:bob
    ${["a", "b"].map((athlete) => `development_plan:${athlete}#org@org:p
    development_plan:${athlete}#athlete@athlete:${athlete}
    dev_card:${athlete}#org@org:p
    dev_card:${athlete}#athlete@athlete:${athlete}
    player_profile:${athlete}#org@org:p
    player_profile:${athlete}#athlete@athlete:${athlete}
    activity:${athlete}#org@org:p
    activity:${athlete}#athlete@athlete:${athlete}
    activity_comment:${athlete}#org@org:p
    activity_comment:${athlete}#activity@activity:${athlete}
    note:${athlete}#org@org:p
    note:${athlete}#athlete@athlete:${athlete}
    note:${athlete}#visible_to@athlete:${athlete}`).join("\n")}
    org:o#program_player_role@role:o/player#holder
    role:o/player#holder@user:ada
    role:o/player#holder@user:bob
    practice_plan:x#org@org:p
    practice_plan:x#finalized_in@org:o
    game_brief:x#org@org:p
    game_brief:x#finalized_in@org:o`, `
    ada can_view development_plan:a
    ada can_view dev_card:a
    ada can_view player_profile:a
    ada can_view,can_comment activity:a
    ada can_view activity_comment:a
    ada can_read note:a
    ada can_view practice_plan:x
    ada can_view game_brief:x`, `
    bob can_view development_plan:b
    bob can_view dev_card:b
    bob can_view player_profile:b
    bob can_view,can_comment activity:b
    bob can_view activity_comment:b
    bob can_read note:b
    bob can_view practice_plan:x
    bob can_view game_brief:x`),
  world("S21 who was linked reads a flagged note like any other coach, an unflagged one by nothing", `
    org:o#member@user:olaf
    org:o#office_hat@user:olaf
    ${coachOf("o", "carl")}
    athlete:a#org@org:o
    athlete:a#linked_ever@user:olaf
    athlete:a#linked_ever@user:carl
    athlete:a#coaching@coaching:c
    coaching:c#coach@user:carl
    coaching:c#athlete@athlete:a
    coaching:c#active_on@athlete:a
    ${["flagged", "plain"].map((note) => `note:${note}#org@org:o
    note:${note}#athlete@athlete:a
    note:${note}#author@user:gone
    note:${note}#under@coaching:c
    note:${note}#shared_with@user:olaf`).join("\n")}
    note:flagged#visible_to@athlete:a
    note:own#org@org:o
    note:own#athlete@athlete:a
    note:own#author@user:carl`, `
    olaf can_read note:flagged
    carl can_read note:flagged
    carl can_read,can_edit note:own`, `
    olaf can_read note:plain
    carl can_read note:plain
    olaf can_read note:own`),
  world("PM8 NP10 a comment by an athlete, and by those who see it", `
    org:o#member@user:ada
    org:o#athlete_hat@user:ada
    org:o#member@user:olaf
    org:o#office_hat@user:olaf
    athlete:a#org@org:o
    athlete:a#link@user:ada
    activity:run#org@org:o
    activity:run#athlete@athlete:a
    activity_comment:c#org@org:o
    activity_comment:c#activity@activity:run
    activity_comment:c#author@user:ada
    activity_comment:d#org@org:o
    activity_comment:d#activity@activity:run
    activity_comment:d#author@user:stranger`, `
    ada can_view,can_comment activity:run
    ada can_view,can_delete activity_comment:c
    ada can_view activity_comment:d`, `
    ada can_delete activity_comment:d
    stranger can_view,can_delete activity_comment:d
    olaf can_view,can_comment activity:run
    olaf can_view,can_delete activity_comment:c`),
  world("NP6 somebody on the team who coaches elsewhere reads no team note", `
    ${coachOf("o", "author")}
    ${coachOf("o", "twin")}
    org:o#athlete_hat@user:twin
    ${coachOf("o", "mate")}
    athlete:a#org@org:o
    athlete:a#team@team:t
    team:t#org@org:o
    team:t#athlete_account@user:twin
    seat:t/a#team@team:t
    team_assignment:x#coach@user:author
    team_assignment:x#team@team:t
    team_assignment:x#active_on@team:t
    team:t#assignment@team_assignment:x
    team_assignment:y#coach@user:mate
    team_assignment:y#team@team:t
    team_assignment:y#active_on@team:t
    team:t#assignment@team_assignment:y
    note:n#org@org:o
    note:n#athlete@athlete:a
    note:n#author@user:author
    note:n#under@team_assignment:x
    note:n#seat@seat:t/a`, `
    author can_read,can_edit,can_flag,can_share,can_delete note:n
    mate can_read note:n
    twin can_view team:t`, `
    mate can_edit,can_flag,can_share,can_delete note:n
    twin can_read note:n`),
  world("NP1 NP5 a note under a row over another athlete: the row's own state counts", `
    org:o#member@user:ada
    org:o#athlete_hat@user:ada
    ${coachOf("o", "reader")}
    athlete:a#org@org:o
    athlete:b#org@org:o
    coaching:c#coach@user:reader
    coaching:c#athlete@athlete:a
    coaching:c#active_on@athlete:a
    athlete:a#coaching@coaching:c
    coaching:other#coach@user:gone
    coaching:other#athlete@athlete:b
    coaching:other#active_on@athlete:b
    coaching:ended#coach@user:gone
    coaching:ended#athlete@athlete:a
    note:n#org@org:o
    note:n#athlete@athlete:a
    note:n#author@user:ada
    note:n#under@coaching:other
    note:m#org@org:o
    note:m#athlete@athlete:a
    note:m#author@user:ada
    note:m#under@coaching:ended`, `
    reader can_read note:n
    ada can_read,can_edit,can_flag,can_share,can_delete note:n
    ada can_read note:m`, `
    reader can_edit,can_share note:n
    reader can_read note:m
    gone can_read note:n`),
  world("NP9 a share counts for staff of the note's org only", `
    org:o#platform@platform:main
    platform:main#superadmin@user:root
    org:o#member@user:ada
    org:o#athlete_hat@user:ada
    org:o#member@user:olaf
    org:o#office_hat@user:olaf
    org:p#member@user:paul
    org:p#admin_hat@user:paul
    org:o#office_hat@user:away
    athlete:a#org@org:o
    note:n#org@org:o
    note:n#athlete@athlete:a
    note:n#author@user:author
    note:n#shared_with@user:ada
    note:n#shared_with@user:olaf
    note:n#shared_with@user:paul
    note:n#shared_with@user:away`, `
    olaf can_read note:n
    root can_read note:n`, `
    ada can_read note:n
    paul can_read note:n
    away can_read note:n
    author can_read,can_edit note:n
    olaf can_edit,can_flag,can_share,can_delete note:n
    root can_edit,can_flag,can_share,can_delete note:n`),
];
