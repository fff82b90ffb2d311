// Type checking is part of the tests: sources, tests and configuration compile without an error.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ROOT } from "./live/pins.ts";

test("sources and tests have no type error", () => {
  const run = spawnSync("npx", ["--no-install", "tsc", "-p", "tsconfig.json"], { cwd: ROOT, encoding: "utf8" });
  expect(`${run.stdout}${run.stderr}`.trim()).toBe("");
  expect(run.status).toBe(0);
});
