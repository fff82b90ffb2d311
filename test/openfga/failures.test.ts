// OpenFGA and Postgres failing under load: no acknowledged event is lost or doubled, nothing hangs, all recovers.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { LOOK_BACK } from "../../src/openfga/follow/look-back.ts";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { openfgaAvailable } from "../live/openfga.ts";
import { PATIENCE_MS } from "../live/patience.ts";
import { postgresAvailable } from "../live/postgres.ts";
import { startProxy, type Proxy } from "../live/proxy.ts";
import {
  event, expectEqual, freshName, IMPATIENT, openSidecar, send, startBackend, submit, type Backend,
} from "./fleet.ts";
import { progress, under } from "./load.ts";
import { after } from "../world/running-club.ts";

/** Maximum age of answers in one of the tests, in milliseconds. */
const MAX_STALENESS = 4000;
/** How long Postgres is down, and how long OpenFGA hangs: longer than a sidecar waits before it asks again. */
const CRASH_MS = 1500;
const STANDSTILL_MS = 5000;
/** Poll interval of a sidecar that polls only on request, in milliseconds. */
const NEVER = 3_600_000;
/** Number of writers of a load, on two sidecars and two orgs. */
const WRITERS = 4;

describe.skipIf(!openfgaAvailable("datastore") || !postgresAvailable())("failures", () => {
  let backend: Backend;
  let proxy: Proxy;
  let sidecars: OpenfgaSidecar[];
  beforeEach(async () => {
    backend = await startBackend();
    proxy = await startProxy(Number(new URL(backend.url).port));
    const name = freshName();
    sidecars = [await openSidecar(proxy.url, name, IMPATIENT), await openSidecar(proxy.url, name, IMPATIENT)];
  });
  afterEach(async () => {
    for (const sidecar of sidecars) await sidecar.close();
    await proxy.close();
    await backend.stop();
  });

  test("Postgres crashes, and starts again", async () => {
    await under(sidecars, WRITERS, async (load) => {
      backend.postgres.crash();
      await sleep(CRASH_MS);
      backend.postgres.restart();
      await progress(load, 8);
    });
  });

  test("OpenFGA is killed with kill -9, and another takes its place", async () => {
    await under(sidecars, WRITERS, async (load) => {
      await backend.kill();
      await sleep(1000);
      const port = await backend.restart();
      proxy.turnTo(port);
      await progress(load, 8);
    });
  });

  test("replies are dropped after the commit: a write is done without a reply", async () => {
    await under(sidecars, WRITERS, async (load) => {
      proxy.dropReplies = 0.3;
      await progress(load, 12);
      await expect.poll(() => proxy.dropped).toBeGreaterThan(10);
      proxy.dropReplies = 0;
    });
  });

  test("everything is slow, and connections are cut", async () => {
    await under(sidecars, WRITERS, async (load) => {
      proxy.delay = 150;
      await progress(load, 4);
      for (let i = 0; i < 5; i++) {
        proxy.cut();
        await progress(load, 1);
      }
      proxy.delay = 0;
    });
  });

  test("every request reaches OpenFGA twice, and the later reply is returned", async () => {
    await under(sidecars, WRITERS, async (load) => {
      proxy.duplicate = 1;
      await expect.poll(() => proxy.duplicated.requests).toBeGreaterThan(40);
      await expect.poll(() => proxy.duplicated.differing).toBeGreaterThan(5);
      proxy.duplicate = 0.3;
      proxy.dropReplies = 0.2;
      await progress(load, 8);
      proxy.dropReplies = 0;
    });
  });

  test("an event of many writes, each repeated or without its reply, has the receipt of the whole", async () => {
    // No other sidecar takes over, however long a lost reply is awaited; otherwise the sender would get "duplicate".
    const name = freshName();
    const one = await openSidecar(proxy.url, name, { readTimeout: undefined, patience: NEVER });
    const two = await openSidecar(proxy.url, name, { patience: NEVER });
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
    await expectEqual(one, two);
    for (const each of [one, two]) await each.close();
  });

  test("OpenFGA hangs in the middle of its work, and resumes when nobody waits any more", async () => {
    await under(sidecars, WRITERS, async (load) => {
      for (let n = 0; n < 2; n++) {
        await backend.pause();
        await sleep(STANDSTILL_MS);
        backend.resume();
        await progress(load, 4);
      }
    });
  });

  test("while OpenFGA hangs no question hangs: those that need OpenFGA fail meanwhile", async () => {
    const name = freshName();
    const one = await openSidecar(proxy.url, name);
    // It polls only on request: a process that stalls on a slow machine answers nothing meanwhile.
    const two = await openSidecar(proxy.url, name, { ...IMPATIENT, maxStaleness: PATIENCE_MS, pollInterval: NEVER });
    sidecars.push(one, two);
    await send(one, "org.created", { org: "fc", kind: "club", owner: "olga" });
    const { token } = await send(one, "member.added", { org: "fc", user: "cora", hats: ["coach"] });
    await expectEqual(one, two);
    const question = { user: "user:cora", relation: "coach", object: "org:fc" };
    const list = { user: "user:cora", relation: "coach", type: "org" };
    const [any, higher] = [{ higher: false, positions: [] }, { higher: true, positions: [] }];
    const ahead = { higher: false, positions: [{ org: "fc", revision: 99 }] };
    await backend.pause();
    try {
      for (const how of [any, { ...any, positions: after(token).positions }]) {
        expect(await two.checker.check(question, how)).toEqual({ allowed: true });
        expect(await two.checker.listObjects(list, how)).toEqual({ objects: ["org:fc"] });
      }
      await Promise.all([
        () => two.checker.check(question, higher), () => two.checker.listObjects(list, higher),
        () => two.checker.check(question, ahead), () => two.checker.read({}, 10, "", any),
      ].map((ask) => expect((async () => ask())()).rejects.toThrow()));
      await expect.poll(() => two.staleFor?.()).toBeGreaterThan(0);
      expect(await two.checker.check(question, any)).toEqual({ allowed: true });
    } finally {
      backend.resume();
    }
    await expect.poll(async () => {
      await two.follower.catchUp(LOOK_BACK.written).catch(() => undefined);
      return two.staleFor?.();
    }).toBeUndefined();
    expect(await one.checker.check(question, higher)).toEqual({ allowed: true });
  });

  test("while OpenFGA is down answers continue for a while and show it, then end; events get 503", async () => {
    const name = freshName();
    const lasting = await openSidecar(proxy.url, name, { pollInterval: NEVER });
    const ending = await openSidecar(proxy.url, name, { maxStaleness: MAX_STALENESS });
    const hasty = await openSidecar(proxy.url, name, { giveUpAfter: 500 });
    const asks = async (sidecar: OpenfgaSidecar) => sidecar.checker.check(
      { user: "user:olga", relation: "member", object: "org:fc" }, { higher: false, positions: [] });
    await send(lasting, "org.created", { org: "fc", kind: "club", owner: "olga" });
    expect(lasting.staleFor?.()).toBeUndefined();
    proxy.refuse = true;
    proxy.cut();
    const outcome = submit(hasty, event("team.created", { team: "t", org: "fc" }));
    await expect(lasting.follower.catchUp(LOOK_BACK.written)).rejects.toThrow();
    expect(lasting.staleFor?.()).toBeGreaterThanOrEqual(1);
    expect(await asks(lasting)).toEqual({ allowed: true });
    expect(await outcome).toMatchObject({ refused: "store_unavailable" });
    await expect.poll(() => ending.follower.age).toBeGreaterThan(MAX_STALENESS);
    await expect(asks(ending)).rejects.toThrow();
    await expect(async () => ending.checker.state({ higher: false, positions: [] })).rejects.toThrow();
    expect(ending.readiness().ready).toBe(false);
    proxy.refuse = false;
    await expect.poll(() => ending.readiness().ready).toBe(true);
    await expect.poll(() => asks(ending).catch(() => undefined)).toEqual({ allowed: true });
    await send(ending, "team.created", { team: "t", org: "fc" });
    await expectEqual(lasting, ending, hasty);
    for (const each of [lasting, ending, hasty]) await each.close();
  });
});
