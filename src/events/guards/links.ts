// PR10: an account has one roster row in each org; that a row has one account, ./invites.ts sees to.
import { linkedAthlete } from "../../domain/seats.ts";
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
