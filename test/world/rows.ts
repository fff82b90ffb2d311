// A club and its rival for tests of teams, athletes and rows: who is who, and the shortest way to a team with people.
import type { Kind } from "../../src/policy/seeded-roles.ts";
import { World } from "./world.ts";

/**
 * A world with two orgs. In `club`: Olga (Owner: admin and coach hats), Ada (admin hat, role admin), the coaches Carl,
 * Cora and Hugo, Fred (office hat), Ann and Abe (athlete hat). In `rival`: Rita (Owner), Rex (coach). Sue is a
 * superadmin.
 */
export function club(kind: Kind = "club"): World {
  const world = new World();
  world.system("platform.superadmin_granted", { user: "sue" });
  world.system("org.created", { org: "club", kind, owner: "olga" });
  world.system("org.created", { org: "rival", kind, owner: "rita" });
  const add = (org: string, user: string, hats: readonly string[]): void => {
    world.system("member.added", { org, user, hats });
  };
  add("club", "ada", ["admin"]);
  for (const coach of ["carl", "cora", "hugo"]) add("club", coach, ["coach"]);
  add("club", "fred", ["office"]);
  for (const user of ["ann", "abe"]) add("club", user, ["athlete"]);
  add("rival", "rex", ["coach"]);
  return world;
}

/** Makes a team of the club with Hugo as head coach (assignment `<team>.hugo`), unless another is named. */
export function team(world: World, id: string, head: string | undefined = "hugo"): void {
  world.system("team.created", { team: id, org: "club", head_coach: head });
}

/** Makes a team of the club that has no head coach. */
export function headless(world: World, id: string): void {
  world.system("team.created", { team: id, org: "club" });
}

/** Makes a coach assist on a team, on an assignment with the given id. */
export function assist(world: World, id: string, teamId: string, coach: string, role?: string): void {
  world.system("team_assignment.started", { assignment: id, team: teamId, coach, ...(role && { role }) });
}

/** Makes an athlete of the club who is on these teams; nobody coaches them by a row. */
export function athlete(world: World, id: string, ...teams: readonly string[]): void {
  world.system("athlete.created", { athlete: id, org: "club" });
  for (const on of teams) world.system("team.athlete_added", { team: on, athlete: id });
}

/** Starts a coaching row. */
export function coaches(world: World, id: string, coach: string, athleteId: string, role = "head_coach"): void {
  world.system("coaching.started", { coaching: id, athlete: athleteId, coach, role });
}

/** Makes an athlete-scope role of the club with these keys. */
export function role(world: World, id: string, keys: readonly string[], scope: "athlete" | "org" = "athlete"): void {
  world.system("role.created", { org: "club", role: id, scope, keys });
}
