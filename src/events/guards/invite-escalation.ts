// S19: an invite gives nothing that its maker could not give by events of their own.
import { MAX_CHECK_STEPS, STEPS_PER_PART } from "../../checks/limits.ts";
import type { Parts } from "../../checks/parts.ts";
import { Meter, TooManySteps } from "../../checks/steps.ts";
import { includedKeys } from "../../model/keys.ts";
import { defaultRole } from "../../model/roles.ts";
import { athlete, org, team, user } from "../../state/entity.ts";
import { reservedRow, type Invite } from "../../state/invites.ts";
import { kindOf, type Member } from "../../state/members.ts";
import { findRole, keysOf } from "../../state/roles.ts";
import { activeRowsOf, ROW_TYPES } from "../../state/rows.ts";
import { isOn } from "../../state/seats.ts";
import { withinMeter, type View } from "../../state/view.ts";
import { refuse, type Refusal } from "../refusal.ts";
import { exceedsByGiving, holdsAcross, holdsByOrgRole, roleGives, type Standing } from "./escalation.ts";

/** A member who redeems: as they are, and with the hats and the role that result. */
export interface Redeemer {
  readonly before: Member;
  readonly after: Standing;
}

/**
 * Refusal (`exceeds_own_permissions`) when the maker of an invite may not give it on this state. Without a `redeemer`
 * it is judged for a newcomer, as it is for a member, who may also get by it what a hat wakes. What the system made is
 * not judged.
 */
export function exceedsByInviting(view: View, found: Invite, redeemer?: Redeemer): Refusal | undefined {
  const { invitedBy: maker } = found;
  if (maker === undefined) return undefined;
  return exceedsByHat(view, maker, found) ?? exceedsByPlace(view, maker, found)
    ?? (redeemer === undefined ? undefined : exceedsByWaking(view, maker, found, redeemer));
}

/**
 * Judges the makers of the invites of one state (the directory's `maker_may`): true when a newcomer could get what the
 * invite gives; false where that takes more steps to find out than a check may. In a list of invites the same makers
 * give the same hats, roles and teams: each is judged once, and those that many steps were taken for stand in a part
 * of their own.
 */
export function judgeMakers(view: View): (found: Invite) => Parts<boolean> {
  const judged = new Map<string, boolean>();
  let taken = 0;
  function* once(key: readonly (string | undefined)[], fault: (view: View) => Refusal | undefined): Parts<boolean> {
    const text = key.join(" ");
    const known = judged.get(text);
    if (known !== undefined) return known;
    if (taken >= STEPS_PER_PART) {
      yield;
      taken = 0;
    }
    const meter = new Meter(MAX_CHECK_STEPS);
    const may = isWithin(() => fault(withinMeter(view, meter)) === undefined);
    taken += meter.steps;
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

/** What a judgement comes to; false where it takes too many steps. */
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

/** The hat, and the role that the invite names or the hat's own: what inviting gives a newcomer (S6). */
function exceedsByHat(
  view: View, maker: string, { org: inOrg, hat, role }: Pick<Invite, "org" | "hat" | "role">,
): Refusal | undefined {
  if (!holdsAcross(view, inOrg, maker, "org.members.invite")) return exceeds(maker, `invite to ${inOrg}`);
  const kind = kindOf(view.tuples, inOrg);
  const given = role ?? (kind === undefined ? undefined : defaultRole(kind, hat));
  return exceedsByGiving({ view, actor: maker }, inOrg, { hats: [hat], role: given }, undefined);
}

/** The place on a team, and the roster row that is reserved (S14). */
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
  // Whoever may create athletes by an org role may also invite one to a team, who is new then.
  const fillsTeam = view.allowed(maker, "can_edit_membership", team(onTeam))
    || (row === undefined && holdsByOrgRole(view, inOrg, maker, "athletes.create"));
  if (!fillsTeam) return exceeds(maker, `put athletes on ${onTeam}`);
  const movesRow = row !== undefined && !isOn(view.tuples, row, onTeam);
  return movesRow && !view.allowed(maker, "can_place", athlete(row)) ? exceeds(maker, `place ${row}`) : undefined;
}

/** What the new hat wakes: keys and levels of the role the redeemer keeps, and their active rows (S4, S5, S7). */
function exceedsByWaking(view: View, maker: string, found: Invite, { before, after }: Redeemer): Refusal | undefined {
  const { org: inOrg, hat } = found;
  // Nothing takes effect for a deactivated member, who is refused for that.
  if (!before.active || before.hats.includes(hat)) return undefined;

  // Of a role that replaces theirs the maker holds every key: it was judged as a newcomer's.
  const held = after.role === undefined ? undefined : findRole(view.tuples, inOrg, after.role);
  const keys = held === undefined ? [] : keysOf(view.tuples, held).flatMap(includedKeys);
  const woken = keys.find((key) => !holdsAcross(view, inOrg, maker, key)
    && roleGives(view, inOrg, after, key) && !roleGives(view, inOrg, before, key));
  if (woken !== undefined) return exceeds(maker, `give ${woken}, which the hat would wake`);

  if (holdsAcross(view, inOrg, maker, "athletes.assign_coaches")) return undefined;
  const newHat = [{ object: org(inOrg), relation: `${hat}_hat`, user: user(before.user) }];
  const wakesRows = ROW_TYPES.some((type) => {
    // The active rows of one type that somebody has in one org are current together, or none of them is: one tells.
    const [first] = activeRowsOf(view.tuples, inOrg, before.user, [type]);
    return first !== undefined && !view.allowed(before.user, "current", first.row)
      && view.allowed(before.user, "current", first.row, newHat);
  });
  return wakesRows ? exceeds(maker, "wake relationships of a coach") : undefined;
}
