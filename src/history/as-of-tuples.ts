// The tuples as they were after a number of log rows: the present ones, with every later change undone.
import type { TupleEnd, TupleSource } from "../memory/read-index.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { typeOf } from "../tuples/tuple.ts";
import { MAX_PAST_READS, PAST_READING_MS_PER_TURN, POSTINGS_READ_TOGETHER } from "./history-limits.ts";
import type { KeptRows } from "./kept-rows.ts";
import { objectsIn, tupleIn, usersIn } from "./listed-tuples.ts";
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
  /** The seed of its keys. */
  readonly seed: number;
}

/** The changes of a list that were found so far, down to the first one after the moment. */
interface Undoing {
  /** Rows from `below` to `top` were read, if they concern the list. */
  below: number;
  top: number;
  /** By the entity at the other end: the earliest change, and its row. */
  readonly earliest: Map<string, { readonly seq: number; readonly change: TupleChange }>;
}

/** The rows since the moment that were found so far to concern a tuple, newest first, down to above `below`. */
interface Walk {
  below: number;
  readonly rows: number[];
  /** The earliest change of the tuple since the moment; undefined until it is known. */
  first: "write" | "delete" | "none" | undefined;
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
  readonly #walks = new Map<string, Walk>();
  /** By lookup: the last change that was found, and the row that the search for it came down to. */
  readonly #last = new Map<string, LoggedChange | undefined>();
  readonly #searched = new Map<string, number>();
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
    const key = keyOfTuple(this.#ground.seed, object, relation, user);
    const is = isOfTuple(object, relation, user);
    const walk = this.#walks.get(text) ?? { below: Infinity, rows: [], first: undefined };
    this.#walks.set(text, walk);
    let found: TupleEnd | undefined;
    while (walk.first === undefined) {
      this.#timed(() => {
        if (!this.#walkOn(walk, key)) return;
        walk.first = this.#firstOf(walk, key, is);
        // The present may change in the next turn.
        if (walk.first === "none") found = tupleIn(this.#ground.live, object, relation, user);
      });
    }
    if (walk.first === "delete") {
      const write = this.#lastOf(key, (change) => change.isWrite && is(change), `tuple ${text}`);
      found = { name: user, condition: write?.condition };
    }
    this.#found.set(text, found);
    this.#walks.delete(text);
    return found;
  }

  users(object: string, relation: string, usersets: boolean): readonly TupleEnd[] {
    const only = this.#onlyUser(object, relation, usersets);
    if (only !== undefined) return only;
    const key = keyOfUsers(this.#ground.seed, object, relation, usersets);
    const changed = this.#changedSince(`${object} ${relation} ${usersets}`, key, (change) =>
      (change.object === object && change.relation === relation && isUsersetName(change.user) === usersets
        ? change.user : undefined));
    return this.#undone(changed, (user) => this.get(object, relation, user),
      () => usersIn(this.#ground.live, object, relation, usersets));
  }

  objects(type: string, relation: string, user: string): readonly TupleEnd[] {
    const key = keyOfObjects(this.#ground.seed, type, relation, user);
    const changed = this.#changedSince(`${type}: ${relation} ${user}`, key, (change) =>
      (change.user === user && change.relation === relation && typeOf(change.object) === type
        ? change.object : undefined));
    return this.#undone(changed, (object) => {
      const found = this.get(object, relation, user);
      return found === undefined ? undefined : { name: object, condition: found.condition };
    }, () => objectsIn(this.#ground.live, type, relation, user));
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

  /** Takes more of a tuple's rows since the moment from the index. Returns true at the end. */
  #walkOn(walk: Walk, key: number): boolean {
    let left = POSTINGS_READ_TOGETHER;
    for (const seq of this.#ground.index().newest(key, walk.below, this.#number)) {
      walk.rows.push(seq);
      walk.below = seq;
      if (--left === 0) return false;
    }
    return true;
  }

  /** Returns what the earliest change did. Many rows may have changed the tuple: they are read from the oldest on. */
  #firstOf({ rows }: Walk, key: number, is: (change: TupleChange) => boolean): NonNullable<Walk["first"]> {
    const { index, rows: log } = this.#ground;
    for (const seq of rows.toReversed()) {
      const first = log.get(seq).changes.find(is);
      if (first !== undefined) return first.isWrite ? "write" : "delete";
    }
    if (rows.length === 0) return "none";
    // All of these only share the key: a row that was written since the walk began may be the earliest.
    const newer: Walk = { below: Infinity, rows: [...index().newest(key, Infinity, rows[0])], first: undefined };
    return newer.rows.length === 0 ? "none" : this.#firstOf(newer, key, is);
  }

  /** Returns the last write of a tuple up to the moment, with its row; undefined if the log has none. */
  lastWrite(object: string, relation: string, user: string): LoggedChange | undefined {
    return this.#lastChange(object, relation, user, true);
  }

  /** Returns the last delete of a tuple up to the moment, with its row; undefined if the log has none. */
  lastDelete(object: string, relation: string, user: string): LoggedChange | undefined {
    return this.#lastChange(object, relation, user, false);
  }

  #lastChange(object: string, relation: string, user: string, isWrite: boolean): LoggedChange | undefined {
    const is = isOfTuple(object, relation, user);
    return this.#kept(`${isWrite} ${object} ${relation} ${user}`, keyOfTuple(this.#ground.seed, object, relation, user),
      (change) => change.isWrite === isWrite && is(change));
  }

  /** Returns the last write or delete of a tuple with a relation of an object and no userset, up to the moment. */
  lastChangeOf(object: string, relation: string, isWrite: boolean): LoggedChange | undefined {
    return this.#kept(`${isWrite} ${object} ${relation}`, keyOfUsers(this.#ground.seed, object, relation, false),
      (change) => change.isWrite === isWrite && change.object === object && change.relation === relation
        && !isUsersetName(change.user));
  }

  /** Does the same as `#lastOf`, once for each text. */
  #kept(text: string, key: number, is: (change: TupleChange) => boolean): LoggedChange | undefined {
    if (this.#last.has(text)) return this.#last.get(text);
    const found = this.#lastOf(key, is, text);
    this.#last.set(text, found);
    return found;
  }

  /** Returns the last change up to the moment that a test finds. `text` names the search, which may take turns. */
  #lastOf(key: number, is: (change: TupleChange) => boolean, text: string): LoggedChange | undefined {
    const { index, rows } = this.#ground;
    let below = this.#searched.get(text) ?? this.#number + 1;
    for (const numbers = index().newest(key, below); ; this.#searched.set(text, below)) {
      let found: LoggedChange | undefined;
      const seq = this.#timed(() => {
        const next = numbers.next().value;
        if (next === undefined) return undefined;
        const { row, changes } = rows.get(next);
        const change = changes.find(is);
        if (change !== undefined) found = { ...change, row };
        return next;
      });
      if (found === undefined && seq !== undefined) below = seq;
      else {
        this.#searched.delete(text);
        return found;
      }
    }
  }

  /** Returns the user of a relation that always has one, and changes with each event: the revision of an org. */
  #onlyUser(object: string, relation: string, usersets: boolean): readonly TupleEnd[] | undefined {
    if (relation !== "at" || usersets || !object.startsWith("ledger:")) return undefined;
    const found = this.lastChangeOf(object, relation, true);
    return found === undefined ? [] : [{ name: found.user, condition: found.condition }];
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

function isOfTuple(object: string, relation: string, user: string): (change: TupleChange) => boolean {
  return (change) => change.user === user && change.object === object && change.relation === relation;
}
