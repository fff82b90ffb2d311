// Law: the tuples as of a row of the log are those that were there then, however the reads are cut into turns.
import { expect, test } from "vitest";
import { AsOfTuples, TooManyReads, TurnOver } from "../../src/history/as-of-tuples.ts";
import { MAX_PAST_READS, POSTINGS_READ_TOGETHER } from "../../src/history/history-limits.ts";
import { IndexedLog } from "../../src/history/indexed-log.ts";
import { KeptRows } from "../../src/history/kept-rows.ts";
import { keysOfRow, markOfRow, type PastRow } from "../../src/history/log-row.ts";
import { createReadTupleSet, createTupleSet, indexOf } from "../../src/memory/indexed-tuple-set.ts";
import { findRelation, findType } from "../../src/memory/symbols.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { Draw } from "../laws/draw.ts";
import { printed } from "../laws/answers.ts";
import { runsOr, SEED } from "../laws/law.ts";

const OBJECTS = ["doc:1", "doc:2", "doc:3", "group:1", "group:2", "ledger:org/x"];
const RELATIONS = ["viewer", "owner", "at"];
const USERS = ["user:a", "user:b", "user:c", "user:*", "group:1#member", "group:2#member", "doc:1"];
const KEYS = OBJECTS
  .flatMap((object) => RELATIONS.flatMap((relation) => USERS.map((user) => ({ object, relation, user }))))
  // The relation of a ledger that has one user at a time is read as such.
  .filter(({ object, relation }) => !(object.startsWith("ledger:") && relation === "at"));

/** Every relation that a user of any kind may have. */
const kinds = {
  types: ["user", "doc", "group"],
  relationsOfUser: () => ["doc", "group", "ledger"].flatMap((type) =>
    RELATIONS.map((relation) => findRelation(findType(type), relation)).filter((symbol) => symbol > 0)),
};

const ownKeys = (row: PastRow): number[] => keysOfRow(SEED, row);

