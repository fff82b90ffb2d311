// An event of many writes whose sidecar is lost after any of them: others finish it before anything else of the org.
import { describe, expect, test } from "vitest";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { eventObject } from "../../src/ledger/event-record.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { LOOK_BACK } from "../../src/openfga/follow/look-back.ts";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { startProxy, type Proxied } from "../live/proxy.ts";
import { BACKENDS, event, expectEqual, expectMarked, freshName, openSidecar, send, submit } from "./fleet.ts";
import { oneServer } from "./one-server.ts";

/** Number of tuples in one write, and of links to a team: its deletion takes about five writes. */
const FEW = 12;
const LINKS = 24;

const isWrite = ({ path }: Proxied): boolean => path.endsWith("/write");
const open = async (sidecar: OpenfgaSidecar): Promise<boolean> => {
  const question = { user: "user:x", relation: "can_redeem", object: "invite:l0" };
  const answer = await sidecar.checker.check(question, { higher: true, positions: [] });
  return "allowed" in answer && answer.allowed;
};

/** Delay before a sidecar finishes an event that another one left, in milliseconds: longer than any test. */
const NEVER = 3_600_000;

describe.each(BACKENDS)("on $name", ({ available, start }) => {
  describe.skipIf(!available)("an interrupted event", () => {
    const fga = oneServer(start);

    /** A team's deletion by a sidecar that can make only `writes` writes of it. */
    async function cutAfter(writes: number, patience?: number, more: Partial<Envelope> = {}) {
      const proxy = await startProxy(Number(new URL(fga.url).port));
      const name = freshName();
      const wide = await openSidecar(fga.url, name, { patience: NEVER });
      await send(wide, "org.created", { org: "fc", kind: "club", owner: "olga" });
      await send(wide, "team.created", { team: "t", org: "fc" });
      for (let n = 0; n < LINKS; n++) {
        await send(wide, "invite.created", { invite: `l${n}`, org: "fc", hat: "coach", team: "t" });
      }
      const lost = await openSidecar(proxy.url, name, { maxTuples: FEW, patience: NEVER });
      const beside = (more: { patience?: number } = {}): Promise<OpenfgaSidecar> =>
        openSidecar(fga.url, name, { maxTuples: FEW, patience: NEVER, ...more });
      const patient = [await beside(), await beside(patience === undefined ? {} : { patience })] as const;
      let done = 0;
      proxy.answer = (request) => {
        if (isWrite(request)) done++;
        return done > writes ? { status: 503, body: "{}", done: false } : undefined;
      };
      const deletion = event("team.deleted", { team: "t" }, more);
      const outcome = submit(lost, deletion);
      await expect.poll(() => done).toBeGreaterThan(writes);
      const isPending = async (): Promise<boolean> => {
        await wide.follower.catchUp(LOOK_BACK.written);
        return wide.tuples.users("ledger:org/fc", "pending").length > 0;
      };
      // If another sidecar is to finish it after a delay, a slow machine may not check before.
      if (patience === undefined) expect(await isPending()).toBe(true);
      else await wide.follower.catchUp(LOOK_BACK.written);
      expect(wide.tuples.users(eventObject(deletion), "applied")).toHaveLength(1);
      return { proxy, wide, lost, patient, beside, deletion, outcome, isPending };
    }

    type Cut = Awaited<ReturnType<typeof cutAfter>>;

    /** Expects the deletion to be complete everywhere, and closes everything. */
    async function expectWhole(cut: Cut, ...more: OpenfgaSidecar[]): Promise<void> {
      const { proxy, wide, lost, patient, deletion, outcome, isPending } = cut;
      expect(await open(wide)).toBe(false);
      proxy.answer = undefined;
      const late = await outcome;
      expect(isRefusal(late) ? late.refused : late.status).toMatch(/^(applied|duplicate|store_unavailable)$/);
      const all = [wide, lost, ...patient, ...more];
      await expectEqual(...all);
      expectMarked(wide, [deletion]);
      expect(await isPending()).toBe(false);
      expect(wide.tuples.users(eventObject(deletion), "payload")).toEqual([]);
      for (const sidecar of all) await sidecar.close();
      await proxy.close();
    }

    test.each([1, 2, 3, 4])("after %i writes: the next event of the org finishes it first", async (writes) => {
      const cut = await cutAfter(writes);
      const [one, two] = cut.patient;
      // One sidecar gets the event again and the other another event of the org, at the same time.
      const [again, beside] = await Promise.all(
        [submit(one, cut.deletion), submit(two, event("member.added", { org: "fc", user: "u" }))]);
      expect([again, beside]).toMatchObject([{ status: "duplicate" }, { status: "applied" }]);
      expect(await cut.isPending()).toBe(false);
      await expectWhole(cut);
    });

    test.each([1, 2, 3, 4])("after %i writes, with an envelope of 60,000 characters: the same", async (writes) => {
      const cut = await cutAfter(writes, undefined, { source: `/${"s".repeat(60_000)}` });
      const [one, two] = cut.patient;
      const [again, beside] = await Promise.all(
        [submit(one, cut.deletion), submit(two, event("member.added", { org: "fc", user: "u" }))]);
      expect([again, beside]).toMatchObject([{ status: "duplicate" }, { status: "applied" }]);
      await expectWhole(cut);
    });

    test("nobody sends anything: the next sidecar that starts finishes it", async () => {
      const cut = await cutAfter(1);
      const started = await cut.beside();
      await expect.poll(cut.isPending).toBe(false);
      await expectWhole(cut, started);
    });

    test("nobody sends anything and none starts: another one finishes it after a delay", async () => {
      const cut = await cutAfter(2, 5000);
      await expect.poll(cut.isPending).toBe(false);
      await expectWhole(cut);
    });
  });
});
