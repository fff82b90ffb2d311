// PR10: an account has at most one roster row in each org. ./invites.ts ensures that a row has at most one account.
import { linkedAthlete } from "../../domain/seats.ts";
import type { Reader } from "../../tuples/delta.ts";
import { refuse, type Refusal } from "../refusal.ts";
import { accountFault } from "./references.ts";

/** Refuses a user who cannot be linked to a row of an org: not an active athlete there, or already linked. */
export function userLinkFault(reader: Reader, orgId: string, userId: string): Refusal | undefined {
  const fault = accountFault(reader, orgId, userId);
  if (fault !== undefined) return fault;
  const linked = linkedAthlete(reader, orgId, userId);
  return linked === undefined ? undefined
    : refuse("user_already_linked", `${userId} is already linked to athlete ${linked} in ${orgId}`);
}
