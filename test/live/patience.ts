// How long a test waits for what must come. A slow machine makes a test longer; it makes no test fail.

/** Longest wait for one thing that must come, in milliseconds: far longer than any machine needs that still works. */
export const PATIENCE_MS = 240_000;

/** Limit of a test and of a hook, in milliseconds: above PATIENCE_MS, so that the wait that was in vain is named. */
export const TEST_TIMEOUT_MS = 300_000;

/** Options of `vi.waitFor`, which takes none from the configuration. */
export const PATIENTLY = { timeout: PATIENCE_MS, interval: 20 } as const;
