// A world in which many tuples depend on one person, role, team, athlete or note, and events that change all of them.
import { World } from "../world/world.ts";
import { OWN_NOTES } from "./own-notes.ts";
import { FOUNDING } from "./sequence.ts";

/** Teams and coaches in addition to the founding ones. */
const TEAMS = ["t3", "t4", "t5"];
const COACHES = ["u5", "u6", "u8"];
/** A coach who was deactivated while they had rows. */
export const GONE = "u7";

/** A world in which an event of each type that can be cut has many tuples. */
export function manyTied(): World {
  const world = new World();
  for (const { type, data } of [...FOUNDING, ...OWN_NOTES]) world.system(type, data, { source: "/founding" });
  const system = (type: string, data: object): void => void world.system(type, data);
  for (const role of ["r1", "r2"]) {
    system("role.created", { org: "o1", role, scope: "athlete", keys: ["sessions.read", "notes.write", "goals.read"] });
  }
  for (const user of [...COACHES, GONE]) system("member.added", { org: "o1", user, hats: ["coach", "athlete"] });
  system("athlete.created", { athlete: "a5", org: "o1" });
  for (const team of TEAMS) {
    system("team.created", { team, org: "o1", head_coach: "u3" });
    for (const athlete of ["a2", "a4", "a5"]) system("team.athlete_added", { team, athlete });
    system("team_assignment.started", { assignment: `x.${team}`, team, coach: GONE });
  }
  for (const [n, coach] of COACHES.entries()) {
    system("coaching.started", { coaching: `c${n}`, athlete: "a2", coach, role: "r1" });
    system("coaching.started", { coaching: `d${n}`, athlete: ["a1", "a2", "a4"][n], coach: "u3", role: "viewer" });
    system("team_assignment.started", { assignment: `s.${coach}`, team: "t3", coach });
    system("note.shared", { note: "n1", user: coach });
    system("invite.created", { invite: `i${n}`, org: "o1", team: "t3" });
  }
  system("invite.created", { invite: "j", org: "o1", hat: "athlete", athlete: "a2", email: "u6@example.org" });
  system("coaching.started", { coaching: "x", athlete: "a2", coach: GONE });
  system("coaching.overrides_set", { coaching: "c1", overrides: { "sessions.read": false, "goals.read": true } });
  system("member.deactivated", { org: "o1", user: GONE });
  return world;
}

/** An event of each type that can be cut, for that world. */
export const LONG_EVENTS: readonly { readonly type: string; readonly data: object }[] = [
  { type: "role.updated", data: { org: "o1", role: "r1", keys: ["sessions.write", "premium.grant", "profile.read"] } },
  { type: "role.deleted", data: { org: "o1", role: "r2" } },
  { type: "coaching.role_changed", data: { coaching: "c1", role: "head_coach" } },
  { type: "coaching.overrides_set", data: { coaching: "c0", overrides: { "notes.write": false } } },
  { type: "team.deleted", data: { team: "t3" } },
  { type: "athlete.deleted", data: { athlete: "a2" } },
  { type: "athlete.linked", data: { athlete: "a5", user: "u6" } },
  { type: "athlete.unlinked", data: { athlete: "a4", user: "u3" } },
  { type: "member.deactivated", data: { org: "o1", user: "u3" } },
  { type: "member.hats_changed", data: { org: "o1", user: "u3", hats: ["office"] } },
  { type: "note.deleted", data: { note: "n1" } },
  { type: "member.reactivated", data: { org: "o1", user: GONE, end_rows: true } },
];
