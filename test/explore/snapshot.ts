// One state of the exploration: its tuples, its facts, and every answer to every person.
import type { Tuple } from "../../src/tuples/tuple.ts";
import { MODEL } from "../world/policy.ts";
import { SOME } from "../laws/names.ts";
import { Arena, plainModel, type PlainModel } from "../mutation/plain-model.ts";
import { Facts } from "./facts.ts";

const PLAIN: PlainModel = plainModel(MODEL.json);

/** Everybody who may get a yes: the people of the explored orgs, and one unknown user. */
const PEOPLE = ["olga", "otto", "rita", "u1", "u2", "u3", "u4", "u5", "u6", "stranger"] as const;

const EXPECTATIONS = PEOPLE.map((id) =>
  ({ user: `user:${id}`, relation: "member", object: "org:none", expected: false }));

/** The bit of a person in an answer. */
export const bitOf = (id: string): number => {
  const index = (PEOPLE as readonly string[]).indexOf(id);
  return index < 0 ? 0 : 1 << index;
};

/** Ids of the people in an answer. */
const peopleIn = (bits: number): string[] => PEOPLE.filter((id) => (bits & bitOf(id)) !== 0);

/** A state. Facts and answers are computed when they are first needed. */
export class Snapshot {
  readonly now: number;
  readonly #read: () => readonly Tuple[];
  readonly #makeFacts: () => Facts;
  #tuples: readonly Tuple[] | undefined;
  #facts: Facts | undefined;
  #answers: Map<string, number> | undefined;
  #arena: Arena | undefined;
  readonly #known = new Map<string, number>();

  /** `tuples`: those of the state, or a function that reads them when they are first needed; `facts` likewise. */
  constructor(tuples: readonly Tuple[] | (() => readonly Tuple[]), now: number, facts?: () => Facts) {
    this.#read = typeof tuples === "function" ? tuples : () => tuples;
    this.#makeFacts = facts ?? (() => new Facts(this.tuples, now));
    this.now = now;
  }

  get tuples(): readonly Tuple[] {
    return this.#tuples ??= this.#read();
  }

  get facts(): Facts {
    return this.#facts ??= this.#makeFacts();
  }

  get #world(): Arena {
    return this.#arena ??= new Arena({ name: "", tuples: this.tuples, expectations: EXPECTATIONS, now: this.now },
      EXPECTATIONS);
  }

  /** True if the model gives a person (an id) a relation to an object. */
  can(id: string, relation: string, object: string): boolean {
    return (this.#world.users(PLAIN, object, relation, this.#known) & bitOf(id)) !== 0;
  }

  /** The people with a yes, as bits, by `relation object`; only where somebody has one. */
  get answers(): ReadonlyMap<string, number> {
    return this.#answers ??= this.#everyYes();
  }

  #everyYes(): Map<string, number> {
    const found = new Map<string, number>();
    for (const [type, relations] of Object.entries(SOME)) {
      for (const object of this.#world.objects.get(type) ?? []) {
        if (object === "org:none") continue;
        for (const relation of relations) {
          const users = this.#world.users(PLAIN, object, relation, this.#known);
          if (users !== 0) found.set(`${relation} ${object}`, users);
        }
      }
    }
    return found;
  }
}

/** An answer that one state has and the other has not. */
export interface Gain {
  readonly relation: string;
  readonly object: string;
  /** The people who have it, as bits. */
  readonly people: number;
}

/** Answers of `after` that `before` lacks. */
export function gains(before: Snapshot, after: Snapshot): Gain[] {
  const found: Gain[] = [];
  for (const [question, people] of after.answers) {
    const more = people & ~(before.answers.get(question) ?? 0);
    if (more === 0) continue;
    const space = question.indexOf(" ");
    found.push({ relation: question.slice(0, space), object: question.slice(space + 1), people: more });
  }
  return found;
}

/** The gain as text, for a message. */
export function printGain({ relation, object, people }: Gain): string {
  return `${peopleIn(people).join()} ${relation} ${object}`;
}
