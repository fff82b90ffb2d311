// athlete.unlinked: ends the link of a roster row's account; `mistaken` says that it was never right (PR10, S21).
import { z } from "zod";
import { athlete, org } from "../domain/object-names.ts";
import { homeOf, orgOf } from "../domain/relationship-rows.ts";
import { accountOf, dropMark, unlink } from "../domain/seats.ts";
import { change, defineEvent, fields, id } from "./event.ts";
import { unknown } from "./refusal.ts";

export const athleteUnlinked = defineEvent({
  type: "athlete.unlinked",
  data: fields({ athlete: id, user: id, mistaken: z.boolean().default(false) }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  // S21: nobody can declare the link of their own account a mistake.
  may: (data, actor, view, home) => home !== undefined && view.allowed(actor, "org_members_manage", org(home))
    && !(data.mistaken && actor === data.user),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const self = athlete(data.athlete);
    // A deleted athlete's marks stay with its notes, and can be removed like any others.
    const there = data.mistaken ? homeOf(tuples, self) : orgOf(tuples, self);
    if (there === undefined) return unknown(self);
    return change(scene, (draft) => {
      if (accountOf(tuples, data.athlete) === data.user) unlink(draft, data.athlete, scene.room);
      if (data.mistaken) dropMark(draft, data.athlete, data.user);
    });
  },
});
