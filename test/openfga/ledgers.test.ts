// Ledgers that somebody wrote to: no sidecar takes a later step for an old one; events are refused, and it is reported.
import { describe, expect, test } from "vitest";
import { groupInTurns } from "../../src/openfga/follow/feed.ts";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { Replica } from "../../src/openfga/follow/replica.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { at, LEDGER, member } from "./feed-store.ts";
import { BACKENDS, event, expectEqual, freshName, send, submit } from "./fleet.ts";
import { oneServer } from "./one-server.ts";

const ANY = { higher: false, positions: [] };

describe.each(BACKENDS)("on $name", ({ available, start }) => {
  describe.skipIf(!available)("a ledger that somebody wrote to", () => {
    const fga = oneServer(start);
    /** A sidecar that polls only on request. */
    const openOn = (name: string): Promise<OpenfgaSidecar> => fga.openOn(name, { pollInterval: 3_600_000 });
    const asks = async (sidecar: OpenfgaSidecar, user: string) =>
      sidecar.checker.check({ user: `user:${user}`, relation: "coach", object: "org:fc" }, ANY);
    const damaged = (sidecar: OpenfgaSidecar) => {
      const { ready, parts } = sidecar.readiness();
      const figures = parts.find(({ name }) => name === "ledgers")?.figures;
      return [ready, figures?.find(({ name }) => name === "damaged")?.value];
    };
    const club = async (sidecar: OpenfgaSidecar): Promise<void> => {
      for (const org of ["fc", "xo"]) await send(sidecar, "org.created", { org, kind: "club", owner: "olga" });
      for (const user of ["cora", "carl"]) await send(sidecar, "member.added", { org: "fc", user, hats: ["coach"] });
    };
    const revoke = (sidecar: OpenfgaSidecar, user: string) =>
      submit(sidecar, event("member.deactivated", { org: "fc", user }));

    const strange = ["value:53", "value:1", "value:x"];
    test.each(strange)("%s: is reported, and refuses events until it is repaired", async (user) => {
      const one = await openOn(freshName());
      await club(one);
      const foreign = { object: LEDGER, relation: "at", user };
      await fga.writeAround(one, { writes: [foreign] });
      await one.follower.catchUp(15_000);
      expect(damaged(one)).toEqual([false, 1]);
      const two = await openOn(one.info.name);
      expect(damaged(two)).toEqual([false, 1]);
      for (const [i, sidecar] of [one, two].entries()) {
        expect(await revoke(sidecar, "cora")).toMatchObject({ refused: "store_unavailable" });
        expect(await asks(sidecar, "cora")).toEqual({ allowed: true });
        // Events of other orgs are accepted as usual.
        await send(sidecar, "team.created", { team: `xt${i}`, org: "xo" });
      }
      await fga.writeAround(one, { deletes: [foreign] });
      for (const sidecar of [one, two]) await sidecar.follower.catchUp(15_000);
      expect([damaged(one), damaged(two)]).toEqual([[true, 0], [true, 0]]);
      expect(await revoke(two, "cora")).toMatchObject({ status: "applied" });
      await one.follower.catchUp(15_000);
      expect(await asks(one, "cora")).toEqual({ allowed: false });
      await expectEqual(one, two);
    });

    test("whose revision somebody deleted starts no new order", async () => {
      const one = await openOn(freshName());
      await club(one);
      await fga.writeAround(one, { deletes: [at(3)] });
      for (let polls = 0; polls < 2; polls++) await one.follower.catchUp(15_000);
      expect(damaged(one)).toEqual([false, 1]);
      expect(await revoke(one, "cora")).toMatchObject({ refused: "store_unavailable" });
      expect((await fga.server.read(one.info.id, { object: LEDGER, relation: "at" }, "")).tuples).toEqual([]);
      await fga.writeAround(one, { writes: [at(3)] });
      await one.follower.catchUp(15_000);
      expect(damaged(one)).toEqual([true, 0]);
      expect(await revoke(one, "cora")).toMatchObject({ status: "applied" });
      await expectEqual(one);
    });

    test("does not hide a revocation from a sidecar that has not read of the damage", async () => {
      const revoked = async (): Promise<[OpenfgaSidecar, OpenfgaSidecar]> => {
        const one = await openOn(freshName());
        await club(one);
        await fga.writeAround(one, { writes: [at(53)] });
        const two = await openOn(one.info.name);
        const outcome = await revoke(one, "cora");
        if ("status" in outcome) return [one, two];
        // Its Write took longer than a sidecar waits for one: it checked the outcome, and read of the other.
        expect([outcome.refused, damaged(one)]).toEqual(["store_unavailable", [false, 1]]);
        return revoked();
      };
      const [one, two] = await revoked();
      await two.follower.catchUp(15_000);
      expect(await asks(two, "cora")).toEqual({ allowed: false });
      await expectEqual(one, two);
      const three = await openOn(one.info.name);
      expect([await asks(three, "cora"), await asks(three, "carl")]).toEqual([{ allowed: false }, { allowed: true }]);
      await expectEqual(three);
    });
  });
});

