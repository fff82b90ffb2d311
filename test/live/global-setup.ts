// Runs once before all test files: generates the source that git ignores, draws the seed of the run, finds or builds
// OpenFGA and fga, and prints where they are.
import { randomInt } from "node:crypto";
import type { TestProject } from "vitest/node";
import { writeSearchesAtOnce } from "../../scripts/at-once.mjs";
import { findFga, findOpenfga, type FoundFga, type FoundOpenfga } from "./find-openfga.ts";
import { pinnedVersion } from "./pins.ts";
import { reasonToSkip } from "./required.ts";

declare module "vitest" {
  interface ProvidedContext {
    openfga: FoundOpenfga;
    fga: FoundFga;
  }
}

/** Finds both, one after the other. Prints a warning for a missing one; under `CI` it ends the run. */
export default async function setup(project: TestProject): Promise<void> {
  writeSearchesAtOnce();
  // The processes that run the test files inherit it.
  const seed = process.env["SIDELINE_TEST_SEED"] ??= String(randomInt(2 ** 31));
  console.log(`random tests: SIDELINE_TEST_SEED=${seed}`);
  const openfga = await findOpenfga();
  const fga = await findFga();
  project.provide("openfga", openfga);
  project.provide("fga", fga);
  const missing = whatIsMissing(openfga, fga);
  if (missing === undefined) return;
  console.error(`\n!!! ${reasonToSkip(missing)}\n`);
}

/** One line for the user: which tests cannot run, and what to install; undefined if nothing is missing. */
export function whatIsMissing(openfga: FoundOpenfga, fga: FoundFga): string | undefined {
  const noServer = openfga.docker || openfga.url !== undefined ? undefined : openfga.missing;
  const missing = [noServer, "missing" in fga ? fga.missing : undefined].filter((m) => m !== undefined);
  if (missing.length === 0) return undefined;
  return `tests against a real OpenFGA are SKIPPED: ${missing.join("; ")}. Install Go 1.26 (it builds what is `
    + `missing), or openfga ${pinnedVersion("openfga")} and fga ${pinnedVersion("fga")} on PATH, or start Docker.`;
}
