// The tuples that changes touch, and the questions from which a search for changes of access begins.
import { listUsers, listUsersInParts } from "../checks/list-users.ts";
import type { Parts } from "../checks/parts.ts";
import type { ListUsersRequest } from "../checks/question.ts";
import { isUserset, type EntityId } from "../memory/entity-names.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import type { Context } from "../model/condition.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import type { Delta } from "../tuples/delta.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { typeOf, type TupleKey } from "../tuples/tuple.ts";
import type { AccessGraph } from "./access-graph.ts";
import { GAINING_STEPS, MAX_GAINING_STEPS, STEPS_PER_QUESTION, USERS_AT_ONCE_STEPS } from "./access-limits.ts";

/** Type of the users whose access can change. */
const USER = "user";

/** Live tuples with changes that can be applied and undone. The tuples are in the state before when a search begins. */
export interface TwoStates {
  readonly tuples: TupleSet;
  /** The changes, in their order. The names in them keep their ids until the search has ended. */
  readonly deltas: readonly Delta[];
  /** Applies all changes. */
  after(): void;
  /** Undoes all changes. */
  before(): void;
}

/** A question that both states are asked: may this user do this? */
export interface Question {
  readonly user: EntityId;
  readonly relation: Relation;
  readonly object: EntityId;
  /** The answers before and after, if known. */
  readonly was?: boolean;
  readonly is?: boolean;
}

/** The users whom a changed tuple may concern, and the relation to an object that it may give them. */
interface Asked {
  readonly relation: Relation;
  readonly object: EntityId;
  readonly users: readonly EntityId[];
  readonly isSubtracted: boolean;
}

/** Reads the changed tuples, and the tuples of both states. The index must be in the state before. */
export class ChangedTuples {
  /** Steps of all reads so far. */
  steps = 0;
  /** Whether users could not be listed. */
  isIncomplete = false;
  readonly #model: Model;
  readonly #graph: AccessGraph;
  readonly #states: TwoStates;
  readonly #index: TupleIndex;
  readonly #context: Context;
  /** Objects of the written tuples, by relation and user: they are in the state after only. */
  readonly #written = new Map<Relation, Map<EntityId, EntityId[]>>();
  /** Questions about many users that were put off, and the relations and objects of those asked since. */
  readonly #gaining: Asked[] = [];
  readonly #gained = new Set<string>();
  readonly #fewUsers: number;
  /** Lists of users, by relation and object. */
  readonly #users = new Map<string, readonly EntityId[]>();

  /** `fewUsers`: number of users who are asked about one by one. */
  constructor(
    model: Model, graph: AccessGraph, states: TwoStates, index: TupleIndex, context: Context, fewUsers: number,
  ) {
    this.#fewUsers = fewUsers;
    this.#model = model;
    this.#graph = graph;
    this.#states = states;
    this.#index = index;
    this.#context = context;
    for (const { writes } of states.deltas) for (const tuple of writes) this.#noteWritten(tuple);
  }

  /** Yields the changed tuples. */
  *keys(): Iterable<{ readonly key: TupleKey; readonly isWritten: boolean }> {
    for (const { writes, deletes } of this.#states.deltas) {
      for (const key of deletes) yield { key, isWritten: false };
      for (const key of writes) yield { key, isWritten: true };
    }
  }

