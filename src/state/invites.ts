// Invites as the tuples tell them: links (IN4) and email invitations (PR5), and what became of each.
import type { Hat } from "../model/roles.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { athlete, invitation, invite, org, pairOf, role, team, textOf, user, value } from "./entity.ts";
import { theUser } from "./view.ts";

/** What an invite fixes, and its state. Times are milliseconds since 1970. */
export interface Invite {
  readonly id: string;
  readonly org: string;
  readonly hat: Hat;
  readonly team: string | undefined;
  /** Org role it gives, if it names one. */
  readonly role: string | undefined;
  /** Role on the team, if it names one. */
  readonly assignmentRole: string | undefined;
  /** Roster row it was made for; `reservedRow` tells whether it reserves it still. */
  readonly athlete: string | undefined;
  /** Keyed hash of the address: an email invitation. */
  readonly email: string | undefined;
  readonly expiresAt: number | undefined;
  readonly maxUses: number | undefined;
  readonly uses: number;
  readonly professionalArea: string | undefined;
  /** Its maker: the actor who created it, or resent it last; undefined for the system (S19). */
  readonly invitedBy: string | undefined;
  readonly revoked: boolean;
  /** Who accepted it (email invitations only). */
  readonly acceptedBy: string | undefined;
}

export type InviteStatus = "active" | "expired" | "revoked" | "exhausted" | "accepted";

/** An invite, whatever became of it; undefined where there never was one with that id. */
export function findInvite(reader: Reader, id: string): Invite | undefined {
  const self = invitation(id);
  const inOrg = theUser(reader, self, "org");
  const hat = theUser(reader, self, "hat");
  if (inOrg === undefined || hat === undefined) return undefined;
  const text = (relation: string): string | undefined => {
    const found = theUser(reader, self, relation);
    return found === undefined ? undefined : textOf(found);
  };
  const number = (relation: string): number | undefined => {
    const found = text(relation);
    return found === undefined ? undefined : Number(found);
  };
  const object = (relation: string): string | undefined => {
    const found = theUser(reader, self, relation);
    return found === undefined ? undefined : found.startsWith("role:") ? pairOf(found).id : idOf(found);
  };
  return {
    id, org: idOf(inOrg), hat: textOf(hat) as Hat, team: object("team"), role: object("role"),
    assignmentRole: object("assignment_role"), athlete: object("athlete"), email: text("email"),
    expiresAt: number("expires_at"), maxUses: number("max_uses"), uses: number("uses") ?? 0,
    professionalArea: text("professional_area"), invitedBy: object("invited_by"),
    revoked: text("revoked") !== undefined, acceptedBy: object("accepted_by"),
  };
}

/** The status of an invite at a time; it is valid while `now < expiresAt` (IN5, PR6). */
export function statusOf(found: Invite, now: number): InviteStatus {
  if (found.acceptedBy !== undefined) return "accepted";
  if (found.revoked) return "revoked";
  if (found.maxUses !== undefined && found.uses >= found.maxUses) return "exhausted";
  if (found.expiresAt !== undefined && now >= found.expiresAt) return "expired";
  return "active";
}

/** Whether an invite can never be redeemed again: revoked, accepted or used up. Expired, it can be resent. */
export function isClosed(reader: Reader, id: string): boolean {
  const self = invitation(id);
  if (theUser(reader, self, "revoked") !== undefined || theUser(reader, self, "accepted_by") !== undefined) return true;
  const most = theUser(reader, self, "max_uses");
  const uses = most === undefined ? undefined : theUser(reader, self, "uses");
  return most !== undefined && Number(uses === undefined ? 0 : textOf(uses)) >= Number(textOf(most));
}

/** Every invite of an org by its id, whatever became of it, one at a time. */
export function* invitesOf(reader: Reader, orgId: string): Iterable<Invite> {
  for (const id of reader.objects("invitation", "org", org(orgId)).map(idOf).sort()) {
    const found = findInvite(reader, id);
    if (found !== undefined) yield found;
  }
}

