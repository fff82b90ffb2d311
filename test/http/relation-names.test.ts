// Every relation offered to apps can be checked by its name, and is false for a stranger.
import { expect, test } from "vitest";
import { ATHLETE_KEYS, ORG_KEYS } from "../../src/policy/permission-keys.ts";
import { POLICY } from "../world/policy.ts";
import { appOf, send } from "../http/world.ts";

const { app } = appOf({ model: POLICY, tuples: [] });
const words = (text: string): string[] => text.split(" ");
const RESOURCES = words("practice_plans game_briefs weekly_reports playbook drill_library roster player_profiles "
  + "development_plans dev_cards scouting_reports users program_settings");
const LEVELS = RESOURCES.flatMap((resource) => words("view edit generate").map((level) => `${resource}.${level}`));
const PROGRAM = words("practice_plan game_brief weekly_report scouting_report development_plan dev_card "
  + "player_profile playbook_item");

const OFFERED: readonly (readonly [string, readonly string[]])[] = [
  ["platform", words("superadmin admin")],
  ["org", [...words("member admin coach office athlete enter_admin enter_coach enter_athlete library_contribute"),
    ...ORG_KEYS, ...LEVELS]],
  ["team", words("head_coach coach athlete can_view can_manage can_edit_membership can_assign_coaches")],
  ["athlete", [...words("account current_coach can_view can_place can_delete can_assign_coaches"), ...ATHLETE_KEYS]],
  ["coaching", ["can_end"]], ["team_assignment", ["can_end"]],
  ["note", words("can_read can_edit can_flag can_share can_delete")],
  ["activity", words("can_view can_comment")], ["activity_comment", ["can_view"]],
  ["invite", words("can_redeem can_revoke")],
  ...PROGRAM.map((type) => [type, words("can_view can_edit can_generate")] as const),
  ...["drill", "spot"].map((type) => [type, words("can_view can_edit")] as const),
];

test("10 org keys and 48 athlete keys", () => {
  expect([ORG_KEYS.length, ATHLETE_KEYS.length]).toEqual([10, 48]);
});

test.each(OFFERED)("%s", async (type, relations) => {
  for (const name of relations) {
    const relation = name.replaceAll(".", "_");
    const key = { user: "user:stranger", relation, object: `${type}:x` };
    const { status, body } = await send(app, "POST", "/check", { tuple_key: key });
    expect([relation, status, body]).toEqual([relation, 200, { allowed: false, resolution: "" }]);
  }
});