  /**
   * Returns the questions whose answers a changed tuple can alter without the help of another answer. Users who gain
   * the other part of such an answer by the same changes are not among them: the search gets to them from that part.
   * Where a written tuple names many users, the question is put off: see `takeGaining`.
   */
  *questionsOf(key: TupleKey, isWritten: boolean): Parts<Question[]> {
    const { names } = this.#index;
    const relation = this.#relationOf(key);
    this.steps += STEPS_PER_QUESTION;
    if (relation === undefined) return [];
    const object = names.find(key.object);
    const user = names.find(key.user);
    const questions: Question[] = [];
    if (this.#graph.leads(relation)) {
      const userset = isUserset(names.facetOf(user)) ? this.#model.relationOf[names.facetOf(user) >> 2] : undefined;
      const users = userset !== undefined ? yield* this.#usersOf(userset, names.objectOf(user))
        : typeOf(key.user) === USER ? [user] : [];
      const isSubtracted = this.#graph.isSubtracted(relation);
      questions.push(...yield* this.#about({ relation, object, users, isSubtracted }, isWritten));
    }
    for (const { relation: next, targets, isSubtracted } of this.#graph.throughTupleset(relation)) {
      const target = targets[names.typeOf(user)];
      if (target === undefined) continue;
      const users = yield* this.#usersOf(target, user);
      questions.push(...yield* this.#about({ relation: next, object, users, isSubtracted }, isWritten));
    }
    return questions;
  }

  /**
   * Returns the questions about users of an object. Where there are many, the users who lose it by a deleted tuple have
   * it in the state before, and those who gain it by a written one have it in the state after: often few of them.
   */
  *#about(asked: Asked, isWritten: boolean): Parts<Question[]> {
    const { relation, object, users, isSubtracted } = asked;
    const of = (all: readonly EntityId[], known: object = {}): Question[] =>
      all.map((user) => ({ user, relation, object, ...known }));
    if (users.length <= this.#fewUsers || isSubtracted) return of(users);
    if (!isWritten) return of(yield* this.#usersOf(relation, object), { was: true });
    this.#gaining.push(asked);
    return [];
  }

  /** Whether questions were put off. */
  get hasGaining(): boolean {
    return this.#gaining.length > 0;
  }

  /** Yields the questions that were put off, by written tuple. The index must be in the state after. */
  *takeGaining(): Iterable<Question[]> {
    for (const { relation, object, users } of this.#gaining.splice(0)) {
      const key = `${relation.index} ${object}`;
      if (this.#gained.has(key)) continue;
      this.#gained.add(key);
      const answer = listUsers(this.#model, this.#states.tuples, this.#requestOf(relation, object), MAX_GAINING_STEPS);
      this.steps += "error" in answer ? MAX_GAINING_STEPS : GAINING_STEPS;
      const known = "error" in answer ? {} : { is: true };
      const all = "error" in answer ? users : answer.users.map((user) => this.#index.names.find(user));
      yield all.map((user) => ({ user, relation, object, ...known }));
    }
  }

  #requestOf(relation: Relation, object: EntityId): ListUsersRequest {
    const userFilter = { type: USER };
    return { object: this.#index.names.text(object), relation: relation.name, userFilter, context: this.#context };
  }

  /** Yields the objects of the tuples of a relation with this user, in either state. */
  *objectsOf(relation: Relation, user: EntityId): Iterable<EntityId> {
    yield* this.#written.get(relation)?.get(user) ?? [];
    const index = this.#index;
    for (let row = index.firstOfUser(user, relation.symbol); row !== 0; row = index.nextOfUser(row)) {
      yield index.objectOf(row);
    }
  }

  #relationOf({ object, relation }: TupleKey): Relation | undefined {
    return this.#model.types.get(typeOf(object))?.relations.get(relation);
  }

  #noteWritten(tuple: TupleKey): void {
    const relation = this.#relationOf(tuple);
    if (relation === undefined) return;
    const { names } = this.#index;
    const byUser = this.#written.get(relation) ?? new Map<EntityId, EntityId[]>();
    this.#written.set(relation, byUser);
    const user = names.find(tuple.user);
    const objects = byUser.get(user);
    if (objects === undefined) byUser.set(user, [names.find(tuple.object)]);
    else objects.push(names.find(tuple.object));
  }

  /** Returns the users with a relation to an object in the state before. */
  *#usersOf(relation: Relation, object: EntityId): Parts<readonly EntityId[]> {
    const key = `${relation.index} ${object}`;
    const known = this.#users.get(key);
    if (known !== undefined) return known;
    const { names } = this.#index;
    const request = this.#requestOf(relation, object);
    const answer = yield* listUsersInParts(this.#model, this.#states.tuples, request, { atOnce: USERS_AT_ONCE_STEPS });
    if ("error" in answer) this.isIncomplete = true;
    const users = "error" in answer ? [] : answer.users.map((user) => names.find(user));
    this.steps += USERS_AT_ONCE_STEPS + STEPS_PER_QUESTION * users.length;
    this.#users.set(key, users);
    return users;
  }
}
