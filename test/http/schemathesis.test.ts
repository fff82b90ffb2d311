// Schemathesis against openapi.json: no server error, and every answer has a status, type and body that the API states.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { createApp } from "../../src/http/app.ts";
import { startServer, type RunningServer } from "../../src/http/server.ts";
import { MODEL } from "../world/policy.ts";
import { FULL, SEED } from "../laws/law.ts";
import { findPython } from "../live/python.ts";
import { reasonToSkip } from "../live/required.ts";

/** Generated requests for each operation and phase. */
const EXAMPLES = FULL ? 250 : 25;
const CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance"];

const python = findPython();
const reason = reasonToSkip("missing" in python ? python.missing : undefined);

let folder: string;
let sidecar: EmbeddedSidecar;
let server: RunningServer;
const failures: object[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "schemathesis-"));
  sidecar = await openEmbeddedSidecar({
    folder, storeName: "sideline", model: MODEL, emailKey: undefined, log: pino({ level: "silent" }), now: Date.now,
    fatal: (why) => { throw new Error(why); },
  });
  const log = { error: (fields: object) => void failures.push(fields) };
  const { fetch } = createApp(sidecar, { keys: undefined, log, version: "0.0.0" });
  server = await startServer({ fetch, host: "127.0.0.1", port: 0, keepAlive: 75_000, loopbackOnly: true });
});

afterAll(async () => {
  await server.stop();
  await sidecar.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs schemathesis. This process answers its requests. */
function schemathesis(args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  if ("missing" in python) throw new Error(python.missing);
  // The command's own script names the folder that it was installed in, which may have moved since.
  const all = ["-c", "from schemathesis.cli import schemathesis; schemathesis()", "run",
    `${server.url}/openapi.json`, "-n", String(EXAMPLES), "--seed", String(SEED),
    "--phases", "examples,coverage,fuzzing", ...args];
  return new Promise((done, failed) => {
    const child = spawn(join(python.bin, "python"), all, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const hear = (chunk: Buffer): void => void (said += chunk.toString());
    for (const stream of [child.stdout, child.stderr]) stream.on("data", hear);
    child.on("error", failed);
    child.on("close", (code) => done({ code, said }));
  });
}

test.skipIf(reason !== undefined)("every operation answers as openapi.json says", async () => {
  const checks = [...CHECKS, "response_schema_conformance"].join(",");
  const { code, said } = await schemathesis(["--checks", checks, "--exclude-path-regex", "streamed"]);
  expect([code, failures, code === 0 ? "" : said]).toEqual([0, [], ""]);
});

test.skipIf(reason !== undefined)("so do streams, whose lines are each one JSON text", async () => {
  const { code, said } = await schemathesis(["--checks", CHECKS.join(","), "--include-path-regex", "streamed"]);
  expect([code, failures, code === 0 ? "" : said]).toEqual([0, [], ""]);
});
