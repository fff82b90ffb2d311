// Smoke test of the benchmark: its short form runs and prints its figures, and failures are counted.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { put } from "../bench/load.mjs";
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

test("a peer that fails requests is measured all the same, and its failures are counted", async () => {
  let answered = 0;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.statusCode = answered++ % 3 === 0 ? 500 : 200;
      response.setHeader("content-length", "2").end("{}");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    const load = { port: (server.address() as AddressInfo).port, path: "/check", bodies: ["{}"], seconds: 1 };
    const { rps, requests, errors } = await put({ ...load, mayFail: true });
    expect(errors).toBeGreaterThan(0);
    expect(errors).toBeLessThan(requests);
    expect(rps).toBeGreaterThan(0);
    await expect(put(load)).rejects.toThrow(/requests failed at \/check/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
