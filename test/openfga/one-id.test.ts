// One event id used twice at once on OpenFGA, with other content: in one org one is applied, in two orgs both are.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { eventObject } from "../../src/ledger/event-record.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { BACKENDS, event, expectEqual, expectMarked, freshName, openSidecar, send, submit } from "./fleet.ts";
import { after } from "../world/running-club.ts";

const tell = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

/** Number of raced pairs: enough that many meet in OpenFGA before either is in the other's replica. */
const PAIRS = 20;

describe.each(BACKENDS)("on $name", ({ available, start }) => {
  describe.skipIf(!available)("an id in two orgs at once", () => {
    let backend: { readonly url: string; stop(): Promise<void> };
    let sidecars: OpenfgaSidecar[];
    beforeAll(async () => {
      backend = await start();
      const name = freshName();
      sidecars = [await openSidecar(backend.url, name), await openSidecar(backend.url, name)];
      for (const org of ["a", "b"]) await send(sidecars[0]!, "org.created", { org, kind: "club", owner: "olga" });
      await expectEqual(...sidecars);
    });
    afterAll(async () => {
      for (const sidecar of sidecars ?? []) await sidecar.close();
      await backend.stop();
    });

    /** Sends each pair at once, the second event about `org`, and expects these outcomes; a resend gets the same. */
    async function race(
      to: readonly [OpenfgaSidecar, OpenfgaSidecar], name: string, org: string, expected: readonly string[],
    ): Promise<void> {
      const pairs = Array.from({ length: PAIRS }, (_, n): readonly [Envelope, Envelope] => {
        const one = event("member.added", { org: "a", user: `${name}-${n}` });
        return [one, { ...one, data: { org, user: `${name}-${n}-other` } }];
      });
      for (const pair of pairs) {
        const outcomes = await Promise.all(pair.map((envelope, i) => submit(to[i]!, envelope)));
        expect(outcomes.map(tell).sort()).toEqual(expected);
        const again = await Promise.all(pair.map((envelope) => submit(to[0], envelope)));
        expect(again.map(tell)).toEqual(outcomes.map((of) => (isRefusal(of) ? "event_conflict" : "duplicate")));
      }
      await expectEqual(...sidecars);
      const applied = expected.filter((outcome) => outcome === "applied").length;
      for (const [one] of pairs) {
        expect(sidecars[0]!.tuples.users(eventObject(one), "applied")).toHaveLength(applied);
      }
      const joined = ["a", "b"].flatMap((each) => sidecars[0]!.tuples.users(`org:${each}`, "member"))
        .filter((user) => user.startsWith(`user:${name}-`));
      expect(joined).toHaveLength(applied * PAIRS);
    }

    const ways = ["two sidecars", "one sidecar"] as const;
    test.each(ways)("in one org by %s: one is applied, the other refused, on every replica and in the store", (way) =>
      race([sidecars[0]!, sidecars[way === "two sidecars" ? 1 : 0]!], `one.${way.slice(0, 3)}`, "a",
        ["applied", "event_conflict"]));

    test.each(ways)("in two orgs by %s: both are applied, without mixing their data", (way) =>
      race([sidecars[0]!, sidecars[way === "two sidecars" ? 1 : 0]!], `two.${way.slice(0, 3)}`, "b",
        ["applied", "applied"]));

    test("one event, dated by its sender, by two sidecars at once: one returns that it was applied", async () => {
      for (let n = 0; n < PAIRS; n++) {
        const one = event("member.added", { org: "a", user: `dated-${n}` }, { time: "2026-03-01T12:00:00Z" });
        const outcomes = await Promise.all(sidecars.map((sidecar) => submit(sidecar, one)));
        expect(outcomes.map(tell).sort()).toEqual(["applied", "duplicate"]);
      }
    });

    test("a duplicate has the present revision's token, also from a sidecar that has not read of it", async () => {
      const name = freshName();
      const [one, idle, third] = [
        await openSidecar(backend.url, name), await openSidecar(backend.url, name, { pollInterval: 60_000 }),
        await openSidecar(backend.url, name, { pollInterval: 60_000 }),
      ];
      await send(one, "org.created", { org: "fc", kind: "club", owner: "olga" });
      const joining = event("member.added", { org: "fc", user: "back" });
      expect(tell(await submit(one, joining))).toBe("applied");
      expect(tell(await submit(idle, joining))).toBe("duplicate");
      const { token } = await send(one, "member.deactivated", { org: "fc", user: "back" });
      const again = await submit(idle, joining);
      expect(again).toMatchObject({ status: "duplicate", token });
      const question = { user: "user:back", relation: "coach", object: "org:fc" };
      const asked = after((again as Receipt).token);
      expect(await third.checker.check(question, asked)).toEqual({ allowed: false });
      await Promise.all([one, idle, third].map((sidecar) => sidecar.close()));
    });

    test("an event that shares its write with others makes none of them fail", async () => {
      const one = event("member.added", { org: "b", user: "mixed" });
      const other = { ...one, data: { org: "b", user: "mixed-2" } };
      const beside = Array.from({ length: 10 }, (_, n) => event("member.added", { org: "b", user: `beside-${n}` }));
      const [first, second, ...rest] = await Promise.all([
        submit(sidecars[0]!, one), submit(sidecars[1]!, other), ...beside.map((e) => submit(sidecars[1]!, e)),
      ]);
      expect([first!, second!].map(tell).sort()).toEqual(["applied", "event_conflict"]);
      expect(rest.map(tell)).toEqual(rest.map(() => "applied"));
      await expectEqual(...sidecars);
      expectMarked(sidecars[0]!, [one, ...beside]);
    });
  });
});
