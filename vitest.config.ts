// How the tests run: at most two processes, no watch mode, and a real OpenFGA, found or built before the first file.
import { defineConfig } from "vitest/config";
import { PATIENCE_MS, TEST_TIMEOUT_MS } from "./test/live/patience.ts";

/** Time limit of a test, in milliseconds. In the full form a single test takes hours. */
const limit = process.env["SIDELINE_TEST_FULL"] === "1" ? 86_400_000 : TEST_TIMEOUT_MS;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/live/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    watch: false,
    testTimeout: limit,
    hookTimeout: limit,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: PATIENCE_MS, interval: 20 } },
    passWithNoTests: false,
    restoreMocks: true,
  },
});
