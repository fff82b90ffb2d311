// athlete.deleted: ends every row over the athlete, every place and the link; the id stays taken (S17).
import { z } from "zod";
import { athlete, org, pairOf } from "../state/entity.ts";
import { homeOf, settleRowHolder } from "../state/rows.ts";
import { leaveSeats, unlink } from "../state/seats.ts";
import { theUser } from "../state/view.ts";
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
  const held = new Map<string, Set<string>>();
  for (const row of draft.users(self, "coaching")) {
    const [coach, role] = [theUser(draft, row, "coach"), theUser(draft, row, "role")];
    // Whoever holds the role by no row has nothing to lose: on a part done, that is most of them.
    if (coach === undefined || role === undefined || !draft.has(role, "row_holder", coach)) continue;
    held.set(coach, (held.get(coach) ?? new Set()).add(role));
  }
  for (const [coach, roles] of held) {
    if (draft.size > room) return;
    settleRowHolder(draft, home, idOf(coach), ...[...roles].map((role) => pairOf(role).id));
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
