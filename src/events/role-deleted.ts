// role.deleted: deletes a custom role that nobody holds; its id is free again (PM5).
import { org } from "../domain/object-names.ts";
import { isNamedByInvite } from "../domain/invites.ts";
import { kindOf } from "../domain/members.ts";
import { dropRole, findRole, isHeldByRow, membersHolding, type Role } from "../domain/roles.ts";
import type { Reader } from "../tuples/delta.ts";
import { change, defineEvent, fields, needs, orgId, UNCHANGED } from "./event.ts";
import { refuse, unknown } from "./refusal.ts";

/** True while a member, active or not, an active row or an invite open at `now` (ms since 1970) holds a role. */
function isInUse(reader: Reader, found: Role, now: number): boolean {
  return membersHolding(reader, found).length > 0 || isHeldByRow(reader, found) || isNamedByInvite(reader, found, now);
}

export const roleDeleted = defineEvent({
  type: "role.deleted",
  data: fields({ org: orgId, role: orgId }),
  org: (data) => data.org,
  may: needs("org.roles.manage"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    if (kindOf(tuples, data.org) === undefined) return unknown(org(data.org));
    const found = findRole(tuples, data.org, data.role);
    if (found === undefined) return UNCHANGED;
    // PM2: Owner is locked.
    if (found.system && found.id === "owner") return refuse("role_locked", `the Owner role of ${data.org} is locked`);
    if (found.system) return refuse("system_role", `${found.id} is a system role of ${data.org}, which stays`);
    if (isInUse(tuples, found, scene.now)) return refuse("role_in_use", `role ${found.id} of ${data.org} is in use`);
    return change(scene, (draft) => dropRole(draft, found));
  },
});
