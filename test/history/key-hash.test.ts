// The keys of an index: names that collide under one seed, or by a checksum without one, do not under another seed.
import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { keysOfFilter, partKey, UNKNOWN_KEY } from "../../src/history/event-keys.ts";
import { keyOfObjects, keyOfTuple, keyOfUsers } from "../../src/history/log-row.ts";

const inSeven = (n: number): string => (n >>> 0).toString(36).padStart(7, "0");
const NAMES = Array.from({ length: 400_000 }, (_, n) => `${inSeven(n)}-${inSeven(Math.imul(n, 0x9e37_79b1))}`);

/** Returns pairs of names with the same key: about 18 of 400,000 by chance. */
function collisions(keyOf: (name: string) => number): [string, string][] {
  const byKey = new Map<number, string>();
  const pairs: [string, string][] = [];
  for (const name of NAMES) {
    const key = keyOf(name);
    const other = byKey.get(key);
    if (other === undefined) byKey.set(key, name);
    else pairs.push([other, name]);
  }
  return pairs;
}

const KEYS: Readonly<Record<string, (seed: number, name: string) => number>> = {
  tuple: (seed, name) => keyOfTuple(seed, "org:fc", "member", `user:${name}`),
  users: (seed, name) => keyOfUsers(seed, `note:${name}`, "author", false),
  objects: (seed, name) => keyOfObjects(seed, "org", "member", `user:${name}`),
  concerned: (seed, name) => keysOfFilter(seed, { user: name })[0]!,
  org: (seed, name) => keysOfFilter(seed, { org: name })[0]!,
  part: partKey,
};

test.each(Object.keys(KEYS))("names whose keys collide under one seed do not under another: %s", (kind) => {
  const keyOf = KEYS[kind]!;
  const [one, other] = [randomInt(2 ** 32), randomInt(2 ** 32)];
  const known = collisions((name) => keyOf(one, name));
  expect(known.length, `${one}`).toBeGreaterThan(0);
  expect(known.filter(([a, b]) => keyOf(other, a) === keyOf(other, b)), `${one} ${other}`).toEqual([]);
});

test("names whose checksums collide have keys that differ, and no key is the one of unknown events", () => {
  const seed = randomInt(2 ** 32);
  const known = collisions((name) => crc32(name));
  const [a, b] = known[0]!;
  for (const [kind, keyOf] of Object.entries(KEYS)) {
    expect(keyOf(seed, a), `${kind} ${seed}`).not.toBe(keyOf(seed, b));
    expect(keyOf(seed, a)).toBeGreaterThan(UNKNOWN_KEY);
    expect(Number.isInteger(keyOf(seed, a)) && keyOf(seed, a) < 2 ** 32).toBe(true);
  }
});
