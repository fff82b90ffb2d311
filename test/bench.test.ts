// Smoke test of the benchmark: its short form runs, and /check is not far behind a bare echo on the same machine.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./live/pins.ts";

/** Half of the target, which is 80 % of the echo's requests per second. */
const LEAST_RATIO = 0.4;

test("the short benchmark runs to its end, and its ratio to the bare echo is at least half its target", () => {
  const run = spawnSync(process.execPath, [join(ROOT, "bench/run.mjs"), "--short"], {
    cwd: ROOT, encoding: "utf8", timeout: 110_000,
  });
  expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
  const told = JSON.parse(run.stdout.trim().split("\n").at(-1) ?? "") as { ratio: number; checks: number };
  expect(told.checks).toBeGreaterThan(0);
  expect(told.ratio).toBeGreaterThan(LEAST_RATIO);
}, 120_000);
