// OpenFGA and Postgres failing under load: nothing acknowledged is lost or doubled, nothing hangs, all recovers.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import type { Envelope } from "../../src/events/event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { openfgaAvailable } from "../live/openfga.ts";
import { postgresAvailable } from "../live/postgres.ts";
import { startProxy, type Proxy } from "../live/proxy.ts";
import {
  event, expectEqual, expectMarked, freshName, openSidecar, send, startBackend, submit, type Backend,
} from "./fleet.ts";

/** An event is answered within the 8 s it is tried for, and a call or two. */
const LONGEST_ANSWER = 20_000;

/** Sends members one after the other until told to stop; resends what was refused for now, as a sender would. */
async function load(sidecar: OpenfgaSidecar, org: string, name: string, until: () => boolean): Promise<Envelope[]> {
  const acknowledged: Envelope[] = [];
  for (let n = 0; !until(); n++) {
    const envelope = event("member.added", { org, user: `${name}-${n}`, hats: ["coach"] });
    for (let done = false; !done;) {
      const began = Date.now();
      const outcome = await submit(sidecar, envelope);
      expect(Date.now() - began).toBeLessThan(LONGEST_ANSWER);
      done = !isRefusal(outcome);
      if (isRefusal(outcome)) expect(outcome.refused, outcome.detail).toBe("store_unavailable");
    }
    acknowledged.push(envelope);
  }
  return acknowledged;
}

/** Runs a disturbance under the load of four writers on two sidecars; then compares everything. */
async function under(sidecars: readonly OpenfgaSidecar[], disturb: () => Promise<void>): Promise<Envelope[]> {
  await send(sidecars[0]!, "org.created", { org: "fc", kind: "club", owner: "olga" });
  await send(sidecars[0]!, "org.created", { org: "xo", kind: "club", owner: "otto" });
  let over = false;
  const writers = ["a", "b", "c", "d"].map((name, i) =>
    load(sidecars[i % sidecars.length]!, i < 2 ? "fc" : "xo", name, () => over));
  await sleep(500);
  await disturb();
  await sleep(500);
  over = true;
  const acknowledged = (await Promise.all(writers)).flat();
  await expectEqual(...sidecars);
  for (const sidecar of sidecars) expectMarked(sidecar, acknowledged);
  for (const envelope of acknowledged) {
    expect(await submit(sidecars[0]!, envelope)).toMatchObject({ status: "duplicate" });
  }
  expect(acknowledged.length).toBeGreaterThan(8);
  for (const sidecar of sidecars) expect(sidecar.readiness().ready).toBe(true);
  return acknowledged;
}

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
    await under(sidecars, async () => {
      backend.postgres.crash();
      await sleep(1500);
      backend.postgres.restart();
      await sleep(3000);
    });
  });

  test("OpenFGA is killed with kill -9, and another takes its place", async () => {
    await under(sidecars, async () => {
      await backend.kill();
      await sleep(1000);
      const port = await backend.restart();
      proxy.turnTo(port);
      await sleep(2000);
    });
  });

  test("replies are dropped after the commit: a write is done, and nobody says so", async () => {
    await under(sidecars, async () => {
      proxy.dropReplies = 0.3;
      await sleep(3000);
      proxy.dropReplies = 0;
    });
    expect(proxy.dropped).toBeGreaterThan(3);
  });

  test("everything takes its time, and connections are cut", async () => {
    await under(sidecars, async () => {
      proxy.delay = 150;
      await sleep(1500);
      for (let i = 0; i < 5; i++) {
        proxy.cut();
        await sleep(300);
      }
      proxy.delay = 0;
    });
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
