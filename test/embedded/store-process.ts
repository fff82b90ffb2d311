// Runs the writer of the durability tests as a real process, compiled by the compiler of this project.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../live/pins.ts";

/** Number of tuples in each item that the writer writes, in addition to the one of many bytes. */
export const ITEM_TUPLES = 9;

/** The writer, compiled into its own folder. */
export interface Writer {
  /** Starts it on a store; `before` is a command to run it with, such as strace with its options. */
  start(folder: string, mode: string, number: number, before?: readonly string[]): Running;
  remove(): void;
}

/** A running writer. */
export interface Running {
  /** The process, or that of the command in front. */
  readonly pid: number;
  /** The next line that it prints, or undefined after its end. */
  line(): Promise<string | undefined>;
  kill(): void;
  /** Waits for the end. `acknowledged`: the number of the last delta that it reported as committed. */
  ended(): Promise<{ code: number | null; signal: string | null; acknowledged: number; lines: readonly string[] }>;
}

/** Compiles the writer and its imports. Throws if that fails. */
export function compileWriter(): Writer {
  const folder = mkdtempSync(join(tmpdir(), "writer-"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: { noEmit: false, outDir: "out", rootDir: ROOT },
    files: [join(ROOT, "test/embedded/store-writer.ts")],
    include: [],
  }));
  execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder], { stdio: "pipe" });
  const script = join(folder, "out/test/embedded/store-writer.js");
  return {
    start: (store, mode, number, before = []) => {
      const command = [...before, process.execPath, script, store, mode, String(number), String(ITEM_TUPLES)];
      return run(spawn(command[0] as string, command.slice(1), { stdio: ["ignore", "pipe", "pipe"], detached: true }));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function run(child: ChildProcess): Running {
  const lines: string[] = [];
  const waiting: Array<() => void> = [];
  let taken = 0;
  let over = false;
  const wake = (): void => waiting.splice(0).forEach((resume) => resume());
  if (child.stdout === null || child.stderr === null || child.pid === undefined) throw new Error("no process started");
  child.stderr.resume();
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    wake();
  });
  const close = once(child, "close").then(([code, signal]: unknown[]) => {
    over = true;
    wake();
    return { code: code as number | null, signal: signal as string | null };
  });
  const pid = child.pid;
  return {
    pid,
    line: async () => {
      while (taken === lines.length && !over) await new Promise<void>((resume) => waiting.push(resume));
      return lines[taken++];
    },
    kill: () => {
      if (!over) process.kill(-pid, "SIGKILL");
    },
    ended: async () => {
      const end = await close;
      const acknowledged = Math.max(0, ...lines.filter((line) => /^\d+$/.test(line)).map(Number));
      return { ...end, acknowledged, lines };
    },
  };
}
