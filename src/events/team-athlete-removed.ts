// team.athlete_removed: an athlete leaves a team; no row ends, but the team's coaches lose access (AC3, NP6).
import { z } from "zod";
import { team } from "../domain/object-names.ts";
import { homeOf, orgOf } from "../domain/relationship-rows.ts";
import { isOn, removeFromTeam } from "../domain/seats.ts";
import { Draft, NOTHING } from "../tuples/delta.ts";
import { defineEvent, id } from "./event.ts";
import { athleteFault, unknown } from "./guards/references.ts";

export const teamAthleteRemoved = defineEvent({
  type: "team.athlete_removed",
  data: z.strictObject({ team: id, athlete: id }),
  org: (data, view) => homeOf(view.tuples, team(data.team)),
  may: (data, actor, view) => view.allowed(actor, "can_edit_membership", team(data.team)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const inOrg = orgOf(tuples, team(data.team));
    if (inOrg === undefined) return unknown(team(data.team));
    const fault = athleteFault(tuples, data.athlete, inOrg);
    if (fault !== undefined) return fault;
    if (!isOn(tuples, data.athlete, data.team)) return NOTHING;
    const draft = new Draft(tuples);
    removeFromTeam(draft, data.athlete, data.team);
    return draft.delta();
  },
});
