// coaching.started: a coach's row over one athlete, held for a team if one is named (PM1, NP5, NP6, NP8, S16).
import { z } from "zod";
import { athlete, coaching } from "../state/entity.ts";
import { coachingRow, homeOf, orgOf, startCoaching } from "../state/rows.ts";
import { isOn } from "../state/seats.ts";
import { Draft, NOTHING } from "../tuples/delta.ts";
import { defineEvent, id, orgId } from "./event.ts";
import { settle } from "./guards/claims.ts";
import { HEAD_COACH } from "./guards/head-coach.ts";
import { coachFault, roleOrFault, scopeFault, teamFault, unknown } from "./guards/references.ts";
import { rowIdFault } from "./guards/row-ids.ts";
import { mayAssignIn } from "./guards/row-rights.ts";
import { isRefusal, refuse } from "./refusal.ts";

export const coachingStarted = defineEvent({
  type: "coaching.started",
  data: z.strictObject({ coaching: id, athlete: id, coach: id, team: id.optional(), role: orgId.default(HEAD_COACH) }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  may: (_data, actor, view, home) => mayAssignIn(view, actor, home),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const inOrg = orgOf(tuples, athlete(data.athlete));
    if (inOrg === undefined) return unknown(athlete(data.athlete));
    const role = roleOrFault(tuples, inOrg, data.role);
    if (isRefusal(role)) return role;
    const place = data.team === undefined ? undefined : teamFault(tuples, data.team, inOrg);
    if (place !== undefined) return place;

    const self = coaching(data.coaching);
    const row = coachingRow(tuples, data.coaching);
    const same = row?.athlete === data.athlete && row.coach === data.coach && row.team === data.team;
    if (same && row.role === role.id && row.active) return NOTHING;
    const fault = rowIdFault(tuples, self, row, inOrg) ?? scopeFault(role, "athlete")
      ?? coachFault(tuples, inOrg, data.coach);
    if (fault !== undefined) return fault;
    if (data.team !== undefined && !isOn(tuples, data.athlete, data.team)) {
      return refuse("not_on_team", `${data.athlete} is not on ${data.team}`);
    }
    const draft = new Draft(tuples);
    settle(draft, self, inOrg);
    const { athlete: over, coach, team } = data;
    startCoaching(draft, { id: data.coaching, org: inOrg, coach, athlete: over, team, role: role.id });
    return draft.delta();
  },
});
