// Stops a process for a while. A signal stops a process only once one of its threads runs to take it.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { PATIENCE_MS } from "./patience.ts";

/**
 * Sends SIGSTOP, and waits until every thread of the process has stopped: on a busy machine its other threads run on
 * until then. Throws if the process does not stop. Linux only, as the tests that need it.
 */
export async function stopProcess(pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  const end = performance.now() + PATIENCE_MS;
  while (!statesOf(pid).every((state) => state === "T")) {
    if (performance.now() > end) throw new Error(`process ${pid} does not stop`);
    await sleep(1);
  }
}

/** States of the threads of a process, as the kernel names them: T is stopped. */
function statesOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "";
  });
}
