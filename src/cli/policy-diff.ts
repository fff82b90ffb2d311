// The command `sideline policy diff`: which answers a new model adds or takes away, for every possible set of tuples.
import { compareModels, type RelationComparison, type Verdict } from "../analysis/compare-models.ts";
import { printStory } from "../analysis/example-story.ts";
import { written } from "../analysis/written-world.ts";
import type { Model } from "../model/rewrite.ts";
import { printTuple } from "../tuples/tuple.ts";
import { countOf, DIFFERENT, jsonOf, linesOf, SAME, type NamedModel, type Output } from "./policy-output.ts";
import { boundNote } from "./policy-ways.ts";

/** Arguments of the command. */
export interface DiffArguments {
  readonly before: NamedModel<Model>;
  readonly after: NamedModel<Model>;
  /** Whether losses alone have status 0. */
  readonly allowLossOnly: boolean;
  /** Whether to print the first example as a story instead. */
  readonly story: boolean;
  readonly json: boolean;
}

/**
 * Compares two models. Prints each relation that gains or loses an answer, with a smallest example. Status 0 if the
 * models are equal for every set of tuples (with `allowLossOnly`: if no answer can be gained), otherwise 1; a relation
 * that could not be decided counts as a difference, and for `allowLossOnly` so does one that gains nothing only up to a
 * bound of its recursion.
 */
export function policyDiff({ before, after, allowLossOnly, story, json }: DiffArguments): Output {
  const { relations, untouched } = compareModels(before.model, after.model);
  const changed = relations.filter((each) => isChange(each.gain) || isChange(each.loss));
  const isAllowed = changed.every(({ gain, loss }) =>
    !isChange(gain) && (!isChange(loss) || (allowLossOnly && loss.outcome === "found")));
  const mayGain = allowLossOnly && relations.some(({ gain }) => boundOf(gain) !== undefined);
  const status = isAllowed && !mayGain ? SAME : DIFFERENT;
  if (story) return { status, text: firstStory(changed, before, after) };
  const counts = { relations: relations.length + untouched, touched: relations.length, changed: changed.length };
  if (json) {
    const each = changed.map(({ place, gain, loss }) => ({ relation: place, gain: plain(gain), loss: plain(loss) }));
    return { status, text: jsonOf({ before: before.file, after: after.file, ...counts, changes: each }) };
  }
  const bound = relations.flatMap(({ gain, loss }) => [gain, loss]).map(boundOf).find((each) => each !== undefined);
  return { status, text: linesOf([
    `${before.file} -> ${after.file}: ${countOf(counts.relations, "relation")}, ${counts.touched} touched, `
      + `${counts.changed} with other answers`,
    ...changed.flatMap(lines),
    ...(changed.length > 0 ? [] : [`equal for every set of tuples${boundNote(bound)}`]),
    ...(changed.length > 0 && bound !== undefined ? [`other relations are equal${boundNote(bound)}`] : []),
  ]) };
}

/** Bound of a recursion up to which nothing was found; undefined where a verdict holds without one. */
function boundOf(verdict: Verdict): number | undefined {
  return verdict.outcome === "none" ? verdict.bound : undefined;
}

function isChange({ outcome }: Verdict): boolean {
  return outcome !== "none";
}

function lines({ place, gain, loss }: RelationComparison): string[] {
  return [...verdictLines(place, "gains", gain), ...verdictLines(place, "loses", loss)];
}

function verdictLines(place: string, verb: string, verdict: Verdict): string[] {
  if (verdict.outcome === "none") return [];
  if (verdict.outcome === "undecided") return [`${place}: undecided whether it ${verb} answers: ${verdict.reason}`];
  const { tuples, user, object } = written(verdict.example);
  const relation = place.slice(place.indexOf("#") + 1);
  return [
    `${place} ${verb} answers by ${countOf(verdict.ways, "way")}; the smallest example, ${user} ${relation} ${object}:`,
    ...tuples.map((tuple) =>
      `    ${printTuple(tuple)}${tuple.condition === undefined ? "" : ` with ${tuple.condition.name}`}`),
  ];
}

function plain(verdict: Verdict): object {
  if (verdict.outcome === "none") return { outcome: "none", bound: verdict.bound ?? null };
  if (verdict.outcome === "undecided") return verdict;
  const { tuples, user, object } = written(verdict.example);
  return { outcome: "found", ways: verdict.ways, example: { user, object, tuples } };
}

/** Prints the first gain, or else the first loss, as a story of the model that says yes. */
function firstStory(
  changed: readonly RelationComparison[], before: NamedModel<Model>, after: NamedModel<Model>,
): string {
  const of = (verdict: Verdict, place: string, yes: NamedModel<Model>, no: NamedModel<Model>): string[] => {
    if (verdict.outcome !== "found") return [];
    const relation = place.slice(place.indexOf("#") + 1);
    const test = { name: `${place} by ${yes.file}`, world: verdict.example, relation, allowed: true };
    const comment = [`${yes.file} answers yes, ${no.file} answers no.`];
    return [printStory({ name: `${place} differs`, comment, modelFile: yes.file, model: yes.model, tests: [test] })];
  };
  const stories = [
    ...changed.flatMap(({ place, gain }) => of(gain, place, after, before)),
    ...changed.flatMap(({ place, loss }) => of(loss, place, before, after)),
  ];
  return stories[0] ?? "";
}
