// S8: every entity that an event names exists and is in the event's org.
import { athlete, org, team } from "../../domain/object-names.ts";
import { isActive, memberOf, type Member } from "../../domain/members.ts";
import { findRole, type Role } from "../../domain/roles.ts";
import { homeOf, orgOf } from "../../domain/relationship-rows.ts";
import type { Reader } from "../../tuples/delta.ts";
import type { Scope } from "../../policy/seeded-roles.ts";
import { refuse, unknown, type Refusal } from "../refusal.ts";

/**
 * Refuses an object (a team or an athlete) that does not exist or belongs to another org. An object that another org
 * deleted still belongs to that org, so that events there change no answer here.
 */
function placeFault(reader: Reader, object: string, orgId: string): Refusal | undefined {
  const home = homeOf(reader, object) ?? orgOf(reader, object);
  if (home !== undefined && home !== orgId) return refuse("wrong_org", `${object} is not in ${orgId}`);
  return orgOf(reader, object) === undefined ? unknown(object) : undefined;
}

/** Refuses a team that does not exist, was deleted, or belongs to another org. */
export function teamFault(reader: Reader, teamId: string, orgId: string): Refusal | undefined {
  return placeFault(reader, team(teamId), orgId);
}

/** Refuses an athlete that does not exist, was deleted, or belongs to another org. */
export function athleteFault(reader: Reader, athleteId: string, orgId: string): Refusal | undefined {
  return placeFault(reader, athlete(athleteId), orgId);
}

/** Picks the refusal to report: the first `unknown_entity`, or else the first of any kind, such as `wrong_org`. */
export function firstFault(...faults: readonly (Refusal | undefined)[]): Refusal | undefined {
  return faults.find((fault) => fault?.refused === "unknown_entity") ?? faults.find((fault) => fault !== undefined);
}

/** Returns the role with that id in the org, or a refusal. A role of another org is unknown here. */
export function roleOrFault(reader: Reader, orgId: string, roleId: string): Role | Refusal {
  return findRole(reader, orgId, roleId) ?? unknown(`role:${orgId}/${roleId}`);
}

/** Returns a member of an org, active or not, or a refusal. */
export function memberOrFault(reader: Reader, orgId: string, userId: string): Member | Refusal {
  return memberOf(reader, orgId, userId) ?? unknown(`member ${userId} of ${org(orgId)}`);
}

/** Refuses a role of another scope. */
export function scopeFault(found: Role, scope: Scope): Refusal | undefined {
  return found.scope === scope ? undefined
    : refuse("role_scope_mismatch", `role ${found.id} has the scope ${found.scope}; the scope must be ${scope}`);
}

/** Refuses a user who cannot be the coach of a row: anyone but an active member with the coach hat. */
export function coachFault(reader: Reader, orgId: string, userId: string): Refusal | undefined {
  return wearerFault(reader, orgId, userId, "coach");
}

/** Refuses a user who cannot be linked to an athlete: anyone but an active member with the athlete hat. */
export function accountFault(reader: Reader, orgId: string, userId: string): Refusal | undefined {
  return wearerFault(reader, orgId, userId, "athlete");
}

function wearerFault(reader: Reader, orgId: string, userId: string, hat: "coach" | "athlete"): Refusal | undefined {
  const code = hat === "coach" ? "not_a_coach" : "not_an_athlete";
  const member = memberOf(reader, orgId, userId);
  if (member === undefined) return refuse(code, `${userId} is not a member of ${orgId}`);
  if (!isActive(reader, orgId, userId)) return refuse("member_inactive", `${userId} is deactivated in ${orgId}`);
  return member.hats.includes(hat) ? undefined : refuse(code, `${userId} does not have the ${hat} hat in ${orgId}`);
}
