// Verification on a real OpenFGA: writes around Sideline are found, named, and repaired, while events continue.
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { isRefusal } from "../../src/events/refusal.ts";
import { migrate } from "../../src/cli/migrate.ts";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { startOn } from "../../src/openfga/openfga-start.ts";
import { OpenfgaStore } from "../../src/openfga/write/openfga-store.ts";
import { orgOf } from "../../src/openfga/follow/org-of.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { verify } from "../../src/cli/verify.ts";
import { BACKENDS, event, expectEqual, expectMarked, freshName, MODEL, send, submit } from "./fleet.ts";
import { oneServer } from "./one-server.ts";

const ANY = { higher: false, positions: [] };
const EVE: Tuple = { object: "platform:main", relation: "superadmin", user: "user:eve" };

/** An org with members, a team, rows, notes that came and went, and an event of several writes. */
async function live(sidecar: OpenfgaSidecar, org = "fc"): Promise<void> {
  await send(sidecar, "org.created", { org, kind: "club", owner: "olga" });
  await send(sidecar, "member.added", { org, user: "cora", hats: ["coach"] });
  await send(sidecar, "team.created", { team: `${org}-red`, org });
  await send(sidecar, "athlete.created", { athlete: `${org}-ada`, org, coach: "cora", coaching: `${org}-c` });
  for (const n of [1, 2]) {
    const note = { note: `${org}-n`, athlete: `${org}-ada`, author: "cora", under: `coaching:${org}-c` };
    await send(sidecar, "note.created", note);
    if (n === 1) await send(sidecar, "note.deleted", { note: `${org}-n` });
  }
  await Promise.all(Array.from({ length: 60 }, (_, n) =>
    send(sidecar, "invite.created", { invite: `${org}-l${n}`, org, hat: "coach", team: `${org}-red` })));
  await send(sidecar, "invite.created", { invite: `${org}-mail`, org, hat: "coach", email: "kim@example.org" });
  await send(sidecar, "team.deleted", { team: `${org}-red` });
}

