// invite.redeemed: an account gets what an invite fixes, by any of the three ways in (IN5, IN6, PR5-PR7, S18, S19).
import { z } from "zod";
import { defaultRole, type Kind } from "../policy/seeded-roles.ts";
import { invite } from "../domain/object-names.ts";
import { findInvite, reservedRow, spend, statusOf, type Invite } from "../domain/invites.ts";
import {
  kindOf, memberOf, professionalAreaOf, putHats, putInvitedBy, putMember, putProfessionalArea, putRole, type Member,
} from "../domain/members.ts";
import { coaches } from "../domain/relationship-rows.ts";
import { isOn, linkedAthlete } from "../domain/seats.ts";
import { Draft, type Reader } from "../tuples/delta.ts";
import { defineEvent, fields, id, UNCHANGED, type Scene } from "./event.ts";
import type { Standing } from "./guards/escalation.ts";
import { exceedsByInviting, type Redeemer } from "./guards/invite-escalation.ts";
import { emailAddress, hashOf, namesFault, scopesFault } from "./guards/invite-terms.ts";
import { exchangeFault } from "./guards/player-roles.ts";
import { placeAthlete, placeCoach, standingAfter } from "./redemption-effects.ts";
import { refuse, type Refusal } from "./refusal.ts";

const payload = fields({
  invite: id, user: id, email: emailAddress.optional(), assignment: id.optional(), athlete: id.optional(),
});
type Payload = z.infer<typeof payload>;

export const inviteRedeemed = defineEvent({
  type: "invite.redeemed",
  data: payload,
  org: (data, view) => findInvite(view.tuples, data.invite)?.org,
  // The invite's id is the redeemer's proof of their right, so an unknown id is refused as `invite_invalid`.
  may: (data, actor) => actor === data.user,
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const found = findInvite(tuples, data.invite);
    const kind = found === undefined ? undefined : kindOf(tuples, found.org);
    if (found === undefined || kind === undefined) {
      return refuse("invite_invalid", `there is no ${invite(data.invite)}`);
    }
    const member = memberOf(tuples, found.org, data.user);
    if (holdsAlready(tuples, found, member, data.user)) return UNCHANGED;
    const after = member === undefined ? undefined : standingAfter(tuples, kind, found, member);
    const redeemer = member === undefined || after === undefined ? undefined : { before: member, after };
    const fault = statusFault(found, scene.now) ?? emailFault(found, data.email, scene)
      ?? (scene.resuming ? undefined : makerFault(scene, found, redeemer))
      ?? namesFault(tuples, found) ?? scopesFault(tuples, found) ?? idsFault(found, data);
    if (fault !== undefined) return fault;

    const draft = new Draft(tuples);
    const joined = redeemer === undefined ? welcome(draft, kind, found, data.user)
      : join(draft, kind, found, redeemer.before, redeemer.after);
    const refused = joined
      ?? (found.hat === "coach" ? placeCoach(draft, scene, kind, found, data) : undefined)
      // PR10: an account gets one row at most, and a row one account.
      ?? (found.hat === "athlete" ? placeAthlete(draft, scene, found, data) : undefined);
    if (refused !== undefined) return refused;
    const end = new Draft(tuples);
    spend(end, found, data.user);
    return { ...draft.delta(), end: end.delta() };
  },
});

/**
 * True if redeeming would change nothing (IN6): the user has accepted this invitation, or already has the team and the
 * hat of this link. A link that reserves a row still has something to give. A user who is already an admin is refused
 * instead.
 */
function holdsAlready(reader: Reader, found: Invite, member: Member | undefined, userId: string): boolean {
  if (found.email !== undefined) return found.acceptedBy === userId;
  if (member?.active !== true || !member.hats.includes(found.hat)) return false;
  const { hat, team } = found;
  if (hat === "office") return true;
  if (hat === "coach") return team !== undefined && coaches(reader, userId, team);
  if (hat === "admin" || reservedRow(found) !== undefined) return false;
  const own = linkedAthlete(reader, found.org, userId);
  return own !== undefined && team !== undefined && isOn(reader, own, team);
}

/** Refuses an invite that can no longer be redeemed, with a code per reason (PR6). No detail names the invite (S20). */
function statusFault(found: Invite, now: number): Refusal | undefined {
  const status = statusOf(found, now);
  if (status === "active") return undefined;
  const code = status === "accepted" ? "invite_already_accepted" : `invite_${status}` as const;
  return refuse(code, `the invite is ${status}`);
}

/**
 * Refuses an invite that its maker could not give now (S19); a reserved row's place on a team is part of it (S14). The
 * refusal names nobody.
 */
function makerFault(scene: Scene, found: Invite, redeemer: Redeemer | undefined): Refusal | undefined {
  return exceedsByInviting(scene.view, found, redeemer) === undefined ? undefined
    : refuse("inviter_lost_right", "the maker of this invite may no longer give what it gives: ask for a new one");
}

/** Refuses an invitation whose address is not that of the account (PR5). */
function emailFault(found: Invite, email: string | undefined, scene: Scene): Refusal | undefined {
  const given = email === undefined ? undefined : hashOf(scene, email);
  if (given !== undefined && typeof given !== "string") return given;
  return found.email === undefined || found.email === given ? undefined
    : refuse("email_mismatch", "the invite is for another email address than the one in the event");
}

/** Refuses an id that this invite has no use for: it is a mistake, not a preference to ignore. */
function idsFault(found: Invite, data: Payload): Refusal | undefined {
  const fault = (field: string, message: string): Refusal =>
    refuse("invalid_event", `${field}: ${message}`, [{ path: `data.${field}`, message }]);
  if (data.assignment !== undefined && (found.hat !== "coach" || found.team === undefined)) {
    return fault("assignment", "allowed for an invite of a coach to a team only");
  }
  return data.athlete === undefined || found.hat === "athlete" ? undefined
    : fault("athlete", "allowed for an invite of an athlete only");
}

/** Drafts a new member with everything that the invite fixes. */
function welcome(draft: Draft, kind: Kind, found: Invite, userId: string): undefined {
  putMember(draft, found.org, userId, [found.hat], found.role ?? defaultRole(kind, found.hat));
  if (found.invitedBy !== undefined) putInvitedBy(draft, found.org, userId, found.invitedBy);
  if (found.professionalArea !== undefined) putProfessionalArea(draft, found.org, userId, found.professionalArea);
}

/** Drafts the hat and the role for an existing member. A member who already wears the hat gets neither (IN6). */
function join(draft: Draft, kind: Kind, found: Invite, member: Member, after: Standing): Refusal | undefined {
  if (!member.active) return refuse("member_inactive", `${member.user} is deactivated in ${found.org}`);
  if (member.hats.includes(found.hat)) {
    return found.hat === "admin" ? refuse("duplicate_admin_grant", `${member.user} is already an admin of ${found.org}`)
      : undefined;
  }
  const fault = exchangeFault(kind, member, after);
  if (fault !== undefined) return fault;
  if (kind === "program" && found.hat === "athlete") {
    return refuse("role_not_exchangeable", `a member of ${found.org} cannot become a player by an invite`);
  }
  putHats(draft, found.org, member.user, after.hats);
  putRole(draft, found.org, member.user, after.role);
  if (found.professionalArea !== undefined && professionalAreaOf(draft, found.org, member.user) === undefined) {
    putProfessionalArea(draft, found.org, member.user, found.professionalArea);
  }
  return undefined;
}
