// Sideline as a real process: built once into its own folder, started on any free port, killed or asked to exit.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENCE_MS } from "../live/patience.ts";
import { ROOT } from "../live/pins.ts";
import { stopProcess } from "../live/stop-process.ts";

/** A built Sideline. */
export interface Build {
  /** Path of the command line. */
  readonly script: string;
  /**
   * Starts it and waits until it logs `until`, by default that it is ready. Throws with its output if it exits before.
   */
  start(settings: Settings, until?: string): Promise<Server>;
  /** Starts it and waits until it exits. */
  run(settings: Settings): Promise<End>;
  /** Runs the command line with these settings, and `input` on standard input. Waits until it exits. */
  command(args: readonly string[], settings?: Settings, input?: string): Promise<End>;
  /** Starts the server by the command `serve` with more arguments, and waits until it is ready. */
  serve(args: readonly string[], settings?: Settings): Promise<Server>;
  /** Starts the command line and does not wait. */
  startCommand(args: readonly string[], settings?: Settings): RunningCommand;
  /** The same by `npm start`: signals go to npm. */
  npmStart(settings: Settings): Promise<Server>;
  /** Kills every process that still runs, and waits until they have exited. */
  killAll(): Promise<void>;
  remove(): void;
}

/** A command that runs. */
export interface RunningCommand {
  /** Ends it by SIGKILL. */
  kill(): void;
  ended(): Promise<End>;
}

type Settings = Readonly<Record<string, string>>;

/** Exit of a process and its outputs: stdout and stderr in the order of arrival, which is no order between the two. */
export interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly said: string;
  /** The lines on stderr alone. */
  readonly errors: readonly string[];
}

/** A running process. */
export interface Server {
  readonly url: string;
  /** Every line of its log so far, parsed. */
  log(): readonly any[];
  /** Sends a request. Returns undefined if the process ended before it answered. */
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: any } | undefined>;
  signal(name: "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGHUP" | "SIGCONT" | "SIGUSR2"): void;
  /** Stops the process. Resolves once no thread of it runs; SIGCONT lets it run again. */
  pause(): Promise<void>;
  ended(): Promise<End>;
}

/** Compiles src/ into a temporary folder, next to the files that it reads. */
export function buildSideline(): Build {
  const folder = mkdtempSync(join(tmpdir(), "sideline-build-"));
  for (const file of ["model.fga", "package.json"]) cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const args = [compiler, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", join(folder, "dist")];
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: "pipe" });
  const running = new Set<Process>();
  const main = [process.execPath, join(folder, "dist/main.js")];
  const script = join(folder, "dist/cli/sideline.js");
  const command = (args: readonly string[]): string[] => [process.execPath, script, ...args];
  const spawned = (
    settings: Settings, [program = "", ...args]: readonly string[] = main, input?: string,
  ): Process => {
    const child = spawn(program, args, {
      cwd: folder, stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", SIDELINE_PORT: "0", ...settings },
    });
    child.stdin?.end(input);
    const process_ = new Process(child);
    running.add(process_);
    void process_.end.then(() => running.delete(process_));
    return process_;
  };
  return {
    script,
    start: (settings, until) => spawned(settings).ready(until),
    run: (settings) => spawned(settings).ended(),
    command: (args, settings = {}, input = undefined) => spawned(settings, command(args), input).ended(),
    serve: (args, settings = {}) => spawned(settings, command(["serve", ...args])).ready(),
    startCommand: (args, settings = {}) => spawned(settings, command(args)),
    npmStart: (settings) => spawned(settings, ["npm", "start"]).ready(),
    killAll: async () => {
      for (const each of running) each.kill();
      await Promise.all([...running].map((each) => each.ended()));
    },
    remove: () => {
      for (const each of running) each.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a program that is a server, in a folder, and waits until it is ready. `kill` ends it and what it started. */
export async function startProgram(
  folder: string, [program = "", ...args]: readonly string[], settings: Settings,
): Promise<Server & { kill(): void }> {
  // In a group of its own, so that a program that npx started ends with it.
  const child = spawn(program, args, {
    cwd: folder, stdio: ["ignore", "pipe", "pipe"], detached: true,
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", SIDELINE_PORT: "0", ...settings },
  });
  const kill = (): void => {
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  try {
    return { ...await new Process(child).ready(), kill };
  } catch (error) {
    kill();
    throw error;
  }
}

class Process {
  readonly end: Promise<End>;
  readonly #child: ChildProcess;
  #said = "";
  #errors = "";

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on("data", (bytes) => void (this.#said += String(bytes)));
    child.stderr?.on("data", (bytes) => {
      this.#said += String(bytes);
      this.#errors += String(bytes);
    });
    this.end = once(child, "close").then(([code, signal]) =>
      ({ code, signal, said: this.#said, errors: this.#errors.split("\n").slice(0, -1) }));
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async ready(until = "ready"): Promise<Server> {
    for (;;) {
      const line = this.#log().find(({ msg }) => msg === until);
      if (line !== undefined) return this.#server(line.url);
      const next = await Promise.race([this.end, once(this.#child.stdout as NodeJS.ReadableStream, "data"), timeout()]);
      if (!Array.isArray(next) || next.length === 0) throw new Error(`not ready: ${this.#said}`);
    }
  }

  async ended(): Promise<End> {
    const end = await Promise.race([this.end, timeout()]);
    if (!Array.isArray(end)) return end;
    this.kill();
    throw new Error(`has not ended: ${this.#said}`);
  }

  #log(): any[] {
    return this.#said.split("\n").slice(0, -1).filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  }

  #server(url: string): Server {
    const send: Server["send"] = async (method, path, body) => {
      try {
        const answer = await fetch(url + path, {
          method, headers: { "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        return { status: answer.status, body: await answer.json() };
      } catch {
        return undefined;
      }
    };
    return {
      url, send, log: () => this.#log(), signal: (name) => void this.#child.kill(name),
      pause: () => stopProcess(this.#child.pid!),
      ended: () => this.ended(),
    };
  }
}

/** An empty array after the time limit; the timer keeps no process alive. */
function timeout(): Promise<never[]> {
  return new Promise((resolve) => setTimeout(() => resolve([]), PATIENCE_MS).unref());
}
