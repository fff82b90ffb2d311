// Finds the access that changes give or take away: the checkable relations whose answers differ before and after.
import type { Parts } from "../checks/parts.ts";
import type { EntityId, EntityNames } from "../memory/entity-names.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import { sizeOf } from "../tuples/delta.ts";
import type { TupleKey } from "../tuples/tuple.ts";
import type { AccessGraph, Use } from "./access-graph.ts";
import {
  ACCESS_STEPS_PER_PART, FEW_OBJECTS, LISTING_GROWTH, LISTING_STEPS_PER_OBJECT, MAX_ACCESS_ENTRIES, MAX_ACCESS_STEPS,
  MAX_LISTING_STEPS, QUESTIONS_PER_SWITCH, STEPS_PER_OBJECT, STEPS_PER_QUESTION, STEPS_PER_SWITCHED_TUPLE,
} from "./access-limits.ts";
import { ChangedTuples, type Question, type TwoStates } from "./changed-tuples.ts";
import { StateSide } from "./state-side.ts";

/** The answers that change, sorted by user, object and relation. `complete` is false if some may be missing. */
export interface AccessChange {
  readonly gained: readonly TupleKey[];
  readonly lost: readonly TupleKey[];
  readonly complete: boolean;
}

/** Limits of a search, as in access-limits.ts; tests set smaller ones. */
export interface AccessLimits {
  readonly entries: number;
  readonly steps: number;
  readonly stepsPerPart: number;
  readonly questionsPerSwitch: number;
  readonly fewObjects: number;
  readonly stepsPerObject: number;
}

const LIMITS: AccessLimits = {
  entries: MAX_ACCESS_ENTRIES, steps: MAX_ACCESS_STEPS, stepsPerPart: ACCESS_STEPS_PER_PART,
  questionsPerSwitch: QUESTIONS_PER_SWITCH, fewObjects: FEW_OBJECTS, stepsPerObject: LISTING_STEPS_PER_OBJECT,
};

