// athlete.created: a new roster row; a coach who creates it is assigned at once (PM4, PM11, PR10, S10, S12).
import { z } from "zod";
import { athlete, coaching, org, team } from "../domain/object-names.ts";
import { hatsOf, isActive, kindOf } from "../domain/members.ts";
import { startCoaching } from "../domain/row-changes.ts";
import { coaches, coachingRow, coachingsOf, orgOf, type CoachingRow } from "../domain/relationship-rows.ts";
import { accountOf, isOn, link, addToTeam } from "../domain/seats.ts";
import { Draft, type Reader } from "../tuples/delta.ts";
import { defineEvent, fields, id, orgId, UNCHANGED, type Scene } from "./event.ts";
import { isTaken, claimForGood, idTaken } from "./ids.ts";
import { HEAD_COACH } from "./head-coach-appointment.ts";
import { userLinkFault } from "./guards/links.ts";
import { coachFault, teamFault } from "./guards/references.ts";
import { defaultId, rowIdFault } from "./guards/row-ids.ts";
import { refuse, unknown, type Refusal } from "./refusal.ts";

const data = fields({
  athlete: id, org: orgId, team: id.optional(), user: id.optional(), coach: id.optional(), coaching: id.optional(),
});
type Data = z.infer<typeof data>;

/** Returns the coach to assign: the one the event names, or else the actor if they are an active coach (PM11). */
function coachOf(said: Data, scene: Scene): string | undefined {
  const { actor, view: { tuples } } = scene;
  if (said.coach !== undefined || actor === undefined) return said.coach;
  const isCoach = isActive(tuples, said.org, actor) && hatsOf(tuples, said.org, actor).includes("coach");
  return isCoach ? actor : undefined;
}

/** True if everything that the event names already holds: the org, the account, the team and the coach's row. */
function isSo(reader: Reader, said: Data, coach: string | undefined): boolean {
  const isRow = (row: CoachingRow): boolean =>
    row.role === HEAD_COACH && (said.coaching === undefined || said.coaching === row.id);
  return orgOf(reader, athlete(said.athlete)) === said.org
    && (said.user === undefined || accountOf(reader, said.athlete) === said.user)
    && (said.team === undefined || isOn(reader, said.athlete, said.team))
    && (coach === undefined || coachingsOf(reader, said.athlete, coach).some(isRow));
}

/** Drafts the coach's row, held for the athlete's team if the coach is on that team. */
function assign(draft: Draft, said: Data, coach: string): Refusal | undefined {
  const fault = coachFault(draft, said.org, coach);
  if (fault !== undefined) return fault;
  const rowId = said.coaching ?? defaultId(`${said.athlete}.${coach}`, "coaching");
  if (typeof rowId !== "string") return rowId;
  const idFault = said.coaching === undefined && isTaken(draft, coaching(rowId)) ? idTaken(coaching(rowId))
    : rowIdFault(draft, coaching(rowId), coachingRow(draft, rowId), said.org);
  if (idFault !== undefined) return idFault;
  const isOnTeam = said.team !== undefined && coaches(draft, coach, said.team);
  claimForGood(draft, coaching(rowId), said.org);
  startCoaching(draft, {
    id: rowId, org: said.org, coach, athlete: said.athlete, team: isOnTeam ? said.team : undefined, role: HEAD_COACH,
  });
  return undefined;
}

export const athleteCreated = defineEvent({
  type: "athlete.created",
  data,
  org: (data) => data.org,
  may: ({ coach, ...said }, actor, view) => view.allowed(actor, "athletes_create", org(said.org))
    && (said.team === undefined || view.allowed(actor, "can_edit_membership", team(said.team)))
    && (coach === undefined || coach === actor || view.allowed(actor, "athletes_assign_coaches", org(said.org)))
    && (said.user === undefined || view.allowed(actor, "org_members_manage", org(said.org))),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const self = athlete(data.athlete);
    if (kindOf(tuples, data.org) === undefined) return unknown(org(data.org));
    const place = data.team === undefined ? undefined : teamFault(tuples, data.team, data.org);
    if (place !== undefined) return place;
    const coach = coachOf(data, scene);
    if (coach === undefined && data.coaching !== undefined) {
      const message = "not allowed without a coach";
      return refuse("invalid_event", `data.coaching is ${message}`, [{ path: "data.coaching", message }]);
    }
    if (isTaken(tuples, self)) return isSo(tuples, data, coach) ? UNCHANGED : idTaken(self);
    const account = data.user === undefined ? undefined : userLinkFault(tuples, data.org, data.user);
    if (account !== undefined) return account;
    const draft = new Draft(tuples);
    claimForGood(draft, self, data.org);
    draft.write(self, "org", org(data.org));
    if (data.user !== undefined) link(draft, data.athlete, data.user, scene.room);
    if (data.team !== undefined) addToTeam(draft, data.athlete, data.team);
    const fault = coach === undefined ? undefined : assign(draft, data, coach);
    return fault ?? draft.delta();
  },
});
