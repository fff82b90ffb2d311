// Checks that OpenFGA answers itself: only a few at a time, so that others keep connections to its datastore.
import { setImmediate } from "node:timers/promises";
import type { OpenFgaApi } from "@openfga/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { RemoteChecker, type ModelAt } from "../../src/openfga/remote-check.ts";
import { OpenfgaServer } from "../../src/openfga/client.ts";
import type { OpenfgaOptions, OpenfgaSidecar } from "../../src/openfga/openfga-sidecar.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { stopProcess } from "../live/stop-process.ts";
import { PATIENTLY } from "../live/patience.ts";
import { startProxy, type Proxied, type Proxy } from "../live/proxy.ts";
import { freshName, openSidecar, send } from "./fleet.ts";
import { MAX_CHECKS_WAITING, SHADOW_CHECKS_AT_ONCE } from "../../src/openfga/openfga-limits.ts";

const READ_TIMEOUT = 4_000;
const HIGHER = { higher: true, positions: [] };
const question = (n: number) => ({ user: `user:${n}`, relation: "member", object: "org:o" });
type Check = (store: string, request: { tuple_key: { user: string } }) => Promise<object>;

/** An asker of a server that answers checks as given. */
function askerOf(check: Check): RemoteChecker {
  const ask: OpenfgaServer["ask"] = (call) => call({ check } as unknown as OpenFgaApi, {});
  const at: ModelAt = { server: { ask, readTimeout: READ_TIMEOUT } as OpenfgaServer, storeId: "s", modelId: "m" };
  return new RemoteChecker(at);
}

const told = (outcomes: readonly PromiseSettledResult<unknown>[]): string[] =>
  outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.fault ?? "failed" : "answered"));

test("a batch of 50 keeps OpenFGA busy with 4 at a time, and each is answered, even if one fails", async () => {
  let now = 0;
  let most = 0;
  const asker = askerOf(async (_, { tuple_key: { user } }) => {
    most = Math.max(most, ++now);
    await setImmediate();
    now--;
    if (user === "user:7") throw new Error("no answer");
    return { allowed: user === "user:3" };
  });
  const answers = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => asker.ask(question(n))));
  expect(most).toBe(4);
  const said = answers.map((answer) => (answer.status === "rejected" ? "failed" : answer.value));
  const no = { allowed: false };
  expect(said.slice(0, 9)).toEqual([no, no, no, { allowed: true }, no, no, no, "failed", no]);
});

test("a check is sent in the trace of its caller, and without one in none", async () => {
  const seen: unknown[] = [];
  const ask: OpenfgaServer["ask"] = (call) => call({
    check: (_store: string, _body: object, options: { readonly headers?: object }) => {
      seen.push(options.headers);
      return Promise.resolve({ allowed: true });
    },
  } as unknown as OpenFgaApi, {});
  const asker = new RemoteChecker(
    { server: { ask, readTimeout: READ_TIMEOUT } as OpenfgaServer, storeId: "s", modelId: "m" });
  const trace = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", tracestate: "a=1" };
  await asker.ask(question(1), trace);
  await asker.ask(question(2));
  expect(seen).toEqual([trace, undefined]);
});

describe("while OpenFGA answers nothing", () => {
  afterEach(() => void vi.useRealTimers());

  test("a check that has waited for three quarters of its time is given up and never sent", async () => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    const open: (() => void)[] = [];
    const asker = askerOf(() => new Promise((resolve) => void open.push(() => resolve({ allowed: true }))));
    const asked = Array.from({ length: 50 }, (_, n) => asker.ask(question(n)));
    const outcomes = Promise.allSettled(asked);
    await vi.advanceTimersByTimeAsync(READ_TIMEOUT * 3 / 4 - 1);
    // A later check still has time left when the others end.
    const late = asker.ask(question(50));
    await vi.advanceTimersByTimeAsync(1);
    expect(await Promise.allSettled(asked.slice(4)).then(told)).toEqual(Array(46).fill("unavailable"));
    expect(open).toHaveLength(4);
    open.splice(0).forEach((answer) => answer());
    expect(await outcomes.then(told)).toEqual([...Array(4).fill("answered"), ...Array(46).fill("unavailable")]);
    await vi.waitFor(() => expect(open).toHaveLength(1));
    open[0]!();
    expect(await late).toEqual({ allowed: true });
  });

  test("no more than a thousand wait", async () => {
    let calls = 0;
    const asker = askerOf(() => (calls++, new Promise(() => undefined)));
    for (let n = 0; n < 4 + MAX_CHECKS_WAITING; n++) void asker.ask(question(n)).catch(() => undefined);
    await expect(asker.ask(question(0))).rejects.toMatchObject({ fault: "unavailable", message: /too many/ });
    await vi.waitFor(() => expect(calls).toBe(4));
  });
});

describe.skipIf(!openfgaAvailable("datastore"))("an OpenFGA that hangs", () => {
  let openfga: RunningOpenfga;
  let proxy: Proxy;
  beforeAll(async () => {
    openfga = await startOpenfga({ logLevel: "error" });
    proxy = await startProxy(Number(new URL(openfga.url).port));
  });
  afterAll(async () => {
    await proxy.close();
    await openfga.stop();
  });
  const isCheck = ({ path }: Proxied): boolean => path.endsWith("/check");
  /** A sidecar without time limits, with an org that olga owns. */
  const open = async (more: Partial<OpenfgaOptions> = {}): Promise<OpenfgaSidecar> => {
    const sidecar = await openSidecar(proxy.url, freshName(), more);
    await send(sidecar, "org.created", { org: "o", kind: "club", owner: "olga" });
    return sidecar;
  };
  const OWNER = { ...question(0), user: "user:olga" };

  test("gets 4 checks of a batch of 50, and each of the 50 ends", async () => {
    const { info: { id: storeId, modelId }, close } = await open();
    const server = new OpenfgaServer({ url: proxy.url, token: undefined, readTimeout: 2_000 });
    const asker = new RemoteChecker({ server, storeId, modelId });
    let checks = 0;
    proxy.answer = (request) => void (checks += isCheck(request) ? 1 : 0);
    await stopProcess(openfga.pid!);
    try {
      const batch = Array.from({ length: 50 }, (_, n) => asker.ask(question(n)));
      expect(told(await Promise.allSettled(batch))).toEqual(Array(50).fill("unavailable"));
      expect(checks).toBeLessThanOrEqual(4);
    } finally {
      process.kill(openfga.pid!, "SIGCONT");
      proxy.answer = undefined;
    }
    await vi.waitFor(async () => expect(await asker.ask(OWNER)).toEqual({ allowed: true }), PATIENTLY);
    server.close();
    await close();
  });

  test("keeps shadow checks waiting, but no caller behind them", async () => {
    const sidecar = await open({ shadow: 1 });
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => void (end = resolve));
    proxy.hold = (request) => (isCheck(request) && request.body.includes("user:shadow") ? ended : undefined);
    for (let n = 0; n < 20; n++) {
      await sidecar.checker.check({ ...OWNER, user: "user:shadow" }, { higher: false, positions: [] });
    }
    await expect.poll(() => proxy.held).toBe(SHADOW_CHECKS_AT_ONCE);
    const asked = Array.from({ length: 10 }, async () => sidecar.checker.check(OWNER, { ...HIGHER }));
    expect(await Promise.all(asked)).toEqual(Array(10).fill({ allowed: true }));
    expect(proxy.held).toBe(SHADOW_CHECKS_AT_ONCE);
    proxy.hold = undefined;
    end();
    await sidecar.close();
  });
});
