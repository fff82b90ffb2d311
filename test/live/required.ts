// What tests need of the machine: elsewhere a test is skipped without it, in CI its absence is a failure.

/** Whether the value of `CI` says that this is one. */
export function mustNotSkip(ci: string | undefined): boolean {
  return ci !== undefined && ci !== "" && ci !== "0" && ci !== "false";
}

/** Returns the reason to skip tests, if there is one. Throws in CI. */
export function reasonToSkip(reason: string | undefined, ci = process.env["CI"]): string | undefined {
  if (reason !== undefined && mustNotSkip(ci)) throw new Error(`CI is set, so nothing may be skipped, but ${reason}`);
  return reason;
}
