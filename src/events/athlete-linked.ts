// athlete.linked: a roster row gets an account, which then sees its own data (PM8, PR10, S7).
import { athlete } from "../domain/object-names.ts";
import { homeOf, orgOf } from "../domain/relationship-rows.ts";
import { accountOf, link } from "../domain/seats.ts";
import { change, defineEvent, fields, id, needs } from "./event.ts";
import { reservationFault } from "./guards/invite-terms.ts";
import { userLinkFault } from "./guards/links.ts";
import { unknown } from "./refusal.ts";

export const athleteLinked = defineEvent({
  type: "athlete.linked",
  data: fields({ athlete: id, user: id }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  may: needs("org.members.manage"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const inOrg = orgOf(tuples, athlete(data.athlete));
    if (inOrg === undefined) return unknown(athlete(data.athlete));
    if (accountOf(tuples, data.athlete) !== data.user) {
      const fault = reservationFault(tuples, data.athlete, scene.now) ?? userLinkFault(tuples, inOrg, data.user);
      if (fault !== undefined) return fault;
    }
    // If the account is already linked, this drafts nothing, or the rest after a partial write.
    return change(scene, (draft) => link(draft, data.athlete, data.user, scene.room));
  },
});
