// A sidecar on a real OpenFGA: start, events, answers, restart; several sidecars.
import { describe, expect, test } from "vitest";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import type { Freshness } from "../../src/checks/checker.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import {
  BACKENDS, event, expectEqual, expectMarked, freshName, openSidecar, send, submit,
} from "./fleet.ts";
import { oneServer } from "./one-server.ts";
import { after } from "../world/running-club.ts";

const ANY: Freshness = { higher: false, positions: [] };
const asks = (sidecar: OpenfgaSidecar, user: string, relation: string, object: string, how: Partial<Freshness> = ANY) =>
  sidecar.checker.check({ user: `user:${user}`, relation, object }, { ...ANY, ...how });

describe.each(BACKENDS)("on $name", ({ available, start }) => {
  describe.skipIf(!available)("a sidecar", () => {
    const fga = oneServer(start);

    test("events become tuples of the store, answers follow at once, a restart has them", async () => {
      const name = freshName();
      const first = await openSidecar(fga.url, name);
      await send(first, "org.created", { org: "fc", kind: "club", owner: "olga" });
      const added = await send(first, "member.added", { org: "fc", user: "cora", hats: ["coach"] });
      expect(added.status).toBe("applied");
      expect(await asks(first, "cora", "coach", "org:fc")).toEqual({ allowed: true });
      expect(await asks(first, "cora", "coach", "org:fc", { higher: true })).toEqual({ allowed: true });
      await expectEqual(first);
      await first.close();
      const second = await openSidecar(fga.url, name);
      expect(second.info.id).toBe(first.info.id);
      expect(second.info.modelId).toBe(first.info.modelId);
      expect(await asks(second, "cora", "coach", "org:fc")).toEqual({ allowed: true });
      await send(second, "member.deactivated", { org: "fc", user: "cora" });
      expect(await asks(second, "cora", "coach", "org:fc")).toEqual({ allowed: false });
      await expectEqual(second);
      await second.close();
    });

    test("a token sees its event on another sidecar at once; without one after a poll", async () => {
      const name = freshName();
      const [a, b] = [await openSidecar(fga.url, name), await openSidecar(fga.url, name)];
      await send(a, "org.created", { org: "fc", kind: "club", owner: "olga" });
      const { token } = await send(a, "member.added", { org: "fc", user: "cora", hats: ["coach"] });
      expect(await asks(b, "cora", "coach", "org:fc", after(token))).toEqual({ allowed: true });
      await send(a, "member.deactivated", { org: "fc", user: "cora" });
      const { polls } = b.follower.counts;
      // One poll may have begun before the event.
      await expect.poll(() => b.follower.counts.polls).toBeGreaterThan(polls + 1);
      expect(await asks(b, "cora", "coach", "org:fc")).toEqual({ allowed: false });
      const ahead = { org: "fc", revision: 999 };
      const refused = await asks(b, "cora", "coach", "org:fc", { positions: [ahead] });
      expect(refused).toMatchObject({ error: { code: "validation_error" } });
      await a.close();
      await b.close();
    });

    test("an event sent to two sidecars is applied once; refusals use the newest state", async () => {
      const name = freshName();
      const [a, b] = [await openSidecar(fga.url, name), await openSidecar(fga.url, name)];
      await send(a, "org.created", { org: "fc", kind: "club", owner: "olga" });
      const twice = event("member.added", { org: "fc", user: "cora", hats: ["coach"] });
      const outcomes = await Promise.all([submit(a, twice), submit(b, twice)]);
      expect(outcomes.map((outcome) => ("status" in outcome ? outcome.status : outcome.refused)).sort())
        .toEqual(["applied", "duplicate"]);
      // b has not polled since: the write by a must count for b's refusals.
      await send(a, "team.created", { team: "red", org: "fc" });
      await send(b, "athlete.created", { athlete: "a1", org: "fc", team: "red", coach: "cora" });
      await send(a, "org.created", { org: "xo", kind: "club", owner: "otto" });
      await send(a, "team.created", { team: "xt", org: "xo" });
      await send(b, "team.deleted", { team: "xt" });
      const gone = await submit(a, event("athlete.created", { athlete: "a2", org: "xo", team: "xt" }));
      expect(isRefusal(gone) && gone.refused).toBe("unknown_entity");
      const dry = await submit(a, event("team.created", { team: "green", org: "fc" }), true);
      expect(dry).toMatchObject({ status: "applied", dry_run: true });
      await expectEqual(a, b);
      expect(a.tuples.has("claim:team/green", "taken", "claim:team/green")).toBe(false);
      await a.close();
      await b.close();
    });

    test("two sidecars starting at once end with one store and one model", async () => {
      const name = freshName();
      const sidecars = await Promise.all([1, 2, 3].map(() => openSidecar(fga.url, name)));
      expect(new Set(sidecars.map(({ info }) => info.id)).size).toBe(1);
      expect(new Set(sidecars.map(({ info }) => info.modelId)).size).toBe(1);
      for (const sidecar of sidecars) await sidecar.close();
    });

    test("a user who lost a platform right has none in an org, even on a sidecar that has not read of it", async () => {
      const name = freshName();
      // None of them polls by itself while the test runs.
      const slow = { pollInterval: 60_000 };
      const [a, b] = [await openSidecar(fga.url, name, slow), await openSidecar(fga.url, name, slow)];
      await send(a, "org.created", { org: "fc", kind: "club", owner: "olga" });
      for (let n = 0; n < 3; n++) {
        const founds = (team: string) => submit(b, event("team.created", { team, org: "fc" }, { actor: "root" }));
        await send(a, "platform.superadmin_granted", { user: "root" });
        expect(await founds(`first${n}`)).toMatchObject({ status: "applied" });
        await send(a, "platform.superadmin_revoked", { user: "root" });
        expect(await founds(`second${n}`)).toMatchObject({ refused: "actor_not_allowed" });
      }
      await expectEqual(a, b);
      await a.close();
      await b.close();
    });

    test("an event of many writes ends complete, with the receipt of all of them", async () => {
      const name = freshName();
      const a = await openSidecar(fga.url, name);
      const b = await openSidecar(fga.url, name);
      await send(a, "org.created", { org: "fc", kind: "club", owner: "olga" });
      await send(a, "team.created", { team: "red", org: "fc" });
      const links = Array.from({ length: 120 }, (_, n) => `l${n}`);
      await Promise.all(links.map((invite) =>
        send(a, "invite.created", { invite, org: "fc", hat: "coach", team: "red" })));
      const deleted = await send(a, "team.deleted", { team: "red" });
      expect(deleted.status).toBe("applied");
      expect(deleted.deleted).toBeGreaterThanOrEqual(120);
      expect([...a.tuples.read({ objectType: "ledger", relation: "pending" })]).toEqual([]);
      await expectEqual(a, b);
      await a.close();
      await b.close();
    });

    test("four sidecars, sixteen writers, one org: every event once, the last admin stays", async () => {
      const name = freshName();
      const sidecars = await Promise.all([1, 2, 3, 4].map(() => openSidecar(fga.url, name)));
      await send(sidecars[0]!, "org.created", { org: "fc", kind: "club", owner: "olga" });
      const events = Array.from({ length: 16 }, (_, writer) => Array.from({ length: 10 }, (_, n) =>
        event("member.added", { org: "fc", user: `u${writer}-${n}`, hats: ["coach"] })));
      await Promise.all(events.map(async (own, writer) => {
        for (const envelope of own) {
          const outcome = await submit(sidecars[writer % 4]!, envelope);
          expect(outcome, JSON.stringify(outcome)).toMatchObject({ status: "applied" });
        }
      }));
      await expectEqual(...sidecars);
      expectMarked(sidecars[0]!, events.flat());
      const revision = sidecars[0]!.follower.replica.revisionOf("ledger:org/fc");
      expect(revision).toBe(161);
      // Two admins leave at once, through two sidecars: one of them must stay.
      await send(sidecars[0]!, "member.added", { org: "fc", user: "adam", hats: ["admin"] });
      const leaving = await Promise.all([
        submit(sidecars[1]!, event("member.deactivated", { org: "fc", user: "adam" })),
        submit(sidecars[2]!, event("member.deactivated", { org: "fc", user: "olga" })),
      ]);
      expect(leaving.filter(isRefusal)).toHaveLength(1);
      await expectEqual(...sidecars);
      for (const sidecar of sidecars) await sidecar.close();
    });
  });
});
