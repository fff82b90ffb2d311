// The command `sideline policy prove`: decides the claims about a model, for every possible set of tuples.
import type { ClaimsFile } from "../analysis/claims-file.ts";
import { printStory } from "../analysis/example-story.ts";
import { proveClaims, type ClaimOutcome } from "../analysis/prove-claims.ts";
import { written } from "../analysis/written-world.ts";
import type { Model } from "../model/rewrite.ts";
import { printTuple } from "../tuples/tuple.ts";
import { countOf, DIFFERENT, jsonOf, linesOf, SAME, type NamedModel, type Output } from "./policy-output.ts";
import { boundNote } from "./policy-ways.ts";

/** Arguments of the command. */
export interface ProveArguments {
  readonly model: NamedModel<Model>;
  readonly claims: ClaimsFile;
  /** Whether to print the proved claims as well. */
  readonly all: boolean;
  /** Whether to print the counterexample of the first refuted claim as a story instead. */
  readonly story: boolean;
  readonly json: boolean;
}

/**
 * Proves or refutes each claim. Prints a counterexample for each refuted one. Status 0 if all are proved, otherwise 1.
 * Throws a ClaimError if a claim names something that the model does not have.
 */
export function policyProve({ model, claims, all, story, json }: ProveArguments): Output {
  const outcomes = proveClaims(model.model, claims);
  const open = outcomes.filter(({ verdict }) => verdict !== "proved");
  const status = open.length === 0 ? SAME : DIFFERENT;
  if (story) return { status, text: firstStory(open, model) };
  if (json) return { status, text: jsonOf(outcomes.map(plain)) };
  const withInvariants = outcomes.filter(({ verdict, usesInvariants }) => verdict === "proved" && usesInvariants);
  return { status, text: linesOf([
    ...(all ? outcomes : open).flatMap(lines),
    `${countOf(outcomes.length, "claim")}: ${outcomes.length - open.length} proved`
      + `${withInvariants.length === 0 ? "" : ` (${withInvariants.length} by invariants)`}, `
      + `${open.filter(({ verdict }) => verdict === "refuted").length} refuted, `
      + `${open.filter(({ verdict }) => verdict === "undecided").length} undecided`,
  ]) };
}

function lines({ claim, verdict, usesInvariants, bound, example, reason, ways, questions }: ClaimOutcome): string[] {
  const by = usesInvariants && verdict === "proved" ? `, by the invariants: ${claim.using.join("; ")}` : "";
  const figures = `${countOf(questions, "question")}, ${countOf(ways, "way")}`;
  const heading = `${verdict.padEnd(9)} ${claim.id} (${claim.rules.join(" ")}; ${figures}${boundNote(bound)})${by}`;
  if (example === undefined) return [heading, ...(reason === undefined ? [] : [`    ${reason}`])];
  const { tuples, user, object } = written(example.world);
  const relation = example.question.place.slice(example.question.place.indexOf("#") + 1);
  const answer = claim.kind === "whoever satisfies" ? "no" : "yes";
  return [
    heading, `    ${claim.says}`, `    ${user} ${relation} ${object} is ${answer} with these tuples:`,
    ...tuples.map((tuple) =>
      `      ${printTuple(tuple)}${tuple.condition === undefined ? "" : ` with ${tuple.condition.name}`}`),
  ];
}

function plain({ claim, example, bound, ...rest }: ClaimOutcome): object {
  const { id, rules, says } = claim;
  const world = example === undefined ? null : { relation: example.question.place, ...written(example.world) };
  return { id, rules, says, ...rest, bound: bound ?? null, example: world };
}

function firstStory(outcomes: readonly ClaimOutcome[], { file, model }: NamedModel<Model>): string {
  for (const { claim, example } of outcomes) {
    if (example === undefined) continue;
    const relation = example.question.place.slice(example.question.place.indexOf("#") + 1);
    const allowed = claim.kind !== "whoever satisfies";
    const test = { name: claim.says, world: example.world, relation, allowed };
    const comment = [`A counterexample: the claim '${claim.id}' is false.`];
    return printStory({ name: `${claim.id} is refuted`, comment, modelFile: file, model, tests: [test] });
  }
  return "";
}
