// What a redeemed invite brings besides the membership: a coach's assignment, an athlete's row and place (IN5, PR10).
import { defaultAssignmentRole, type Kind } from "../../model/roles.ts";
import { assignment, athlete, org, team } from "../../state/entity.ts";
import { reservedRow, type Invite } from "../../state/invites.ts";
import { assignmentsOf, orgOf, startAssignment } from "../../state/rows.ts";
import { isOn, link, linkedAthlete, takeSeat } from "../../state/seats.ts";
import type { Draft, Reader } from "../../tuples/delta.ts";
import type { Scene } from "../event.ts";
import { refuse, type Refusal } from "../refusal.ts";
import { isTaken, settle, taken } from "./claims.ts";
import { reservationFault } from "./invites.ts";
import { athleteFault } from "./references.ts";
import { defaultId, newAssignmentId } from "./row-ids.ts";

/** Who redeems, and the ids they would like new things to have. */
export interface Arrival {
  readonly user: string;
  readonly assignment?: string | undefined;
  readonly athlete?: string | undefined;
}

/** True for a coach with an active assignment on a team. */
export function coaches(reader: Reader, inOrg: string, userId: string, teamId: string): boolean {
  return assignmentsOf(reader, inOrg, userId).some((row) => row.team === teamId);
}

/** Drafts a coach's assignment on the invite's team, unless there is no team or they have one there. */
export function bringCoach(
  draft: Draft, scene: Scene, kind: Kind, found: Invite, arrival: Arrival,
): Refusal | undefined {
  if (found.team === undefined || coaches(draft, found.org, arrival.user, found.team)) return undefined;
  const rowId = newAssignmentId(draft, found.org, arrival.assignment, `${found.id}.${arrival.user}`);
  if (typeof rowId !== "string") return rowId;
  const role = found.assignmentRole ?? defaultAssignmentRole(kind);
  settle(draft, assignment(rowId), found.org);
  const row = { id: rowId, org: found.org, coach: arrival.user, team: found.team, role, head: false };
  startAssignment(draft, row, scene.revision);
  return undefined;
}

/** Drafts the link of an athlete's account to a row, and the row's place on the invite's team. */
export function bringAthlete(draft: Draft, scene: Scene, found: Invite, arrival: Arrival): Refusal | undefined {
  const row = rowFor(draft, scene, found, arrival);
  if (typeof row !== "string") return row;
  if (orgOf(draft, athlete(row)) === undefined) {
    settle(draft, athlete(row), found.org);
    draft.write(athlete(row), "org", org(found.org));
  }
  link(draft, row, arrival.user);
  if (found.team !== undefined && mayTake(scene, found, row, found.team)) takeSeat(draft, row, found.team);
  return undefined;
}

/**
 * S14: a reserved row that is not on the invite's team is taken there only while its inviter could place it there, so
 * that an old invite brings back nobody who was moved away since. An invite outlives its inviter's membership.
 */
function mayTake({ view }: Scene, found: Invite, row: string, teamId: string): boolean {
  const { invitedBy } = found;
  if (row !== reservedRow(found) || isOn(view.tuples, row, teamId) || invitedBy === undefined) return true;
  if (!view.allowed(invitedBy, "member", org(found.org))) return true;
  return view.allowed(invitedBy, "can_edit_membership", team(teamId))
    && view.allowed(invitedBy, "can_place", athlete(row));
}

/** The row that is or becomes the user's: the reserved one, else their own, else one the system names, or a new one. */
function rowFor(reader: Reader, scene: Scene, found: Invite, arrival: Arrival): string | Refusal {
  const own = linkedAthlete(reader, found.org, arrival.user);
  const { athlete: named } = arrival;
  const reserved = reservedRow(found);
  if (reserved !== undefined) return claimReserved(reader, scene, found, reserved, own, named);
  const exists = named !== undefined && orgOf(reader, athlete(named)) !== undefined;
  if (exists && named !== own) {
    // Whoever redeems would otherwise take another person's data.
    if (scene.actor !== undefined) return refuse("actor_not_allowed", `only the system may name ${athlete(named)}`);
    const fault = athleteFault(reader, named, found.org);
    if (fault !== undefined) return fault;
    if (own !== undefined) return hasAnotherRow(found);
    return reservationFault(reader, named, scene.now, found.id) ?? named;
  }
  if (own !== undefined) return own;
  const id = named ?? defaultId(`${found.org}.${arrival.user}`, "athlete");
  if (typeof id !== "string") return id;
  return isTaken(reader, athlete(id)) ? taken(athlete(id)) : id;
}

function claimReserved(
  reader: Reader, scene: Scene, found: Invite, reserved: string, own: string | undefined, named: string | undefined,
): string | Refusal {
  if (named !== undefined && named !== reserved) {
    // Told the same whether there is such a row or not.
    if (scene.actor !== undefined) return refuse("actor_not_allowed", `only the system may name ${athlete(named)}`);
    return refuse("relationship_mismatch", `the invite ${found.id} reserves another row than ${athlete(named)}`);
  }
  if (own === reserved) return reserved;
  if (own !== undefined) return hasAnotherRow(found);
  return reservationFault(reader, reserved, scene.now, found.id) ?? reserved;
}

function hasAnotherRow(found: Invite): Refusal {
  return refuse("user_already_linked", `the account has another row in ${found.org} already`);
}
