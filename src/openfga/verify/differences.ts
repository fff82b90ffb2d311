// Differences between two sets of tuples, found in turns of the event loop.
import { partOf } from "../../memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../tuples/tuple-set.ts";
import type { Tuple, TupleKey } from "../../tuples/tuple.ts";
import { isRevision, type FeedWrite } from "../follow/feed.ts";
import { isSame } from "../same-tuple.ts";
import { nextTurn } from "../long-work.ts";
import { MAX_COMPARISONS, TUPLES_COMPARED_PER_TURN } from "../openfga-limits.ts";

/** The changes that make the first of two sets equal to the second. */
export interface Differences {
  readonly deletes: readonly TupleKey[];
  readonly writes: readonly Tuple[];
  /** Ledgers that have a revision in the first set. */
  readonly ledgers: ReadonlySet<string>;
}

/** Compares two sets. Both may change meanwhile, but the second only together with the first. */
export async function differences(ours: TupleSet, theirs: TupleSet): Promise<Differences> {
  for (let comparison = 1; ; comparison++) {
    const found = await compare(ours, theirs);
    const isWhole = ours.size - found.deletes.length + found.writes.length === theirs.size;
    if (isWhole || comparison === MAX_COMPARISONS) return found;
  }
}

async function compare(ours: TupleSet, theirs: TupleSet): Promise<Differences> {
  const deletes: TupleKey[] = [];
  const writes: Tuple[] = [];
  const ledgers = new Set<string>();
  await forEachInTurns(ours, (tuple) => {
    if (isRevision(tuple)) ledgers.add(tuple.object);
    const there = theirs.get(tuple.object, tuple.relation, tuple.user);
    if (isSame(tuple, there)) return;
    deletes.push(tuple);
    if (there !== undefined) writes.push(there);
  });
  await forEachInTurns(theirs, (tuple) => {
    if (ours.get(tuple.object, tuple.relation, tuple.user) === undefined) writes.push(tuple);
  });
  return { deletes, writes, ledgers };
}

/** Returns the differences that remain after both sets have changed. */
export async function differencesLeft(
  { deletes, writes, ledgers }: Differences, ours: TupleSet, theirs: TupleSet,
): Promise<Differences> {
  const isLeft = ({ object, relation, user }: TupleKey): boolean =>
    !isSame(ours.get(object, relation, user), theirs.get(object, relation, user));
  return { deletes: await filterInTurns(deletes, isLeft), writes: await filterInTurns(writes, isLeft), ledgers };
}

/** Returns differences as Writes of bounded size, for the watchers of a replica. */
export function* writesOf({ deletes, writes }: Differences): Iterable<FeedWrite> {
  for (let at = 0; at < deletes.length; at += TUPLES_COMPARED_PER_TURN) {
    yield { stamp: "", steps: [], writes: [], deletes: deletes.slice(at, at + TUPLES_COMPARED_PER_TURN) };
  }
  for (let at = 0; at < writes.length; at += TUPLES_COMPARED_PER_TURN) {
    yield { stamp: "", steps: [], writes: writes.slice(at, at + TUPLES_COMPARED_PER_TURN), deletes: [] };
  }
}

async function forEachInTurns(tuples: TupleSet, look: (tuple: Tuple) => void): Promise<void> {
  const parts = Math.ceil(tuples.size / TUPLES_COMPARED_PER_TURN);
  for (let i = 0; i < parts; i++) {
    for (const tuple of partOf(tuples, i / parts, (i + 1) / parts)) look(tuple);
    await nextTurn();
  }
}

async function filterInTurns<T>(all: readonly T[], is: (one: T) => boolean): Promise<T[]> {
  const left: T[] = [];
  for (let at = 0; at < all.length; at += TUPLES_COMPARED_PER_TURN) {
    for (const one of all.slice(at, at + TUPLES_COMPARED_PER_TURN)) if (is(one)) left.push(one);
    await nextTurn();
  }
  return left;
}