describe("a replica", () => {
  const write = (stamp: string, writes: readonly Tuple[], deletes: readonly Tuple[] = []) => groupInTurns([
    ...deletes.map((tuple) => ({ operation: "delete", tuple, at: 0, stamp } as const)),
    ...writes.map((tuple) => ({ operation: "write", tuple, at: 0, stamp } as const)),
  ]);
  const irregular: [string, Tuple[], Tuple[]][] = [
    ["two revisions", [at(3), at(4)], [at(2)]], ["none", [], [at(2)]],
    ["a revision that is no number", [at("3x")], [at(2)]],
    ["a number written otherwise", [at("03")], [at(2)]], ["an earlier revision", [at(1)], [at(2)]],
    ["the same beginning twice", [at(9)], []], ["a step from two revisions", [at(5)], [at(2), at(4)]],
  ];

  test.each(irregular)("takes no step for one that no event makes: %s", async (_, writes, deletes) => {
    const replica = new Replica();
    replica.apply([...await write("1", [at(1), member("a")]), ...await write("2", [at(2)], [at(1)])]);
    const folded = replica.apply(await write("3", [...writes, member("eve")], [...deletes, member("a")]));
    expect([folded.foreign.length, folded.newWrites, replica.revisionOf(LEDGER)]).toEqual([1, 0, 2]);
    expect(folded.suspects).toHaveLength(2 + writes.length + deletes.length);
    expect(replica.apply(await write("4", [at(3)], [at(2)])).newWrites).toBe(1);
  });

  test("never forgets its revision, even if the store already has a later one", async () => {
    const replica = new Replica();
    replica.apply(await write("1", [at(1), member("a")]));
    replica.setRevisions(LEDGER, ["value:2"]);
    expect([replica.revisionOf(LEDGER), replica.damaged.size]).toEqual([1, 0]);
    expect(replica.apply(await write("2", [at(2)], [at(1)])).newWrites).toBe(1);
    const strange = [[[], "deleted"], [["value:1"], "went back"], [["value:2", "value:9"], "more than one"]] as const;
    for (const [users, why] of strange) {
      replica.setRevisions(LEDGER, users);
      expect([replica.revisionOf(LEDGER), replica.damaged.get(LEDGER)]).toEqual([0, expect.stringContaining(why)]);
      replica.setRevisions(LEDGER, ["value:2"]);
      expect([replica.revisionOf(LEDGER), replica.damaged.size]).toEqual([2, 0]);
    }
  });

  test("knows which ledgers have no order", async () => {
    const replica = new Replica();
    replica.apply(await write("1", [at(1), member("a")]));
    replica.set(at(7), at(7));
    expect([...replica.damaged]).toEqual([[LEDGER, "it has more than one revision"]]);
    const next = await write("2", [at(2)], [at(1)]);
    const suspects = [{ user: "value:1" }, { user: "value:2" }];
    expect(replica.apply(next)).toMatchObject({ newWrites: 0, stuck: [], suspects });
    expect(replica.knows(next)).toBe(false);
    replica.set(at(7), undefined);
    expect([replica.damaged.size, replica.apply(next).newWrites]).toEqual([0, 1]);
    replica.set(at(2), undefined);
    replica.set(at("x"), at("x"));
    expect([...new Replica(replica.tuples).damaged]).toEqual([[LEDGER, "its revision is not a number"]]);
  });
});
