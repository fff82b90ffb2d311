// Shadow verification: a difference that persists at one revision is reported; one that an event explains is not.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CheckAnswer, CheckRequest } from "../../src/checks/question.ts";
import { TooManySteps, type Meter } from "../../src/checks/steps.ts";
import { OpenfgaServer } from "../../src/openfga/client.ts";
import { Replica } from "../../src/openfga/follow/replica.ts";
import { Shadow, type ShadowParts } from "../../src/openfga/verify/shadow.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { BACKENDS, freshName, openSidecar, PATIENT, send } from "./fleet.ts";
import {
  MAX_SHADOW_CHECKS_WAITING, MAX_SHADOW_LOOK_STEPS, SHADOW_CHECKS_AT_ONCE,
} from "../../src/openfga/openfga-limits.ts";

const QUESTION: CheckRequest = { user: "user:a", relation: "member", object: "org:fc" };
const MEMBER: Tuple = { object: "org:fc", relation: "member", user: "user:a" };
const YES: CheckAnswer = { allowed: true };
const NO: CheckAnswer = { allowed: false };
const ledger = (org: string) => `ledger:org/${org}`;
const at = (n: number, org = "fc"): Tuple => ({ object: ledger(org), relation: "at", user: `value:${n}` });

/** A shadow of every check over a replica in which `member` decides the tuple, and its log. */
function shadowOf(more: Pick<ShadowParts, "ask"> & Partial<Pick<ShadowParts, "evaluate" | "share">> & {
  catchUp?: (replica: Replica) => void;
}) {
  const replica = new Replica();
  const logged: object[] = [];
  const follower = {
    replica, trouble: undefined, counts: { polls: 0, scans: 0 },
    catchUp: async () => more.catchUp?.(replica),
  };
  const isMember = () => replica.tuples.has(MEMBER.object, MEMBER.relation, MEMBER.user);
  const evaluate = more.evaluate ?? (() => (isMember() ? YES : NO));
  const shadow = new Shadow({
    share: more.share ?? 1, follower, evaluate, ask: more.ask, log: { error: (fields: object) => logged.push(fields) },
  } as unknown as ShadowParts);
  const settled = async (): Promise<typeof shadow.counts> => {
    await expect.poll(() => shadow.counts.agreed + shadow.counts.disagreed + shadow.counts.unsettled
      + shadow.counts.failed).toBe(shadow.counts.asked);
    return shadow.counts;
  };
  return { shadow, replica, logged, settled };
}

const steps = (replica: Replica, from: number, org: string, write?: Tuple, gone?: Tuple) => replica.apply([{
  stamp: `${org}${from}`, steps: [{ ledger: ledger(org), from, to: from + 1 }],
  writes: [at(from + 1, org), ...(write === undefined ? [] : [write])],
  deletes: [...(from === 0 ? [] : [at(from, org)]), ...(gone === undefined ? [] : [gone])],
}]);

