// Time limits of waits in tests. A slow machine makes a test longer; it makes no test fail.

/** Time limit of one wait, in milliseconds: far longer than any working machine needs. */
export const PATIENCE_MS = 240_000;

/**
 * Time limit of a test and of a hook, in milliseconds: above PATIENCE_MS, so that the error names the wait that timed
 * out.
 */
export const TEST_TIMEOUT_MS = 300_000;

/** Options of `vi.waitFor`, which takes none from the configuration. */
export const PATIENTLY = { timeout: PATIENCE_MS, interval: 20 } as const;