/** A log of random changes, with the tuples after each row. */
class History {
  readonly live = createTupleSet();
  readonly rows: PastRow[] = [];
  /** The tuples after each row, printed; the first entry is before any. */
  readonly states: string[][] = [[]];
  readonly #draw: Draw;
  revision = 0;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  grow(rows: number): void {
    for (let n = 0; n < rows; n++) {
      const [deletes, writes]: Tuple[][] = [[], []];
      const keys = new Map(Array.from({ length: 1 + this.#draw.below(4) }, () => this.#draw.pick(KEYS))
        .map((key) => [printTuple(key), key]));
      for (const key of keys.values()) {
        if (this.live.has(key.object, key.relation, key.user)) deletes!.push(key);
        else {
          const condition = this.#draw.chance(30)
            ? { condition: { name: "cond", context: { x: this.#draw.below(3) } } } : {};
          writes!.push({ ...key, ...condition });
        }
      }
      if (this.#draw.chance(50)) {
        const at = { object: "ledger:org/x", relation: "at" };
        if (this.revision > 0) deletes!.push({ ...at, user: `value:${this.revision}` });
        writes!.push({ ...at, user: `value:${++this.revision}` });
      }
      for (const key of deletes!) this.live.delete(key);
      for (const tuple of writes!) this.live.add(tuple);
      this.rows.push([this.rows.length + 1, 1000 + this.rows.length, [
        deletes!.map(({ object, relation, user }) => [object, relation, user] as const),
        writes!.map(({ object, relation, user, condition }) => (condition === undefined
          ? [object, relation, user] as const : [object, relation, user, condition.name, condition.context] as const)),
        this.rows.length + 1,
      ]]);
      this.states.push(printed(this.live.read({})));
    }
  }

  /** The ground of questions about the past. `read` gets the number of each row that is read from the log. */
  ground(log: IndexedLog<PastRow>, read: number[] = []) {
    const rows = new KeptRows((seq) => {
      read.push(seq);
      return this.rows[seq - 1];
    });
    return { live: this.live, rows, index: () => log.follow(), seed: SEED };
  }

  index(keysOf = ownKeys): IndexedLog<PastRow> {
    return new IndexedLog<PastRow>({
      source: "history", last: () => this.rows.length, keysOf, markOf: markOfRow,
      rows: (from, limit) => this.rows.slice(from - 1, from - 1 + limit),
    }, { path: ":memory:", failed: (error) => expect.fail(String(error)), sizes: { rows: 20, postings: 200 } });
  }
}

/** Everything that a set holds as of a row, by its users and by its objects; each turn reads once. */
async function readAll(
  history: History, log: IndexedLog<PastRow>, number: number, turn: () => void,
): Promise<string[]> {
  await log.whole();
  const ground = history.ground(log);
  const past = new AsOfTuples(ground, number, { msPerTurn: 0 });
  const set = createReadTupleSet(past, kinds);
  for (;;) {
    try {
      return contentOf(set);
    } catch (error) {
      if (!(error instanceof TurnOver)) throw error;
      turn();
      past.beginTurn();
    }
  }
}

function contentOf(set: TupleSet): string[] {
  const byObject = OBJECTS.flatMap((object) => [...set.read({ object })]);
  const users = new Set([...USERS, ...byObject.map(({ user }) => user)]);
  const byUser = [...users].flatMap((user) => [...set.read({ user })]);
  const byKey = KEYS.map(({ object, relation, user }) => set.get(object, relation, user))
    .filter((tuple) => tuple !== undefined);
  const content = printed(byObject);
  expect(printed(byUser)).toEqual(content);
  expect(printed([...byKey, ...byObject.filter(({ user }) => user.startsWith("value:"))])).toEqual(content);
  return content;
}

/** Compares some states of a random history with what was there. Returns how many were not the same. */
async function wrongStates(seed: number, keysOf = ownKeys): Promise<number> {
  const draw = new Draw(seed);
  const history = new History(draw);
  history.grow(40 + draw.below(120));
  const log = history.index(keysOf);
  let wrong = 0;
  for (let n = 0; n < 5; n++) {
    const number = draw.below(history.rows.length + 1);
    try {
      const read = await readAll(history, log, number, () => void (draw.chance(5) && history.grow(1)));
      if (JSON.stringify(read) !== JSON.stringify(history.states[number])) wrong++;
    } catch (error) {
      if ((error as Error).name !== "AssertionError") throw error;
      wrong++;
    }
  }
  await log.stop();
  return wrong;
}

test("tuples as of a row are those that were there then, also while the present moves on", async () => {
  console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
  for (let run = 0; run < runsOr(8, 200); run++) expect(await wrongStates(SEED + run), `seed ${SEED + run}`).toBe(0);
});

test("an index that lacks the keys of a delete, or of a write, is found out", async () => {
  const without = (kind: 0 | 1) => (row: PastRow): number[] => {
    const [deletes, writes] = row[2];
    const left: PastRow = [row[0], row[1], kind === 0 ? [[], writes] : [deletes, []]];
    return ownKeys(row[0] % 3 > 0 ? row : left);
  };
  for (const kind of [0, 1] as const) {
    let wrong = 0;
    for (let run = 0; run < 3; run++) wrong += await wrongStates(SEED + run, without(kind));
    expect(wrong).toBeGreaterThan(5);
  }
});

test("a question reads as often as it may, and a tuple that changed many times is read once", async () => {
  expect(MAX_PAST_READS).toBe(1_000_000);
  const history = new History(new Draw(SEED));
  const key = ["doc:1", "viewer", "user:a"] as const;
  for (let n = 0; n < 500; n++) {
    history.rows.push([n + 1, n, n % 2 === 0 ? [[], [key], n] : [[key], [], n]]);
  }
  const log = history.index();
  await log.whole();
  const read: number[] = [];
  const ground = history.ground(log, read);
  const past = new AsOfTuples(ground, 101, { maxReads: 4, msPerTurn: Infinity });
  for (const user of ["user:a", "user:b", "user:c"]) past.get("doc:1", "viewer", user);
  expect(past.get("doc:1", "viewer", "user:a")).toEqual({ name: "user:a", condition: undefined });
  expect(read).toEqual([102, 101]);
  expect(() => past.get("doc:1", "viewer", "user:d")).toThrow(TooManyReads);
  await log.stop();
});

test("many rows of one tuple are read over several turns, each of them once", async () => {
  expect(POSTINGS_READ_TOGETHER).toBe(4096);
  const history = new History(new Draw(SEED));
  const [often, rare] = [["doc:1", "viewer", "user:a"], ["doc:1", "viewer", "user:b"]] as const;
  const many = 2 * POSTINGS_READ_TOGETHER + 10;
  history.rows.push([1, 1, [[], [often]]], [2, 2, [[], [rare]]]);
  for (let n = 3; n <= many; n++) history.rows.push([n, n, n % 2 > 0 ? [[often], []] : [[], [often]]]);
  const log = history.index();
  await log.whole();
  const read: number[] = [];
  const ground = history.ground(log, read);
  const inTurns = <T>(past: AsOfTuples, question: () => T): readonly [turns: number, answer: T] => {
    for (let turns = 1; ; turns++, past.beginTurn()) {
      try {
        return [turns, question()];
      } catch (error) {
        if (!(error instanceof TurnOver)) throw error;
      }
    }
  };
  // Two full reads of postings and a last one; then the last write before.
  const early = new AsOfTuples(ground, 2, { msPerTurn: 0 });
  expect(inTurns(early, () => early.get(...often))).toEqual([4, { name: "user:a", condition: undefined }]);
  expect(read.splice(0)).toEqual([3, 1]);

  const late = new AsOfTuples(ground, 1000, { msPerTurn: 0 });
  const [turns, found] = inTurns(late, () => late.lastChangeOf("doc:1", "viewer", false));
  expect([turns, found?.row[0], late.lastChangeOf("doc:1", "viewer", false)]).toEqual([2, 999, found]);
  expect(inTurns(late, () => late.lastWrite(...rare)?.row[0])).toEqual([2, 2]);
  await log.stop();
});

test("changes of a set of the past stay its own, and are undone", async () => {
  const history = new History(new Draw(SEED));
  history.grow(60);
  const log = history.index();
  await log.whole();
  const ground = history.ground(log);
  const set = createReadTupleSet(new AsOfTuples(ground, 30, { msPerTurn: Infinity }), kinds);
  const draw = new Draw(SEED);
  const before = contentOf(set);
  const changed: Tuple[] = [];
  for (let n = 0; n < 200; n++) {
    const key = draw.pick(KEYS);
    const there = set.get(key.object, key.relation, key.user);
    expect(set.add(key)).toBe(there === undefined);
    if (there !== undefined) expect(set.delete(key)).toBe(true);
    changed.push(there ?? key);
  }
  expect(contentOf(set)).not.toEqual(before);
  for (const tuple of changed.reverse()) if (!set.delete(tuple)) set.add(tuple);
  expect(contentOf(set)).toEqual(before);
  expect(history.states.at(-1)).toEqual(printed(history.live.read({})));
  expect(indexOf(set).findNamed("doc:9")).toBe(0);
  expect(() => [...set.read({})]).toThrow("cannot be read as a whole");
  await log.stop();
});
