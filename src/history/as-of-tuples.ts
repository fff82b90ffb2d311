// The tuples as they were after a number of log rows: the present ones, with every later change undone.
import { findRelation, findType } from "../memory/symbols.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { TupleEnd, TupleSource } from "../memory/read-index.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { typeOf } from "../tuples/tuple.ts";
import { MAX_PAST_READS, PAST_READING_MS_PER_TURN } from "./history-limits.ts";
import type { KeptRows } from "./kept-rows.ts";
import { isUsersetName, keyOfObjects, keyOfTuple, keyOfUsers, type PastRow, type TupleChange } from "./log-row.ts";
import type { PostingIndex } from "./posting-index.ts";

/** Thrown when a question has used up its time in this turn of the event loop. It begins again in the next turn. */
export class TurnOver extends Error {}

/** Thrown when a question takes too many reads. */
export class TooManyReads extends Error {}

/** A change with its row. */
export interface LoggedChange extends TupleChange {
  readonly row: PastRow;
}

/** The sources of the tuples of the past. */
export interface PastGround {
  /** The present tuples. Between two turns of the event loop they are those after the newest row of the log. */
  readonly live: TupleSet;
  readonly rows: KeptRows;
  /** Returns the index, with every row of the log. */
  readonly index: () => PostingIndex;
}

/** The changes of a list that were found so far, down to the first one after the moment. */
interface Undoing {
  /** Rows from `below` to `top` were read, if they concern the list. */
  below: number;
  top: number;
  /** By the entity at the other end: the earliest change, and its row. */
  readonly earliest: Map<string, { readonly seq: number; readonly change: TupleChange }>;
}

/**
 * Tuples after row `number` of the log. Each read is kept, so that a question that begins again in another turn comes
 * further. The present may change in between: the past does not.
 */
export class AsOfTuples implements TupleSource {
  readonly #ground: PastGround;
  readonly #number: number;
  readonly #msPerTurn: number;
  readonly #maxReads: number;
  readonly #undoing = new Map<string, Undoing>();
  readonly #found = new Map<string, TupleEnd | undefined>();
  #isWhole = false;
  #spentMs = 0;
  #reads = 0;

  /**
   * `msPerTurn`: time to read in one turn of the event loop; the first read of a turn always succeeds. `maxReads`:
   * number of reads in all.
   */
  constructor(
    ground: PastGround, number: number, { msPerTurn = PAST_READING_MS_PER_TURN, maxReads = MAX_PAST_READS } = {},
  ) {
    this.#ground = ground;
    this.#number = number;
    this.#msPerTurn = msPerTurn;
    this.#maxReads = maxReads;
  }

  /** Begins a turn of the event loop. */
  beginTurn(): void {
    this.#spentMs = 0;
  }

  get(object: string, relation: string, user: string): TupleEnd | undefined {
    const text = `${object} ${relation} ${user}`;
    if (this.#found.has(text)) return this.#found.get(text);
    return this.#timed(() => {
      const key = keyOfTuple(object, relation, user);
      const is = (change: TupleChange): boolean =>
        change.user === user && change.object === object && change.relation === relation;
      // Many rows may have changed the tuple since: only the earliest is read.
      let first: TupleChange | undefined;
      for (const seq of [...this.#ground.index().newest(key, Infinity, this.#number)].reverse()) {
        first = this.#ground.rows.get(seq).changes.find(is);
        if (first !== undefined) break;
      }
      const found = first === undefined ? this.#liveTuple(object, relation, user)
        : first.isWrite ? undefined
          : { name: user, condition: this.lastWrite(object, relation, user)?.condition };
      this.#found.set(text, found);
      return found;
    });
  }

