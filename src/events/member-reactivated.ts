// member.reactivated: a removed member returns with the same rights or fewer, without the roster link (PR8, S6, S22).
import { z } from "zod";
import { HATS, type Kind } from "../policy/seeded-roles.ts";
import { org } from "../domain/object-names.ts";
import { kindOf, nextRole, putHats, putRole, restore, type Member } from "../domain/members.ts";
import { endRowsOf } from "../domain/row-changes.ts";
import { activeRowsOf } from "../domain/relationship-rows.ts";
import { unlinkUser } from "../domain/seats.ts";
import { Draft, isEmpty } from "../tuples/delta.ts";
import { defineEvent, fields, hats, id, orgId, UNCHANGED } from "./event.ts";
import { exceedsByGiving, exceedsByTouching, type Standing } from "./guards/escalation.ts";
import { exchangeFault } from "./guards/player-roles.ts";
import { memberOrFault, roleOrFault, scopeFault } from "./guards/references.ts";
import { mayAssignIn } from "./guards/row-rights.ts";
import { isRefusal, refuse, unknown } from "./refusal.ts";

const data = fields({
  org: orgId, user: id, hats: hats.optional(), role: orgId.optional(), end_rows: z.boolean().default(false),
});
type Data = z.infer<typeof data>;

/** Returns the member's future hats and role. Hats alone also change the role, as in `member.hats_changed`. */
function standingOf(said: Data, kind: Kind, member: Member): Standing {
  if (said.hats === undefined) return { hats: member.hats, role: said.role ?? member.role };
  const worn = HATS.filter((hat) => said.hats?.includes(hat));
  return { hats: worn, role: said.role ?? nextRole(kind, member, worn) };
}

const isSame = (member: Member, after: Standing): boolean =>
  member.hats.join() === after.hats.join() && member.role === after.role;

export const memberReactivated = defineEvent({
  type: "member.reactivated",
  data,
  org: (data) => data.org,
  may: (data, actor, view) => view.allowed(actor, "org_members_manage", org(data.org))
    && (!data.end_rows || mayAssignIn(view, actor, data.org)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const kind = kindOf(tuples, data.org);
    if (kind === undefined) return unknown(org(data.org));
    const member = memberOrFault(tuples, data.org, data.user);
    if (isRefusal(member)) return member;
    const named = data.role === undefined ? undefined : roleOrFault(tuples, data.org, data.role);
    if (named !== undefined && isRefusal(named)) return named;

    const after = standingOf(data, kind, member);
    const same = isSame(member, after);
    const ends = new Draft(tuples);
    if (data.end_rows) endRowsOf(ends, data.org, data.user, scene.room);
    if (!after.hats.includes("athlete")) unlinkUser(ends, data.org, data.user, scene.room);
    if (member.active && same && isEmpty(ends.delta())) return UNCHANGED;

    // Giving a membership back gives everything that depends on it, as a new one does: every key of the role is judged.
    const exceeds = exceedsByTouching(scene, member) ?? exceedsByGiving(scene, data.org, after, undefined);
    if (exceeds !== undefined) return exceeds;
    if (member.active) return refuse("already_exists", `${data.user} is already an active member of ${data.org}`);
    const fault = (named === undefined ? undefined : scopeFault(named, "org"))
      // PR7: in a program, nobody becomes a player on the way back, or stops being one.
      ?? (same ? undefined : exchangeFault(kind, member, after));
    if (fault !== undefined) return fault;

    // Rows end before the membership counts again. Until then hats and role stay, so that the next write can continue.
    const end = new Draft(tuples);
    putRole(end, data.org, data.user, after.role);
    putHats(end, data.org, data.user, after.hats);
    restore(end, data.org, data.user);
    const rows = function* (): Iterable<string> {
      if (data.end_rows) for (const { row } of activeRowsOf(tuples, data.org, data.user)) yield row;
    };
    return { ...ends.delta(), end: end.delta(), rows };
  },
});