/** The questions about one user and relation to which losses lead, or gains. */
interface Track {
  readonly user: EntityId;
  readonly relation: Relation;
  readonly gained: boolean;
  /**
   * `asking`: each object is asked about. Beyond `most` objects, the objects of the user are listed: `wanted` until
   * then, `listed` afterwards. If the list takes too long, more objects are asked about before the next attempt.
   */
  state: "asking" | "wanted" | "listed";
  count: number;
  most: number;
  /** The objects that wait for the list. */
  readonly waiting: (() => Iterable<EntityId>)[];
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
  /** By user: the tracks by relation and direction; and those that wait for a list of the state after. */
  readonly #tracks = new Map<EntityId, Map<number, Track>>();
  #wanted: Track[] = [];
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
    this.#was = new StateSide(model, index, context);
    this.#is = new StateSide(model, index, context);
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
      for (const question of yield* this.#tuples.questionsOf(key)) this.#ask(question);
      yield* this.#rest();
    }
  }

  /** Puts a question on the queue. Returns false if it has been there before. */
  #ask(question: Question): boolean {
    const { user, relation, object } = question;
    const asked = this.#asked.get(user) ?? new Set();
    if (asked.size === 0) this.#asked.set(user, asked);
    const key = object * this.#model.relations.length + relation.index;
    if (asked.has(key)) return false;
    asked.add(key);
    this.#queue.push(question);
    return true;
  }

  /** Asks both states the next questions, and follows the answers that differ. */
  *#round(): Parts<void> {
    const questions = this.#queue.slice(this.#next, this.#next + this.#limits.questionsPerSwitch);
    this.#next += questions.length;
    const was = yield* this.#answers(this.#was, questions, "was");
    this.#switch();
    const is = yield* this.#answers(this.#is, questions, "is");
    const tracks = this.#wanted;
    this.#wanted = [];
    for (const track of tracks) {
      this.#take(track, this.#is);
      yield* this.#rest();
    }
    this.#switch();
    for (const track of tracks) {
      for (const objects of track.waiting.splice(0)) yield* this.#lead(track, objects);
    }
    for (const [i, question] of questions.entries()) {
      if (was[i] !== is[i]) yield* this.#follow(question, is[i]!);
    }
  }

  *#answers(side: StateSide, questions: readonly Question[], when: "was" | "is"): Parts<boolean[]> {
    const answers: boolean[] = [];
    for (const { user, relation, object, [when]: known } of questions) {
      answers.push(known ?? side.isAllowed(user, relation, object));
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
      const objects = this.#objectsBy(use, relation, object);
      if (use.isSubtracted) yield* this.#askAll(user, use.relation, objects());
      else yield* this.#lead(this.#trackOf(user, use.relation, gained), objects);
    }
  }

  /** Returns the objects whose answers depend on an answer by one of its uses. */
  #objectsBy({ by, relation }: Use, from: Relation, object: EntityId): () => Iterable<EntityId> {
    if (by === "object") return () => [object];
    if (by !== "userset") return () => this.#tuples.objectsOf(by, object);
    const userset = this.#names.findUserset(object, from.symbol);
    return () => (userset === 0 ? [] : this.#tuples.objectsOf(relation, userset));
  }

  #trackOf(user: EntityId, relation: Relation, gained: boolean): Track {
    const tracks = this.#tracks.get(user) ?? new Map<number, Track>();
    if (tracks.size === 0) this.#tracks.set(user, tracks);
    const key = relation.index * 2 + Number(gained);
    const most = this.#limits.fewObjects;
    const track = tracks.get(key) ?? { user, relation, gained, state: "asking", count: 0, most, waiting: [] };
    tracks.set(key, track);
    return track;
  }

  /** Asks about objects, or leaves them to the list of the user's objects. */
  *#lead(track: Track, objects: () => Iterable<EntityId>): Parts<void> {
    if (track.state === "asking") {
      for (const object of objects()) {
        if (track.count >= track.most && this.#list(track)) break;
        if (this.#ask({ user: track.user, relation: track.relation, object })) track.count++;
        this.#steps += STEPS_PER_OBJECT;
        yield* this.#rest();
        if (this.#isFull) return;
      }
    }
    if (track.state === "wanted") track.waiting.push(objects);
  }

  *#askAll(user: EntityId, relation: Relation, objects: Iterable<EntityId>): Parts<void> {
    for (const object of objects) {
      this.#ask({ user, relation, object });
      this.#steps += STEPS_PER_OBJECT;
      yield* this.#rest();
      if (this.#isFull) return;
    }
  }

  /**
   * Lists the objects of a user: every loss is in a list of the state before, every gain in one of the state after.
   * Returns false if that takes too long.
   */
  #list(track: Track): boolean {
    track.state = "wanted";
    if (!track.gained) return this.#take(track, this.#was);
    this.#wanted.push(track);
    return true;
  }

  /** Lists the objects of a user in one state. Returns false if that takes too long. */
  #take(track: Track, side: StateSide): boolean {
    const { user, relation, gained, most } = track;
    const steps = most * this.#limits.stepsPerObject;
    const objects = side.objectsOf(user, relation, Math.min(steps, MAX_LISTING_STEPS));
    track.state = objects === undefined ? "asking" : "listed";
    track.most = steps < MAX_LISTING_STEPS ? Math.max(1, most) * LISTING_GROWTH : Infinity;
    const known = gained ? { is: true } : { was: true };
    for (const object of objects ?? []) this.#ask({ user, relation, object, ...known });
    this.#steps += STEPS_PER_QUESTION * (objects?.size ?? 0);
    return objects !== undefined;
  }

  #answer(): AccessChange {
    const names = this.#names;
    const of = (kind: boolean): TupleKey[] => this.#changes.slice(0, this.#limits.entries)
      .filter(({ gained }) => gained === kind)
      .map(({ question: { user, relation, object } }) =>
        ({ user: names.text(user), relation: relation.name, object: names.text(object) }))
      .sort(inOrder);
    const isPartial = [this.#tuples, this.#was, this.#is].some(({ isIncomplete }) => isIncomplete);
    return { gained: of(true), lost: of(false), complete: !this.#isFull && !isPartial };
  }
}

function inOrder(a: TupleKey, b: TupleKey): number {
  return compare(a.user, b.user) || compare(a.object, b.object) || compare(a.relation, b.relation);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
