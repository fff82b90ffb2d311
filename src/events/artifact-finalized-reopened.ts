// artifact.finalized, artifact.reopened: a plan or brief becomes visible to players, or a draft again (PR2, PR3).
import { z } from "zod";
import { findArtifact, isFinalizable, putFinalized } from "../domain/artifacts.ts";
import { Draft, type Delta } from "../tuples/delta.ts";
import { artifactRef } from "./artifact-created.ts";
import { defineEvent, type EventDefinition, type Scene } from "./event.ts";
import { unknown } from "./guards/references.ts";
import type { Refusal } from "./refusal.ts";

const data = z.strictObject({ artifact: artifactRef.refine(isFinalizable, "only a practice_plan or a game_brief") });
type Data = z.infer<typeof data>;

export const artifactFinalized = defineEvent(defined("artifact.finalized", true));
export const artifactReopened = defineEvent(defined("artifact.reopened", false));

function defined(type: string, finalized: boolean): EventDefinition<Data> {
  return {
    type, data, freesId: true,
    org: ({ artifact }, view) => findArtifact(view.tuples, artifact)?.org,
    may: ({ artifact }, actor, view) => view.allowed(actor, "can_edit", artifact),
    decide: ({ artifact }, scene) => decide(artifact, finalized, scene),
  };
}

function decide(artifact: string, finalized: boolean, { view: { tuples } }: Scene): Delta | Refusal {
  const found = findArtifact(tuples, artifact);
  if (found === undefined) return unknown(artifact);
  const draft = new Draft(tuples);
  putFinalized(draft, found, finalized);
  return draft.delta();
}
