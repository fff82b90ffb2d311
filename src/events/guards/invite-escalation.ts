// S19: an invite gives nothing that its maker could not give by their own events.
import { MAX_CHECK_STEPS } from "../../checks/limits.ts";
import type { Parts } from "../../checks/parts.ts";
import { Meter, TooManySteps } from "../../checks/steps.ts";
import { countedView, partMeterOf } from "../../domain/counted-view.ts";
import { includedKeys } from "../../policy/permission-keys.ts";
import { defaultRole } from "../../policy/seeded-roles.ts";
import { athlete, org, team, user } from "../../domain/object-names.ts";
import { reservedRow, type Invite } from "../../domain/invites.ts";
import { kindOf, type Member } from "../../domain/members.ts";
import { findRole, keysOf } from "../../domain/roles.ts";
import { activeRowsOf, ROW_TYPES } from "../../domain/relationship-rows.ts";
import { isOn } from "../../domain/seats.ts";
import { withinMeter, type View } from "../../domain/state-view.ts";
import { refuse, type Refusal } from "../refusal.ts";
import { exceedsByGiving, holdsAcross, holdsByOrgRole, roleGives, type Standing } from "./escalation.ts";

/** A member who redeems an invite: as they are now, and with the resulting hats and role. */
export interface Redeemer {
  readonly before: Member;
  readonly after: Standing;
}

/**
 * Refuses (`exceeds_own_permissions`) an invite that its maker may not give on this state. Without a `redeemer`, the
 * invite is judged for a newcomer. For a member, it is judged in the same way, and also by the rights that a new hat
 * wakes. Invites made by the system are not judged.
 */
export function exceedsByInviting(view: View, found: Invite, redeemer?: Redeemer): Refusal | undefined {
  const { invitedBy: maker } = found;
  if (maker === undefined) return undefined;
  return exceedsByHat(view, maker, found) ?? exceedsByPlace(view, maker, found)
    ?? (redeemer === undefined ? undefined : exceedsByWaking(view, maker, found, redeemer));
}

/**
 * Judges the makers of invites on one state (the directory's `maker_may`): true if a newcomer could get what the invite
 * gives; false also if the answer takes more steps than a check may. In a list of invites, the same makers give the
 * same hats, roles and teams: each combination is judged once, and a new part begins after many steps.
 */
export function judgeMakers(state: View): (found: Invite) => Parts<boolean> {
  const view = countedView(state);
  const isDue = partMeterOf(view.steps);
  const judged = new Map<string, boolean>();
  function* once(key: readonly (string | undefined)[], fault: (view: View) => Refusal | undefined): Parts<boolean> {
    const text = key.join(" ");
    const known = judged.get(text);
    if (known !== undefined) return known;
    if (isDue()) yield;
    const may = isWithin(() => fault(withinMeter(view, new Meter(MAX_CHECK_STEPS))) === undefined);
    judged.set(text, may);
    return may;
  }
  return function* (found) {
    const { invitedBy: maker, org: inOrg, hat, role, team: onTeam } = found;
    if (maker === undefined) return true;
    return (yield* once(["hat", maker, inOrg, hat, role], (metered) => exceedsByHat(metered, maker, found)))
      && (yield* once(["place", maker, inOrg, hat, onTeam, reservedRow(found)],
        (metered) => exceedsByPlace(metered, maker, found)));
  };
}

/** Returns the result of a judgement; false if it takes too many steps. */
function isWithin(judge: () => boolean): boolean {
  try {
    return judge();
  } catch (error) {
    if (error instanceof TooManySteps) return false;
    throw error;
  }
}

function exceeds(maker: string, what: string): Refusal {
  return refuse("exceeds_own_permissions", `${maker} may not ${what}`);
}

/** Judges what a newcomer gets: the hat, and the role that the invite names or the hat's default role (S6). */
function exceedsByHat(
  view: View, maker: string, { org: inOrg, hat, role }: Pick<Invite, "org" | "hat" | "role">,
): Refusal | undefined {
  if (!holdsAcross(view, inOrg, maker, "org.members.invite")) return exceeds(maker, `invite to ${inOrg}`);
  const kind = kindOf(view.tuples, inOrg);
  const given = role ?? (kind === undefined ? undefined : defaultRole(kind, hat));
  return exceedsByGiving({ view, actor: maker }, inOrg, { hats: [hat], role: given }, undefined);
}

/** Judges the place on a team, and the reserved roster row (S14). */
function exceedsByPlace(view: View, maker: string, found: Invite): Refusal | undefined {
  const { org: inOrg, hat, team: onTeam } = found;
  if (hat === "coach" && onTeam !== undefined && !view.allowed(maker, "can_assign_coaches", team(onTeam))) {
    return exceeds(maker, `assign coaches to ${onTeam}`);
  }
  if (hat !== "athlete") return undefined;
  const row = reservedRow(found);
  if (row !== undefined && !holdsAcross(view, inOrg, maker, "org.members.manage")) {
    return exceeds(maker, `link an account to ${row}`);
  }
  if (onTeam === undefined) return undefined;
  // A maker who may create athletes by an org role may also invite a new athlete, without a row yet, to a team.
  const fillsTeam = view.allowed(maker, "can_edit_membership", team(onTeam))
    || (row === undefined && holdsByOrgRole(view, inOrg, maker, "athletes.create"));
  if (!fillsTeam) return exceeds(maker, `put athletes on ${onTeam}`);
  const movesRow = row !== undefined && !isOn(view.tuples, row, onTeam);
  return movesRow && !view.allowed(maker, "can_place", athlete(row)) ? exceeds(maker, `place ${row}`) : undefined;
}

/** Judges what the new hat wakes: keys and levels of the role the redeemer keeps, their active rows (S4, S5, S7). */
function exceedsByWaking(view: View, maker: string, found: Invite, { before, after }: Redeemer): Refusal | undefined {
  const { org: inOrg, hat } = found;
  // Nothing takes effect for a deactivated member, who is refused as `member_inactive`.
  if (!before.active || before.hats.includes(hat)) return undefined;

  // If the role replaces theirs, the maker holds all its keys: `exceedsByHat` judged it as for a newcomer.
  const held = after.role === undefined ? undefined : findRole(view.tuples, inOrg, after.role);
  const keys = held === undefined ? [] : keysOf(view.tuples, held).flatMap(includedKeys);
  const woken = keys.find((key) => !holdsAcross(view, inOrg, maker, key)
    && roleGives(view, inOrg, after, key) && !roleGives(view, inOrg, before, key));
  if (woken !== undefined) return exceeds(maker, `give a hat that makes ${woken} take effect`);

  if (holdsAcross(view, inOrg, maker, "athletes.assign_coaches")) return undefined;
  const newHat = [{ object: org(inOrg), relation: `${hat}_hat`, user: user(before.user) }];
  const wakesRows = ROW_TYPES.some((type) => {
    // The active rows of one type that a user has in one org are all current or none is, so one row is enough.
    const [first] = activeRowsOf(view.tuples, inOrg, before.user, [type]);
    return first !== undefined && !view.allowed(before.user, "current", first.row)
      && view.allowed(before.user, "current", first.row, newHat);
  });
  return wakesRows ? exceeds(maker, "give a hat that makes coaching rows take effect again") : undefined;
}
