// Finds the access that changes give or take away: the checkable relations whose answers differ before and after.
import type { Parts } from "../checks/parts.ts";
import type { EntityId, EntityNames } from "../memory/entity-names.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import { sizeOf } from "../tuples/delta.ts";
import type { AccessGraph, Use } from "./access-graph.ts";
import {
  ACCESS_STEPS_PER_PART, FEW_OBJECTS, LISTING_EDGES, MAX_ACCESS_ENTRIES, MAX_ACCESS_STEPS, QUESTIONS_PER_SWITCH,
  STEPS_PER_OBJECT, STEPS_PER_QUESTION, STEPS_PER_SWITCHED_TUPLE,
} from "./access-limits.ts";
import { ChangedTuples, type Question, type TwoStates } from "./changed-tuples.ts";
import { StateSide } from "./state-side.ts";

/** One answer that changes. */
export interface AccessEntry {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}

/** The answers that change, sorted by user, object and relation. `complete` is false if some may be missing. */
export interface AccessChange {
  readonly gained: readonly AccessEntry[];
  readonly lost: readonly AccessEntry[];
  readonly complete: boolean;
}

/** Limits of a search, as in access-limits.ts; tests set smaller ones. */
export interface AccessLimits {
  readonly entries: number;
  readonly steps: number;
  readonly stepsPerPart: number;
  readonly questionsPerSwitch: number;
  readonly fewObjects: number;
  readonly listingEdges: number;
}

const LIMITS: AccessLimits = {
  entries: MAX_ACCESS_ENTRIES, steps: MAX_ACCESS_STEPS, stepsPerPart: ACCESS_STEPS_PER_PART,
  questionsPerSwitch: QUESTIONS_PER_SWITCH, fewObjects: FEW_OBJECTS, listingEdges: LISTING_EDGES,
};

/** A list of the objects that a user has a relation to in one state, and the tuples to follow if it takes too long. */
interface List {
  readonly user: EntityId;
  readonly relation: Relation;
  readonly from: { readonly through: Relation; readonly name: EntityId }[];
  state: "wanted" | "listed" | "unlisted";
}

/**
 * Finds the answers that changes alter, in parts; the tuples are in the state before at each rest. `time` is
 * `current_time` of both states. Starts from the changed tuples and follows every answer that differs to the answers
 * that depend on it, so its cost grows with what differs and not with the store. An answer that depends on the clock
 * alone is no difference.
 *
 * Answers of a wildcard (`user:*`) are followed for the wildcard and not for each user.
 */
export function findAccessChange(
  model: Model, graph: AccessGraph, states: TwoStates, time: string, limits: Partial<AccessLimits> = {},
): Parts<AccessChange> {
  return new AccessSearch(model, graph, states, time, { ...LIMITS, ...limits }).find();
}

class AccessSearch {
  readonly #model: Model;
  readonly #graph: AccessGraph;
  readonly #states: TwoStates;
  readonly #limits: AccessLimits;
  readonly #names: EntityNames;
  readonly #tuples: ChangedTuples;
  readonly #was: StateSide;
  readonly #is: StateSide;
  readonly #queue: Question[] = [];
  /** Place in the queue of the next question. */
  #next = 0;
  /** By user: the relations and objects asked about. */
  readonly #asked = new Map<EntityId, Set<number>>();
  /** Lists of users' objects, by user, relation and state; and those that are to be made in the state after. */
  readonly #lists = new Map<string, List>();
  #wanted: List[] = [];
  readonly #changes: { readonly question: Question; readonly gained: boolean }[] = [];
  readonly #switchSteps: number;
  #steps = 0;
  #partEnd: number;
  #isAfter = false;

  constructor(model: Model, graph: AccessGraph, states: TwoStates, time: string, limits: AccessLimits) {
    const index = indexOf(states.tuples);
    const context = { current_time: time };
    this.#model = model;
    this.#graph = graph;
    this.#states = states;
    this.#limits = limits;
    this.#partEnd = limits.stepsPerPart;
    this.#names = index.names;
    this.#tuples = new ChangedTuples(model, graph, states, index, context);
    this.#was = new StateSide(model, index, context, limits.listingEdges);
    this.#is = new StateSide(model, index, context, limits.listingEdges);
    this.#switchSteps = STEPS_PER_SWITCHED_TUPLE * states.deltas.reduce((sum, delta) => sum + sizeOf(delta), 0);
  }

  *find(): Parts<AccessChange> {
    try {
      yield* this.#begin();
      while (!this.#isFull && (this.#next < this.#queue.length || this.#wanted.length > 0)) yield* this.#round();
    } finally {
      if (this.#isAfter) this.#switch();
    }
    return this.#answer();
  }

  /** Whether the answer ends here, with more to find. */
  get #isFull(): boolean {
    return this.#changes.length > this.#limits.entries || this.#work > this.#limits.steps;
  }

  get #work(): number {
    return this.#steps + this.#tuples.steps + this.#was.steps + this.#is.steps;
  }

  #switch(): void {
    this.#steps += this.#switchSteps;
    if (this.#isAfter) this.#states.before();
    else this.#states.after();
    this.#isAfter = !this.#isAfter;
  }

  /** Rests if the part is over, in the state before. */
  *#rest(): Parts<void> {
    if (this.#work < this.#partEnd) return;
    const wasAfter = this.#isAfter;
    if (wasAfter) this.#switch();
    yield;
    // The first switch of a part is free: otherwise many changed tuples would leave no room for any question.
    if (wasAfter) this.#switch();
    this.#partEnd = this.#work + this.#limits.stepsPerPart;
  }

