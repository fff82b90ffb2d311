// platform.superadmin_granted, _revoked, platform.admin_granted, _revoked: the installation's own staff (NP2, PM7).
import { THE_PLATFORM, user } from "../domain/object-names.ts";
import { change, defineEvent, fields, id } from "./event.ts";
import { PLATFORM } from "../ledger/envelope.ts";

/** Defines a grant or a revocation for any account, known to an org or not. Repeating it drafts an empty delta. */
function staffEvent(type: string, relation: "superadmin" | "admin", verb: "write" | "remove") {
  return defineEvent({
    type,
    data: fields({ user: id }),
    org: () => PLATFORM,
    may: (_data, actor, view) => view.allowed(actor, "superadmin", THE_PLATFORM),
    decide: (data, scene) => change(scene, (draft) => draft[verb](THE_PLATFORM, relation, user(data.user))),
  });
}

export const platformSuperadminGranted = staffEvent("platform.superadmin_granted", "superadmin", "write");
/** Revokes even the last superadmin: the system can always grant it again. */
export const platformSuperadminRevoked = staffEvent("platform.superadmin_revoked", "superadmin", "remove");
export const platformAdminGranted = staffEvent("platform.admin_granted", "admin", "write");
export const platformAdminRevoked = staffEvent("platform.admin_revoked", "admin", "remove");
