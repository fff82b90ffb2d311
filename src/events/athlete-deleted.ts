// athlete.deleted: ends every row over the athlete, every place on a team and the link; the id stays taken (S17).
import { athlete, org, pairOf } from "../domain/object-names.ts";
import { updateRowHolder } from "../domain/row-changes.ts";
import { homeOf } from "../domain/relationship-rows.ts";
import { removeFromTeams, unlink } from "../domain/seats.ts";
import { onlyUserOf } from "../domain/state-view.ts";
import { Draft, type Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { defineEvent, fields, id, needs, type Scene } from "./event.ts";
import { revokeFor } from "./invite-revocations.ts";
import { ROWS_EXAMINED_PER_WRITE } from "../domain/event-limits.ts";
import { unknown } from "./refusal.ts";

/** Returns the coach of a row, and the role that they hold by it while any of their rows is active (S12). */
function holderOf(reader: Reader, row: string): { readonly coach: string; readonly role: string } | undefined {
  const [coach, role] = [onlyUserOf(reader, row, "coach"), onlyUserOf(reader, row, "role")];
  return coach === undefined || role === undefined || !reader.has(role, "row_holder", coach) ? undefined
    : { coach, role };
}

/**
 * Drafts that an athlete's coaches hold roles only by their remaining rows (S12). Begins after the row `from`, in the
 * order of names. If it stops early, returns the last examined row: a coach may have very many rows, any of which may
 * preserve a role.
 */
function updateRowHolders(draft: Draft, self: string, home: string, { from, room }: Scene): string | undefined {
  let left = from;
  let looked = 0;
  const judged = new Set<string>();
  for (const row of draft.users(self, "coaching").filter((name) => name > from).sort()) {
    if (looked >= ROWS_EXAMINED_PER_WRITE || draft.size > room) return left;
    left = row;
    looked++;
    const held = holderOf(draft, row);
    if (held === undefined || judged.has(`${held.coach} ${held.role}`)) continue;
    judged.add(`${held.coach} ${held.role}`);
    looked += updateRowHolder(draft, home, idOf(held.coach), pairOf(held.role).id);
  }
  return undefined;
}

export const athleteDeleted = defineEvent({
  type: "athlete.deleted",
  data: fields({ athlete: id }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  may: needs("athletes.delete"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const self = athlete(data.athlete);
    const home = homeOf(tuples, self);
    if (home === undefined) return unknown(self);
    // Nothing here needs the athlete's row, so after a partial write this drafts the rest, and in the end nothing.
    // The link ends before the places: while an account is linked, its teams must be known.
    const draft = new Draft(tuples);
    draft.remove(self, "org", org(home));
    unlink(draft, data.athlete, scene.room);
    removeFromTeams(draft, data.athlete, scene.room);
    revokeFor(draft, "athlete", self, scene);
    const left = updateRowHolders(draft, self, home, scene);
    return { ...draft.delta(), left };
  },
});
