// team.created: a new team of an org, with its head coach if one is named (PM4, S12, S15).
import { z } from "zod";
import { org, team } from "../domain/object-names.ts";
import { kindOf } from "../domain/members.ts";
import { headAssignment, orgOf } from "../domain/relationship-rows.ts";
import { Draft, type Reader } from "../tuples/delta.ts";
import { defineEvent, fields, id, orgId, UNCHANGED } from "./event.ts";
import { isTaken, claimForGood, idTaken } from "./ids.ts";
import { appoint } from "./head-coach-appointment.ts";
import { unknown } from "./refusal.ts";

const data = fields({ team: id, org: orgId, head_coach: id.optional(), assignment: id.optional() })
  .refine((given) => given.assignment === undefined || given.head_coach !== undefined, {
    path: ["assignment"], message: "not allowed without a head coach",
  });

/** True if everything that the event says already holds. */
function isSo(reader: Reader, said: z.infer<typeof data>): boolean {
  if (orgOf(reader, team(said.team)) !== said.org) return false;
  const head = headAssignment(reader, said.team);
  return head?.coach === said.head_coach && (said.assignment === undefined || said.assignment === head?.id);
}

export const teamCreated = defineEvent({
  type: "team.created",
  data,
  org: (data) => data.org,
  may: (data, actor, view) => view.allowed(actor, "teams_create", org(data.org))
    && (data.head_coach === undefined || data.head_coach === actor || view.allowed(actor, "org_manage", org(data.org))),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const self = team(data.team);
    if (kindOf(tuples, data.org) === undefined) return unknown(org(data.org));
    if (isTaken(tuples, self)) return isSo(tuples, data) ? UNCHANGED : idTaken(self);
    const draft = new Draft(tuples);
    claimForGood(draft, self, data.org);
    draft.write(self, "org", org(data.org));
    if (data.head_coach === undefined) return draft.delta();
    const { head_coach: coach, assignment } = data;
    return appoint(draft, scene, { org: data.org, team: data.team, coach, assignment }) ?? draft.delta();
  },
});
