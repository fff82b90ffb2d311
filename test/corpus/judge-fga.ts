// First judge: the `fga` command line with its own built-in OpenFGA.
import { spawnSync } from "node:child_process";
import { inject } from "vitest";
import { ROOT } from "../live/pins.ts";
import type { Verdict } from "./verdict.ts";

/** Time limit of one run over one file, in milliseconds. */
const TIMEOUT_MS = 240_000;

/** Whether an `fga` is installed. */
export function fgaAvailable(): boolean {
  return "path" in inject("fga");
}

/** Runs `fga model test` over one file. Returns the counts that `fga` prints, so that a skipped test shows. */
export function judgeByFga(file: string): Verdict {
  const { status, output } = runFga(["model", "test", "--tests", file]);
  const counts = (what: string): { passed: number; all: number } => {
    const found = new RegExp(`^${what} (\\d+)/(\\d+) passing$`, "m").exec(output);
    return { passed: Number(found?.[1] ?? 0), all: Number(found?.[2] ?? 0) };
  };
  const [tests, checks, objects, users] = ["Tests", "Checks", "ListObjects", "ListUsers"].map(counts);
  const judged = {
    tests: tests?.all ?? 0, checks: checks?.all ?? 0, listObjects: objects?.all ?? 0, listUsers: users?.all ?? 0,
  };
  const passed = status === 0 && [tests, checks, objects, users].every((c) => c?.passed === c?.all);
  return { judged, failures: passed ? [] : [output.trim()] };
}

/** Runs `fga model validate`. Returns undefined if the model is valid, otherwise the message. */
export function fgaRefusalOf(modelFile: string): string | undefined {
  const { status, output } = runFga(["model", "validate", "--file", modelFile]);
  return status === 0 && /"is_valid":\s*true/.test(output) ? undefined : output;
}

function runFga(args: readonly string[]): { status: number | null; output: string } {
  const fga = inject("fga");
  if ("missing" in fga) throw new Error(fga.missing);
  const run = spawnSync(fga.path, [...args], { cwd: ROOT, encoding: "utf8", timeout: TIMEOUT_MS });
  return { status: run.status, output: `${run.stdout}${run.stderr}` };
}
