// The judge z3: decides whether a world has one formula and not another, in a process of its own.
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Contest } from "./formula.ts";
import { smtText } from "./smt-text.ts";

/** The verdict on a contest: a world with `left` and without `right` exists, does not, or z3 ran out of time. */
export type Z3Verdict = "exists" | "none" | "undecided";

/** Time limit of one question within z3, in milliseconds. */
const QUESTION_MS = 20_000;

const PROGRAM = fileURLToPath(new URL("./z3-process.mjs", import.meta.url));

/** A running z3. It ends with `stop`, or with this process. */
export class Z3Judge {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, { resolve: (said: string) => void; reject: (error: Error) => void }>();
  #questions = 0;
  #errors = "";

  constructor() {
    this.#child = spawn(process.execPath, [PROGRAM], { stdio: "pipe" });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const { id, said } = JSON.parse(line) as { id: number; said: string };
      this.#waiting.get(id)?.resolve(said);
      this.#waiting.delete(id);
    });
    this.#child.stderr.on("data", (text: Buffer) => (this.#errors += text.toString()));
    this.#child.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`z3 ended: ${this.#errors}`));
    });
  }

  /** Throws if z3 ends or refuses the question. */
  async decide(contest: Contest): Promise<Z3Verdict> {
    const id = ++this.#questions;
    const text = smtText(contest);
    const said = await new Promise<string>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ id, text, timeoutMs: QUESTION_MS })}\n`);
    });
    if (said === "sat") return "exists";
    if (said === "unsat") return "none";
    if (/unknown|timeout|canceled/.test(said)) return "undecided";
    throw new Error(`z3 says ${said} to\n${text}`);
  }

  async stop(): Promise<void> {
    const closed = once(this.#child, "close");
    this.#child.stdin.end();
    await closed;
  }
}
