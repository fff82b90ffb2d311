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
      if (found === undefined) continue;
      // A thing that never existed has no yes.
      const isUnknown = !isYes && type !== "platform" && draw.chance(8);
      questions.push(isUnknown ? { ...found, object: `${type}:unknown` } : found);
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

/** Relations whose small sets can all be tried, and the size up to which. */
const SMALL: readonly (readonly [type: string, relation: string, most: number])[] = [
  ["org", "admin", 3], ["org", "org_manage", 2], ["org", "athletes_create", 2], ["team", "can_manage", 2],
  ["team", "coach", 3], ["team", "athlete", 3], ["athlete", "account", 3], ["athlete", "current_coach", 2],
  ["note", "can_read", 2], ["note", "can_edit", 3], ["activity", "can_view", 2], ["drill", "can_edit", 2],
  ["coaching", "can_end", 2], ["practice_plan", "can_view", 2], ["athlete", "sessions_read", 1],
];

/** The start of a small world: one org. */
const SMALL_FOUNDING = [
  { type: "platform.superadmin_granted", data: { user: "u8" } },
  { type: "org.created", data: { org: "o1", kind: "club", owner: "u1" } },
  { type: "member.added", data: { org: "o1", user: "u2", hats: ["coach"] } },
  { type: "member.added", data: { org: "o1", user: "u4", hats: ["athlete"] } },
  { type: "team.created", data: { team: "t1", org: "o1", head_coach: "u2" } },
  { type: "athlete.created", data: { athlete: "a1", org: "o1", team: "t1", user: "u4" } },
];
/** Number of drawn events in a small world. */
const SMALL_EVENTS = 30;

/** Yields small worlds of one org, each with a few questions whose answer is no. */
export function* smallQuestions(
  worlds: number,
): Generator<{ readonly world: World; readonly questions: readonly (Question & { readonly most: number })[] }> {
  for (let seed = 1; seed <= worlds; seed++) {
    const play = new Play(undefined, SMALL_FOUNDING);
    for (const each of fixedSeeds(seed, SMALL_EVENTS)) {
      const next = play.next(each);
      if (next.type !== "org.created") play.send(next);
    }
    const { world } = play;
    const draw = new Draw(seed);
    const context = { current_time: new Date(world.now).toISOString() };
    const questions = draw.sample(SMALL, 3).flatMap(([type, relation, most]) => {
      const found = drawQuestion(draw, world.tuples, type, relation, false, context);
      return found === undefined ? [] : [{ ...found, most }];
    });
    yield { world, questions };
  }
}
