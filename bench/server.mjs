// Servers of the benchmark in their own processes: Sideline as users start it, and the bare echo.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./stage.mjs";

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {number} pid
 * @property {number} ready milliseconds from the start of the process until it is ready
 * @property {() => Promise<void>} stop
 */

/** Starts Sideline on a store's folder. @param {string} folder @returns {Promise<Server>} */
export function startSideline(folder, nodeArgs = []) {
  const environment = { SIDELINE_DATA: folder, SIDELINE_PORT: "0", SIDELINE_LOG_LEVEL: "info" };
  // The server listens before it has loaded its store, so only the line "ready" counts.
  return start([...nodeArgs, join(ROOT, "dist/main.js")], environment, (line) => {
    const { msg, url } = JSON.parse(line);
    return msg === "ready" ? Number(new URL(url).port) : undefined;
  });
}

/** Starts the bare echo. @returns {Promise<Server>} */
export function startEcho() {
  return start([join(ROOT, "bench/echo.mjs")], {}, (line) => JSON.parse(line).port);
}

function start(args, environment, portOf) {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...environment }, stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((done) => child.once("close", done));
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    process.off("exit", kill);
    child.kill("SIGTERM");
    await exited;
  };
  return new Promise((done, fail) => {
    exited.then((code) => fail(new Error(`${args.at(-1)} ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = portOf(line);
      if (port !== undefined) done({ port, pid: child.pid, ready: performance.now() - started, stop });
    });
  });
}

/** Resident memory of a process, in bytes (Linux). @param {number} pid */
export function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const bytes = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
  return { now: bytes("VmRSS"), peak: bytes("VmHWM") };
}
