// athlete.deleted: ends every row over the athlete, every place and the link; the id stays taken (S17).
import { z } from "zod";
import { athlete, org, role, user } from "../state/entity.ts";
import { coachingRow, homeOf, settleRowHolder } from "../state/rows.ts";
import { leaveSeats, unlink } from "../state/seats.ts";
import { Draft } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { defineEvent, id } from "./event.ts";
import { unknown } from "./guards/references.ts";
import { revokeFor } from "./guards/revocations.ts";

/**
 * Drafts that coaches hold roles by the rows left only (S12), once for each coach over the athlete. Ends once the draft
 * has more tuples than one write holds: the next write continues.
 */
function settleCoaches(draft: Draft, self: string, { home, room }: { home: string; room: number }): void {
  const roles = new Map<string, Set<string>>();
  for (const found of draft.users(self, "coaching")) {
    const row = coachingRow(draft, idOf(found));
    // Whoever holds the role by no row has nothing to lose: on a part done, that is most of them.
    if (row === undefined || !draft.has(role(home, row.role), "row_holder", user(row.coach))) continue;
    roles.set(row.coach, (roles.get(row.coach) ?? new Set()).add(row.role));
  }
  for (const [coach, held] of roles) {
    if (draft.size > room) return;
    settleRowHolder(draft, home, coach, ...held);
  }
}

export const athleteDeleted = defineEvent({
  type: "athlete.deleted",
  data: z.strictObject({ athlete: id }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  may: (_data, actor, view, home) => home !== undefined && view.allowed(actor, "athletes_delete", org(home)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const self = athlete(data.athlete);
    const home = homeOf(tuples, self);
    if (home === undefined) return unknown(self);
    // Nothing here depends on the row being there still, so on a part done this drafts the rest, and then nothing.
    // The link goes before the places: while an account is linked, its teams must be known.
    const draft = new Draft(tuples);
    draft.remove(self, "org", org(home));
    unlink(draft, data.athlete);
    leaveSeats(draft, data.athlete);
    settleCoaches(draft, self, { home, room: scene.room });
    revokeFor(draft, "athlete", self, scene.room);
    return draft.delta();
  },
});
