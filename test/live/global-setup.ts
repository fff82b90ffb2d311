// Runs once before all test files: finds (or builds) OpenFGA and fga, and publishes where they are.
import type { TestProject } from "vitest/node";
import { findFga, findOpenfga, type FoundFga, type FoundOpenfga } from "./find-openfga.ts";
import { pinnedVersion } from "./pins.ts";

declare module "vitest" {
  interface ProvidedContext {
    openfga: FoundOpenfga;
    fga: FoundFga;
  }
}

/** Finds both, one after the other. Missing ones are told loudly; under `CI` they end the run. */
export default async function setup(project: TestProject): Promise<void> {
  const openfga = await findOpenfga();
  const fga = await findFga();
  project.provide("openfga", openfga);
  project.provide("fga", fga);
  const missing = whatIsMissing(openfga, fga);
  if (missing === undefined) return;
  if (mustNotSkip(process.env["CI"])) throw new Error(`CI is set, so nothing may be skipped, but ${missing}`);
  console.error(`\n!!! ${missing}\n`);
}

/** One line for a person: which tests cannot run, and what to install; undefined when nothing is missing. */
export function whatIsMissing(openfga: FoundOpenfga, fga: FoundFga): string | undefined {
  const noServer = openfga.docker || openfga.url !== undefined ? undefined : openfga.missing;
  const missing = [noServer, "missing" in fga ? fga.missing : undefined].filter((m) => m !== undefined);
  if (missing.length === 0) return undefined;
  return `tests against a real OpenFGA are SKIPPED: ${missing.join("; ")}. Install Go 1.26 (it builds what is `
    + `missing), or openfga ${pinnedVersion("openfga")} and fga ${pinnedVersion("fga")} on PATH, or start Docker.`;
}

/** Whether the value of `CI` says that this is one. */
export function mustNotSkip(ci: string | undefined): boolean {
  return ci !== undefined && ci !== "" && ci !== "0" && ci !== "false";
}
