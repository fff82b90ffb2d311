// The minimal proofs of a yes: the ways of the relation, matched against the tuples that exist.
import { OBJECT, USER, WILDCARD } from "../analysis/way.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";
import type { CompiledPattern, CompiledWay } from "./compiled-ways.ts";
import { OutOfSteps, type End, type FactReader } from "./fact-reader.ts";
import { MAX_REASONS } from "./reasons-limits.ts";

/** One minimal proof: a way, and the tuple of each of its patterns. */
export interface Proof {
  readonly way: CompiledWay;
  /** The names of the way's variables. */
  readonly names: readonly string[];
  /** The tuples, each once. */
  readonly tuples: readonly Tuple[];
}

/** A full match of a way. */
interface Match {
  readonly ends: readonly End[];
  readonly keys: ReadonlySet<string>;
  readonly way: CompiledWay;
}

/** Returns the minimal proofs of a question, fewest tuples first; `isCut` of the reader says whether some may lack. */
export function findProofs(ways: readonly CompiledWay[], reader: FactReader, user: End, object: End): Proof[] {
  const found: Match[] = [];
  try {
    for (const way of ways) {
      for (const ends of matches(way, reader, user, object)) {
        if (way.negations.some(({ object: of, ways: denied }) => holdsAny(denied, reader, user, ends[of]!))) continue;
        found.push({ way, ends, keys: keysOf(way, ends) });
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfSteps)) throw error;
  }
  const kept: Match[] = [];
  for (const match of found.toSorted((a, b) => a.keys.size - b.keys.size)) {
    if (kept.some(({ keys }) => isSubset(keys, match.keys))) continue;
    if (kept.length === MAX_REASONS) {
      reader.isCut = true;
      break;
    }
    kept.push(match);
  }
  return kept.map(({ way, ends }) => ({
    way, names: ends.map((end) => reader.nameOf(end)), tuples: tuplesOf(way, ends, reader),
  }));
}

/** Whether the user has one of these ways on the object. */
function holdsAny(ways: readonly CompiledWay[], reader: FactReader, user: End, object: End): boolean {
  return ways.some((way) => {
    for (const ends of matches(way, reader, user, object)) {
      if (!way.negations.some((each) => holdsAny(each.ways, reader, user, ends[each.object]!))) return true;
    }
    return false;
  });
}

/** Yields each assignment of entities to a way's variables under which all of its tuples exist. */
function* matches(way: CompiledWay, reader: FactReader, user: End, object: End): Generator<readonly End[]> {
  const ends = way.types.map(() => 0);
  ends[USER] = user;
  ends[OBJECT] = object;
  yield* extend(ends, way.patterns, reader);
}

function* extend(
  ends: readonly End[], rest: readonly CompiledPattern[], reader: FactReader,
): Generator<readonly End[]> {
  const open: CompiledPattern[] = [];
  for (const pattern of rest) {
    if (isOpen(pattern, ends)) open.push(pattern);
    else if (reader.presence(pattern, ends[pattern.object]!, userEnd(pattern, ends)) !== "present") return;
  }
  if (open.length === 0) {
    yield ends;
    return;
  }
  const { pattern, free, fits } = shortest(open, ends, reader);
  const others = open.filter((other) => other !== pattern);
  for (const fit of fits) {
    reader.step();
    yield* extend(ends.with(free, fit), others, reader);
  }
}

/** Whether an end of a pattern is free. */
export function isOpen({ object, user }: CompiledPattern, ends: readonly End[]): boolean {
  return ends[object] === 0 || (user !== WILDCARD && ends[user] === 0);
}

/** Returns the end of a pattern's user; a wildcard needs none, and gives the object's. */
export function userEnd({ object, user }: CompiledPattern, ends: readonly End[]): End {
  return user === WILDCARD ? ends[object]! : ends[user]!;
}

/** The entities that a variable can stand for by the tuples of a pattern that exist. */
export interface Choice {
  readonly pattern: CompiledPattern;
  readonly free: number;
  readonly fits: readonly End[];
}

/** Returns the open pattern with one free end that fits the fewest tuples, and the other ends of those tuples. */
export function shortest(open: readonly CompiledPattern[], ends: readonly End[], reader: FactReader): Choice {
  let best: Choice | undefined;
  for (const pattern of open) {
    const isObjectFree = ends[pattern.object] === 0;
    if (isObjectFree && (pattern.user === WILDCARD || ends[pattern.user] === 0)) continue;
    const free = isObjectFree ? pattern.object : pattern.user;
    const fits = reader.fits(pattern, isObjectFree, ends[isObjectFree ? pattern.user : pattern.object]!);
    if (best === undefined || fits.length < best.fits.length) best = { pattern, free, fits };
    if (best.fits.length === 0) break;
  }
  if (best === undefined) throw new Error("a way has a tuple that nothing leads to");
  return best;
}

function keysOf({ patterns }: CompiledWay, ends: readonly End[]): ReadonlySet<string> {
  return new Set(patterns.map((pattern) => keyOf(pattern, ends)));
}

/** Returns a text that is equal for equal tuples. */
export function keyOf(pattern: CompiledPattern, ends: readonly End[]): string {
  const user = pattern.user === WILDCARD ? `${pattern.userType}:*` : `${ends[pattern.user]}${pattern.suffix}`;
  return `${ends[pattern.object]} ${pattern.place} ${user}`;
}

/** Whether a set is part of another. */
function isSubset<T>(smaller: ReadonlySet<T>, larger: ReadonlySet<T>): boolean {
  if (smaller.size > larger.size) return false;
  for (const each of smaller) if (!larger.has(each)) return false;
  return true;
}

function tuplesOf({ patterns }: CompiledWay, ends: readonly End[], reader: FactReader): Tuple[] {
  const tuples = patterns.map((pattern) => reader.tuple(pattern, ends[pattern.object]!, userEnd(pattern, ends)));
  return [...new Map(tuples.map((tuple) => [printTuple(tuple), tuple])).values()];
}
