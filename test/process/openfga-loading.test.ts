// A start on a large store of OpenFGA: the process listens, is live, and reports its progress long before it is ready.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { startProxy, type Proxy } from "../live/proxy.ts";
import { freshName, openSidecar, send } from "../openfga/fleet.ts";
import { buildSideline, type Build } from "./server.ts";

/** Number of members: enough that the store has more tuples than OpenFGA sends in one page. */
const MEMBERS = 60;

describe.skipIf(!openfgaAvailable("fresh"))("a process that starts on OpenFGA", () => {
  let build: Build;
  let openfga: RunningOpenfga;
  let proxy: Proxy;
  beforeAll(async () => {
    build = buildSideline();
    openfga = await startOpenfga({ logLevel: "error" });
    proxy = await startProxy(Number(new URL(openfga.url).port));
  });
  afterAll(async () => {
    build.remove();
    await proxy.close();
    await openfga.stop();
  });

  test("answers while it reads the store: live, not ready, with its progress", async () => {
    const name = freshName();
    const sidecar = await openSidecar(openfga.url, name);
    await send(sidecar, "org.created", { org: "fc", kind: "club", owner: "olga" });
    await Promise.all(Array.from({ length: MEMBERS }, (_, n) =>
      send(sidecar, "member.added", { org: "fc", user: `u${n}`, hats: ["coach"] })));
    const { size } = sidecar.tuples;
    await sidecar.close();
    expect(size).toBeGreaterThan(100);
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => void (go = resolve));
    // The first page is answered, and the next ones are held.
    const isNext = ({ path, body }: { path: string; body: string }): boolean =>
      path.endsWith("/read") && body.includes("continuation_token");
    proxy.hold = (request) => (isNext(request) ? held : undefined);
    const server = await build.start({ SIDELINE_OPENFGA_URL: proxy.url, SIDELINE_OPENFGA_STORE: name },
      "listening, and loading the store");
    await expect.poll(() => proxy.held).toBe(1);
    expect(await server.send("GET", "/livez")).toMatchObject({ status: 200, body: { status: "live" } });
    const part = { name: "store", ready: false, detail: "100 tuples loaded", figures: { tuples: 100 } };
    expect(await server.send("GET", "/readyz?verbose"))
      .toMatchObject({ status: 503, body: { status: "not_ready", parts: [part] } });
    const check = { tuple_key: { user: "user:u1", relation: "coach", object: "org:fc" } };
    const unavailable = { status: 503, body: { code: "store_unavailable" } };
    expect(await server.send("POST", "/check", check)).toMatchObject(unavailable);
    expect(server.log().map(({ msg }) => msg)).not.toContain("ready");
    go();
    await expect.poll(async () => (await server.send("GET", "/readyz"))?.status).toBe(200);
    await expect.poll(async () => (await server.send("POST", "/check", check))?.body.allowed).toBe(true);
    server.signal("SIGTERM");
    expect(await server.ended()).toMatchObject({ code: 0 });
  });
});
