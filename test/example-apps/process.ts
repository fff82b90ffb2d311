// A process of an example, which a test kills without warning and starts again.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { PATIENCE_MS } from "../live/patience.ts";

/** Processes of a test. */
export class Processes {
  readonly #running = new Map<string, ChildProcess>();
  readonly #said = new Map<string, string>();
  readonly #commands: Readonly<Record<string, Command>>;

  constructor(commands: Readonly<Record<string, Command>>) {
    this.#commands = commands;
  }

  /** Starts a process, and waits until it has printed `until`, if its command names that. Throws if it ends before. */
  async start(name: string): Promise<void> {
    const { args, cwd, env, until } = this.#commands[name]!;
    const child = spawn(process.execPath, [...args], {
      cwd, env: { PATH: process.env["PATH"] ?? "", ...env }, stdio: ["ignore", "pipe", "pipe"],
    });
    this.#running.set(name, child);
    let own = "";
    const heard = new Promise<void>((done) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (bytes) => {
          this.#said.set(name, `${this.said(name)}${String(bytes)}`);
          own += String(bytes);
          if (until !== undefined && own.includes(until)) done();
        });
      }
      if (until === undefined) done();
    });
    const ended = once(child, "close").then(() => Promise.reject(new Error(`${name} ended: ${this.said(name)}`)));
    ended.catch(() => {});
    const late = new Promise<never>((_, fail) =>
      setTimeout(() => fail(new Error(`${name} says only ${this.said(name)}`)), PATIENCE_MS).unref());
    await Promise.race([heard, ended, late]);
  }

  /** Everything that the processes of this name have printed so far. */
  said(name: string): string {
    return this.#said.get(name) ?? "";
  }

  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  /** Ends a process by SIGKILL, and waits until it has ended. */
  async kill(name: string): Promise<void> {
    const child = this.#running.get(name);
    this.#running.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** Waits until a process ends by itself. Returns its exit status. */
  async ended(name: string): Promise<number | null> {
    const child = this.#running.get(name)!;
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    this.#running.delete(name);
    return child.exitCode;
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.kill(name)));
  }
}

/** How a process of Node is started. */
interface Command {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Text that it prints once it is ready. */
  readonly until?: string;
}
