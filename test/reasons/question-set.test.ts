// The published set of questions with their reasons: test/reasons/question-set.json, for the model in model.fga.
import { test } from "vitest";
import { isBookkeeping } from "../../src/domain/object-names.ts";
import { explain } from "../../src/reasons/explain.ts";
import { policyNotes } from "../../src/reasons/policy-notes.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { expectGenerated } from "../live/generated-file.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import { questionsOf, type Question } from "./questions.ts";

/** Number of questions of each answer. */
const QUESTIONS = 60;
const NOTES = policyNotes(POLICY);

/** Returns a set of tuples as text: printed, sorted, with conditions. */
const textOf = (tuples: readonly Tuple[]): string[] => tuples.map((tuple) => {
  const { condition } = tuple;
  const under = condition === undefined ? "" : ` with ${condition.name} ${JSON.stringify(condition.context)}`;
  return printTuple(tuple) + under;
}).sort();

function entryOf(question: Question, tuples: Parameters<typeof explain>[1]): object {
  const found = explain(MODEL, tuples, question, NOTES);
  if ("error" in found) throw new Error(found.error.message);
  const { user, relation, object } = question;
  const end = found.truncated === true ? { truncated: true } : {};
  const asked = { user, relation, object };
  if (found.allowed) return { ...asked, proofs: found.reasons.map((each) => textOf(each.tuples)), ...end };
  return { ...asked, ...end, missing: found.missing.map(({ absent, against }) =>
    ({ absent: textOf(absent), ...(against === undefined ? {} : { against: textOf(against) }) })) };
}

/** The set: for each world its tuples of access, its time, and the questions about it. */
function questionSet(): string {
  const worlds = [true, false].flatMap((isYes) => [...questionsOf(QUESTIONS, isYes, isYes ? 101 : 201)]);
  const lines = worlds.map(({ world, questions }) => {
    const access = [...world.tuples.read({})].filter(({ object }) => !isBookkeeping(object));
    const time = JSON.stringify(questions[0]!.context.current_time);
    return `{"time":${time},\n"tuples":${JSON.stringify(textOf(access))},\n`
      + `"questions":[\n${questions.map((each) => JSON.stringify(entryOf(each, world.tuples))).join(",\n")}]}`;
  });
  return `{"about":"Questions about an OpenFGA store, each with every minimal proof of a yes, or the smallest sets of `
    + `tuples that would turn a no into a yes. The model is model.fga.",\n"worlds":[\n${lines.join(",\n")}]}\n`;
}

test("the published answers are those of this build", () => {
  expectGenerated("test/reasons/question-set.json", questionSet());
});
