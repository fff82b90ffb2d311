// org.created: a new org with its seeded roles and its first member, the Owner (PM2, PR11).
import { z } from "zod";
import { KINDS } from "../policy/seeded-roles.ts";
import { org, THE_PLATFORM } from "../domain/object-names.ts";
import { kindOf, memberOf, putMember, putOrg } from "../domain/members.ts";
import { seedRoles } from "../domain/roles.ts";
import { change, defineEvent, fields, id, orgId, UNCHANGED } from "./event.ts";
import { isTaken, claimId, idTaken } from "./ids.ts";

export const orgCreated = defineEvent({
  type: "org.created",
  data: fields({ org: orgId, kind: z.enum(KINDS), owner: id }),
  org: (data) => data.org,
  may: (data, actor, view) => actor === data.owner || view.allowed(actor, "superadmin", THE_PLATFORM),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    if (isTaken(tuples, org(data.org))) {
      const owner = memberOf(tuples, data.org, data.owner);
      const same = kindOf(tuples, data.org) === data.kind && owner?.active === true && owner.role === "owner";
      return same ? UNCHANGED : idTaken(org(data.org));
    }
    return change(scene, (draft) => {
      claimId(draft, org(data.org));
      putOrg(draft, data.org, data.kind);
      seedRoles(draft, data.org, data.kind);
      putMember(draft, data.org, data.owner, ["admin", "coach"], "owner");
    });
  },
});
