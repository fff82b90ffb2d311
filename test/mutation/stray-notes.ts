// Notes, comments and links with tuples that no event writes: the effect of each line of the policy on its own.
import type { SmallWorld } from "./plain-model.ts";
import {
  about, assignmentOf, coachOf, memberOf, noteOf, OWN, rowOf, superadminOf, world,
} from "./written-world.ts";

/** Every world. */
export const STRAY_NOTES: readonly SmallWorld[] = [
  world("PR10 S21 who was linked once is no account", `
    ${memberOf("o", "athlete", "old")}
    athlete:a#org@org:o
    athlete:a#linked_ever@user:old`, "", `
    old ${OWN.join()},account,can_view athlete:a`),
  world("NP3 S21 a link older than the marks, of somebody who lost the athlete hat and coaches the athlete", `
    ${coachOf("o", "twin")}
    athlete:a#org@org:o
    athlete:a#link@user:twin
    athlete:a#coaching@coaching:c
    ${rowOf("c", "twin", "a")}
    ${noteOf("n", "gone", "a")}
    note:n#under@coaching:c`, `
    twin current_coach athlete:a`, `
    twin account athlete:a
    twin can_read note:n`),
  world("PR2 PR11 a player of the org that finalized, by hat, membership and role", `
    ${superadminOf("o", "root")}
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
    ${noteOf("n", "gone", "a")}
    note:n#visible_to@athlete:a
    ${about("activity:run", "o", "a")}
    ${about("development_plan:d", "o", "a")}
    ${about("dev_card:d", "o", "a")}
    ${about("player_profile:d", "o", "a")}`, "", `
    twin can_read note:n
    twin can_view,can_comment activity:run
    twin can_view development_plan:d
    twin can_view dev_card:d
    twin can_view player_profile:d`),
  world("PR11 what names one org and is about an athlete of another is for members of both", `
    ${memberOf("o", "athlete", "ada")}
    ${memberOf("p", "office", "ada")}
    ${memberOf("o", "athlete", "bob")}
    athlete:a#org@org:o
    athlete:a#link@user:ada
    athlete:b#org@org:o
    athlete:b#link@user:bob
    ${["a", "b"].map((id) => `${about(`development_plan:${id}`, "p", id)}
    ${about(`dev_card:${id}`, "p", id)}
    ${about(`player_profile:${id}`, "p", id)}
    ${about(`activity:${id}`, "p", id)}
    activity_comment:${id}#org@org:p
    activity_comment:${id}#activity@activity:${id}
    ${about(`note:${id}`, "p", id)}
    note:${id}#visible_to@athlete:${id}`).join("\n")}
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
    ${memberOf("o", "office", "olaf")}
    ${coachOf("o", "carl")}
    athlete:a#org@org:o
    athlete:a#linked_ever@user:olaf
    athlete:a#linked_ever@user:carl
    athlete:a#coaching@coaching:c
    ${rowOf("c", "carl", "a")}
    ${["flagged", "plain"].map((note) => `${noteOf(note, "gone", "a")}
    note:${note}#under@coaching:c
    note:${note}#shared_with@user:olaf`).join("\n")}
    note:flagged#visible_to@athlete:a
    ${noteOf("own", "carl", "a")}`, `
    olaf can_read note:flagged
    carl can_read note:flagged
    carl can_read,can_edit note:own`, `
    olaf can_read note:plain
    carl can_read note:plain
    olaf can_read note:own`),
  world("PM8 NP10 a comment by an athlete, and by those who see it", `
    ${memberOf("o", "athlete", "ada")}
    ${memberOf("o", "office", "olaf")}
    athlete:a#org@org:o
    athlete:a#link@user:ada
    ${about("activity:run", "o", "a")}
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
    ${assignmentOf("x", "author", "t")}
    team:t#assignment@team_assignment:x
    ${assignmentOf("y", "mate", "t")}
    team:t#assignment@team_assignment:y
    ${noteOf("n", "author", "a")}
    note:n#under@team_assignment:x
    note:n#seat@seat:t/a`, `
    author can_read,can_edit,can_flag,can_share,can_delete note:n
    mate can_read note:n
    twin can_view team:t`, `
    mate can_edit,can_flag,can_share,can_delete note:n
    twin can_read note:n`),
  world("NP1 NP5 a note under a row over another athlete: the row's own state counts", `
    ${memberOf("o", "athlete", "ada")}
    ${coachOf("o", "reader")}
    athlete:a#org@org:o
    athlete:b#org@org:o
    ${rowOf("c", "reader", "a")}
    athlete:a#coaching@coaching:c
    ${rowOf("other", "gone", "b")}
    coaching:ended#coach@user:gone
    coaching:ended#athlete@athlete:a
    ${noteOf("n", "ada", "a")}
    note:n#under@coaching:other
    ${noteOf("m", "ada", "a")}
    note:m#under@coaching:ended`, `
    reader can_read note:n
    ada can_read,can_edit,can_flag,can_share,can_delete note:n
    ada can_read note:m`, `
    reader can_edit,can_share note:n
    reader can_read note:m
    gone can_read note:n`),
  world("NP9 a share counts for staff of the note's org only", `
    ${superadminOf("o", "root")}
    ${memberOf("o", "athlete", "ada")}
    ${memberOf("o", "office", "olaf")}
    ${memberOf("p", "admin", "paul")}
    org:o#office_hat@user:away
    athlete:a#org@org:o
    ${noteOf("n", "author", "a")}
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
  world("PM7 NP9 PM12 a superadmin who is no staff reads a note and edits an entry by that alone", `
    ${superadminOf("o", "root")}
    athlete:a#org@org:o
    ${noteOf("n", "author", "a")}
    note:n#shared_with@user:root
    drill:d#org@org:o
    drill:d#creator@user:root
    spot:s#org@org:o
    spot:s#creator@user:root`, `
    root can_read note:n
    root can_view,can_edit drill:d
    root can_view,can_edit spot:s`, `
    root share_reader,staff_reader note:n
    root active_creator drill:d
    root active_creator spot:s`),
];
