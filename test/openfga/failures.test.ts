// OpenFGA and Postgres failing under load: nothing acknowledged is lost or doubled, nothing hangs, all recovers.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { openfgaAvailable } from "../live/openfga.ts";
import { postgresAvailable } from "../live/postgres.ts";
import { startProxy, type Proxy } from "../live/proxy.ts";
import { event, expectEqual, freshName, openSidecar, send, startBackend, submit, type Backend } from "./fleet.ts";
import { LONGEST_ANSWER, under } from "./load.ts";

/** Longest wait for the answer to a question that needs OpenFGA, in milliseconds: two calls of 4 s, and a wait. */
const LONGEST_QUESTION = 14_000;
/** Writers of a load, on two sidecars and two orgs. */
const WRITERS = 4;

describe.skipIf(!openfgaAvailable("datastore") || !postgresAvailable())("failures", { timeout: 120_000 }, () => {
  let backend: Backend;
  let proxy: Proxy;
  let sidecars: OpenfgaSidecar[];
  beforeEach(async () => {
    backend = await startBackend();
    proxy = await startProxy(Number(new URL(backend.url).port));
    const name = freshName();
    sidecars = [await openSidecar(proxy.url, name), await openSidecar(proxy.url, name)];
  });
  afterEach(async () => {
    for (const sidecar of sidecars) await sidecar.close();
    await proxy.close();
    await backend.stop();
  });

  test("Postgres ends as in a crash, and starts again", async () => {
    await under(sidecars, WRITERS, async () => {
      backend.postgres.crash();
      await sleep(1500);
      backend.postgres.restart();
      await sleep(3000);
    });
  });

  test("OpenFGA is killed with kill -9, and another takes its place", async () => {
    await under(sidecars, WRITERS, async () => {
      await backend.kill();
      await sleep(1000);
      const port = await backend.restart();
      proxy.turnTo(port);
      await sleep(2000);
    });
  });

  test("replies are dropped after the commit: a write is done, and nobody says so", async () => {
    await under(sidecars, WRITERS, async () => {
      proxy.dropReplies = 0.3;
      await sleep(3000);
      proxy.dropReplies = 0;
    });
    expect(proxy.dropped).toBeGreaterThan(3);
  });

  test("everything takes its time, and connections are cut", async () => {
    await under(sidecars, WRITERS, async () => {
      proxy.delay = 150;
      await sleep(1500);
      for (let i = 0; i < 5; i++) {
        proxy.cut();
        await sleep(300);
      }
      proxy.delay = 0;
    });
  });

  test("every request reaches OpenFGA twice, and the later reply is told", async () => {
    await under(sidecars, WRITERS, async () => {
      proxy.duplicate = 1;
      await sleep(3000);
      proxy.duplicate = 0.3;
      proxy.dropReplies = 0.2;
      await sleep(2000);
      proxy.dropReplies = 0;
    });
    expect(proxy.duplicated.requests).toBeGreaterThan(20);
    expect(proxy.duplicated.differing).toBeGreaterThan(5);
  });

  test("an event of many writes, each sent twice or its reply dropped, has the receipt of the whole", async () => {
    const [one] = sidecars as [OpenfgaSidecar];
    await send(one, "org.created", { org: "fc", kind: "club", owner: "olga" });
    const disturbances = { plain: {}, twice: { duplicate: 1 }, lost: { dropReplies: 0.2 } };
    for (const [team, faults] of Object.entries(disturbances)) {
      await send(one, "team.created", { team, org: "fc" });
      await Promise.all(Array.from({ length: 120 }, (_, n) =>
        send(one, "invite.created", { invite: `${team}-${n}`, org: "fc", hat: "coach", team })));
      Object.assign(proxy, faults);
      const receipt = await send(one, "team.deleted", { team });
      Object.assign(proxy, { duplicate: 0, dropReplies: 0 });
      expect({ team, ...receipt }).toMatchObject({ team, status: "applied", written: 0, deleted: 121 });
    }
    await expectEqual(...sidecars);
  });

  test("OpenFGA stands still in the middle of its work, and goes on when nobody waits any more", async () => {
    await under(sidecars, WRITERS, async () => {
      for (let n = 0; n < 2; n++) {
        backend.signal("SIGSTOP");
        await sleep(5000);
        backend.signal("SIGCONT");
        await sleep(1000);
      }
    });
  });

  test("while OpenFGA stands still no question hangs: what needs OpenFGA fails in time", async () => {
    const [one, two] = sidecars as [OpenfgaSidecar, OpenfgaSidecar];
    await send(one, "org.created", { org: "fc", kind: "club", owner: "olga" });
    const { token } = await send(one, "member.added", { org: "fc", user: "cora", hats: ["coach"] });
    await expectEqual(one, two);
    const question = { user: "user:cora", relation: "coach", object: "org:fc" };
    const list = { user: "user:cora", relation: "coach", type: "org" };
    const [any, higher] = [{ higher: false, token: undefined }, { higher: true, token: undefined }];
    const ahead = Buffer.from(JSON.stringify(["fc", 99])).toString("base64url");
    const timed = async <T>(most: number, ask: () => T): Promise<Awaited<T>> => {
      const began = Date.now();
      try {
        return await ask();
      } finally {
        expect(Date.now() - began).toBeLessThan(most);
      }
    };
    backend.signal("SIGSTOP");
    try {
      for (const how of [any, { ...any, token }]) {
        expect(await timed(500, () => two.checker.check(question, how))).toEqual({ allowed: true });
        expect(await timed(500, () => two.checker.listObjects(list, how))).toEqual({ objects: ["org:fc"] });
      }
      await Promise.all([
        () => two.checker.check(question, higher), () => two.checker.listObjects(list, higher),
        () => two.checker.check(question, { ...any, token: ahead }), () => two.checker.read({}, 10, "", any),
      ].map((ask) => expect(timed(LONGEST_QUESTION, async () => await ask())).rejects.toThrow()));
      expect(await timed(500, () => two.checker.check(question, any))).toEqual({ allowed: true });
      expect(two.staleFor?.()).toBeGreaterThan(0);
    } finally {
      backend.signal("SIGCONT");
    }
    await expect.poll(() => two.staleFor?.(), { timeout: 10_000 }).toBeUndefined();
    expect(await two.checker.check(question, higher)).toEqual({ allowed: true });
  });

  test("while OpenFGA is gone answers go on for a while and say so, then end; events get 503", async () => {
    const name = freshName();
    const sidecar = await openSidecar(proxy.url, name, { maxStaleness: 2500 });
    const asks = () => sidecar.checker.check(
      { user: "user:olga", relation: "member", object: "org:fc" }, { higher: false, token: undefined });
    await send(sidecar, "org.created", { org: "fc", kind: "club", owner: "olga" });
    expect(sidecar.staleFor?.()).toBeUndefined();
    proxy.refuse = true;
    proxy.cut();
    await sleep(1200);
    expect(asks()).toEqual({ allowed: true });
    expect(sidecar.staleFor?.()).toBeGreaterThanOrEqual(1);
    const began = Date.now();
    const outcome = await submit(sidecar, event("team.created", { team: "t", org: "fc" }));
    expect(outcome).toMatchObject({ refused: "store_unavailable" });
    expect(Date.now() - began).toBeLessThan(LONGEST_ANSWER);
    expect(() => asks()).toThrow();
    await expect(async () => sidecar.checker.state({ higher: false, token: undefined })).rejects.toThrow();
    expect(sidecar.readiness().ready).toBe(false);
    proxy.refuse = false;
    await expect.poll(() => sidecar.readiness().ready, { timeout: 10_000 }).toBe(true);
    expect(asks()).toEqual({ allowed: true });
    await send(sidecar, "team.created", { team: "t", org: "fc" });
    await expectEqual(sidecar);
    await sidecar.close();
  });
});
