// Invites in the tuples: links (IN4) and email invitations (PR5), and the status of each.
import type { Hat } from "../policy/seeded-roles.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { athlete, invitation, invite, org, pairOf, role, team, textOf, user, value } from "./object-names.ts";
import { onlyUserOf } from "./state-view.ts";

/** The terms of an invite and its state. Times are in milliseconds since 1970. */
export interface Invite {
  readonly id: string;
  readonly org: string;
  readonly hat: Hat;
  readonly team: string | undefined;
  /** Id of the org role it gives, if any. */
  readonly role: string | undefined;
  /** Id of the role it gives on the team, if any. */
  readonly assignmentRole: string | undefined;
  /** Roster row it was made for; `reservedRow` returns the row while it is still reserved. */
  readonly athlete: string | undefined;
  /** Keyed hash of the email address; set for an email invitation only. */
  readonly email: string | undefined;
  readonly expiresAt: number | undefined;
  readonly maxUses: number | undefined;
  readonly uses: number;
  readonly professionalArea: string | undefined;
  /** Its maker: the actor who created it or last resent it; undefined for the system (S19). */
  readonly invitedBy: string | undefined;
  readonly revoked: boolean;
  /** User who accepted it (email invitations only). */
  readonly acceptedBy: string | undefined;
}

/** Value that marks an invite as revoked. */
const REVOKED = value("yes");

export type InviteStatus = "active" | "expired" | "revoked" | "exhausted" | "accepted";

/** Returns the invite with this id in any status, or undefined if it never existed. */
export function findInvite(reader: Reader, id: string): Invite | undefined {
  const self = invitation(id);
  const inOrg = onlyUserOf(reader, self, "org");
  const hat = onlyUserOf(reader, self, "hat");
  if (inOrg === undefined || hat === undefined) return undefined;
  const text = (relation: string): string | undefined => {
    const found = onlyUserOf(reader, self, relation);
    return found === undefined ? undefined : textOf(found);
  };
  const number = (relation: string): number | undefined => {
    const found = text(relation);
    return found === undefined ? undefined : Number(found);
  };
  const object = (relation: string): string | undefined => {
    const found = onlyUserOf(reader, self, relation);
    return found === undefined ? undefined : found.startsWith("role:") ? pairOf(found).id : idOf(found);
  };
  return {
    id, org: idOf(inOrg), hat: textOf(hat) as Hat, team: object("team"), role: object("role"),
    assignmentRole: object("assignment_role"), athlete: object("athlete"), email: text("email"),
    expiresAt: number("expires_at"), maxUses: number("max_uses"), uses: number("uses") ?? 0,
    professionalArea: text("professional_area"), invitedBy: object("invited_by"),
    revoked: reader.has(self, "revoked", REVOKED), acceptedBy: object("accepted_by"),
  };
}

/** Fields that determine the status of an invite. */
type Fate = Pick<Invite, "acceptedBy" | "revoked" | "maxUses" | "uses" | "expiresAt">;

/** The fate of a stored invite, read field by field on demand: one look-up decides most of them. */
class StoredFate implements Fate {
  readonly #reader: Reader;
  readonly #self: string;

  constructor(reader: Reader, id: string) {
    this.#reader = reader;
    this.#self = invitation(id);
  }

  get revoked(): boolean {
    return this.#reader.has(this.#self, "revoked", REVOKED);
  }

  get acceptedBy(): string | undefined {
    return onlyUserOf(this.#reader, this.#self, "accepted_by");
  }

  get maxUses(): number | undefined {
    return this.#number("max_uses");
  }

  get uses(): number {
    return this.#number("uses") ?? 0;
  }

  get expiresAt(): number | undefined {
    return this.#number("expires_at");
  }

  #number(relation: string): number | undefined {
    const found = onlyUserOf(this.#reader, this.#self, relation);
    return found === undefined ? undefined : Number(textOf(found));
  }
}

/** Returns how an invite was closed for good, or undefined while it can be redeemed, now or after a resend. */
function closureOf(found: Fate): "revoked" | "accepted" | "exhausted" | undefined {
  if (found.revoked) return "revoked";
  if (found.acceptedBy !== undefined) return "accepted";
  const { maxUses } = found;
  return maxUses !== undefined && found.uses >= maxUses ? "exhausted" : undefined;
}

/** Returns the status of an invite at a time. It is valid while `now < expiresAt` (IN5, PR6). */
export function statusOf(found: Fate, now: number): InviteStatus {
  const closure = closureOf(found);
  if (closure !== undefined) return closure;
  const { expiresAt } = found;
  return expiresAt !== undefined && now >= expiresAt ? "expired" : "active";
}

/** Returns true if an invite was revoked, accepted or used up, for good. An expired one is not: it can be resent. */
export function isClosed(reader: Reader, id: string): boolean {
  return closureOf(new StoredFate(reader, id)) !== undefined;
}

/** Returns the ids of all invites of an org, in any status and in no order. */
export function inviteIds(reader: Reader, orgId: string): string[] {
  return reader.objects("invitation", "org", org(orgId)).map(idOf);
}

/** Returns the invite with this id if it is active at a time, else undefined. */
export function activeInvite(reader: Reader, id: string, now: number): Invite | undefined {
  return statusOf(new StoredFate(reader, id), now) === "active" ? findInvite(reader, id) : undefined;
}

/** Returns true while an active invite names a role, as its org role or as its role on the team. */
export function isNamedByInvite(
  reader: Reader, named: { readonly org: string; readonly id: string }, now: number,
): boolean {
  const self = role(named.org, named.id);
  return ["role", "assignment_role"].some((relation) =>
    reader.objects("invitation", relation, self).some((entry) => activeInvite(reader, idOf(entry), now) !== undefined));
}

/** Returns the invite that reserves a roster row at a time, if any. Ignores the invite with the id `except`. */
export function reservationOf(reader: Reader, athleteId: string, now: number, except?: string): Invite | undefined {
  for (const entry of reader.objects("invitation", "athlete", athlete(athleteId))) {
    const found = activeInvite(reader, idOf(entry), now);
    if (found !== undefined && found.id !== except && reservedRow(found) !== undefined) return found;
  }
  return undefined;
}

/** Returns the roster row an active invite reserves, until its first use. Later users of a link get their own rows. */
export function reservedRow(found: Invite): string | undefined {
  return found.uses === 0 ? found.athlete : undefined;
}

/** Drafts a new invite that can be redeemed. */
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

/** Drafts the new maker of an invite, who answers for it; undefined for the system. */
export function putMaker(draft: Draft, id: string, maker: string | undefined): void {
  if (maker === undefined) draft.clear(invitation(id), "invited_by");
  else draft.replace(invitation(id), "invited_by", user(maker));
}

/** Drafts a new expiry for an invite and reopens it until then (PR5). */
export function extend(draft: Draft, id: string, expiresAt: number): void {
  draft.replace(invitation(id), "expires_at", value(String(expiresAt)));
  putOpen(draft, id, expiresAt);
}

/**
 * Drafts that a user redeemed an invite: an email invitation is accepted, a link has one use less. Write this last:
 * until then, a redemption that needs several writes is decided like the first time.
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

/** Drafts that an invite can be redeemed, until `expiresAt` if given. A resend moves the tuple (see model.fga). */
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
  draft.write(invitation(id), "revoked", REVOKED);
}
