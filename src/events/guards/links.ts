// PR10: a roster row has one account at most, and an account one row in each org.
import { reservationOf } from "../../state/invites.ts";
import { accountOf, linkedAthlete } from "../../state/seats.ts";
import type { Reader } from "../../tuples/delta.ts";
import { refuse, type Refusal } from "../refusal.ts";
import { accountFault } from "./references.ts";

/** Refusal when a user cannot be linked to one more row of an org: no active athlete there, or linked already. */
export function userLinkFault(reader: Reader, orgId: string, userId: string): Refusal | undefined {
  const fault = accountFault(reader, orgId, userId);
  if (fault !== undefined) return fault;
  const linked = linkedAthlete(reader, orgId, userId);
  return linked === undefined ? undefined
    : refuse("user_already_linked", `${userId} is linked to ${linked} in ${orgId} already`);
}

/**
 * Refusal when a roster row cannot be linked to one more account: it has one, or an open invite reserves it at `now`
 * (milliseconds since 1970) for whoever redeems that.
 */
export function rowLinkFault(reader: Reader, athleteId: string, now: number): Refusal | undefined {
  if (accountOf(reader, athleteId) !== undefined) {
    return refuse("athlete_already_linked", `${athleteId} has an account already`);
  }
  return reservationOf(reader, athleteId, now) === undefined ? undefined
    : refuse("athlete_already_linked", `${athleteId} is reserved by an open invite`);
}
