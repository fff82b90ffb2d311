// athlete.deleted: ends every row over the athlete, every place and the link; the id stays taken (S17).
import { z } from "zod";
import { athlete, org } from "../state/entity.ts";
import { coachingRow, homeOf, settleRowHolder } from "../state/rows.ts";
import { leaveSeats, unlink } from "../state/seats.ts";
import { Draft } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { defineEvent, id } from "./event.ts";
import { unknown } from "./guards/references.ts";
import { revokeFor } from "./guards/revocations.ts";

/** Drafts that a coach holds a role by the rows left (S12), once for each coach and role over the athlete. */
function settleCoaches(draft: Draft, self: string): void {
  const settled = new Set<string>();
  for (const found of draft.users(self, "coaching")) {
    const row = coachingRow(draft, idOf(found));
    if (row === undefined || settled.has(`${row.role}/${row.coach}`)) continue;
    settled.add(`${row.role}/${row.coach}`);
    settleRowHolder(draft, row.org, row.coach, row.role);
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
    settleCoaches(draft, self);
    revokeFor(draft, "athlete", self);
    return draft.delta();
  },
});
