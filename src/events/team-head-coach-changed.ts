// team.head_coach_changed: a team gets another head coach or none; the former one's assignment ends (AC3, S15).
import { team } from "../domain/object-names.ts";
import { endAssignment } from "../domain/row-changes.ts";
import { headAssignment, homeOf, orgOf } from "../domain/relationship-rows.ts";
import { Draft } from "../tuples/delta.ts";
import { defineEvent, fields, id, needs, UNCHANGED } from "./event.ts";
import { appoint } from "./head-coach-appointment.ts";
import { refuse, unknown } from "./refusal.ts";

export const teamHeadCoachChanged = defineEvent({
  type: "team.head_coach_changed",
  data: fields({ team: id, head_coach: id.nullable(), assignment: id.optional() })
    .refine((given) => given.assignment === undefined || given.head_coach !== null, {
      path: ["assignment"], message: "not allowed without a head coach",
    }),
  org: (data, view) => homeOf(view.tuples, team(data.team)),
  may: needs("org.manage"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const inOrg = orgOf(tuples, team(data.team));
    if (inOrg === undefined) return unknown(team(data.team));
    const former = headAssignment(tuples, data.team);
    if ((former?.coach ?? null) === data.head_coach) {
      return data.assignment === undefined || data.assignment === former?.id ? UNCHANGED
        : refuse("relationship_mismatch", `the head coach's assignment is ${former?.id}, not ${data.assignment}`);
    }
    const draft = new Draft(tuples);
    if (former !== undefined) endAssignment(draft, former);
    if (data.head_coach === null) return draft.delta();
    const { team: teamId, head_coach: coach, assignment } = data;
    return appoint(draft, scene, { org: inOrg, team: teamId, coach, assignment }) ?? draft.delta();
  },
});
