// The analysis agrees with the judge of edits: for every set of tuples, an edit that is called equal changes no answer.
import { expect, test } from "vitest";
import { compareModels } from "../../src/analysis/compare-models.ts";
import { ModelError } from "../../src/model/model-error.ts";
import type { Model } from "../../src/model/rewrite.ts";
import { Draw } from "../laws/draw.ts";
import { FULL, SEED } from "../laws/law.ts";
import { MODEL } from "../world/policy.ts";
import { editedModel } from "./edited-model.ts";
import { editsOf, type Edit } from "./edits.ts";
import { isEqual } from "./equal-edits.ts";
import { EQUAL_GROUPS } from "./equal-reasons.ts";
import { plainModel } from "./plain-model.ts";

const MODEL_AS_DATA = plainModel(MODEL.json);
const TYPES = new Set(["org", "coaching", "team_assignment", "team", "note", "activity_comment"]);
const nameOf = ({ place, change }: Edit): string => `${place}: ${change}`;

/** The model after an edit; undefined where it is recursive, which another law refuses. */
function modelAfter(edit: Edit): Model | undefined {
  try {
    const model = editedModel(MODEL.json, edit);
    return model.relations.some(({ recursive }) => recursive) ? undefined : model;
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}

/** An edit of a group that leaves the model without recursion. */
function drawnOf(draw: Draw, group: readonly Edit[]): Edit {
  for (const left = [...group]; left.length > 0;) {
    const edit = draw.pick(left);
    if (modelAfter(edit) !== undefined) return edit;
    left.splice(left.indexOf(edit), 1);
  }
  throw new Error("every edit of the group makes the model recursive");
}

/** The relations that gain or lose an answer by an edit, for any set of tuples. */
function changed(edit: Edit): string[] {
  return compareModels(MODEL, modelAfter(edit)!).relations
    .filter(({ gain, loss }) => gain.outcome !== "none" || loss.outcome !== "none")
    .map(({ place, gain, loss }) => `${place}: gain ${gain.outcome}, loss ${loss.outcome}`);
}

test("an edit that is called equal changes no answer on any set of tuples, by the analysis", () => {
  const draw = new Draw(SEED);
  const edits = [...editsOf(MODEL_AS_DATA, TYPES)].filter((edit) => isEqual(edit, MODEL_AS_DATA));
  for (const { edits: pattern } of EQUAL_GROUPS) {
    const group = edits.filter((edit) => pattern.test(nameOf(edit)));
    const able = FULL ? group.filter((edit) => modelAfter(edit) !== undefined) : [drawnOf(draw, group)];
    expect(able.length, String(pattern)).toBeGreaterThan(0);
    for (const edit of able) expect(changed(edit), nameOf(edit)).toEqual([]);
  }
});

test("the analysis finds an answer that another edit changes", () => {
  const edits = [...editsOf(MODEL_AS_DATA, new Set(["note"]))];
  const dropped = edits.find((edit) => nameOf(edit) === "note#can_read: auditor from org dropped")!;
  expect(changed(dropped)).toEqual(["note#can_read: gain none, loss found"]);
});
