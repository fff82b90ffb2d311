// Questions about random worlds of events: some with the answer yes, some with no, over all relations of the contract.
import { check } from "../../src/checks/evaluate.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { MODEL, type World } from "../world/world.ts";
import { PEOPLE } from "../laws/answers.ts";
import { Draw } from "../laws/draw.ts";
import { CONTRACT } from "../laws/names.ts";
import { fixedSeeds, Play } from "../laws/sequence.ts";

/** A question about one world, with the context of its time. */
export interface Question {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
  readonly context: { readonly current_time: string };
}

/** A world with questions and their answers. */
export interface Asked {
  /** Seed of the world's events. */
  readonly seed: number;
  readonly world: World;
  readonly questions: readonly Question[];
}

/** Number of events in a world. */
const EVENTS = 60;
/** Number of questions of each answer that are taken from one world. */
const PER_WORLD = 20;

/**
 * Yields worlds with questions that all have one answer, in all `count` questions. Relations take turns: each is drawn
 * as often as the others, if the worlds have the answer for it.
 */
export function* questionsOf(count: number, isYes: boolean, firstSeed = 1): Generator<Asked> {
  const places = Object.entries(CONTRACT)
    .flatMap(([type, relations]) => relations.map((name) => [type, name] as const));
  let [left, turn] = [count, 0];
  for (let seed = firstSeed; left > 0; seed++) {
    const { world } = new Play().all(fixedSeeds(seed, EVENTS));
    const draw = new Draw(seed);
    const context = { current_time: new Date(world.now).toISOString() };
    const questions: Question[] = [];
    for (let tries = 0; questions.length < Math.min(left, PER_WORLD) && tries < places.length; tries++) {
      const [type, relation] = places[turn++ % places.length]!;
      const found = drawQuestion(draw, world.tuples, type, relation, isYes, context);
      if (found !== undefined) questions.push(found);
    }
    left -= questions.length;
    yield { seed, world, questions };
  }
}

function drawQuestion(
  draw: Draw, tuples: TupleSet, type: string, relation: string, isYes: boolean, context: Question["context"],
): Question | undefined {
  const objects = [...new Set([...tuples.read({ objectType: type })].map(({ object }) => object))];
  if (objects.length === 0) return undefined;
  const fitting: Question[] = [];
  for (const object of draw.sample(objects, 6)) {
    for (const user of PEOPLE) {
      const question = { user, relation, object, context };
      const answer = check(MODEL, tuples, question);
      if ("allowed" in answer && answer.allowed === isYes) fitting.push(question);
    }
  }
  return fitting.length === 0 ? undefined : draw.pick(fitting);
}
