// How the tests run: two processes at most, no watch, a real OpenFGA found or built before the first file.
import { defineConfig } from "vitest/config";
import { PATIENCE_MS, TEST_TIMEOUT_MS } from "./test/live/patience.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/live/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    watch: false,
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: PATIENCE_MS, interval: 20 } },
    passWithNoTests: false,
    restoreMocks: true,
  },
});
