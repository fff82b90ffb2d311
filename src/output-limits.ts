// Limits of standard output. All are our own numbers.

/** Maximum number of bytes that wait for a reader of standard output that is behind. A line beyond it is dropped. */
export const MAX_OUTPUT_BYTES_WAITING = 4 * 1024 * 1024;

/** Interval between two attempts to write what waits, in milliseconds. */
export const OUTPUT_RETRY_MS = 20;

/** How long the end of the process waits for the reader of standard output, in milliseconds. */
export const OUTPUT_PATIENCE_MS = 1000;
