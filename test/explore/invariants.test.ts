// The list of invariants: each has a name of its own and a link to code that exists, and each can fail.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Delta } from "../../src/tuples/delta.ts";
import { printTuple, typeOf, type Tuple } from "../../src/tuples/tuple.ts";
import { ROOT } from "../live/pins.ts";
import { Explorer, type Slice } from "./explorer.ts";
import { Facts } from "./facts.ts";
import { checkOf } from "./invariant.ts";
import { INVARIANTS, violations } from "./invariants.ts";
import { REAL } from "./move.ts";
import { SLICES } from "./slices.ts";
import type { Snapshot } from "./snapshot.ts";

/** Deltas that spoil a sound state: one tuple less, or another user or object in a tuple's place or next to it. */
function* spoiling(tuples: readonly Tuple[]): Generator<Delta> {
  const users = new Map<string, Set<string>>();
  const place = ({ object, relation }: Tuple): string => `${typeOf(object)}#${relation}`;
  for (const tuple of tuples) users.set(place(tuple), (users.get(place(tuple)) ?? new Set()).add(tuple.user));
  const there = new Set(tuples.map(printTuple));
  for (const tuple of tuples) {
    const deletes = [tuple];
    yield { writes: [], deletes };
    const others = [...users.get(place(tuple))!].filter((user) => user !== tuple.user).slice(0, 2);
    for (const user of [...others, `${tuple.user}0`]) {
      const writes = [{ ...tuple, user }].filter((one) => !there.has(printTuple(one)));
      yield { writes, deletes };
      yield { writes, deletes: [] };
    }
    yield { writes: [{ ...tuple, object: `${tuple.object}0` }], deletes };
  }
  const stray = (object: string, relation: string, user: string): Tuple => ({ object, relation, user });
  for (const writes of [
    [stray("invitation:i", "revoked", "value:yes"), stray("invitation:i", "accepted_by", "user:u")],
    [stray("invitation:i", "expires_at", "value:-99999999999999")],
    [stray(`claim:note/${"n".repeat(129)}`, "taken", "claim:note/n")],
  ]) yield { writes, deletes: [] };
}

/** A few states of a slice that together have every relation that its first states have; those of most tuples first. */
function richStates(slice: Slice): Snapshot[] {
  const explorer = new Explorer(slice, REAL);
  while (explorer.states < 200 && explorer.expanded < explorer.states) explorer.expand(() => undefined);
  const states = Array.from({ length: explorer.states }, (_, state) => explorer.goTo(state))
    .sort((a, b) => b.tuples.length - a.tuples.length);
  const seen = new Set<string>();
  return states.filter(({ facts }) => {
    const fresh = [...facts.places].filter((place) => !seen.has(place));
    for (const place of fresh) seen.add(place);
    return fresh.length > 0;
  });
}

describe("the invariants", () => {
  test("can fail, each of them", () => {
    const sound = new Set(INVARIANTS.map(({ name }) => name));
    for (const slice of SLICES) {
      for (const { tuples, facts } of sound.size === 0 ? [] : richStates(slice)) {
        const check = checkOf(INVARIANTS.filter(({ name }) => sound.has(name)));
        for (const delta of spoiling(tuples)) {
          const faults = check(facts.after(delta));
          for (const name of sound) if (faults.some((fault) => fault.startsWith(`${name}: `))) sound.delete(name);
        }
      }
    }
    expect([...sound]).toEqual([]);
  });

  test("fail after a delta exactly where the whole state fails", () => {
    for (const slice of SLICES) {
      const { tuples, facts, now } = richStates(slice)[0]!;
      for (const delta of [...spoiling(tuples)].filter((_, i) => i % 7 === 0)) {
        const deleted = new Set(delta.deletes.map(printTuple));
        const after = [...tuples.filter((tuple) => !deleted.has(printTuple(tuple))), ...delta.writes];
        expect(violations(facts.after(delta), delta).sort()).toEqual(violations(new Facts(after, now)).sort());
      }
    }
  });

  test("have names of their own, and the code that keeps each exists", () => {
    const names = INVARIANTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const missing = INVARIANTS.flatMap(({ keptBy }) => keptBy).filter((link) => {
      const [file = "", name = ""] = link.split("#");
      return !new RegExp(`\\b${name}\\b`).test(readFileSync(join(ROOT, "src", file), "utf8"));
    });
    expect(missing).toEqual([]);
  });
});
