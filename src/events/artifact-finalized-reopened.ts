// artifact.finalized, artifact.reopened: a plan or brief becomes visible to players, or a draft again (PR2, PR3).
import { findArtifact, isFinalizable, putFinalized } from "../domain/artifacts.ts";
import { artifactRef } from "./artifact-created.ts";
import { change, defineEvent, fields } from "./event.ts";
import { unknown } from "./refusal.ts";

const finalizable = artifactRef.refine(isFinalizable, "only a practice_plan or a game_brief");

/** Defines the event that makes a plan or brief final, or a draft. */
function statusEvent(type: string, finalized: boolean) {
  return defineEvent({
    type,
    data: fields({ artifact: finalizable }),
    org: ({ artifact }, view) => findArtifact(view.tuples, artifact)?.org,
    freesId: true,
    may: ({ artifact }, actor, view) => view.allowed(actor, "can_edit", artifact),
    decide: ({ artifact }, scene) => {
      const found = findArtifact(scene.view.tuples, artifact);
      return found === undefined ? unknown(artifact) : change(scene, (draft) => putFinalized(draft, found, finalized));
    },
  });
}

export const artifactFinalized = statusEvent("artifact.finalized", true);
export const artifactReopened = statusEvent("artifact.reopened", false);