describe.each(BACKENDS)("on $name", ({ available, start }) => {
  describe.skipIf(!available)("sideline verify", () => {
    const fga = oneServer(start);
    /** Runs the command. Returns its exit status and its output. */
    const run = async (storeName: string, how: "look" | "plan" | "repair" = "look") => {
      const said: string[] = [];
      const what = { url: fga.url, server: fga.server, storeName, repair: how !== "look", write: how === "repair" };
      const { status } = await verify(what, (line) => said.push(line), () => undefined);
      return { status, said };
    };

    test("finds nothing if only events wrote, through any sidecar, alone or with others in one Write", async () => {
      const name = freshName();
      const [a, b] = [await fga.openOn(name), await fga.openOn(name)];
      await Promise.all([live(a), live(b, "xo")]);
      await send(b, "member.deactivated", { org: "fc", user: "cora" });
      const { status, said } = await run(name);
      expect([status, said.length]).toEqual([0, 1]);
      expect(said[0]).toContain("0 extra, 0 missing; 0 writes of other programs");
    });

    test("names tuples written and deleted around Sideline, and repairs them only on command", async () => {
      const name = freshName();
      const sidecar = await fga.openOn(name);
      await live(sidecar);
      const account = [...sidecar.tuples.read({ object: "coaching:fc-c" })];
      const expiring = [...sidecar.tuples.read({ object: "invite:fc-mail", relation: "open" })][0]!;
      const condition = { name: "unexpired", context: { expires_at: "2999-01-01T00:00:00Z" } };
      await fga.writeAround(sidecar, { writes: [EVE] });
      await fga.writeAround(sidecar, { deletes: account });
      await fga.writeAround(sidecar, { deletes: [expiring] });
      await fga.writeAround(sidecar, { writes: [{ ...expiring, condition }] });
      await fga.writeAround(sidecar, { writes: [{ ...EVE, user: "user:gone" }] });
      await fga.writeAround(sidecar, { deletes: [{ ...EVE, user: "user:gone" }] });
      const looked = await run(name);
      expect(looked.status).toBe(1);
      expect(looked.said.slice(0, -1).map((line) => line.replace(/ with .*/, "")).sort()).toEqual([
        "extra   platform:main#superadmin@user:eve", `extra   invite:fc-mail#open@${expiring.user}`,
        `missing invite:fc-mail#open@${expiring.user}`,
        ...account.map(({ object, relation, user }) => `missing ${object}#${relation}@${user}`),
      ].sort());
      expect(looked.said.at(-1)).toContain("6 writes of other programs");
      await sidecar.follower.catchUp(15_000);
      expect(sidecar.follower.foreign.count).toBe(6);
      expect(await sidecar.checker.check(EVE, ANY)).toEqual({ allowed: true });

      const planned = await run(name, "plan");
      expect([planned.status, planned.said.at(-1)]).toEqual([1, expect.stringContaining("nothing was written")]);
      expect(await run(name)).toEqual(looked);

      const repaired = await run(name, "repair");
      expect([repaired.status, repaired.said.at(-1)]).toEqual([0, expect.stringContaining("0 extra, 0 missing")]);
      await sidecar.follower.catchUp(15_000);
      expect(await sidecar.checker.check(EVE, ANY)).toEqual({ allowed: false });
      expect(sidecar.tuples.get(expiring.object, "open", expiring.user)?.condition).toEqual(expiring.condition);
      expect(account.filter(({ object, relation, user }) => !sidecar.tuples.has(object, relation, user))).toEqual([]);
      // A tuple with another condition is deleted by its own Write, which belongs to no event.
      expect([sidecar.follower.foreign.count, sidecar.follower.counts.scans]).toEqual([7, 1]);
      await expectEqual(sidecar);
      await send(sidecar, "member.added", { org: "fc", user: "zoe", hats: ["coach"] });
      await fga.writeAround(sidecar, { writes: [EVE] });
      expect((await run(name, "repair")).status).toBe(0);
    });

    test("is not misled by events of the same org, and loses none of them, while it repairs", async () => {
      const name = freshName();
      const [sidecar, other] = [await fga.openOn(name), await fga.openOn(name)];
      await live(sidecar);
      const strange = Array.from({ length: 5 }, (_, n): Tuple =>
        ({ object: "org:fc", relation: "admin_hat", user: `user:eve${n}` }));
      await fga.writeAround(sidecar, { writes: strange });
      let over = false;
      const sent: Parameters<typeof submit>[1][] = [];
      const writers = [sidecar, other].map(async (writer, w) => {
        for (let n = 0; !over || n < 6; n++) {
          const envelope = event("member.added", { org: "fc", user: `w${w}-${n}`, hats: ["coach"] });
          // A sender that loses every race for long enough is asked to send the event again.
          const isLater = (told: Awaited<ReturnType<typeof submit>>): boolean =>
            isRefusal(told) && told.refused === "store_unavailable";
          let outcome = await submit(writer, envelope);
          while (isLater(outcome)) outcome = await submit(writer, envelope);
          expect(isRefusal(outcome) ? outcome : outcome.status).toMatch(/applied|duplicate/);
          sent.push(envelope);
          await sleep(20);
        }
      });
      const running = run(name, "repair").finally(() => over = true);
      await Promise.allSettled([running, ...writers]);
      await Promise.all(writers);
      const { status, said } = await running;
      expect(status, said.join("\n")).toBe(0);
      expect(said.filter((line) => line.startsWith("extra"))).toHaveLength(5);
      expect(said.filter((line) => line.startsWith("missing"))).toEqual([]);
      expect(said).toContain("5 tuples repaired");
      expect(sent.length).toBeGreaterThan(10);
      await expectEqual(sidecar, other);
      expectMarked(sidecar, sent);
      for (const { object, relation, user } of strange) expect(other.tuples.has(object, relation, user)).toBe(false);
      expect((await run(name)).status).toBe(0);
    });

    test("writes no tuple back that a later event may have meant to delete", async () => {
      const name = freshName();
      const sidecar = await fga.openOn(name);
      await live(sidecar);
      await live(sidecar, "xo");
      const cora = (org: string): Tuple => ({ object: `org:${org}`, relation: "coach_hat", user: "user:cora" });
      const shared = [...sidecar.tuples.read({ object: "invite:fc-mail" })][0]!;
      await fga.writeAround(sidecar, { deletes: [cora("fc"), cora("xo"), shared] });
      await send(sidecar, "member.deactivated", { org: "fc", user: "cora" });
      const { status, said } = await run(name, "repair");
      expect(status).toBe(1);
      const left = "missing org:fc#coach_hat@user:cora (not repaired: a later event may have meant to delete it)";
      expect(said.filter((line) => line === left)).toHaveLength(2);
      expect(said).toContain("2 tuples repaired");
      await sidecar.follower.catchUp(15_000);
      const has = ({ object, relation, user }: Tuple) => sidecar.tuples.has(object, relation, user);
      expect([cora("fc"), cora("xo"), shared].map(has)).toEqual([false, true, true]);
      // An event that finds nothing to do also counts.
      await fga.writeAround(sidecar, { deletes: [shared] });
      expect(await send(sidecar, "team.deleted", { team: "fc-red" })).toMatchObject({ status: "unchanged" });
      expect((await run(name, "repair")).status).toBe(1);
      await fga.writeAround(sidecar, { writes: [cora("fc"), shared] });
      expect((await run(name)).status).toBe(0);
    });

    test("accepts a migration's tuples, and finds later writes around Sideline", async () => {
      const [from, to] = [freshName(), freshName()];
      const origin = await fga.openOn(from);
      await Promise.all([live(origin), live(origin, "xo")]);
      const { store, modelId } = await startOn(fga.server, to, MODEL.json);
      const target = new OpenfgaStore(fga.server, store.id, modelId);
      const moved = await migrate(origin.store, target, true, () => undefined);
      expect(moved.outcome).toBe("verified");
      const { status, said } = await run(to);
      expect([status, said.length]).toEqual([0, 1]);
      expect(said[0]).toMatch(/0 writes of other programs.*\d+ tuples came from a migration/);
      const sidecar = await fga.openOn(to);
      await send(sidecar, "member.deactivated", { org: "fc", user: "cora" });
      const hat: Tuple = { object: "org:xo", relation: "coach_hat", user: "user:cora" };
      await fga.writeAround(sidecar, { writes: [EVE], deletes: [hat] });
      const found = await run(to);
      expect([found.status, found.said.slice(0, -1).sort()]).toEqual([1, [
        "extra   platform:main#superadmin@user:eve", "missing org:xo#coach_hat@user:cora",
      ]]);
    });

    test("repairs more tuples than fit in one Write", async () => {
      const name = freshName();
      const sidecar = await fga.openOn(name);
      await live(sidecar);
      const eves = Array.from({ length: 99 }, (_, n): Tuple => ({ ...EVE, user: `user:eve${n}` }));
      await fga.writeAround(sidecar, { writes: eves });
      const gone = [...sidecar.tuples.read({ objectType: "invitation", relation: "hat" })];
      await fga.writeAround(sidecar, { deletes: gone });
      const { status, said } = await run(name, "repair");
      expect([status, said.includes(`${99 + gone.length} tuples repaired`)]).toEqual([0, true]);
      // Each Write is a step: 95 and 4 of the platform, one of the org.
      await sidecar.follower.catchUp(15_000);
      expect(sidecar.follower.replica.revisionOf("ledger:platform")).toBe(2);
      await expectEqual(sidecar);
    });

    test("repairs the platform and the other orgs if a ledger was written to, and reports that ledger", async () => {
      const name = freshName();
      const sidecar = await fga.openOn(name);
      for (const org of ["fc", "xo"]) await send(sidecar, "org.created", { org, kind: "club", owner: "olga" });
      const eve = (org: string): Tuple => ({ object: `org:${org}`, relation: "admin_hat", user: "user:eve" });
      const at: Tuple = { object: "ledger:org/fc", relation: "at", user: "value:77" };
      await fga.writeAround(sidecar, { writes: [EVE, eve("fc"), eve("xo"), at] });
      const looked = await run(name);
      expect(looked.status).toBe(3);
      const { status, said } = await run(name, "repair");
      expect([status, said.includes("2 tuples repaired")]).toEqual([3, true]);
      const reported = "damaged ledger:org/fc: no event wrote its revision value:77; "
        + "the tuples of its org stay as they are";
      expect(said.filter((line) => line === reported)).toHaveLength(2);
      const left = async (tuple: Tuple) => (await fga.server.read(sidecar.info.id, tuple, "")).tuples.length;
      expect([await left(EVE), await left(eve("fc")), await left(eve("xo")), await left(at)]).toEqual([0, 1, 0, 1]);
      await fga.writeAround(sidecar, { deletes: [at] });
      expect((await run(name, "repair")).status).toBe(0);
      expect(await left(eve("fc"))).toBe(0);
    });

    test("an unknown store is an error", async () => {
      await expect(run(freshName())).rejects.toThrow("there is no store");
    });
  });
});

describe("the org in whose order a tuple belongs", () => {
  const tuples = createTupleSet();
  const put = (object: string, relation: string, user: string) => tuples.add({ object, relation, user });
  put("note:n", "athlete", "athlete:ada");
  put("athlete:ada", "row", "coaching:c");
  put("coaching:c", "holder", "role:fc/coach#member");
  test.each([
    ["org:fc", "user:a", "fc"], ["membership:fc/a", "user:a", "fc"], ["ledger:org/fc", "value:1", "fc"],
    ["home:team/x", "org:xo", "xo"], ["team:t", "role:xo/head#member", "xo"], ["note:n", "user:a", "fc"],
    ["platform:main", "user:a", "/platform"], ["ledger:platform", "value:1", "/platform"],
    ["note:unknown", "user:a", "/platform"], ["claim:note/n", "claim:note/n", "/platform"],
  ])("%s, %s: %s", (object, user, org) => {
    expect(orgOf(tuples, { object, relation: "r", user })).toBe(org);
  });
});
