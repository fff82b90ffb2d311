// Teams, athletes, rows and roles of the club: the shortest way to each, for tests that start from its people.
import type { World } from "./world.ts";

/** Makes a team of the club with hana as head coach (assignment `<team>.hana`), unless another is named. */
export function team(world: World, id: string, head: string | undefined = "hana"): void {
  world.system("team.created", { team: id, org: "fc", head_coach: head });
}

/** Makes a team of the club that has no head coach. */
export function headless(world: World, id: string): void {
  world.system("team.created", { team: id, org: "fc" });
}

/** Makes a coach assist on a team, on an assignment with the given id. */
export function assist(world: World, id: string, teamId: string, coach: string, role?: string): void {
  world.system("team_assignment.started", { assignment: id, team: teamId, coach, ...(role && { role }) });
}

/** Makes an athlete of the club who is on these teams; nobody coaches them through a row. */
export function athlete(world: World, id: string, ...teams: readonly string[]): void {
  world.system("athlete.created", { athlete: id, org: "fc" });
  for (const on of teams) world.system("team.athlete_added", { team: on, athlete: id });
}

/** Starts a coaching row. */
export function coaches(world: World, id: string, coach: string, athleteId: string, role = "head_coach"): void {
  world.system("coaching.started", { coaching: id, athlete: athleteId, coach, role });
}

/** Makes an athlete-scope role of the club with these keys. */
export function role(world: World, id: string, keys: readonly string[], scope: "athlete" | "org" = "athlete"): void {
  world.system("role.created", { org: "fc", role: id, scope, keys });
}
