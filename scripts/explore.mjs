// Explores a million states of the event code, and removes every guard once. Continues where an earlier run stopped.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const vitest = resolve(root, "node_modules/vitest/vitest.mjs");
const { SIDELINE_EXPLORE_STATES: states = "1000000" } = process.env;

const { status } = spawnSync(process.execPath, [vitest, "run", "test/explore", "--disable-console-intercept"], {
  cwd: root, stdio: "inherit",
  env: { ...process.env, SIDELINE_EXPLORE_STATES: states, SIDELINE_TEST_FULL: "1" },
});
process.exit(status ?? 1);
