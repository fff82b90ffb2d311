// coaching.started: a coach's row over one athlete, held for a team if one is named (PM1, NP5, NP6, NP8, S16).
import { z } from "zod";
import { athlete, coaching } from "../domain/object-names.ts";
import { putEndedCoaching, startCoaching } from "../domain/row-changes.ts";
import { coachingRow, homeOf, orgOf } from "../domain/relationship-rows.ts";
import { isOn } from "../domain/seats.ts";
import type { Reader } from "../tuples/delta.ts";
import { change, defineEvent, fields, id, orgId, UNCHANGED } from "./event.ts";
import { claimForGood } from "./ids.ts";
import { HEAD_COACH } from "./head-coach-appointment.ts";
import { coachFault, roleOrFault, scopeFault, teamFault } from "./guards/references.ts";
import { rowIdFault } from "./guards/row-ids.ts";
import { mayAssignIn } from "./guards/row-rights.ts";
import { isRefusal, refuse, unknown, type Refusal } from "./refusal.ts";

interface Reach {
  readonly athlete: string;
  readonly coach: string;
  readonly team?: string | undefined;
}

/** Refuses a row that cannot be active now: its coach is not an active coach, or the athlete is not on its team. */
function nowFault(reader: Reader, inOrg: string, { athlete: over, coach, team }: Reach): Refusal | undefined {
  const fault = coachFault(reader, inOrg, coach);
  if (fault !== undefined || team === undefined || isOn(reader, over, team)) return fault;
  return refuse("not_on_team", `athlete ${over} is not on team ${team}`);
}

export const coachingStarted = defineEvent({
  type: "coaching.started",
  data: fields({
    coaching: id, athlete: id, coach: id, team: id.optional(), role: orgId.default(HEAD_COACH),
    ended: z.boolean().default(false),
  }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  // A row that has already ended is history, which only the system imports.
  may: (data, actor, view, home) => !data.ended && mayAssignIn(view, actor, home),
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
    if (same && row.role === role.id && row.active === !data.ended) return UNCHANGED;
    const fault = rowIdFault(tuples, self, row, inOrg) ?? scopeFault(role, "athlete")
      ?? (data.ended ? undefined : nowFault(tuples, inOrg, data));
    if (fault !== undefined) return fault;
    const { athlete: over, coach, team } = data;
    const started = { id: data.coaching, org: inOrg, coach, athlete: over, team, role: role.id };
    return change(scene, (draft) => {
      claimForGood(draft, self, inOrg);
      if (data.ended) putEndedCoaching(draft, started);
      else startCoaching(draft, started);
    });
  },
});
