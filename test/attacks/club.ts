// The club an attacker has an account at, and the ways to say that an attack came to nothing.
import { expect } from "vitest";
import { Installation, type Answer, type Attributes } from "../world/installation.ts";

/**
 * `fc`: olga owns it, adam is its admin, ofra its office. hana is head coach of `red` (a1, linked to ida; a2), milo of
 * `blue` (a3), asta assists on `red` (`ar`); cora has the row `c1` over a3 with sessions.read refused, and note `n1`.
 * mal is a plain coach of `fc` without rows. `xo` is otto's, with the team `xt`, the athlete `x1` and the note `nx`.
 */
export async function club(kind = "club"): Promise<Installation> {
  const at = new Installation();
  const add = (user: string, hats: readonly string[], org = "fc") => ["member.added", { org, user, hats }] as const;
  await at.system(
    ["platform.superadmin_granted", { user: "root" }],
    ["org.created", { org: "fc", kind, owner: "olga" }], ["org.created", { org: "xo", kind, owner: "otto" }],
    add("adam", ["admin"]), add("ofra", ["office"]), add("ida", ["athlete"]), add("xena", ["coach"], "xo"),
    ...["hana", "milo", "asta", "cora", "mal"].map((user) => add(user, ["coach"])),
    ["team.created", { team: "red", org: "fc", head_coach: "hana", assignment: "hr" }],
    ["team.created", { team: "blue", org: "fc", head_coach: "milo", assignment: "mb" }],
    ["team.created", { team: "xt", org: "xo", head_coach: "xena", assignment: "xx" }],
    ["team_assignment.started", { assignment: "ar", team: "red", coach: "asta" }],
    ["athlete.created", { athlete: "a1", org: "fc", team: "red", user: "ida" }],
    ["athlete.created", { athlete: "a2", org: "fc", team: "red" }],
    ["athlete.created", { athlete: "a3", org: "fc", team: "blue" }],
    ["athlete.created", { athlete: "x1", org: "xo", team: "xt" }],
    ["coaching.started", { coaching: "c1", athlete: "a3", coach: "cora" }],
    ["coaching.started", { coaching: "cx", athlete: "x1", coach: "xena" }],
    ["coaching.overrides_set", { coaching: "c1", overrides: { "sessions.read": false } }],
    ["note.created", { note: "n1", athlete: "a3", author: "cora", under: "coaching:c1" }],
    ["note.created", { note: "nx", athlete: "x1", author: "xena", under: "coaching:cx" }],
    ["activity.recorded", { activity: "act", athlete: "a1" }],
  );
  return at;
}

/** Posts an event that must be refused with this code; what is stored, and so every answer, stays as it was. */
export async function fails(
  at: Installation, code: string, actor: string | undefined, type: string, data: unknown, more: Attributes = {},
  key?: string,
): Promise<Answer> {
  const before = await at.state();
  const answer = await at.post(type, data, { ...(actor === undefined ? {} : { actor }), ...more }, key);
  expect(answer.body.code ?? answer.body.status, `${actor}: ${type} ${JSON.stringify(data)}`).toBe(code);
  expect(await at.state(), `${actor}: ${type} left something`).toBe(before);
  return answer;
}

/** Posts an event that must be applied. */
export async function works(at: Installation, actor: string, type: string, data: unknown, more: Attributes = {}) {
  const answer = await at.post(type, data, { actor, ...more });
  expect([answer.body.code, answer.body.status, answer.body.detail], `${actor}: ${type} ${JSON.stringify(data)}`)
    .toEqual([undefined, "applied", undefined]);
}