describe("a shadow", () => {
  test("agrees if the answers are the same or both are errors", async () => {
    const error: CheckAnswer = { error: { code: "validation_error", message: "here" } };
    const { shadow, settled } = shadowOf({ ask: async ({ user }) => (user === "user:e" ? error : NO) });
    shadow.offer(QUESTION, NO);
    shadow.offer({ ...QUESTION, user: "user:e" }, { error: { code: "invalid_tuple", message: "there" } });
    expect(await settled()).toMatchObject({ asked: 2, agreed: 2, disagreed: 0 });
  });

  test("reports a difference that persists at one revision, with the question", async () => {
    const { shadow, settled, logged } = shadowOf({ ask: async () => YES });
    shadow.offer({ ...QUESTION, contextualTuples: [MEMBER], context: { ip: "10.0.0.1" } }, NO);
    expect(await settled()).toMatchObject({ asked: 1, disagreed: 1 });
    const question = { ...QUESTION, contextual_tuples: [MEMBER], context: ["ip"] };
    expect(logged).toEqual([{ question, replica: NO, openfga: YES }]);
    expect(JSON.stringify(logged)).not.toContain("10.0.0.1");
  });

  test("does not report a difference that an event in between explains, with OpenFGA ahead or behind", async () => {
    const ahead = shadowOf({ ask: async () => YES, catchUp: (replica) => void steps(replica, 0, "fc", MEMBER) });
    ahead.shadow.offer(QUESTION, NO);
    expect(await ahead.settled()).toMatchObject({ agreed: 1, disagreed: 0 });
    const there = shadowOf({ ask: async () => YES, catchUp: (replica) => void steps(replica, 1, "fc", at(9), MEMBER) });
    steps(there.replica, 0, "fc", MEMBER);
    there.shadow.offer(QUESTION, NO);
    expect(await there.settled()).toMatchObject({ agreed: 1, disagreed: 0 });
  });

  test("reports a difference from a Write without a revision, although the replica follows it", async () => {
    const { shadow, settled } = shadowOf({ ask: async () => YES, catchUp: (replica) => replica.set(MEMBER, MEMBER) });
    shadow.offer(QUESTION, NO);
    expect(await settled()).toMatchObject({ agreed: 0, disagreed: 1 });
  });

  test("reports a difference while one org changes but not the answer, and nothing while several change", async () => {
    let n = 0;
    const one = shadowOf({ ask: async () => YES, catchUp: (replica) => void steps(replica, n++, "fc") });
    one.shadow.offer(QUESTION, NO);
    expect(await one.settled()).toMatchObject({ disagreed: 1 });
    let m = 0;
    const two = shadowOf({ ask: async () => YES, catchUp: (replica) => {
      steps(replica, m, "fc");
      steps(replica, m++, "xo");
    } });
    two.shadow.offer(QUESTION, NO);
    expect(await two.settled()).toMatchObject({ disagreed: 0, unsettled: 1 });
  });

  test("skips questions that were too much for Sideline", () => {
    const { shadow } = shadowOf({ ask: async () => YES });
    shadow.offer(QUESTION, { error: { code: "authorization_model_resolution_too_complex", message: "" } });
    expect(shadow.counts).toMatchObject({ asked: 0, dropped: 0 });
  });

  test("answers at as many revisions as a look has steps for, and reports nothing if that was not enough", async () => {
    const cost = 3000;
    const meters = new Set<Meter>();
    const evaluate: ShadowParts["evaluate"] = (_, meter) => {
      meters.add(meter);
      meter.steps += cost;
      if (meter.steps > meter.most) throw new TooManySteps(meter.most);
      return NO;
    };
    let n = 0;
    const { shadow, settled } = shadowOf({ ask: async () => YES, evaluate, catchUp: (replica) => {
      for (let event = 0; event < 1000; event++) steps(replica, n++, "fc");
    } });
    shadow.offer(QUESTION, NO);
    expect(await settled()).toMatchObject({ disagreed: 0, unsettled: 1 });
    for (const meter of meters) expect(meter.steps).toBeLessThanOrEqual(MAX_SHADOW_LOOK_STEPS + cost);
  });

  test("counts questions that OpenFGA does not answer as failed", async () => {
    const { shadow, settled } = shadowOf({ ask: () => Promise.reject(new Error("gone")) });
    shadow.offer(QUESTION, NO);
    expect(await settled()).toMatchObject({ asked: 1, failed: 1 });
  });

  const [some, waiting] = [SHADOW_CHECKS_AT_ONCE, MAX_SHADOW_CHECKS_WAITING];
  test(`sends ${some} at once, lets ${waiting} wait, and drops the next`, async () => {
    let asking = 0;
    let most = 0;
    const open: (() => void)[] = [];
    const { shadow, settled } = shadowOf({ ask: async () => {
      most = Math.max(most, ++asking);
      await new Promise<void>((resolve) => open.push(resolve));
      asking--;
      return NO;
    } });
    for (let i = 0; i < SHADOW_CHECKS_AT_ONCE + MAX_SHADOW_CHECKS_WAITING; i++) shadow.offer(QUESTION, NO);
    expect(shadow.counts).toMatchObject({ asked: SHADOW_CHECKS_AT_ONCE, dropped: 0 });
    shadow.offer(QUESTION, NO);
    expect(shadow.counts).toMatchObject({ asked: SHADOW_CHECKS_AT_ONCE, dropped: 1 });
    const opening = setInterval(() => open.splice(0).forEach((answer) => answer()), 1);
    await expect.poll(() => shadow.counts.agreed).toBe(SHADOW_CHECKS_AT_ONCE + MAX_SHADOW_CHECKS_WAITING);
    clearInterval(opening);
    await settled();
    expect(most).toBe(SHADOW_CHECKS_AT_ONCE);
  });

  test("takes its fraction, and none once closed", () => {
    const { shadow } = shadowOf({ ask: () => new Promise(() => undefined), share: 0.1 });
    const taken = () => shadow.counts.asked + shadow.counts.dropped + MAX_SHADOW_CHECKS_WAITING;
    for (let i = 0; i < 10_000; i++) shadow.offer(QUESTION, NO);
    expect(taken()).toBeGreaterThan(700);
    expect(taken()).toBeLessThan(1400);
    shadow.close();
    const before = taken();
    for (let i = 0; i < 1000; i++) shadow.offer(QUESTION, NO);
    expect(taken()).toBe(before);
  });
});

