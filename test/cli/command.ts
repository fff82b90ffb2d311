// The command line of Sideline, built into its own folder for tests that run it as a process.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../live/pins.ts";

/** A built command line; `said` holds both of its outputs. */
export interface Command {
  readonly folder: string;
  run(...args: string[]): { readonly code: number | null; readonly said: string };
  remove(): void;
}

/** Builds the command line. */
export function buildCommand(): Command {
  const folder = mkdtempSync(join(tmpdir(), "sideline-command-"));
  for (const file of ["model.fga", "package.json"]) cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", join(folder, "dist")]);
  return {
    folder,
    run: (...args) => {
      const script = join(folder, "dist/cli/sideline.js");
      const ended = spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: "utf8" });
      return { code: ended.status, said: ended.stdout + ended.stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
