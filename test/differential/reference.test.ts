// The evaluator against a naive reference on random models: it gives no yes that the reference does not give.
import { expect, test } from "vitest";
import { Draw } from "../laws/draw.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { askEngine, type Question } from "./compare.ts";
import { drawWorld, referenceOf, setOf, type ModelWorld } from "./models.ts";

/** Number of models to compare. */
const MODELS = runsOr(300, 20_000);

/** The evaluator's yeses for a question: checks of one user, relation and object each. */
function granted(question: Question, answer: string): (readonly [user: string, relation: string, object: string])[] {
  const { relation } = question;
  const listed = answer.startsWith("[") ? answer.slice(1, -1).split(" ").filter((each) => each !== "") : [];
  switch (question.ask) {
    case "check":
      return answer === "yes" ? [[question.user, relation, question.object]] : [];
    case "list-objects":
      return listed.map((object) => [question.user, relation, object]);
    case "list-users":
      return listed.map((user) => [user, relation, question.object]);
  }
}

/** Whether a no must also be the reference's: no cycle can deny, and no contextual tuple hides a stored one. */
function isPlain({ model }: ModelWorld, { contextualTuples }: Question): boolean {
  const cyclesDeny = model.relations.some((relation) => relation.recursive)
    && JSON.stringify(model.json).includes('"difference"');
  return contextualTuples === undefined && !cyclesDeny;
}

function told({ model, tuples }: ModelWorld, found: object): string {
  return JSON.stringify({ ...found, model: model.json, tuples });
}

test("every yes is the reference's, and so is every no where nothing else can deny", () => {
  const tally = { yes: 0, no: 0 };
  for (let i = 0; i < MODELS; i++) {
    const world = drawWorld(new Draw(SEED + i * 15_485_863));
    const set = setOf(world.tuples);
    const { context } = world.questions[0]!;
    const stored = referenceOf(world, { ...world.questions[0]!, contextualTuples: [] });
    for (const question of world.questions) {
      expect(question.context).toBe(context);
      const reference = question.contextualTuples === undefined ? stored : referenceOf(world, question);
      const answer = askEngine(world.model, set, question);
      for (const [user, relation, object] of granted(question, answer)) {
        tally.yes++;
        if (reference.check(user, relation, object) === "yes") continue;
        expect.fail(told(world, { user, relation, object, question, answer }));
      }
      if (question.ask !== "check" || answer !== "no" || !isPlain(world, question)) continue;
      tally.no++;
      if (reference.check(question.user, question.relation, question.object) !== "no") {
        expect.fail(told(world, { question, answer }));
      }
    }
  }
  console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
  console.log(`${MODELS} models, ${tally.yes} grants and ${tally.no} refusals agree`);
  expect(tally.yes).toBeGreaterThan(MODELS * 10);
  expect(tally.no).toBeGreaterThan(MODELS);
});
