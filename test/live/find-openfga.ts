// Finds a real OpenFGA for the tests: a given address, Docker, a binary on PATH, or a binary built earlier or now.
import { existsSync } from "node:fs";
import { request } from "node:http";
import { findBinary } from "./build.ts";
import { runContainer } from "./container.ts";

/**
 * Result of the search. `url` is a server that already runs, with unknown flags; `docker` means that the image can run;
 * `binary` is a path, and can also use a SQL store of this machine. `missing` gives the reason why there is no binary.
 */
export interface FoundOpenfga {
  readonly url?: string;
  readonly docker: boolean;
  readonly binary?: string;
  readonly missing?: string;
}

/** Result of the search for the `fga` command line. */
export type FoundFga = { path: string } | { missing: string };

/** Finds OpenFGA: `SIDELINE_TEST_OPENFGA_URL`, Docker, a binary on PATH, from an earlier build, or built now. */
export async function findOpenfga(): Promise<FoundOpenfga> {
  const url = process.env["SIDELINE_TEST_OPENFGA_URL"];
  const given = url === undefined || url === "" ? {} : { url: url.replace(/\/$/, "") };
  const docker = await dockerAnswers() && await containerWorks();
  const binary = await findBinary("openfga");
  return { ...given, docker, ...("path" in binary ? { binary: binary.path } : binary) };
}

/** Finds the `fga` command line: PATH, an earlier build, a build with Go. */
export function findFga(): Promise<FoundFga> {
  return findBinary("fga");
}

/** Whether a Docker engine answers a ping within 20 seconds; this needs no library. */
async function dockerAnswers(): Promise<boolean> {
  const host = process.env["DOCKER_HOST"];
  const socketPath = host === undefined ? "/var/run/docker.sock" : host.replace(/^unix:\/\//, "");
  const overTcp = /^(?:tcp|http):\/\/([^:/]+):(\d+)/.exec(socketPath);
  if (overTcp === null && !existsSync(socketPath)) return false;
  const where = overTcp === null ? { socketPath } : { host: overTcp[1], port: Number(overTcp[2]) };
  return new Promise((done) => {
    const ping = request({ ...where, path: "/_ping", timeout: 20_000 }, (answer) => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    ping.on("timeout", () => ping.destroy(new Error("no answer")));
    ping.on("error", () => done(false));
    ping.end();
  });
}

/** An engine may answer and still lack the image and a way to get it, so one container is started to find out. */
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
