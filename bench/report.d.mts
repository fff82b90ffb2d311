// Types of report.mjs for its test.

/** Returns the report of a run as Markdown; `found` has what run.mjs measured. */
export function report(found: object): string;
