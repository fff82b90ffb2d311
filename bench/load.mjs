// Load over HTTP, on loopback only: by wrk if it is installed, otherwise by connections of this process.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Default number of connections of a load. */
const CONNECTIONS = 32;

/** Time after which a request counts as failed, in seconds. */
const TIMEOUT_SECONDS = 60;

const hasWrk = spawnSync("wrk", ["--version"]).error === undefined;

/** Name of the load generator, as shown in the report. */
export const LOADER = hasWrk ? "wrk, one thread" : "connections of a Node process (wrk is not installed)";

/**
 * @typedef {object} Measured
 * @property {number} rps requests answered with success in a second
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number} requests all of them, those that got no answer included
 * @property {number} errors how many of them got an answer other than 2xx and 3xx, or none
 */

/**
 * Sends POST requests with the given bodies in turn; each connection sends one at a time. Throws if a request does not
 * succeed, unless the server `mayFail`: then failures are counted, and the rate includes only successful requests.
 * @typedef {{ port: number, path: string, bodies: readonly string[], seconds: number, connections?: number,
 *   type?: string, mayFail?: boolean, by?: "wrk" | "connections" }} Load
 * @param {Load} load
 * @returns {Promise<Measured>}
 */
export async function put(load) {
  const measured = await (LOADERS[load.by] ?? (hasWrk ? byWrk : byConnections))(load);
  const { errors, requests, rps } = measured;
  if (errors === 0) return measured;
  if (load.mayFail !== true) throw new Error(`${errors} of ${requests} requests failed at ${load.path}`);
  return { ...measured, rps: requests === 0 ? 0 : rps * Math.max(0, 1 - errors / requests) };
}

const LOADERS = { wrk: byWrk, connections: byConnections };

async function byWrk({ port, path, bodies, seconds, connections = CONNECTIONS, type = "application/json" }) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const file = join(folder, "bodies");
    writeFileSync(file, bodies.join("\n"));
    const script = join(import.meta.dirname, "load.wrk.lua");
    const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", `${TIMEOUT_SECONDS}s`, "-s", script];
    const said = await outputOf("wrk", [...args, `http://127.0.0.1:${port}`, "--", file, type, path]);
    return JSON.parse(said.trim().split("\n").at(-1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command to its end. Throws with its output when it fails. */
function outputOf(command, args) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (chunk) => (said += chunk));
    child.stderr.on("data", (chunk) => (said += chunk));
    child.on("error", fail);
    child.on("close", (code) => (code === 0 ? done(said) : fail(new Error(`${command}: ${said}`))));
  });
}

async function byConnections({ port, path, bodies, seconds, connections = CONNECTIONS, type = "application/json" }) {
  const requests = bodies.map((body) => Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}`
    + `\r\n\r\n${body}`));
  const times = [];
  const state = { at: 0, errors: 0, unanswered: 0, end: performance.now() + seconds * 1000 };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, async () => {
    while (performance.now() <= state.end) await oneConnection(port, requests, times, state);
  }));
  const elapsed = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const all = times.length + state.unanswered;
  return { rps: all / elapsed, p50: at(0.5), p99: at(0.99), requests: all, errors: state.errors + state.unanswered };
}

/** Sends one request after the other until the time is over or the connection ends. */
function oneConnection(port, requests, times, state) {
  return new Promise((done) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let sent = 0;
    let received = Buffer.alloc(0);
    // The first request counts as due before there is a connection to send it by.
    let isOwed = true;
    const next = () => {
      isOwed = performance.now() <= state.end;
      if (!isOwed) return void socket.destroy();
      sent = performance.now();
      received = Buffer.alloc(0);
      socket.write(requests[state.at++ % requests.length]);
    };
    socket.on("connect", next);
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (!isWhole(received)) return;
      times.push(performance.now() - sent);
      if (!/^HTTP\/1\.1 [23]/.test(received.subarray(0, 12).toString("latin1"))) state.errors++;
      next();
    });
    socket.setTimeout(TIMEOUT_SECONDS * 1000, () => socket.destroy());
    // An error also ends in `close`, which also comes when the peer closes in order, without an error.
    socket.on("error", () => {});
    socket.on("close", () => {
      if (isOwed) state.unanswered++;
      done();
    });
  });
}

/** Whether an answer is complete, by its length or its last chunk. */
function isWhole(bytes) {
  const head = bytes.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /content-length: *(\d+)/i.exec(bytes.subarray(0, head).toString("latin1"))?.[1];
  if (length !== undefined) return bytes.length >= head + 4 + Number(length);
  return bytes.subarray(-5).toString("latin1") === "0\r\n\r\n";
}