const ANY = { higher: false, positions: [] };

describe.each(BACKENDS)("a sidecar with a shadow, on $name", ({ available, start }) => {
  describe.skipIf(!available)("with OpenFGA", () => {
    let backend: { readonly url: string; stop(): Promise<void> };
    beforeAll(async () => {
      backend = await start();
    });
    afterAll(() => backend.stop());
    const figures = (sidecar: Awaited<ReturnType<typeof openSidecar>>): Record<string, number> => {
      const part = sidecar.readiness().parts.find(({ name }) => name === "shadow");
      return Object.fromEntries((part?.figures ?? []).map(({ name, value }) => [name, value]));
    };

    test("reports a tuple that was written around Sideline, before the replica has it", async () => {
      const logged: object[] = [];
      const log = { info: () => undefined, warn: () => undefined, error: (fields: object) => void logged.push(fields) };
      const options = { shadow: 1, pollInterval: 60_000, log: log as never };
      const sidecar = await openSidecar(backend.url, freshName(), options);
      await send(sidecar, "org.created", { org: "fc", kind: "club", owner: "olga" });
      const question = { user: "user:eve", relation: "superadmin", object: "platform:main" };
      expect(await sidecar.checker.check(question, ANY)).toEqual(NO);
      await expect.poll(() => figures(sidecar)["agreed_total"]).toBe(1);
      const server = new OpenfgaServer({ url: backend.url, token: undefined, ...PATIENT });
      await server.write(sidecar.info.id, sidecar.info.modelId, { writes: [question], deletes: [] });
      expect(await sidecar.checker.check(question, ANY)).toEqual(NO);
      await expect.poll(() => figures(sidecar)["disagreed_total"]).toBe(1);
      expect(logged).toContainEqual(expect.objectContaining({ replica: NO, openfga: YES }));
      expect(sidecar.readiness().ready).toBe(true);
      expect(sidecar.readiness().parts.find(({ name }) => name === "shadow")?.ready).toBe(false);
      // While it examined the difference, the follower read of the Write, logged it, and applied it.
      expect(sidecar.follower.foreign.count).toBe(1);
      expect(await sidecar.checker.check(question, ANY)).toEqual(YES);
      await sidecar.close();
      server.close();
    });

    test("reports nothing while events of other sidecars race with the questions", async () => {
      const name = freshName();
      const asking = await openSidecar(backend.url, name, { shadow: 1, pollInterval: 300 });
      const writing = await openSidecar(backend.url, name);
      await send(writing, "org.created", { org: "fc", kind: "club", owner: "olga" });
      await send(writing, "member.added", { org: "fc", user: "cora", hats: ["coach"] });
      let over = false;
      const events = (async () => {
        for (let i = 0; i < 15; i++) {
          await send(writing, "member.deactivated", { org: "fc", user: "cora" });
          await send(writing, "member.reactivated", { org: "fc", user: "cora" });
        }
        over = true;
      })();
      while (!over) {
        const asked = async () => asking.checker.check({ user: "user:cora", relation: "coach", object: "org:fc" }, ANY);
        // A sidecar that stalls on a slow machine may have no answer for a moment.
        void asked().catch(() => undefined);
        await new Promise((later) => setTimeout(later, 5));
      }
      await events;
      await expect.poll(() => {
        const { asked_total, agreed_total, unsettled_total, failed_total, disagreed_total } = figures(asking);
        return asked_total! - agreed_total! - unsettled_total! - failed_total! - disagreed_total!;
      }).toBe(0);
      expect(figures(asking)).toMatchObject({ disagreed_total: 0, failed_total: 0 });
      expect(figures(asking)["agreed_total"]).toBeGreaterThan(20);
      for (const sidecar of [asking, writing]) await sidecar.close();
    });
  });
});
