// artifact.deleted: a program artifact or a library entry is deleted; its id is free again (PR2, PM12).
import { dropArtifact, findArtifact } from "../domain/artifacts.ts";
import { artifactRef } from "./artifact-created.ts";
import { change, defineEvent, fields } from "./event.ts";
import { freeId } from "./ids.ts";

export const artifactDeleted = defineEvent({
  type: "artifact.deleted",
  data: fields({ artifact: artifactRef }),
  org: (data, view) => findArtifact(view.tuples, data.artifact)?.org,
  freesId: true,
  may: (data, actor, view) => view.allowed(actor, "can_edit", data.artifact),
  decide: (data, scene) => change(scene, (draft) => {
    dropArtifact(draft, data.artifact);
    freeId(draft, data.artifact);
  }),
});
