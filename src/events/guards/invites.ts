// What invites are held to: addresses, terms, reservations, and that what they name is there (IN4, PR5, PR10).
import { z } from "zod";
import { athlete, invite } from "../../domain/object-names.ts";
import { reservationOf, type Invite } from "../../domain/invites.ts";
import { accountOf } from "../../domain/seats.ts";
import type { Reader } from "../../tuples/delta.ts";
import type { Scene } from "../event.ts";
import { isRefusal, refuse, type Refusal } from "../refusal.ts";
import { HEAD_COACH } from "./head-coach.ts";
import { athleteFault, firstFault, roleOrFault, scopeFault, teamFault } from "./references.ts";

/** Longest email address, in characters, once trimmed: what fits a path of RFC 5321 without its angle brackets. */
const MAX_EMAIL_LENGTH = 254;

/** An email address: loosely, it is the hash that must match. The message never repeats it. */
export const emailAddress = z.string().refine((text) => {
  const address = text.trim();
  return address.length <= MAX_EMAIL_LENGTH && /^[^@\s]+@[^@\s]+$/.test(address);
}, "not an email address");

/** How long an invitation is valid, from its creation or resend, in milliseconds: 14 days (PR5). */
export const INVITATION_TERM = 14 * 24 * 60 * 60 * 1000;

/** The first and the last instant a timestamp of OpenFGA can say, in milliseconds since 1970. */
const FIRST_INSTANT = Date.parse("0001-01-01T00:00:00Z");
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The keyed hash of an address; `store_unavailable` where the installation has no key. */
export function hashOf(scene: Scene, email: string): string | Refusal {
  return scene.emailHash?.(email)
    ?? refuse("store_unavailable", "this installation has no key for email addresses (yet)");
}

/** Refusal when an expiry is not in the years 1 to 9999. One that is over already makes an invite that is expired. */
export function expiryFault(expiresAt: number | undefined): Refusal | undefined {
  const message = "not in the years 1 to 9999";
  return expiresAt === undefined || (expiresAt >= FIRST_INSTANT && expiresAt <= LAST_INSTANT) ? undefined
    : refuse("invalid_event", `expires_at is ${message}`, [{ path: "data.expires_at", message }]);
}

/**
 * Refusal when a roster row cannot get an account: it has one, or an open invite reserves it at `now` (milliseconds
 * since 1970), another than the invite `self` (PR10).
 */
export function reservationFault(reader: Reader, athleteId: string, now: number, self?: string): Refusal | undefined {
  const linked = accountOf(reader, athleteId);
  if (linked !== undefined) return refuse("athlete_already_linked", `${athlete(athleteId)} has an account already`);
  return reservationOf(reader, athleteId, now, self) === undefined ? undefined
    : refuse("athlete_already_linked", `${athlete(athleteId)} is reserved by an open invite`);
}

type Names = Pick<Invite, "org" | "team" | "athlete" | "role" | "assignmentRole">;

/** Refusal when the team, the row or a role an invite names is not there, or not in its org. */
export function namesFault(reader: Reader, found: Names): Refusal | undefined {
  const roles = [found.role, found.assignmentRole].filter((named) => named !== undefined)
    .map((named) => roleOrFault(reader, found.org, named));
  return firstFault(
    found.team === undefined ? undefined : teamFault(reader, found.team, found.org),
    found.athlete === undefined ? undefined : athleteFault(reader, found.athlete, found.org),
    roles.find(isRefusal),
  );
}

/** Refusal when a role an invite names is not of the scope it is to be held in; head_coach is never given so (S15). */
export function scopesFault(reader: Reader, found: Names): Refusal | undefined {
  const mismatch = (roleId: string | undefined, scope: "org" | "athlete"): Refusal | undefined => {
    const named = roleId === undefined ? undefined : roleOrFault(reader, found.org, roleId);
    return named === undefined || isRefusal(named) ? named : scopeFault(named, scope);
  };
  if (found.assignmentRole === HEAD_COACH) {
    return refuse("role_scope_mismatch", "head_coach on a team comes only by making somebody its head coach");
  }
  return mismatch(found.role, "org") ?? mismatch(found.assignmentRole, "athlete");
}

/** Refusal for an invite that was accepted, or revoked. */
export function spentFault(found: Invite): Refusal | undefined {
  if (found.acceptedBy !== undefined) return refuse("invite_already_accepted", `${invite(found.id)} was accepted`);
  return found.revoked ? refuse("invite_revoked", `${invite(found.id)} was revoked`) : undefined;
}
