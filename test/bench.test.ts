// Smoke test of the benchmark: its short form runs, and /check is not far behind a bare echo on the same machine.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./live/pins.ts";

/** Half of the target, which is 80 % of the echo's requests per second. */
const LEAST_RATIO = 0.4;

// Another process on the machine may spoil one run; it does not spoil three.
test("the short benchmark runs to its end, its ratio to the bare echo at least half its target", {
  retry: 2, timeout: 180_000,
}, () => {
  const run = spawnSync(process.execPath, [join(ROOT, "bench/run.mjs"), "--short"], {
    cwd: ROOT, encoding: "utf8", timeout: 170_000,
  });
  expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
  const told = JSON.parse(run.stdout.trim().split("\n").at(-1) ?? "") as { ratio: number; checks: number };
  expect(told.checks).toBeGreaterThan(0);
  expect(told.ratio).toBeGreaterThan(LEAST_RATIO);
});
