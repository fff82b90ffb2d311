// role.created: a new custom role, whose scope never changes (PM1, PM5, S6).
import { z } from "zod";
import { normalizeKeys } from "../policy/permission-keys.ts";
import { org, role } from "../domain/object-names.ts";
import { kindOf } from "../domain/members.ts";
import { findRole, keysOf, putKeys, putRoleEntry } from "../domain/roles.ts";
import { change, defineEvent, fields, needs, orgId, UNCHANGED } from "./event.ts";
import { idTaken } from "./ids.ts";
import { exceedsByAdding } from "./guards/escalation.ts";
import { keysFault, roleKeys } from "./guards/role-keys.ts";
import { unknown } from "./refusal.ts";

export const roleCreated = defineEvent({
  type: "role.created",
  data: fields({ org: orgId, role: orgId, scope: z.enum(["org", "athlete"]), keys: roleKeys }),
  org: (data) => data.org,
  may: needs("org.roles.manage"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    if (kindOf(tuples, data.org) === undefined) return unknown(org(data.org));
    const keys = normalizeKeys(data.keys);
    const there = findRole(tuples, data.org, data.role);
    if (there?.scope === data.scope && keysOf(tuples, there).join() === keys.join()) return UNCHANGED;

    const exceeds = exceedsByAdding(scene, data.org, data.scope, keys);
    if (exceeds !== undefined) return exceeds;
    if (there !== undefined) return idTaken(role(data.org, data.role));
    // S12: of the org keys, a role of the athlete scope holds two only.
    const fault = keysFault(data.role, data.scope, keys);
    if (fault !== undefined) return fault;
    return change(scene, (draft) => {
      putRoleEntry(draft, data.org, data.role, data.scope);
      putKeys(draft, { org: data.org, id: data.role, scope: data.scope, system: false }, keys);
    });
  },
});
