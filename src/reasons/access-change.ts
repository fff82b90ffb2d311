// Finds the access that changes give or take away: the checkable relations whose answers differ before and after.
import type { Parts } from "../checks/parts.ts";
import type { EntityId, EntityNames } from "../memory/entity-names.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import { sizeOf } from "../tuples/delta.ts";
import { accessChangeOf, type AccessChange, type Changed } from "./access-answer.ts";
import type { AccessGraph, Use } from "./access-graph.ts";
import {
  LIMITS, LISTING_GROWTH, MAX_LISTING_STEPS, STEPS_PER_OBJECT, STEPS_PER_QUESTION, STEPS_PER_SWITCHED_TUPLE,
  type AccessLimits,
} from "./access-limits.ts";
import { ChangedTuples, type Question, type TwoStates } from "./changed-tuples.ts";
import { StateSide } from "./state-side.ts";

/** The questions about one user and relation to which losses lead, or gains. */
interface Track {
  readonly user: EntityId;
  readonly relation: Relation;
  readonly gained: boolean;
  /**
   * `asking`: each object is asked about. Beyond `most` objects it is `paused` until they are answered. If few of the
   * answers differ, the objects of the user are listed: `wanted` until then, `listed` afterwards. Otherwise, and if the
   * list takes too long, more objects are asked about before the next attempt.
   */
  state: "asking" | "paused" | "wanted" | "listed";
  /** Number of objects asked about, and of those whose answers differ. */
  count: number;
  hits: number;
  most: number;
  /** The objects that wait. */
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
  /** By user: the tracks by relation and direction. Then those that are paused, and those that wait for a list. */
  readonly #tracks = new Map<EntityId, Map<number, Track>>();
  #paused: Track[] = [];
  #wanted: Track[] = [];
  readonly #changes: Changed[] = [];
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
    this.#names = index.names;
    this.#partEnd = limits.stepsPerPart;
    this.#tuples = new ChangedTuples(model, graph, states, index, context, limits.fewUsers);
    this.#was = new StateSide(model, index, context);
    this.#is = new StateSide(model, index, context);
    this.#switchSteps = STEPS_PER_SWITCHED_TUPLE * states.deltas.reduce((sum, delta) => sum + sizeOf(delta), 0);
  }

  *find(): Parts<AccessChange> {
    try {
      yield* this.#begin();
      while (!this.#isFull && this.#hasWork) {
        if (this.#next === this.#queue.length) yield* this.#resume();
        yield* this.#round();
      }
    } finally {
      if (this.#isAfter) this.#switch();
    }
    return yield* this.#answer();
  }

  get #hasWork(): boolean {
    return this.#next < this.#queue.length || this.#paused.length > 0 || this.#tuples.hasGaining;
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
    const { stepsPerPart } = this.#limits;
    this.#partEnd = this.#work + Math.max(stepsPerPart / 2, stepsPerPart - 2 * this.#switchSteps);
  }

  /** Asks the questions that the changed tuples can alter. */
  *#begin(): Parts<void> {
    for (const { key, isWritten } of this.#tuples.keys()) {
      for (const question of yield* this.#tuples.questionsOf(key, isWritten)) this.#ask(question);
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
    for (const gaining of this.#tuples.takeGaining()) {
      for (const question of gaining) this.#ask(question);
      yield* this.#rest();
    }
    const tracks = this.#wanted;
    this.#wanted = [];
    for (const track of tracks) {
      this.#take(track, this.#is);
      yield* this.#rest();
    }
    this.#switch();
    for (const track of tracks) yield* this.#leadWaiting(track);
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
    this.#trackOf(user, relation, gained).hits++;
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
    const track = tracks.get(key) ?? { user, relation, gained, state: "asking", count: 0, hits: 0, most, waiting: [] };
    tracks.set(key, track);
    return track;
  }

  /** Asks about objects, or leaves them to the list of the user's objects. */
  *#lead(track: Track, objects: () => Iterable<EntityId>): Parts<void> {
    if (track.state === "asking") {
      for (const object of objects()) {
        if (track.count >= track.most) {
          track.state = "paused";
          this.#paused.push(track);
          break;
        }
        if (this.#ask({ user: track.user, relation: track.relation, object })) track.count++;
        this.#steps += STEPS_PER_OBJECT;
        yield* this.#rest();
        if (this.#isFull) return;
      }
    }
    if (track.state === "paused" || track.state === "wanted") track.waiting.push(objects);
  }

  /** Continues the tracks that are paused. */
  *#resume(): Parts<void> {
    for (const track of this.#paused.splice(0)) {
      const { count, hits } = track;
      if (hits * 2 >= count && count > 0) [track.state, track.most] = ["asking", track.most * LISTING_GROWTH];
      else this.#list(track);
      if (track.state === "asking") yield* this.#leadWaiting(track);
      else if (track.state === "listed") track.waiting.length = 0;
      yield* this.#rest();
    }
  }

  *#leadWaiting(track: Track): Parts<void> {
    for (const objects of track.waiting.splice(0)) yield* this.#lead(track, objects);
  }

  *#askAll(user: EntityId, relation: Relation, objects: Iterable<EntityId>): Parts<void> {
    for (const object of objects) {
      this.#ask({ user, relation, object });
      this.#steps += STEPS_PER_OBJECT;
      yield* this.#rest();
      if (this.#isFull) return;
    }
  }

  /** Lists the objects of a user: a list of the state before has every loss, one of the state after every gain. */
  #list(track: Track): void {
    track.state = "wanted";
    if (track.gained) this.#wanted.push(track);
    else this.#take(track, this.#was);
  }

  /** Lists the objects of a user in one state. If that takes too long, they are asked about. */
  #take(track: Track, side: StateSide): void {
    const { user, relation, gained, most } = track;
    const steps = most * this.#limits.stepsPerObject;
    const objects = side.objectsOf(user, relation, Math.min(steps, MAX_LISTING_STEPS));
    track.state = objects === undefined ? "asking" : "listed";
    track.most = steps < MAX_LISTING_STEPS ? Math.max(1, most) * LISTING_GROWTH : Infinity;
    const known = gained ? { is: true } : { was: true };
    for (const object of objects ?? []) this.#ask({ user, relation, object, ...known });
    this.#steps += STEPS_PER_QUESTION * (objects?.size ?? 0);
  }

  #answer(): Parts<AccessChange> {
    const isPartial = [this.#tuples, this.#was, this.#is].some(({ isIncomplete }) => isIncomplete);
    const changes = this.#changes.slice(0, this.#limits.entries);
    return accessChangeOf(changes, this.#names, !this.#isFull && !isPartial);
  }
}