  users(object: string, relation: string, usersets: boolean): readonly TupleEnd[] {
    const only = this.#onlyUser(object, relation, usersets);
    if (only !== undefined) return only;
    const key = keyOfUsers(object, relation, usersets);
    const changed = this.#changedSince(`${object} ${relation} ${usersets}`, key, (change) =>
      (change.object === object && change.relation === relation && isUsersetName(change.user) === usersets
        ? change.user : undefined));
    return this.#undone(changed, (user) => this.get(object, relation, user),
      () => this.#liveUsers(object, relation, usersets));
  }

  objects(type: string, relation: string, user: string): readonly TupleEnd[] {
    const key = keyOfObjects(type, relation, user);
    const changed = this.#changedSince(`${type}: ${relation} ${user}`, key, (change) =>
      (change.user === user && change.relation === relation && typeOf(change.object) === type
        ? change.object : undefined));
    return this.#undone(changed, (object) => {
      const found = this.get(object, relation, user);
      return found === undefined ? undefined : { name: object, condition: found.condition };
    }, () => this.#liveObjects(type, relation, user));
  }

  whole<T>(step: () => T): T {
    const before = this.#isWhole;
    this.#isWhole = true;
    try {
      return step();
    } finally {
      this.#isWhole = before;
    }
  }

  /** Returns the last write of a tuple up to the moment, with its row; undefined if the log has none. */
  lastWrite(object: string, relation: string, user: string): LoggedChange | undefined {
    return this.#last(keyOfTuple(object, relation, user), (change) => change.isWrite && change.user === user
      && change.object === object && change.relation === relation);
  }

  /** Returns the last delete of a tuple up to the moment, with its row; undefined if the log has none. */
  lastDelete(object: string, relation: string, user: string): LoggedChange | undefined {
    return this.#last(keyOfTuple(object, relation, user), (change) => !change.isWrite && change.user === user
      && change.object === object && change.relation === relation);
  }

  /** Returns the last write or delete of a tuple with a relation of an object and no userset, up to the moment. */
  lastChangeOf(object: string, relation: string, isWrite: boolean): LoggedChange | undefined {
    return this.#last(keyOfUsers(object, relation, false), (change) => change.isWrite === isWrite
      && change.object === object && change.relation === relation && !isUsersetName(change.user));
  }

  #last(key: number, is: (change: TupleChange) => boolean): LoggedChange | undefined {
    for (const seq of this.#ground.index().newest(key, this.#number + 1)) {
      const { row, changes } = this.#ground.rows.get(seq);
      const change = changes.find(is);
      if (change !== undefined) return { ...change, row };
    }
    return undefined;
  }

  /** Returns the user of a relation that always has one, and changes with each event: the revision of an org. */
  #onlyUser(object: string, relation: string, usersets: boolean): readonly TupleEnd[] | undefined {
    if (relation !== "at" || usersets || !object.startsWith("ledger:")) return undefined;
    return this.#timed(() => {
      const found = this.lastChangeOf(object, relation, true);
      return found === undefined ? [] : [{ name: found.user, condition: found.condition }];
    });
  }

  /** Returns the earliest change after the moment of each entry of a list. `entryOf` names the entry of a change. */
  #changedSince(
    text: string, key: number, entryOf: (change: TupleChange) => string | undefined,
  ): Undoing["earliest"] {
    let undoing = this.#undoing.get(text);
    if (undoing === undefined) {
      const { last } = this.#timed(() => this.#ground.index());
      undoing = { below: last + 1, top: last, earliest: new Map() };
      this.#undoing.set(text, undoing);
    }
    const { earliest } = undoing;
    const read = (seq: number): void => this.#timed(() => {
      for (const change of this.#ground.rows.get(seq).changes) {
        const entry = entryOf(change);
        if (entry === undefined || (earliest.get(entry)?.seq ?? Infinity) <= seq) continue;
        earliest.set(entry, { seq, change });
      }
    });
    // Rows that were written since an earlier turn, the oldest first: each one read moves `top`.
    for (const seq of [...this.#ground.index().newest(key, Infinity, undoing.top)].reverse()) {
      read(seq);
      undoing.top = seq;
    }
    for (const seq of this.#ground.index().newest(key, undoing.below, this.#number)) {
      read(seq);
      undoing.below = seq;
    }
    undoing.below = this.#number + 1;
    return earliest;
  }

  /**
   * Undoes changes in a present list: takes out what was written since, and adds what was deleted since. The list is
   * read last, since it is not kept: a question that begins again before that has not read it.
   */
  #undone(
    changed: Undoing["earliest"], get: (name: string) => TupleEnd | undefined, live: () => readonly TupleEnd[],
  ): readonly TupleEnd[] {
    const added: TupleEnd[] = [];
    for (const [name, { change }] of changed) {
      const found = change.isWrite ? undefined : get(name);
      if (found !== undefined) added.push(found);
    }
    const present = this.#timed(live);
    return changed.size === 0 ? present : [...present.filter(({ name }) => !changed.has(name)), ...added];
  }

  #liveTuple(object: string, relation: string, user: string): TupleEnd | undefined {
    const tuple = this.#ground.live.get(object, relation, user);
    return tuple === undefined ? undefined : { name: user, condition: tuple.condition };
  }

  #liveUsers(object: string, relation: string, usersets: boolean): TupleEnd[] {
    const index = indexOf(this.#ground.live);
    const { names } = index;
    const id = names.find(object);
    const symbol = id === 0 ? 0 : findRelation(names.typeOf(id), relation);
    const found: TupleEnd[] = [];
    if (symbol === 0) return found;
    for (let row = index.firstOfObject(id, symbol, usersets); row !== 0; row = index.nextOfObject(row)) {
      found.push({ name: names.text(index.userOf(row)), condition: index.condition(index.conditionOf(row)) });
    }
    return found;
  }

  #liveObjects(type: string, relation: string, user: string): TupleEnd[] {
    const index = indexOf(this.#ground.live);
    const { names } = index;
    const id = names.find(user);
    const symbol = id === 0 ? 0 : findRelation(findType(type), relation);
    const found: TupleEnd[] = [];
    if (symbol === 0) return found;
    for (let row = index.firstOfUser(id, symbol); row !== 0; row = index.nextOfUser(row)) {
      found.push({ name: names.text(index.objectOf(row)), condition: index.condition(index.conditionOfUsers(row)) });
    }
    return found;
  }

  /** Runs one read, and counts its time. Throws TurnOver before the read if the turn has no time left. */
  #timed<T>(read: () => T): T {
    if (!this.#isWhole && this.#spentMs > this.#msPerTurn) throw new TurnOver();
    if (++this.#reads > this.#maxReads) throw new TooManyReads();
    const began = performance.now();
    try {
      return read();
    } finally {
      this.#spentMs += performance.now() - began;
    }
  }
}
