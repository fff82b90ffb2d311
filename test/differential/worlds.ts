// Random worlds of the policy: some that events make, and some with any tuples that the model admits.
import type { AuthorizationModelJson, Tuple } from "../../src/engine.ts";
import { isBookkeeping } from "../../src/domain/object-names.ts";
import { MODEL, START } from "../world/world.ts";
import type { Draw } from "../laws/draw.ts";
import { Play } from "../laws/sequence.ts";
import type { Question } from "./compare.ts";
import { drawQuestions, namedBy, type Counts, type Material } from "./questions.ts";
import { shapesOf, tupleOf, type Shape } from "./random-tuples.ts";

const JSON_FORM: AuthorizationModelJson = MODEL.json;

/** Relations that exist once per permission key: many, and all alike. */
const KEY_BEGINNINGS = [
  "sessions", "training", "drills", "goals", "game_plans", "competitions", "season", "messages", "notifications",
  "video", "fitness", "qualif", "journal", "profile", "dashboard", "activities", "wellness", "equipment", "race",
  "macro", "assess", "calc", "subm", "notes", "premium", "practice", "game_briefs", "weekly", "playbook",
  "drill_", "roster", "player_p", "development", "dev_c", "scouting", "users", "program_s", "org_", "athletes_",
  "teams_",
];
const KEY = new RegExp(`^(?:${KEY_BEGINNINGS.join("|")})`);

const isKey = (relation: string): boolean => KEY.test(relation);

/** Tuples of a world that events made: about 80 of them, by all sorts of actors. */
export function eventWorld(draw: Draw): Tuple[] {
  const seeds = Array.from({ length: 50 + draw.below(60) }, () => draw.below(2 ** 31));
  const tuples = [...new Play().all(seeds).world.tuples.read({})];
  // No question distinguishes event records from one another, so a few are enough.
  return tuples.filter((tuple) => !tuple.object.startsWith("event:") || draw.chance(5));
}

/** A context stored with a tuple: an expiry just before or after the start, or a text for any other parameter. */
function storedContext(condition: string, draw: Draw): Record<string, unknown> {
  const parameters = JSON_FORM.conditions?.[condition]?.parameters ?? {};
  const expiry = new Date(START + draw.pick([-1, 1])).toISOString();
  return Object.fromEntries(Object.keys(parameters).filter((name) => name !== "current_time")
    .map((name) => [name, name === "expires_at" ? expiry : "text"]));
}

/** Random tuples: every shape that the model admits, with few ids; keys and bookkeeping are rare. */
export function tupleWorld(draw: Draw): Tuple[] {
  const shapes = shapesOf(JSON_FORM);
  const structure = shapes.filter((shape) => !isKey(shape.relation) && !isBookkeeping(`${shape.object}:`));
  const keys = draw.sample(shapes.filter((shape) => isKey(shape.relation)), 12);
  const books = shapes.filter((shape) => isBookkeeping(`${shape.object}:`));
  const found = new Map<string, Tuple>();
  const count = 2 + draw.below(3);
  const add = (shape: Shape): void => {
    const tuple = tupleOf(shape, count, draw, (condition) => storedContext(condition, draw));
    found.set(`${tuple.object} ${tuple.relation} ${tuple.user}`, tuple);
  };
  for (const shape of structure) {
    const twice = /hat$|^member$|^coach$|^org$|^active_on$|^assignment$|^coaching$|^team$/.test(shape.relation);
    for (let i = draw.below(twice ? 8 : 4); i > 0; i--) add(shape);
  }
  for (const shape of keys) for (let i = draw.below(4); i > 0; i--) add(shape);
  for (let i = 0; i < 5; i++) add(draw.pick(books));
  return [...found.values()];
}

/** Questions about a world. Every question carries the time, because the server supplies it. */
export function questionsAbout(
  tuples: readonly Tuple[], counts: Counts, draw: Draw, isYes: (question: Question) => boolean,
): Question[] {
  const { objects, users } = namedBy(tuples);
  const relations = new Map<string, string[]>();
  const focus = new Set(draw.sample(JSON_FORM.type_definitions.flatMap((type) => Object.keys(type.relations ?? {}))
    .filter(isKey), 12));
  for (const type of JSON_FORM.type_definitions) {
    const asked = Object.keys(type.relations ?? {}).filter((name) => !isKey(name) || focus.has(name));
    if (!isBookkeeping(`${type.type}:`) || draw.chance(5)) relations.set(type.type, asked);
  }
  const people = users.filter((user) => user.startsWith("user:"));
  const org = objects.find((object) => object.startsWith("org:")) ?? "org:1";
  const role = objects.find((object) => object.startsWith("role:")) ?? "role:1";
  const sets = [`${org}#coach`, `${role}#holder`, `${role}#row_holder`, `${role}#sessions_read`, `${org}#member`];
  const material: Material = {
    relations, objects: objects.filter((object) => !isBookkeeping(object)),
    users: [...people, ...people, ...people, ...users, ...sets, "user:stranger", "user:*"],
    filters: ["user", "user", "user", "user", "org#coach", "role#holder", "role#sessions_read", "athlete", "role"],
  };
  const context = { current_time: new Date(START).toISOString() };
  return drawQuestions(material, counts, draw, (question) => isYes({ ...question, context }))
    .map((question) => ({ ...question, context }));
}
