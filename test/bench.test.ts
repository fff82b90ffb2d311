// Smoke test of the benchmark: its short form runs and prints its figures, and failures are counted.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { createServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { LOADER, put } from "../bench/load.mjs";
import { PATIENCE_MS } from "./live/patience.ts";
import { ROOT } from "./live/pins.ts";

test("the short benchmark runs to its end and prints its ratio to the bare echo", { timeout: 2 * PATIENCE_MS }, () => {
  const run = spawnSync(process.execPath, [join(ROOT, "bench/run.mjs"), "--short"], {
    cwd: ROOT, encoding: "utf8", timeout: PATIENCE_MS,
  });
  expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
  const told = JSON.parse(run.stdout.trim().split("\n").at(-1) ?? "") as { ratio: number; checks: number };
  expect(told.checks).toBeGreaterThan(0);
  expect(told.ratio).toBeGreaterThan(0);
});

/** A server on some port that accepts connections, or answers requests, as the test wants. */
async function peer<S extends Server>(server: S): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((done) => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    }),
  };
}

const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/** By wrk and by this process's own connections: not every machine has wrk. */
const LOADERS = LOADER.startsWith("wrk") ? ["wrk", "connections"] as const : ["connections"] as const;

describe.each(LOADERS)("a load by %s", (by) => {
  const load = { path: "/check", bodies: ["{}"], seconds: 1, by };

  /** Measures for as long as it takes to have something to measure. */
  async function measured(port: number): Promise<Awaited<ReturnType<typeof put>>> {
    for (let seconds = 1; ; seconds *= 2) {
      const found = await put({ ...load, port, seconds, mayFail: true });
      if (found.requests > 100) return found;
    }
  }

  test("of a peer that fails requests is still measured, and its failures are counted", async () => {
    let answered = 0;
    const { port, close } = await peer(createServer((request, response) => {
      request.resume().on("end", () => {
        response.statusCode = answered++ % 3 === 0 ? 500 : 200;
        response.setHeader("content-length", "2").end("{}");
      });
    }));
    const { rps, requests, errors } = await measured(port);
    expect(errors).toBeGreaterThan(0);
    expect(errors).toBeLessThan(requests);
    expect(rps).toBeGreaterThan(0);
    await expect(put({ ...load, port })).rejects.toThrow(/requests failed at \/check/);
    await close();
  });

  test("of a peer that closes connections ends, and counts unanswered requests", async () => {
    let taken = 0;
    const { port, close } = await peer(createTcpServer((socket) => {
      socket.on("data", () => (taken++ % 3 === 0 ? socket.end() : socket.write(ANSWER)));
    }));
    const { rps, requests, errors } = await measured(port);
    expect(errors).toBeGreaterThan(0);
    expect(errors).toBeLessThan(requests);
    expect(rps).toBeGreaterThan(0);
    await close();
  });

  test("of a peer that answers nothing ends: all are failures, and none counts in the rate", async () => {
    const { port, close } = await peer(createTcpServer((socket) => socket.on("data", () => socket.end())));
    const { rps, requests, errors } = await measured(port);
    expect(errors).toBeGreaterThan(0);
    expect([rps, requests]).toEqual([0, errors]);
    await close();
    await expect(put({ ...load, port })).rejects.toThrow();
  });
});
