// invite.created: a link or an email invitation, which fixes what its redeemer gets (IN4, IN8, PR5, S6, S14, S19).
import { z } from "zod";
import { HATS } from "../policy/seeded-roles.ts";
import { invite, org } from "../domain/object-names.ts";
import { findInvite, putInvite, type Invite } from "../domain/invites.ts";
import { kindOf } from "../domain/members.ts";
import type { Reader } from "../tuples/delta.ts";
import { change, defineEvent, fields, id, needs, orgId, UNCHANGED, type Scene } from "./event.ts";
import { isTaken, claimId, idTaken } from "./ids.ts";
import { exceedsByInviting } from "./guards/invite-escalation.ts";
import { emailAddress, expiryFault, hashOf, namesFault, reservationFault, scopesFault } from "./guards/invite-terms.ts";
import { professionalArea } from "./member-professional-area-set.ts";
import { isRefusal, unknown, type Refusal } from "./refusal.ts";
import { INVITATION_TERM_MS, MAX_INVITE_USES } from "../domain/event-limits.ts";

const payload = fields({
  invite: id, org: orgId, hat: z.enum(HATS).default("coach"), team: id.optional(), role: orgId.optional(),
  assignment_role: orgId.optional(), email: emailAddress.optional(), athlete: id.optional(),
  expires_at: z.iso.datetime({ offset: true }).optional(), max_uses: z.int().min(1).max(MAX_INVITE_USES).optional(),
  professional_area: professionalArea.optional(),
}).superRefine((data, context) => {
  const fault = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  const link = data.email === undefined;
  if (link && data.team === undefined && (data.hat === "coach" || data.hat === "athlete")) {
    fault("team", `required for a link with the hat ${data.hat}`);
  }
  if (!link && data.max_uses !== undefined) fault("max_uses", "not allowed with email: an invitation has one use");
  if (data.athlete !== undefined && data.hat !== "athlete") fault("athlete", "allowed for the hat athlete only");
  if (data.assignment_role !== undefined && (data.hat !== "coach" || data.team === undefined)) {
    fault("assignment_role", "allowed for the hat coach and a team only");
  }
});
type Payload = z.infer<typeof payload>;

export const inviteCreated = defineEvent({
  type: "invite.created",
  data: payload,
  org: (data) => data.org,
  may: needs("org.members.invite"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    if (kindOf(tuples, data.org) === undefined) return unknown(org(data.org));
    const after = inviteOf(data, scene);
    if (isRefusal(after)) return after;
    const missing = namesFault(tuples, after);
    if (missing !== undefined) return missing;
    const before = findInvite(tuples, data.invite);
    if (before !== undefined && isSame(before, after, data.expires_at !== undefined)) return UNCHANGED;

    const fault = exceedsByInviting(scene.view, after) ?? guardsFault(tuples, after, scene.now);
    if (fault !== undefined) return fault;
    return change(scene, (draft) => {
      claimId(draft, invite(after.id));
      putInvite(draft, after);
    });
  },
});

function inviteOf(data: Payload, scene: Scene): Invite | Refusal {
  const email = data.email === undefined ? undefined : hashOf(scene, data.email);
  if (email !== undefined && typeof email !== "string") return email;
  const term = email === undefined ? undefined : scene.now + INVITATION_TERM_MS;
  return {
    id: data.invite, org: data.org, hat: data.hat, team: data.team, role: data.role,
    assignmentRole: data.assignment_role, athlete: data.athlete, email,
    expiresAt: data.expires_at === undefined ? term : Date.parse(data.expires_at),
    maxUses: data.max_uses, uses: 0, professionalArea: data.professional_area, invitedBy: scene.actor,
    revoked: false, acceptedBy: undefined,
  };
}

/** The fields that an invite fixes, except its expiry. */
const FIXED = [
  "org", "hat", "team", "role", "assignmentRole", "athlete", "email", "maxUses", "professionalArea",
] as const;

/** True if an unrevoked invite already says all of this. The actor and the time of the new event make no difference. */
function isSame(before: Invite, after: Invite, saysExpiry: boolean): boolean {
  const sameExpiry = saysExpiry || after.email === undefined ? before.expiresAt === after.expiresAt : true;
  return !before.revoked && sameExpiry && FIXED.every((field) => before[field] === after[field]);
}

function guardsFault(reader: Reader, after: Invite, now: number): Refusal | undefined {
  if (isTaken(reader, invite(after.id))) return idTaken(invite(after.id));
  // S15: no invite gives the role of a head coach. PR10: a row that has an account, or is reserved, is not given again.
  return scopesFault(reader, after) ?? expiryFault(after.expiresAt)
    ?? (after.athlete === undefined ? undefined : reservationFault(reader, after.athlete, now, after.id));
}
