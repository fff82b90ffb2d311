// team.athlete_added: an athlete gets a place on a team, and the team's coaches get access (AC1, AC3, S14).
import { athlete, team } from "../domain/object-names.ts";
import { homeOf, orgOf } from "../domain/relationship-rows.ts";
import { addToTeam } from "../domain/seats.ts";
import { change, defineEvent, fields, id } from "./event.ts";
import { athleteFault } from "./guards/references.ts";
import { unknown } from "./refusal.ts";

export const teamAthleteAdded = defineEvent({
  type: "team.athlete_added",
  data: fields({ team: id, athlete: id }),
  org: (data, view) => homeOf(view.tuples, team(data.team)),
  may: (data, actor, view) => view.allowed(actor, "can_edit_membership", team(data.team))
    && view.allowed(actor, "can_place", athlete(data.athlete)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const inOrg = orgOf(tuples, team(data.team));
    if (inOrg === undefined) return unknown(team(data.team));
    const fault = athleteFault(tuples, data.athlete, inOrg);
    if (fault !== undefined) return fault;
    return change(scene, (draft) => addToTeam(draft, data.athlete, data.team));
  },
});
