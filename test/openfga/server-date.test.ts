// OpenFGA's clock comes from the `Date` of its answers, as they arrive over HTTP, not from this process's clock.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { OpenfgaServer } from "../../src/openfga/client.ts";
import { scan } from "../../src/openfga/follow/scan.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { startProxy, type Proxy } from "../live/proxy.ts";
import { freshName, openSidecar, PATIENT } from "./fleet.ts";

/** A time far from this machine's clock. */
const THERE = Date.parse("2031-02-03T04:05:06Z");

describe.skipIf(!openfgaAvailable("fresh"))("the Date of OpenFGA's answers", () => {
  let fga: RunningOpenfga;
  let proxy: Proxy;
  let server: OpenfgaServer;
  let store: string;
  beforeAll(async () => {
    fga = await startOpenfga({ logLevel: "error" });
    proxy = await startProxy(Number(new URL(fga.url).port));
    const sidecar = await openSidecar(fga.url, freshName());
    store = sidecar.info.id;
    await sidecar.close();
  });
  afterEach(() => server.close());
  afterAll(async () => {
    await proxy.close();
    await fga.stop();
  });
  /** A server without previous requests, whose answers carry a `Date` (undefined: OpenFGA's own, "": none). */
  const serverOf = (date: string | undefined): OpenfgaServer => {
    proxy.date = date;
    return server = new OpenfgaServer({ url: proxy.url, token: undefined, ...PATIENT });
  };

  const calls = {
    "an answer": () => server.hasStore(store),
    "a refusal": async () => expect(await server.hasStore("01ARZ3NDEKTSV4RRFFQ69G5FAV")).toBe(false),
  };
  test.each(Object.entries(calls))("bounds its clock: %s", async (_, call) => {
    serverOf(new Date(THERE).toUTCString());
    const began = performance.now();
    await call();
    const { least, below } = server.clock.bounds()!;
    const passed = performance.now() - began;
    expect([least >= THERE, least <= THERE + passed]).toEqual([true, true]);
    expect([below >= THERE + 1_000, below <= THERE + 1_000 + passed + 1]).toEqual([true, true]);
  });

  test("is OpenFGA's own if nothing on the way changes it", async () => {
    serverOf(undefined);
    const before = Date.now();
    await server.hasStore(store);
    const { least, below } = server.clock.bounds()!;
    // Both run on one machine: the answer names one of the seconds that passed meanwhile.
    expect([below > before, least <= Date.now()]).toEqual([true, true]);
  });

  test("sets where a scan starts in the feed", async () => {
    serverOf(new Date(Date.now() - 3_600_000).toUTCString());
    const before = Date.now();
    const { from } = await scan({ server, id: store });
    expect(from).toBeLessThan(before - 1_800_000);
    expect(from).toBeGreaterThan(before - 3_700_000);
  });

  test("may be missing: then its clock is not known", async () => {
    serverOf("");
    await server.hasStore(store);
    expect(server.clock.bounds()).toBeUndefined();
  });
});
