// role.updated: replaces all keys of a role, at once for everybody who holds it (PM5, PM2, S6).
import { normalizeKeys } from "../policy/permission-keys.ts";
import { dropUnknownKeys, keysOf, putKeys } from "../domain/roles.ts";
import { Draft } from "../tuples/delta.ts";
import { defineEvent, fields, needs, orgId } from "./event.ts";
import { exceedsByAdding } from "./guards/escalation.ts";
import { roleOrFault } from "./guards/references.ts";
import { addedKeys, keysFault, roleKeys } from "./guards/role-keys.ts";
import { isRefusal, refuse } from "./refusal.ts";

export const roleUpdated = defineEvent({
  type: "role.updated",
  data: fields({ org: orgId, role: orgId, keys: roleKeys }),
  org: (data) => data.org,
  may: needs("org.roles.manage"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const found = roleOrFault(tuples, data.org, data.role);
    if (isRefusal(found)) return found;
    const before = keysOf(tuples, found);
    const after = normalizeKeys(data.keys);
    const isLocked = found.system && found.id === "owner";
    const draft = new Draft(tuples);
    if (before.join() === after.join()) {
      if (!isLocked) dropUnknownKeys(draft, found);
      return draft.delta();
    }

    const exceeds = exceedsByAdding(scene, data.org, found.scope, addedKeys(before, after));
    if (exceeds !== undefined) return exceeds;
    if (isLocked) return refuse("role_locked", `the Owner role of ${data.org} is locked`);
    // S12: of the org keys, a role of the athlete scope holds two only.
    const fault = keysFault(found.id, found.scope, after);
    if (fault !== undefined) return fault;
    putKeys(draft, found, after);
    return draft.delta();
  },
});