  /** Asks the questions that the changed tuples can alter. */
  *#begin(): Parts<void> {
    for (const key of this.#tuples.keys()) {
      for (const { user, relation, object } of yield* this.#tuples.questionsOf(key)) this.#ask(user, relation, object);
      yield* this.#rest();
    }
  }

  #ask(user: EntityId, relation: Relation, object: EntityId): void {
    const asked = this.#asked.get(user) ?? new Set();
    if (asked.size === 0) this.#asked.set(user, asked);
    const key = object * this.#model.relations.length + relation.index;
    if (asked.has(key)) return;
    asked.add(key);
    this.#queue.push({ user, relation, object });
  }

  /** Asks both states the next questions, and follows the answers that differ. */
  *#round(): Parts<void> {
    const questions = this.#queue.slice(this.#next, this.#next + this.#limits.questionsPerSwitch);
    this.#next += questions.length;
    const was = yield* this.#answers(this.#was, questions);
    this.#switch();
    const is = yield* this.#answers(this.#is, questions);
    const lists = this.#wanted;
    this.#wanted = [];
    for (const list of lists) {
      this.#take(list, this.#is.objectsOf(list.user, list.relation));
      yield* this.#rest();
    }
    this.#switch();
    for (const list of lists) if (list.state === "unlisted") yield* this.#askUnlisted(list);
    for (const [i, question] of questions.entries()) {
      if (was[i] !== is[i]) yield* this.#follow(question, is[i]!);
    }
  }

  *#answers(side: StateSide, questions: readonly Question[]): Parts<boolean[]> {
    const answers: boolean[] = [];
    for (const { user, relation, object } of questions) {
      answers.push(side.isAllowed(user, relation, object));
      this.#steps += STEPS_PER_QUESTION;
      yield* this.#rest();
    }
    return answers;
  }

  /** Asks about everything that depends on an answer that differs. */
  *#follow(question: Question, gained: boolean): Parts<void> {
    const { user, relation, object } = question;
    if (this.#graph.isCheckable(relation)) this.#changes.push({ question, gained });
    for (const use of this.#graph.usesOf(relation)) {
      if (this.#isFull) return;
      if (use.by === "object") this.#ask(user, use.relation, object);
      else if (use.by === "userset") {
        const userset = this.#names.findUserset(object, relation.symbol);
        if (userset !== 0) yield* this.#followTuples(user, use, use.relation, userset, gained);
      } else yield* this.#followTuples(user, use, use.by, object, gained);
    }
  }

  /** Asks about the objects of the tuples of a relation that name an object or a userset as their user. */
  *#followTuples(user: EntityId, use: Use, through: Relation, name: EntityId, gained: boolean): Parts<void> {
    const { relation, isSubtracted } = use;
    const { fewObjects, questionsPerSwitch } = this.#limits;
    let count = 0;
    for (const object of this.#tuples.objectsOf(through, name)) {
      const isLong = ++count === fewObjects + 1 && !isSubtracted;
      if (isLong && this.#leaveToList(user, relation, through, name, gained)) return;
      this.#ask(user, relation, object);
      this.#steps += STEPS_PER_OBJECT;
      yield* this.#rest();
      if (count % questionsPerSwitch === 0 && this.#isFull) return;
    }
  }

  /**
   * Returns true if the objects that a user loses or gains by a relation are listed instead of asked about one by one.
   * A list of the state before holds every loss, a list of the state after every gain.
   */
  #leaveToList(user: EntityId, relation: Relation, through: Relation, name: EntityId, gained: boolean): boolean {
    const key = `${user} ${relation.index} ${String(gained)}`;
    const known = this.#lists.get(key);
    if (known?.state === "wanted") known.from.push({ through, name });
    if (known !== undefined) return known.state !== "unlisted";
    const list: List = { user, relation, from: [{ through, name }], state: "wanted" };
    this.#lists.set(key, list);
    if (gained) this.#wanted.push(list);
    else this.#take(list, this.#was.objectsOf(user, relation));
    return list.state !== "unlisted";
  }

  #take(list: List, objects: ReadonlySet<EntityId> | undefined): void {
    list.state = objects === undefined ? "unlisted" : "listed";
    for (const object of objects ?? []) this.#ask(list.user, list.relation, object);
    this.#steps += STEPS_PER_QUESTION * (objects?.size ?? 0);
  }

  *#askUnlisted({ user, relation, from }: List): Parts<void> {
    for (const { through, name } of from) {
      for (const object of this.#tuples.objectsOf(through, name)) {
        this.#ask(user, relation, object);
        this.#steps += STEPS_PER_OBJECT;
        yield* this.#rest();
      }
    }
  }

  #answer(): AccessChange {
    const names = this.#names;
    const of = (kind: boolean): AccessEntry[] => this.#changes.slice(0, this.#limits.entries)
      .filter(({ gained }) => gained === kind)
      .map(({ question: { user, relation, object } }) =>
        ({ user: names.text(user), relation: relation.name, object: names.text(object) }))
      .sort(inOrder);
    const isPartial = [this.#tuples, this.#was, this.#is].some(({ isIncomplete }) => isIncomplete);
    return { gained: of(true), lost: of(false), complete: !this.#isFull && !isPartial };
  }
}

function inOrder(a: AccessEntry, b: AccessEntry): number {
  return compare(a.user, b.user) || compare(a.object, b.object) || compare(a.relation, b.relation);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