/** Every invite that names a role, as the org role or as the one on the team. */
export function invitesNaming(reader: Reader, named: { readonly org: string; readonly id: string }): Invite[] {
  const self = role(named.org, named.id);
  return ["role", "assignment_role"].flatMap((relation) => reader.objects("invitation", relation, self))
    .map((entry) => findInvite(reader, idOf(entry))).filter((found) => found !== undefined);
}

/** The invite that reserves a roster row at a time, if one does; `except` is left out of account. */
export function reservationOf(reader: Reader, athleteId: string, now: number, except?: string): Invite | undefined {
  return reader.objects("invitation", "athlete", athlete(athleteId))
    .map((entry) => findInvite(reader, idOf(entry)))
    .find((found) => found !== undefined && found.id !== except && statusOf(found, now) === "active"
      && reservedRow(found) !== undefined);
}

/** The row an invite reserves while it is active: the next user of a link that had one gets a row of their own. */
export function reservedRow(found: Invite): string | undefined {
  return found.uses === 0 ? found.athlete : undefined;
}

/** Drafts a new invite, open to be redeemed. */
export function putInvite(draft: Draft, found: Invite): void {
  const self = invitation(found.id);
  const put = (relation: string, what: string | undefined): void => {
    if (what !== undefined) draft.write(self, relation, what);
  };
  const text = (of: string | number | undefined) => of === undefined ? undefined : value(String(of));
  draft.write(self, "org", org(found.org)).write(self, "hat", value(found.hat));
  put("team", found.team && team(found.team));
  put("role", found.role && role(found.org, found.role));
  put("assignment_role", found.assignmentRole && role(found.org, found.assignmentRole));
  put("athlete", found.athlete && athlete(found.athlete));
  put("email", text(found.email));
  put("expires_at", text(found.expiresAt));
  put("max_uses", text(found.maxUses));
  put("professional_area", text(found.professionalArea));
  put("invited_by", found.invitedBy && user(found.invitedBy));
  draft.write(invite(found.id), "org", org(found.org));
  putOpen(draft, found.id, found.expiresAt);
}

/** Drafts who answers for an invite from now on; undefined: nobody, since the system sent it. */
export function putMaker(draft: Draft, id: string, maker: string | undefined): void {
  if (maker === undefined) draft.clear(invitation(id), "invited_by");
  else draft.replace(invitation(id), "invited_by", user(maker));
}

/** Drafts another expiry of an invite, from which on it is open until then (PR5). */
export function extend(draft: Draft, id: string, expiresAt: number): void {
  draft.replace(invitation(id), "expires_at", value(String(expiresAt)));
  putOpen(draft, id, expiresAt);
}

/**
 * Drafts that a user redeemed an invite: an invitation is accepted, a link has one use less. To be written last: a
 * redemption that needs several writes is decided as the first time until then.
 */
export function spend(draft: Draft, found: Invite, userId: string): void {
  const self = invitation(found.id);
  if (found.email !== undefined) {
    draft.write(self, "accepted_by", user(userId));
    close(draft, found.id);
    return;
  }
  const uses = found.uses + 1;
  draft.replace(self, "uses", value(String(uses)));
  if (found.maxUses !== undefined && uses >= found.maxUses) close(draft, found.id);
}

/** Drafts that an invite can be redeemed, until `expiresAt` if it has one; a resend moves the tuple (see model.fga). */
function putOpen(draft: Draft, id: string, expiresAt: number | undefined): void {
  const self = invite(id);
  const relation = draft.has(self, "open", user("*")) ? "reopened" : "open";
  draft.clear(self, "open").clear(self, "reopened");
  if (expiresAt === undefined) draft.write(self, relation, user("*"));
  else {
    const context = { expires_at: new Date(expiresAt).toISOString() };
    draft.write(self, relation, user("*"), { name: "unexpired", context });
  }
}

/** Drafts that an invite can no longer be redeemed. */
function close(draft: Draft, id: string): void {
  draft.clear(invite(id), "open").clear(invite(id), "reopened");
}

/** Drafts the revocation of an invite. */
export function revoke(draft: Draft, id: string): void {
  close(draft, id);
  draft.write(invitation(id), "revoked", value("yes"));
}
