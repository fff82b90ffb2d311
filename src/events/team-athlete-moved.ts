// team.athlete_moved: an athlete moves from one team to another in one step (AC3, NP6, S14).
import { athlete, team } from "../domain/object-names.ts";
import { homeOf, orgOf } from "../domain/relationship-rows.ts";
import { isOn, removeFromTeam, addToTeam } from "../domain/seats.ts";
import { change, defineEvent, fields, id, UNCHANGED } from "./event.ts";
import { athleteFault, firstFault, teamFault } from "./guards/references.ts";
import { refuse, unknown } from "./refusal.ts";

export const teamAthleteMoved = defineEvent({
  type: "team.athlete_moved",
  data: fields({ athlete: id, from: id, to: id }),
  org: (data, view) => homeOf(view.tuples, team(data.from)),
  may: (data, actor, view) => view.allowed(actor, "can_edit_membership", team(data.from))
    && view.allowed(actor, "can_edit_membership", team(data.to))
    && view.allowed(actor, "can_place", athlete(data.athlete)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const inOrg = orgOf(tuples, team(data.from));
    if (inOrg === undefined) return unknown(team(data.from));
    const fault = firstFault(teamFault(tuples, data.to, inOrg), athleteFault(tuples, data.athlete, inOrg));
    if (fault !== undefined) return fault;
    const there = isOn(tuples, data.athlete, data.to);
    if (!isOn(tuples, data.athlete, data.from)) {
      return there ? UNCHANGED : refuse("not_on_team", `athlete ${data.athlete} is not on team ${data.from}`);
    }
    // AC1: the coaches of a team reach the athletes on it, so both teams change in one write.
    return change(scene, (draft) => {
      if (data.from !== data.to) removeFromTeam(draft, data.athlete, data.from);
      addToTeam(draft, data.athlete, data.to);
    });
  },
});
