// A start on a store that loads in several steps: the process is live and reports its progress before it is ready.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { ROOT } from "../live/pins.ts";
import { PATIENTLY } from "../live/patience.ts";
import { buildSideline, type Build, type Server } from "./server.ts";
import { HELD_STEPS, HELD_WHILE_LOADING } from "./staged.ts";

/** Number of members: enough for more steps than are held. */
const TUPLES = 10_000;

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
  expect(sizes.length).toBeGreaterThan(HELD_STEPS);
  expect(steps.at(-1)).toBe(TUPLES);
});

/** A process that has loaded a part of its store and pauses there, and its answers at that point. */
async function startHeld(): Promise<{ server: Server; loaded: number }> {
  const settings = { SIDELINE_DATA: join(root, "data"), ...HELD_WHILE_LOADING };
  const server = await build.start(settings, "listening, and loading the store");
  return { server, loaded: await loadedBeyond(server, 0) };
}

/** Waits until a process reports more than `before` loaded tuples. Returns their number. */
async function loadedBeyond(server: Server, before: number): Promise<number> {
  let loaded = before;
  await vi.waitFor(async () => {
    const { status, body } = (await server.send("GET", "/readyz?verbose"))!;
    expect([status, body.status]).toEqual([503, "not_ready"]);
    const [, said] = new RegExp(`^(\\d+) of ${TUPLES} tuples loaded$`).exec(body.parts[0].detail) ?? [];
    loaded = Number(said ?? before);
    expect(loaded).toBeGreaterThan(before);
  }, PATIENTLY);
  return loaded;
}

test("meanwhile /livez is 200, /readyz 503 with progress, and events may be sent again", async () => {
  const { server, loaded } = await startHeld();
  expect(await server.send("GET", "/livez")).toMatchObject({ status: 200, body: { status: "live" } });
  expect(await server.send("GET", "/readyz")).toMatchObject({ status: 503, body: { status: "not_ready" } });
  const event = { specversion: "1.0", id: "1", source: "/t", type: "x", data: {} };
  expect(await server.send("POST", "/events", event)).toMatchObject({
    status: 503, body: { code: "store_unavailable", detail: expect.stringContaining(`${loaded} of ${TUPLES}`) },
  });
  const [{ statusCode }] = await once(get(`${server.url}/livez`, { headers: { host: "evil.example" } }), "response");
  expect(statusCode).toBe(421);
  server.signal("SIGUSR2");
  await loadedBeyond(server, loaded);
  expect(server.log().map(({ msg }) => msg)).not.toContain("ready");
  server.signal("SIGUSR2");
  const last = expect.objectContaining({ msg: "ready", url: server.url });
  await vi.waitFor(() => expect(server.log()).toContainEqual(last), PATIENTLY);
  expect(await server.send("GET", "/readyz?verbose")).toMatchObject({
    status: 200, body: { status: "ready", parts: expect.arrayContaining([
      expect.objectContaining({ name: "store", detail: `${TUPLES} tuples` }),
    ]) },
  });
});

test("a container is healthy while it loads: a restart of an unhealthy one would never let the load end", async () => {
  const { server } = await startHeld();
  const check = /^HEALTHCHECK [^]*?CMD node -e '(.*)'$/m.exec(readFileSync(join(ROOT, "Dockerfile"), "utf8"))![1]!;
  const env = { PATH: process.env["PATH"] ?? "", SIDELINE_PORT: new URL(server.url).port };
  const { status, stderr } = spawnSync(process.execPath, ["-e", check], { env, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  server.signal("SIGKILL");
  await server.ended();
  expect(spawnSync(process.execPath, ["-e", check], { env }).status).toBe(1);
});

test("SIGTERM during loading ends the process in order", async () => {
  const { server } = await startHeld();
  server.signal("SIGTERM");
  expect(await server.ended()).toMatchObject({ code: 0, said: expect.stringContaining("stopping") });
  expect(server.log().map(({ msg }) => msg)).not.toContain("ready");
});
