// The comparison of the whole store with the replica: changes missing from the feed are found, applied and logged.
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { OpenfgaOptions, OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { BloomFilter } from "../../src/openfga/follow/bloom-filter.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { createTupleSet, partOf } from "../../src/memory/indexed-tuple-set.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { BACKENDS, expectEqual, freshName, openSidecar, send } from "./fleet.ts";
import { oneServer } from "./one-server.ts";
import { MAX_SUSPECTS } from "../../src/openfga/openfga-limits.ts";

/** Maximum number of members that come and go during one pass. */
const MEMBERS_A_PASS = 5;

const ANY = { higher: false, positions: [] };
const superadmin = (user: string): Tuple => ({ object: "platform:main", relation: "superadmin", user: `user:${user}` });

describe.each(BACKENDS)("on $name", ({ available, start }) => {
  describe.skipIf(!available)("a pass", () => {
    const fga = oneServer(start);
    /** A sidecar with some tuples, and its logged errors. */
    const openLogged = async (more: Partial<OpenfgaOptions> = {}): Promise<[OpenfgaSidecar, object[]]> => {
      const logged: object[] = [];
      const error = (fields: object) => void logged.push(fields);
      const log = { info: () => undefined, warn: () => undefined, error } as unknown as OpenfgaOptions["log"];
      const sidecar = await openSidecar(fga.url, freshName(), { log, driftInterval: 0, ...more });
      await send(sidecar, "org.created", { org: "fc", kind: "club", owner: "olga" });
      for (let n = 0; n < 12; n++) await send(sidecar, "member.added", { org: "fc", user: `u${n}`, hats: ["coach"] });
      return [sidecar, logged];
    };
    const figures = (sidecar: OpenfgaSidecar): Record<string, number> => {
      const part = sidecar.readiness().parts.find(({ name }) => name === "drift");
      return Object.fromEntries((part?.figures ?? []).map(({ name, value }) => [name, value]));
    };

    test("finds nothing where nothing differs, while events continue", async () => {
      const [sidecar, logged] = await openLogged();
      const writing = await openSidecar(fga.url, sidecar.info.name);
      let [over, done] = [false, 0];
      const events = (async () => {
        for (let n = 0; !over; n++) {
          await send(writing, "member.added", { org: "fc", user: `w${n}`, hats: ["coach"] });
          await send(writing, "member.deactivated", { org: "fc", user: `w${n}` });
          done++;
          // More than a few members per pass make each pass longer and prove nothing more.
          while (!over && done > MEMBERS_A_PASS * (sidecar.drift.counts.passes + 1)) await sleep(10);
        }
      })();
      for (let i = 0; i < 8; i++) {
        const before = done;
        expect(await sidecar.drift.pass()).toMatchObject({ extra: [], missing: [] });
        await Promise.race([expect.poll(() => done).toBeGreaterThan(before), events]);
      }
      over = true;
      await events;
      expect([logged, figures(sidecar)["passes_total"], sidecar.drift.last!.tuples > 100]).toEqual([[], 8, true]);
      for (const each of [sidecar, writing]) await each.close();
    });

    test("finds changes missing from the feed, applies them, and logs them", async () => {
      const [sidecar, logged] = await openLogged();
      const kept = [...sidecar.tuples.read({ object: "org:fc", user: "user:u3" })][0]!;
      // The replica diverges as if the feed had omitted these changes.
      sidecar.follower.replica.set(superadmin("ghost"), superadmin("ghost"));
      sidecar.follower.replica.set(kept, undefined);
      expect(await sidecar.checker.check(superadmin("ghost"), ANY)).toEqual({ allowed: true });
      const pass = await sidecar.drift.pass();
      expect(pass).toMatchObject({ extra: [printTuple(kept)], missing: [printTuple(superadmin("ghost"))] });
      expect(logged).toEqual([expect.objectContaining({ extra: pass.extra, missing: pass.missing })]);
      expect(await sidecar.checker.check(superadmin("ghost"), ANY)).toEqual({ allowed: false });
      expect(figures(sidecar)).toMatchObject({ extra_total: 1, missing_total: 1, last_extra: 1, last_missing: 1 });
      expect(sidecar.readiness().ready).toBe(true);
      expect(sidecar.readiness().parts.find(({ name }) => name === "drift")?.ready).toBe(false);
      await expectEqual(sidecar);
      expect(await sidecar.drift.pass()).toMatchObject({ extra: [], missing: [] });
      expect(sidecar.readiness().parts.find(({ name }) => name === "drift")?.ready).toBe(true);
      await sidecar.close();
    });

    test("a tuple with a different condition is a difference", async () => {
      const [sidecar] = await openLogged();
      await send(sidecar, "invite.created", { invite: "i", org: "fc", hat: "coach", email: "kim@example.org" });
      const open = [...sidecar.tuples.read({ object: "invite:i", relation: "open" })][0]!;
      const context = { expires_at: "2999-01-01T00:00:00Z" };
      sidecar.follower.replica.set(open, { ...open, condition: { name: "unexpired", context } });
      const name = printTuple(open);
      expect(await sidecar.drift.pass()).toMatchObject({ extra: [name], missing: [name] });
      expect(sidecar.tuples.get(open.object, open.relation, open.user)).toEqual(open);
      await sidecar.close();
    });

    test("a Write around Sideline that is in the feed is logged from the feed, and is no drift", async () => {
      const [sidecar, logged] = await openLogged();
      await fga.writeAround(sidecar, { writes: [superadmin("eve")] });
      expect(await sidecar.drift.pass()).toMatchObject({ extra: [], missing: [] });
      expect(logged).toEqual([expect.objectContaining({ writes: 1, written: [printTuple(superadmin("eve"))] })]);
      expect(sidecar.follower.foreign.count).toBe(1);
      await sidecar.close();
    });

    test(`looks at ${MAX_SUSPECTS} differences in one pass, and at the others in the next`, async () => {
      const [sidecar] = await openLogged();
      for (let n = 0; n <= MAX_SUSPECTS; n++) sidecar.follower.replica.set(superadmin(`g${n}`), superadmin(`g${n}`));
      expect((await sidecar.drift.pass()).missing).toHaveLength(MAX_SUSPECTS);
      expect((await sidecar.drift.pass()).missing).toHaveLength(1);
      await sidecar.close();
    });

    test("runs every interval, and no more once the sidecar is closed", async () => {
      const [sidecar] = await openLogged({ driftInterval: 50 });
      await expect.poll(() => sidecar.drift.counts.passes).toBeGreaterThan(1);
      await sidecar.close();
      await expect(sidecar.drift.pass()).rejects.toThrow();
    });
  });
});

describe("a Bloom filter", () => {
  test("has every element that was added, and almost no others", () => {
    const names = Array.from({ length: 20_000 }, (_, n) => `note:n${n}#author@user:u${n % 50}`);
    const sieve = new BloomFilter(names.length / 2, 7);
    const half = names.filter((_, n) => n % 2 === 0);
    for (const name of half) sieve.add(name);
    expect(half.filter((name) => !sieve.has(name))).toEqual([]);
    expect(names.filter((name, n) => n % 2 === 1 && sieve.has(name)).length).toBeLessThan(50);
  });

  test("lets other elements pass with another seed", () => {
    const names = Array.from({ length: 4_000 }, (_, n) => `org:o${n}#member@user:u`);
    const [a, b] = [new BloomFilter(200, 1), new BloomFilter(200, 2)];
    for (const name of names.slice(0, 1_000)) for (const sieve of [a, b]) sieve.add(name);
    const passing = (sieve: BloomFilter) => names.slice(1_000).filter((name) => sieve.has(name));
    expect(passing(a).length).toBeGreaterThan(0);
    expect(passing(a)).not.toEqual(passing(b));
  });
});

test("the parts of a set make up the set", () => {
  const tuples = createTupleSet();
  const names = Array.from({ length: 1_000 }, (_, n): Tuple =>
    ({ object: `note:n${n}`, relation: "author", user: `user:u${n % 7}` }));
  for (const tuple of names) tuples.add(tuple);
  for (const parts of [1, 3, 64, 5_000]) {
    const all = Array.from({ length: parts }, (_, i) => partOf(tuples, i / parts, (i + 1) / parts)).flat();
    expect(all.map(printTuple).sort()).toEqual(names.map(printTuple).sort());
  }
});
