// How the tests run: two processes at most, no watch, a real OpenFGA found or built before the first file.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/live/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    watch: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
    passWithNoTests: false,
    restoreMocks: true,
  },
});
