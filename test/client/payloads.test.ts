// A payload that the types admit is one that the server's schema admits: with all fields, and with the required ones.
import { expect, test } from "vitest";
import type { EventData, EventType } from "../../src/client/create-client.ts";
import { EVENTS } from "../../src/events/table.ts";
import { fieldsOf } from "../../src/http/reference/event-schemas.ts";

/** A payload of each event with every field that it may have. */
type Whole = { readonly [Type in EventType]: { readonly [Field in keyof EventData[Type]]-?: EventData[Type][Field] } };

const user = { user: "u" };
const org = { org: "o" };
const member = { ...org, ...user };

const WHOLE: Whole = {
  "platform.superadmin_granted": user, "platform.superadmin_revoked": user,
  "platform.admin_granted": user, "platform.admin_revoked": user,
  "org.created": { ...org, kind: "club", owner: "u" },
  "member.added": { ...member, hats: ["coach", "office"], role: "r", professional_area: "tennis" },
  "member.hats_changed": { ...member, hats: ["admin"], role: "r" },
  "member.role_assigned": { ...member, role: "r" },
  "member.professional_area_set": { ...member, professional_area: null },
  "member.deactivated": member,
  "member.reactivated": { ...member, hats: ["athlete"], role: "r", end_rows: true },
  "role.created": { ...org, role: "r", scope: "athlete", keys: ["sessions.read", "teams.create"] },
  "role.updated": { ...org, role: "r", keys: ["org.manage", "roster.edit"] },
  "role.deleted": { ...org, role: "r" },
  "team.created": { team: "t", ...org, head_coach: "u", assignment: "x" },
  "team.deleted": { team: "t" },
  "team.head_coach_changed": { team: "t", head_coach: "u", assignment: "x" },
  "team.athlete_added": { team: "t", athlete: "a" }, "team.athlete_removed": { team: "t", athlete: "a" },
  "team.athlete_moved": { athlete: "a", from: "t", to: "t2" },
  "team_assignment.started": { assignment: "x", team: "t", coach: "u", role: "r", ended: true },
  "team_assignment.role_changed": { assignment: "x", role: "r" },
  "team_assignment.ended": { assignment: "x" },
  "athlete.created": { athlete: "a", ...org, team: "t", user: "u", coach: "c", coaching: "x" },
  "athlete.deleted": { athlete: "a" },
  "athlete.linked": { athlete: "a", ...user }, "athlete.unlinked": { athlete: "a", ...user, mistaken: true },
  "coaching.started": { coaching: "x", athlete: "a", coach: "c", team: "t", role: "r", ended: true },
  "coaching.role_changed": { coaching: "x", role: "r" },
  "coaching.overrides_set": { coaching: "x", overrides: { "sessions.read": false, "notes.write": true } },
  "coaching.ended": { coaching: "x" },
  "note.created": { note: "n", athlete: "a", author: "u", under: "coaching:x", visible_to_athlete: true },
  "note.visibility_changed": { note: "n", visible_to_athlete: false },
  "note.shared": { note: "n", ...user }, "note.unshared": { note: "n", ...user }, "note.deleted": { note: "n" },
  "activity.recorded": { activity: "v", athlete: "a" }, "activity.deleted": { activity: "v" },
  "activity.comment_added": { comment: "m", activity: "v", author: "u" }, "activity.comment_deleted": { comment: "m" },
  "artifact.created": { artifact: "dev_card:d", ...org, athlete: "a", generated: true, creator: "u" },
  "artifact.finalized": { artifact: "practice_plan:p" }, "artifact.reopened": { artifact: "game_brief:g" },
  "artifact.deleted": { artifact: "spot:s" },
  "invite.created": {
    invite: "i", ...org, hat: "coach", team: "t", role: "r", assignment_role: "ar", email: "ann@example.org",
    athlete: "a", expires_at: "2026-05-01T00:00:00Z", max_uses: 1, professional_area: "tennis",
  },
  "invite.resent": { invite: "i" }, "invite.revoked": { invite: "i" },
  "invite.redeemed": { invite: "i", ...user, email: "ann@example.org", assignment: "x", athlete: "a" },
};

/** Fields that exclude each other where the example has both: the schema says so, and no type can. */
const EXCLUDED: Readonly<Record<string, readonly string[]>> = { "invite.created": ["max_uses", "athlete"] };

const faultsOf = (type: string, data: object): unknown => EVENTS.get(type)!.data.safeParse(data).error?.issues;

test.each(Object.entries(WHOLE))("%s", (type, whole) => {
  expect(Object.keys(whole).sort()).toEqual(fieldsOf(type).map(({ name }) => name).sort());
  const without = (left: readonly string[]) =>
    Object.fromEntries(Object.entries(whole).filter(([name]) => !left.includes(name)));
  expect(faultsOf(type, without(EXCLUDED[type] ?? []))).toBeUndefined();
  for (const { name, isRequired } of fieldsOf(type)) {
    if (isRequired) expect([name, faultsOf(type, without([name]))]).not.toEqual([name, undefined]);
  }
});

test("only the required fields are enough, as the types say", () => {
  type Least = "member.added" | "team.created" | "team.head_coach_changed" | "athlete.created" | "note.created";
  const least: { readonly [Type in Least]: EventData[Type] } = {
    "member.added": member, "team.created": { team: "t", ...org }, "athlete.created": { athlete: "a", ...org },
    "team.head_coach_changed": { team: "t", head_coach: null },
    "note.created": { note: "n", athlete: "a", author: "u", under: undefined },
  };
  for (const [type, data] of Object.entries(least)) expect([type, faultsOf(type, data)]).toEqual([type, undefined]);
});
