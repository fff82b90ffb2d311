// Finds a real OpenFGA for the tests: a given address, Docker, a binary on PATH, a binary built before or built now.
import { existsSync } from "node:fs";
import { request } from "node:http";
import { findBinary } from "./build.ts";
import { runContainer } from "./container.ts";

/** How a fresh server can be started: by running a binary, or in a Docker container. */
export type Launcher = { kind: "binary"; path: string } | { kind: "docker" };

/** What was found. `url` serves tests that need no special flags, `launcher` serves all; `missing` says why not. */
export interface FoundOpenfga {
  readonly url?: string;
  readonly launcher?: Launcher;
  readonly missing?: string;
}

/** What was found of the `fga` command line. */
export type FoundFga = { path: string } | { missing: string };

/** Finds OpenFGA in this order: `SIDELINE_TEST_OPENFGA_URL`, Docker, PATH, an earlier build, a build with Go. */
export async function findOpenfga(): Promise<FoundOpenfga> {
  const url = process.env["SIDELINE_TEST_OPENFGA_URL"];
  const given = url === undefined || url === "" ? {} : { url: url.replace(/\/$/, "") };
  if (await dockerAnswers() && await containerWorks()) return { ...given, launcher: { kind: "docker" } };
  const binary = await findBinary("openfga");
  if ("path" in binary) return { ...given, launcher: { kind: "binary", path: binary.path } };
  return "url" in given ? given : { missing: binary.missing };
}

/** Finds the `fga` command line: PATH, an earlier build, a build with Go. */
export function findFga(): Promise<FoundFga> {
  return findBinary("fga");
}

/** Whether a Docker engine answers a ping within two seconds; no library is loaded to learn it. */
async function dockerAnswers(): Promise<boolean> {
  const host = process.env["DOCKER_HOST"];
  const socketPath = host === undefined ? "/var/run/docker.sock" : host.replace(/^unix:\/\//, "");
  const overTcp = /^(?:tcp|http):\/\/([^:/]+):(\d+)/.exec(socketPath);
  if (overTcp === null && !existsSync(socketPath)) return false;
  const where = overTcp === null ? { socketPath } : { host: overTcp[1], port: Number(overTcp[2]) };
  return new Promise((done) => {
    const ping = request({ ...where, path: "/_ping", timeout: 2000 }, (answer) => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    ping.on("timeout", () => ping.destroy(new Error("no answer")));
    ping.on("error", () => done(false));
    ping.end();
  });
}

/** An engine may answer and yet have neither the image nor a way to it: start one container to know. */
async function containerWorks(): Promise<boolean> {
  try {
    const container = await runContainer(["run"]);
    await container.stop();
    return true;
  } catch (error) {
    console.log(`[openfga] Docker answers but cannot run OpenFGA: ${String(error)}`);
    return false;
  }
}
