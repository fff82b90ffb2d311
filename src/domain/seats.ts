// Athletes on teams and accounts linked to athletes: the tuples that must change together (NP6, PR10, S7, S14).
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { athlete, org, seat, team, user } from "./object-names.ts";
import { orgOf } from "./relationship-rows.ts";
import { onlyUserOf } from "./state-view.ts";

/** True while an athlete is on a team. Nobody is on a team that was deleted (S17). */
export function isOn(reader: Reader, athleteId: string, teamId: string): boolean {
  return reader.has(athlete(athleteId), "team", team(teamId)) && orgOf(reader, team(teamId)) !== undefined;
}

/** Ids of the teams an athlete is on, deleted ones left out. */
export function teamsOf(reader: Reader, athleteId: string): string[] {
  return reader.users(athlete(athleteId), "team").filter((on) => orgOf(reader, on) !== undefined).map(idOf);
}

/** The account linked to an athlete. */
export function accountOf(reader: Reader, athleteId: string): string | undefined {
  const linked = onlyUserOf(reader, athlete(athleteId), "link");
  return linked === undefined ? undefined : idOf(linked);
}

/** The athlete of an org a user is linked to: one at most (PR10). */
export function linkedAthlete(reader: Reader, orgId: string, userId: string): string | undefined {
  const linked = reader.objects("athlete", "link", user(userId)).find((row) => reader.has(row, "org", org(orgId)));
  return linked === undefined ? undefined : idOf(linked);
}

/** Drafts an athlete's place on a team, and what the linked account has by it. */
export function takeSeat(draft: Draft, athleteId: string, teamId: string): void {
  draft.write(athlete(athleteId), "team", team(teamId)).write(seat(teamId, athleteId), "team", team(teamId));
  for (const linked of draft.users(athlete(athleteId), "link")) draft.write(team(teamId), "athlete_account", linked);
}

/**
 * Drafts the end of an athlete's place on a team. The athlete's pointer to the team goes last: while it is there, the
 * place can be left again, so that a part done is continued.
 */
export function leaveSeat(draft: Draft, athleteId: string, teamId: string): void {
  for (const linked of draft.users(athlete(athleteId), "link")) draft.remove(team(teamId), "athlete_account", linked);
  draft.remove(seat(teamId, athleteId), "team", team(teamId)).remove(athlete(athleteId), "team", team(teamId));
}

/**
 * Drafts the end of every place of an athlete, on deleted teams too. Here and below, `room` is the number of tuples
 * that one write holds: once the draft has more, the next write continues.
 */
export function leaveSeats(draft: Draft, athleteId: string, room: number): void {
  for (const on of draft.users(athlete(athleteId), "team")) {
    if (draft.size > room) return;
    leaveSeat(draft, athleteId, idOf(on));
  }
}

/** The relation of the mark that an account is or was linked to an athlete (S21). The model subtracts it. */
export const LINKED_EVER = "linked_ever";

/**
 * Drafts the link of an account to an athlete, and the mark that stays when the link ends (S21). On a state that has a
 * part of it, it drafts the rest.
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
 * Drafts the end of an athlete's link. The link itself goes last, so that a part done is continued (S7, PR8). Its mark
 * stays (S21); a link that is older than the marks gets one.
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

/** Drafts the end of every link a user has in an org (deactivated, or without the athlete hat: PR8, S7). */
export function unlinkUser(draft: Draft, orgId: string, userId: string, room: number): void {
  const linked = linkedAthlete(draft, orgId, userId);
  if (linked !== undefined) unlink(draft, linked, room);
}

/** Drafts that a link was never right: without the mark, the account reads notes as anybody else does (S21). */
export function dropMark(draft: Draft, athleteId: string, userId: string): void {
  draft.remove(athlete(athleteId), LINKED_EVER, user(userId));
}
