// member.professional_area_set: a member's field of work, such as S&C (IN7). It is a description and grants nothing.
import { z } from "zod";
import { org } from "../domain/object-names.ts";
import { professionalAreaOf, putProfessionalArea } from "../domain/members.ts";
import { change, defineEvent, fields, id, orgId, UNCHANGED } from "./event.ts";
import { exceedsByTouching } from "./guards/escalation.ts";
import { memberOrFault } from "./guards/references.ts";
import { refuse, isRefusal } from "./refusal.ts";
import { MAX_PROFESSIONAL_AREA_LENGTH } from "../domain/event-limits.ts";

/** Words of printable characters with one space between them. */
const WORDS = /^[^\p{C}\p{Z}]+(?: [^\p{C}\p{Z}]+)*$/u;

/** A professional area: 1 to 100 printable characters, single spaces inside. */
export const professionalArea = z.string()
  .refine((text) => [...text].length <= MAX_PROFESSIONAL_AREA_LENGTH,
    `at most ${MAX_PROFESSIONAL_AREA_LENGTH} characters`)
  .regex(WORDS, "printable words with single spaces between them");

export const memberProfessionalAreaSet = defineEvent({
  type: "member.professional_area_set",
  data: fields({ org: orgId, user: id, professional_area: professionalArea.nullable() }),
  org: (data) => data.org,
  may: (data, actor, view) => view.allowed(actor, "org_members_manage", org(data.org))
    || (actor === data.user && view.allowed(actor, "member", org(data.org))),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const member = memberOrFault(tuples, data.org, data.user);
    if (isRefusal(member)) return member;
    const area = data.professional_area ?? undefined;
    if (member.active && area === professionalAreaOf(tuples, data.org, data.user)) return UNCHANGED;

    // S6: nobody changes a member who holds org keys that they lack.
    const exceeds = exceedsByTouching(scene, member);
    if (exceeds !== undefined) return exceeds;
    if (!member.active) return refuse("member_inactive", `${data.user} is deactivated in ${data.org}`);
    return change(scene, (draft) => putProfessionalArea(draft, data.org, data.user, area));
  },
});
