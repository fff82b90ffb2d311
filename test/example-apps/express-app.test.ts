// The Express example as an app of its own: its tests pass, and fail where a guard is missing.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installExample, type ExampleApp } from "./packed.ts";

let app: ExampleApp;
beforeAll(() => {
  app = installExample("express-app");
});
afterAll(() => app.remove());

/** Runs `npm test` of the example. Returns its exit status and the number of its tests that passed. */
function runTests(): { readonly status: number | null; readonly passed: number; readonly said: string } {
  const { status, stdout, stderr } = spawnSync("npm", ["test"], { cwd: app.folder, encoding: "utf8" });
  return { status, passed: Number(/^# pass (\d+)$/m.exec(stdout)?.[1] ?? /ℹ pass (\d+)/.exec(stdout)?.[1]),
    said: `${stdout}${stderr}` };
}

test("its tests pass", () => {
  const { status, passed, said } = runTests();
  expect([status, passed], said).toEqual([0, 2]);
});

test("a route without its guard makes them fail", () => {
  const path = join(app.folder, "app.mjs");
  const code = readFileSync(path, "utf8");
  const open = code.replace('requirePermission("sessions_delete", athlete, guard), ', "");
  expect(open).not.toBe(code);
  writeFileSync(path, open);
  const { status, passed } = runTests();
  expect([status, passed]).toEqual([1, 1]);
  writeFileSync(path, code);
});
