// Requirements of tests on the machine. Without one, a test is skipped; in CI it fails.

/** Whether the value of `CI` marks a CI run. */
export function mustNotSkip(ci: string | undefined): boolean {
  return ci !== undefined && ci !== "" && ci !== "0" && ci !== "false";
}

/** Returns the reason to skip tests, if there is one. Throws in CI. */
export function reasonToSkip(reason: string | undefined, ci = process.env["CI"]): string | undefined {
  if (reason !== undefined && mustNotSkip(ci)) throw new Error(`CI is set, so nothing may be skipped, but ${reason}`);
  return reason;
}
