// Athletes on teams, and accounts linked to athletes: tuples that must change together (NP6, PR10, S7, S14).
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { athlete, org, seat, team, user } from "./object-names.ts";
import { orgOf } from "./relationship-rows.ts";
import { onlyUserOf } from "./state-view.ts";

/** Returns true while an athlete is on a team. Nobody is on a deleted team (S17). */
export function isOn(reader: Reader, athleteId: string, teamId: string): boolean {
  return reader.has(athlete(athleteId), "team", team(teamId)) && orgOf(reader, team(teamId)) !== undefined;
}

/** Returns the id of the account linked to an athlete, if any. */
export function accountOf(reader: Reader, athleteId: string): string | undefined {
  const linked = onlyUserOf(reader, athlete(athleteId), "link");
  return linked === undefined ? undefined : idOf(linked);
}

/** Returns the id of the athlete of an org that a user is linked to: at most one (PR10). */
export function linkedAthlete(reader: Reader, orgId: string, userId: string): string | undefined {
  const linked = reader.objects("athlete", "link", user(userId)).find((row) => reader.has(row, "org", org(orgId)));
  return linked === undefined ? undefined : idOf(linked);
}

/** Drafts an athlete's place on a team, and the tuple that gives the linked account access to the team. */
export function addToTeam(draft: Draft, athleteId: string, teamId: string): void {
  draft.write(athlete(athleteId), "team", team(teamId)).write(seat(teamId, athleteId), "team", team(teamId));
  for (const linked of draft.users(athlete(athleteId), "link")) draft.write(team(teamId), "athlete_account", linked);
}

/**
 * Drafts the removal of an athlete from a team. The athlete's pointer to the team is removed last: while it exists, the
 * removal can be repeated, so a partial one can be continued.
 */
export function removeFromTeam(draft: Draft, athleteId: string, teamId: string): void {
  for (const linked of draft.users(athlete(athleteId), "link")) draft.remove(team(teamId), "athlete_account", linked);
  draft.remove(seat(teamId, athleteId), "team", team(teamId)).remove(athlete(athleteId), "team", team(teamId));
}

/**
 * Drafts the removal of an athlete from every team, including deleted ones. Here and below, `room` is the number of
 * tuples that one write holds: once the draft has more, the next write continues.
 */
export function removeFromTeams(draft: Draft, athleteId: string, room: number): void {
  for (const on of draft.users(athlete(athleteId), "team")) {
    if (draft.size > room) return;
    removeFromTeam(draft, athleteId, idOf(on));
  }
}

/** Relation that marks an account as linked to an athlete, now or formerly (S21). The model subtracts it. */
export const LINKED_EVER = "linked_ever";

/**
 * Drafts the link of an account to an athlete, and the mark that stays when the link ends (S21). If part of this exists
 * already, drafts the rest.
 */
export function link(draft: Draft, athleteId: string, userId: string, room: number): void {
  draft.write(athlete(athleteId), LINKED_EVER, user(userId));
  draft.write(athlete(athleteId), "link", user(userId));
  for (const on of draft.users(athlete(athleteId), "team")) {
    if (draft.size > room) return;
    draft.write(on, "athlete_account", user(userId));
  }
}

/**
 * Drafts the end of an athlete's link. The link itself is removed last, so that a partial removal can be continued (S7,
 * PR8). Its mark stays (S21); a link from before marks existed gets one.
 */
export function unlink(draft: Draft, athleteId: string, room: number): void {
  for (const linked of draft.users(athlete(athleteId), "link")) {
    draft.write(athlete(athleteId), LINKED_EVER, linked);
    for (const on of draft.users(athlete(athleteId), "team")) {
      if (draft.size > room) return;
      draft.remove(on, "athlete_account", linked);
    }
    draft.remove(athlete(athleteId), "link", linked);
  }
}

/** Drafts the end of a user's link in an org, on deactivation or loss of the athlete hat (PR8, S7). */
export function unlinkUser(draft: Draft, orgId: string, userId: string, room: number): void {
  const linked = linkedAthlete(draft, orgId, userId);
  if (linked !== undefined) unlink(draft, linked, room);
}

/** Drafts that a link was a mistake: without the mark, the account reads notes like any other account (S21). */
export function dropMark(draft: Draft, athleteId: string, userId: string): void {
  draft.remove(athlete(athleteId), LINKED_EVER, user(userId));
}
