// A rowing club for the tests of the console: a coach who left, notes, a team, open invites, and a second org.

/** An event as its sender writes it: its type, its payload and its actor (absent: the system). */
export type Sent = readonly [type: string, data: object, actor?: string];

/**
 * Olivia owns `harbour`. Carl coached Ada until he was ended; Dora coaches her now. Marek is head coach of the team
 * `u18`, where Ines assists. Carl wrote n1 about Ada, Dora wrote n2, Ines wrote n3 under her assignment. Ada's account
 * is `ada.w`. Noor is a deactivated member. `lake` is another org, of Lars.
 */
export const HARBOUR: readonly Sent[] = [
  ["org.created", { org: "harbour", kind: "club", owner: "olivia" }, "olivia"],
  ...["carl", "dora", "marek", "ines", "noor"].map((user): Sent =>
    ["member.added", { org: "harbour", user, hats: ["coach"] }, "olivia"]),
  ["member.added", { org: "harbour", user: "petra", hats: ["office"] }, "olivia"],
  ["member.added", { org: "harbour", user: "ada.w", hats: ["athlete"] }, "olivia"],
  ["member.professional_area_set", { org: "harbour", user: "ines", professional_area: "Physiotherapy" }, "olivia"],
  ["team.created", { team: "u18", org: "harbour", head_coach: "marek" }, "olivia"],
  ["athlete.created", { athlete: "ada", org: "harbour", team: "u18", user: "ada.w" }, "olivia"],
  ["athlete.created", { athlete: "ben", org: "harbour", team: "u18" }, "olivia"],
  ["athlete.created", { athlete: "cleo", org: "harbour" }, "olivia"],
  ["team_assignment.started", { assignment: "u18.ines", team: "u18", coach: "ines" }, "marek"],
  ["coaching.started", { coaching: "ada.carl", athlete: "ada", coach: "carl" }, "olivia"],
  ["note.created", { note: "n1", athlete: "ada", author: "carl", under: "coaching:ada.carl" }, "carl"],
  ["coaching.ended", { coaching: "ada.carl" }, "olivia"],
  ["coaching.started", { coaching: "ada.dora", athlete: "ada", coach: "dora" }, "olivia"],
  ["coaching.overrides_set", { coaching: "ada.dora", overrides: { "journal.read": false } }, "olivia"],
  ["note.created", { note: "n2", athlete: "ada", author: "dora", under: "coaching:ada.dora" }, "dora"],
  ["note.created", { note: "n3", athlete: "ada", author: "ines", under: "team_assignment:u18.ines" }, "ines"],
  ["note.shared", { note: "n2", user: "petra" }, "dora"],
  ["role.created", { org: "harbour", role: "physio", scope: "athlete", keys: ["profile.read", "wellness.read"] },
    "olivia"],
  ["invite.created", { invite: "join-u18", org: "harbour", hat: "athlete", team: "u18" }, "olivia"],
  ["member.deactivated", { org: "harbour", user: "noor" }, "olivia"],
  ["platform.superadmin_granted", { user: "root" }],
  ["org.created", { org: "lake", kind: "program", owner: "lars" }, "lars"],
];

/** Returns the events as CloudEvents; `idOf` makes their ids from their places, from 1. */
export function cloudEvents(sent: readonly Sent[] = HARBOUR, idOf = (place: string): string => place): object[] {
  return sent.map(([type, data, actor], i) => ({
    specversion: "1.0", id: idOf(String(i + 1)), source: "/app", type, data, ...(actor === undefined ? {} : { actor }),
  }));
}
