// The effects of redeeming an invite: hats, a role, a coach's assignment, an athlete's row and place (IN5, S18, PR10).
import { defaultAssignmentRole, defaultRole, HATS, type Kind } from "../policy/seeded-roles.ts";
import { assignment, athlete, org } from "../domain/object-names.ts";
import { reservedRow, type Invite } from "../domain/invites.ts";
import type { Member } from "../domain/members.ts";
import { findRole, keysOf } from "../domain/roles.ts";
import { startAssignment } from "../domain/row-changes.ts";
import { coaches, orgOf } from "../domain/relationship-rows.ts";
import { link, linkedAthlete, addToTeam } from "../domain/seats.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import type { Scene } from "./event.ts";
import { isTaken, claimForGood, idTaken } from "./ids.ts";
import type { Standing } from "./guards/escalation.ts";
import { reservationFault } from "./guards/invite-terms.ts";
import { athleteFault } from "./guards/references.ts";
import { addedKeys } from "./guards/role-keys.ts";
import { defaultId, newAssignmentId } from "./guards/row-ids.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** The user who redeems an invite, and the ids that they ask for a new assignment or athlete. */
export interface Redemption {
  readonly user: string;
  readonly assignment?: string | undefined;
  readonly athlete?: string | undefined;
}

/**
 * Returns the hats and the role of a member after redeeming an invite. Redeeming only adds (S18): another role replaces
 * theirs only together with a new hat, and only if it has every key and level of theirs.
 */
export function standingAfter(reader: Reader, kind: Kind, found: Invite, member: Member): Standing {
  if (member.hats.includes(found.hat)) return member;
  const hats = HATS.filter((hat) => hat === found.hat || member.hats.includes(hat));
  const offered = found.role ?? defaultRole(kind, found.hat);
  return { hats, role: offered !== undefined && replaces(reader, offered, member) ? offered : member.role };
}

function replaces(reader: Reader, offered: string, member: Member): boolean {
  if (member.role === "owner") return false;
  const keys = (id: string | undefined): string[] => {
    const found = id === undefined ? undefined : findRole(reader, member.org, id);
    return found === undefined ? [] : keysOf(reader, found);
  };
  return addedKeys(keys(offered), keys(member.role)).length === 0;
}

/** Drafts a coach's assignment on the invite's team, unless it names no team or the coach has an assignment there. */
export function placeCoach(
  draft: Draft, scene: Scene, kind: Kind, found: Invite, given: Redemption,
): Refusal | undefined {
  if (found.team === undefined || coaches(draft, given.user, found.team)) return undefined;
  const rowId = newAssignmentId(draft, found.org, given.assignment, `${found.team}.${given.user}`);
  if (typeof rowId !== "string") return rowId;
  const role = found.assignmentRole ?? defaultAssignmentRole(kind);
  claimForGood(draft, assignment(rowId), found.org);
  const row = { id: rowId, org: found.org, coach: given.user, team: found.team, role, head: false };
  startAssignment(draft, row, scene.revision);
  return undefined;
}

/** Drafts the link from an athlete's account to a row, and the row's place on the invite's team. */
export function placeAthlete(draft: Draft, scene: Scene, found: Invite, given: Redemption): Refusal | undefined {
  const row = rowFor(draft, scene, found, given);
  if (typeof row !== "string") return row;
  if (orgOf(draft, athlete(row)) === undefined) {
    claimForGood(draft, athlete(row), found.org);
    draft.write(athlete(row), "org", org(found.org));
  }
  link(draft, row, given.user, scene.room);
  if (found.team !== undefined) addToTeam(draft, row, found.team);
  return undefined;
}

/** Picks the user's row: the reserved one, else their own, else the one that the system names, else a new one. */
function rowFor(reader: Reader, scene: Scene, found: Invite, given: Redemption): string | Refusal {
  const own = linkedAthlete(reader, found.org, given.user);
  const { athlete: named } = given;
  const reserved = reservedRow(found);
  if (reserved !== undefined) return claimReserved(reader, scene, found, reserved, own, named);
  const exists = named !== undefined && orgOf(reader, athlete(named)) !== undefined;
  if (exists && named !== own) {
    // Otherwise a redeemer could take over another person's data.
    if (scene.actor !== undefined) return refuse("actor_not_allowed", `only the system may name ${athlete(named)}`);
    const fault = athleteFault(reader, named, found.org);
    if (fault !== undefined) return fault;
    if (own !== undefined) return hasAnotherRow(found);
    return reservationFault(reader, named, scene.now, found.id) ?? named;
  }
  if (own !== undefined) return own;
  const id = named ?? defaultId(`${found.org}.${given.user}`, "athlete");
  if (typeof id !== "string") return id;
  return isTaken(reader, athlete(id)) ? idTaken(athlete(id)) : id;
}

function claimReserved(
  reader: Reader, scene: Scene, found: Invite, reserved: string, own: string | undefined, named: string | undefined,
): string | Refusal {
  if (named !== undefined && named !== reserved) {
    // The answer is the same whether or not that row exists.
    if (scene.actor !== undefined) return refuse("actor_not_allowed", `only the system may name ${athlete(named)}`);
    return refuse("relationship_mismatch", `the invite reserves a row other than ${athlete(named)}`);
  }
  if (own === reserved) return reserved;
  if (own !== undefined) return hasAnotherRow(found);
  return reservationFault(reader, reserved, scene.now, found.id) ?? reserved;
}

function hasAnotherRow(found: Invite): Refusal {
  return refuse("user_already_linked", `the account already has another row in ${found.org}`);
}
