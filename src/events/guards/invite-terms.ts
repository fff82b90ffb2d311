// The guards of invites: addresses, terms, reservations, and the existence of what they name (IN4, PR5, PR10).
import { z } from "zod";
import { athlete, invite } from "../../domain/object-names.ts";
import { reservationOf, type Invite } from "../../domain/invites.ts";
import { accountOf } from "../../domain/seats.ts";
import type { Reader } from "../../tuples/delta.ts";
import type { Scene } from "../event.ts";
import { isRefusal, refuse, type Refusal } from "../refusal.ts";
import { HEAD_COACH } from "../head-coach-appointment.ts";
import { athleteFault, firstFault, roleOrFault, scopeFault, teamFault } from "./references.ts";
import { MAX_EMAIL_LENGTH } from "../../domain/event-limits.ts";

/** An email address, checked loosely: only its hash has to match. The message never repeats the address. */
export const emailAddress = z.string().refine((text) => {
  const address = text.trim();
  return address.length <= MAX_EMAIL_LENGTH && /^[^@\s]+@[^@\s]+$/.test(address);
}, `must be an email address without spaces, of at most ${MAX_EMAIL_LENGTH} characters`);

/** First and last instant that an OpenFGA timestamp can express, in milliseconds since 1970. */
const FIRST_INSTANT = Date.parse("0001-01-01T00:00:00Z");
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Returns the keyed hash of an address; refuses as `store_unavailable` if the installation has no key. */
export function hashOf(scene: Scene, email: string): string | Refusal {
  return scene.emailHash?.(email)
    ?? refuse("store_unavailable", "this installation has no key for email addresses: SIDELINE_EMAIL_KEY is not set");
}

/** Refuses an expiry outside the years 1 to 9999. One in the past is accepted: the invite is expired from the start. */
export function expiryFault(expiresAt: number | undefined): Refusal | undefined {
  const message = "not in the years 1 to 9999";
  return expiresAt === undefined || (expiresAt >= FIRST_INSTANT && expiresAt <= LAST_INSTANT) ? undefined
    : refuse("invalid_event", `expires_at is ${message}`, [{ path: "data.expires_at", message }]);
}

/**
 * Refuses a roster row that cannot get an account: it has one, or an open invite other than `self` reserves it at `now`
 * (milliseconds since 1970) (PR10).
 */
export function reservationFault(reader: Reader, athleteId: string, now: number, self?: string): Refusal | undefined {
  const linked = accountOf(reader, athleteId);
  if (linked !== undefined) return refuse("athlete_already_linked", `${athlete(athleteId)} already has an account`);
  return reservationOf(reader, athleteId, now, self) === undefined ? undefined
    : refuse("athlete_already_linked", `${athlete(athleteId)} is reserved by an open invite`);
}

type Names = Pick<Invite, "org" | "team" | "athlete" | "role" | "assignmentRole">;

/** Refuses an invite that names a team, a row or a role that does not exist or is not in its org. */
export function namesFault(reader: Reader, found: Names): Refusal | undefined {
  const roles = [found.role, found.assignmentRole].filter((named) => named !== undefined)
    .map((named) => roleOrFault(reader, found.org, named));
  return firstFault(
    found.team === undefined ? undefined : teamFault(reader, found.team, found.org),
    found.athlete === undefined ? undefined : athleteFault(reader, found.athlete, found.org),
    roles.find(isRefusal),
  );
}

/** Refuses an invite that names a role of the wrong scope, or head_coach, which no invite gives (S15). */
export function scopesFault(reader: Reader, found: Names): Refusal | undefined {
  const mismatch = (roleId: string | undefined, scope: "org" | "athlete"): Refusal | undefined => {
    const named = roleId === undefined ? undefined : roleOrFault(reader, found.org, roleId);
    return named === undefined || isRefusal(named) ? named : scopeFault(named, scope);
  };
  if (found.assignmentRole === HEAD_COACH) {
    const detail = "an invite cannot give head_coach: only team.created and team.head_coach_changed do";
    return refuse("role_scope_mismatch", detail);
  }
  return mismatch(found.role, "org") ?? mismatch(found.assignmentRole, "athlete");
}

/** Refuses an invite that was accepted or revoked. */
export function spentFault(found: Invite): Refusal | undefined {
  if (found.acceptedBy !== undefined) return refuse("invite_already_accepted", `${invite(found.id)} was accepted`);
  return found.revoked ? refuse("invite_revoked", `${invite(found.id)} was revoked`) : undefined;
}
