// A start on a large store: the process is alive and says how far it is, long before it is ready.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openEmbeddedStore } from "../../src/tuples/embedded-store.ts";
import { createTupleSet } from "../../src/tuples/tuple-set.ts";
import { PATIENTLY } from "../live/patience.ts";
import { buildSideline, type Build } from "./server.ts";

/** Enough that loading takes far longer than a request, on any machine. */
const TUPLES = 400_000;

let build: Build;
let root: string;
beforeAll(async () => {
  build = buildSideline();
  root = mkdtempSync(join(tmpdir(), "sideline-loading-"));
  const store = openEmbeddedStore(join(root, "data"));
  for (let i = 0; i < TUPLES;) {
    const deltas = Array.from({ length: 100 }, () => ({
      deletes: [], writes: Array.from({ length: 100 }, () =>
        ({ object: `coaching:row${i}`, relation: "athlete", user: `athlete:ada${i++ % 50_000}` })),
    }));
    expect(store.commit(deltas, 1)).toEqual({ ok: true });
  }
  await store.close();
});
afterAll(() => {
  build.remove();
  rmSync(root, { recursive: true, force: true });
});
afterEach(async () => {
  await build.killAll();
});

test("it is loaded in small steps", async () => {
  const store = openEmbeddedStore(join(root, "data"));
  const steps = [0, ...store.loading(createTupleSet())];
  await store.close();
  const sizes = steps.slice(1).map((loaded, i) => loaded - steps[i]!);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2500);
  expect(steps.at(-1)).toBe(TUPLES);
});

test("meanwhile /livez is 200, /readyz 503 with progress, and events may be sent again", async () => {
  const server = await build.start({ SIDELINE_DATA: join(root, "data") }, "listening, and loading the store");
  const [live, ready, event] = await Promise.all([
    server.send("GET", "/livez"), server.send("GET", "/readyz?verbose"),
    server.send("POST", "/events", { specversion: "1.0", id: "1", source: "/t", type: "x", data: {} }),
  ]);
  expect(server.log().map(({ msg }) => msg)).not.toContain("ready");
  expect(live).toMatchObject({ status: 200, body: { status: "live" } });
  expect(ready).toMatchObject({ status: 503, body: { status: "not_ready", parts: [{ name: "store", ready: false }] } });
  expect(event).toMatchObject({ status: 503, body: { code: "store_unavailable" } });
  const seen = new Set<string>([ready!.body.parts[0].detail]);
  await vi.waitFor(async () => {
    const { status, body } = (await server.send("GET", "/readyz?verbose"))!;
    seen.add(body.parts[0].detail);
    expect(status).toBe(200);
  }, { ...PATIENTLY, interval: 10 });
  expect([...seen].filter((detail) => new RegExp(`^\\d+ of ${TUPLES} tuples are loaded$`).test(detail)).length)
    .toBeGreaterThan(1);
  expect([...seen].at(-1)).toBe(`${TUPLES} tuples`);
  const last = expect.objectContaining({ msg: "ready", url: server.url });
  await vi.waitFor(() => expect(server.log()).toContainEqual(last), PATIENTLY);
});

test("SIGTERM while it loads ends the process in order", async () => {
  const server = await build.start({ SIDELINE_DATA: join(root, "data") }, "listening, and loading the store");
  server.signal("SIGTERM");
  expect(await server.ended()).toMatchObject({ code: 0, said: expect.stringContaining("stopping") });
});
