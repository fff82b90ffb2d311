// athlete.unlinked: the account of a roster row sees it no longer (PR10).
import { z } from "zod";
import { athlete, org } from "../state/entity.ts";
import { homeOf, orgOf } from "../state/rows.ts";
import { accountOf, unlink } from "../state/seats.ts";
import { Draft, NOTHING } from "../tuples/delta.ts";
import { defineEvent, id } from "./event.ts";
import { unknown } from "./guards/references.ts";

export const athleteUnlinked = defineEvent({
  type: "athlete.unlinked",
  data: z.strictObject({ athlete: id, user: id }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  may: (_data, actor, view, home) => home !== undefined && view.allowed(actor, "org_members_manage", org(home)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    if (orgOf(tuples, athlete(data.athlete)) === undefined) return unknown(athlete(data.athlete));
    if (accountOf(tuples, data.athlete) !== data.user) return NOTHING;
    const draft = new Draft(tuples);
    unlink(draft, data.athlete);
    return draft.delta();
  },
});
