// artifact.created: a new program artifact or library entry (PR1-PR3, PM12).
import { z } from "zod";
import { org, user } from "../domain/object-names.ts";
import {
  ARTIFACT_RESOURCES, artifactType, findArtifact, isAboutAthlete, isLibraryEntry, putArtifact, type Artifact,
} from "../domain/artifacts.ts";
import { kindOf, memberOf } from "../domain/members.ts";
import { idOf, typeOf } from "../tuples/tuple.ts";
import { change, defineEvent, fields, id, isId, orgId, UNCHANGED, type Scene } from "./event.ts";
import { isTaken, claimId, idTaken } from "./ids.ts";
import { athleteFault } from "./guards/references.ts";
import { refuse, unknown, type Refusal } from "./refusal.ts";

/** The name of an artifact in a payload: `type:id`, with one of the ten types. */
export const artifactRef = z.string()
  .refine((ref) => Object.hasOwn(ARTIFACT_RESOURCES, typeOf(ref)) && isId(idOf(ref)),
    `must be type:id with one of the types ${Object.keys(ARTIFACT_RESOURCES).join(", ")}`);

const payload = fields({
  artifact: artifactRef, org: orgId, athlete: id.optional(), generated: z.boolean().default(false),
  creator: id.optional(),
}).superRefine((data, context) => {
  const fault = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (isAboutAthlete(data.artifact) && data.athlete === undefined) fault("athlete", "required for this type");
  if (!isAboutAthlete(data.artifact) && data.athlete !== undefined) fault("athlete", "not allowed for this type");
});

export const artifactCreated = defineEvent({
  type: "artifact.created",
  data: payload,
  org: (data) => data.org,
  may: (data, actor, view) => {
    const right = isLibraryEntry(data.artifact) ? "library_contribute"
      : `${ARTIFACT_RESOURCES[artifactType(data.artifact)]}_${data.generated ? "generate" : "edit"}`;
    return view.allowed(actor, right, org(data.org));
  },
  decide: (data, scene) => {
    const { tuples } = scene.view;
    if (kindOf(tuples, data.org) === undefined) return unknown(org(data.org));
    const creator = data.creator ?? scene.actor;
    const missing = data.athlete === undefined ? undefined : athleteFault(tuples, data.athlete, data.org);
    if (missing !== undefined) return missing;
    const stranger = strangerFault(creator, data.org, scene);
    if (stranger !== undefined) return stranger;

    // The creator is stored only where it gives a right (PM12).
    const kept = isLibraryEntry(data.artifact) ? creator : undefined;
    const after: Artifact = { object: data.artifact, org: data.org, athlete: data.athlete, creator: kept };
    if (isSame(findArtifact(tuples, data.artifact), after)) return UNCHANGED;
    if (isTaken(tuples, data.artifact)) return idTaken(data.artifact);
    if (creator !== undefined && memberOf(tuples, data.org, creator)?.active === false) {
      return refuse("member_inactive", `${creator} is deactivated in ${data.org}`);
    }
    return change(scene, (draft) => {
      claimId(draft, data.artifact);
      putArtifact(draft, after);
    });
  },
});

/** True if the artifact already exists as the event describes it. Without a creator, any creator matches. */
function isSame(before: Artifact | undefined, after: Artifact): boolean {
  return before?.org === after.org && before.athlete === after.athlete
    && (after.creator === undefined || before.creator === after.creator);
}

/** Refuses a creator who is neither the actor nor a member. */
function strangerFault(creator: string | undefined, inOrg: string, scene: Scene): Refusal | undefined {
  if (creator === undefined || creator === scene.actor) return undefined;
  return memberOf(scene.view.tuples, inOrg, creator) === undefined
    ? unknown(`member ${user(creator)} of ${org(inOrg)}`) : undefined;
}
