// The query of POST /events: how the events of a request are to be applied.
import type { Context } from "hono";
import { problem, type Problem } from "./problem.ts";
import type { Caller } from "./route.ts";

/** How the events of a request are to be applied. */
export interface How {
  readonly dryRun: boolean;
  /** Whether a dry run also answers who gains or loses access. */
  readonly access: boolean;
  readonly atomic: boolean;
}

/** Values of `dry_run` and of `atomic`. */
const DRY_RUN: readonly string[] = ["true", "access", "false"];
const ATOMIC: readonly string[] = ["true", "false"];

/**
 * Reads how the events are to be applied. A misspelt parameter is refused: its sender means a dry run, or all or none.
 */
export function readHow(c: Context, caller: Caller): How | Problem {
  const { dry_run: dryRun = ["false"], atomic = ["false"], ...others } = c.req.queries();
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    return problem("invalid_request", `there is no parameter ${unknown}; use dry_run or atomic`);
  }
  for (const [name, given, values] of [["dry_run", dryRun, DRY_RUN], ["atomic", atomic, ATOMIC]] as const) {
    if (given.length === 1 && values.includes(given[0]!)) continue;
    return problem("invalid_request", `${name} must be one of ${values.join(", ")}, and be given once`);
  }
  const access = dryRun[0] === "access";
  if (access && !caller.has("read")) {
    return problem("scope_missing", "dry_run=access names who may do what: it needs an API key with the scope read");
  }
  return { dryRun: dryRun[0] !== "false", access, atomic: atomic[0] === "true" };
}
