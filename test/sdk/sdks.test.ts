// The CloudEvents and OpenFGA SDKs of Python and Go against a real server: they send events, and read by every call.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { openEmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { parseKeys } from "../../src/http/api-keys.ts";
import { createApp } from "../../src/http/app.ts";
import { startServer } from "../../src/http/server.ts";
import { findPython } from "../live/python.ts";
import { reasonToSkip } from "../live/required.ts";
import { MODEL } from "../world/policy.ts";

/** Id of the store of every embedded installation: an SDK's configuration is written down once. */
const STORE = "01S1DE11NE0000000000000000";
const KEY = "a-key-of-24-characters-and-more";
const KEYS = parseKeys(JSON.stringify({
  keys: [{ name: "sdk", key: KEY, scopes: ["events", "check:contextual", "read", "admin"] }],
}));

const python = findPython();
const withoutPython = reasonToSkip("missing" in python ? python.missing : undefined);
const GO_FOLDER = join(import.meta.dirname, "go");
/** Whether Go is there with the modules of the SDKs. They are downloaded once. */
const go = spawnSync("go", ["mod", "download"], { cwd: GO_FOLDER, encoding: "utf8" });
const withoutGo = reasonToSkip(go.status === 0 ? undefined
  : `the SDKs for Go need Go and its modules: ${go.error?.message ?? go.stderr.slice(-500)}`);

/** Runs a client against a server of its own on an empty store. This process answers it. Returns its output. */
async function run(command: string, args: readonly string[], cwd: string): Promise<any> {
  const own = await openEmbeddedSidecar({
    folder: ":memory:", storeName: "sideline", model: MODEL, emailKey: undefined, log: pino({ level: "silent" }),
    now: Date.now, fatal: (why) => { throw new Error(why); },
  });
  const failures: object[] = [];
  const log = { error: (fields: object) => void failures.push(fields) };
  const { fetch } = createApp(own, { keys: KEYS, log });
  const server = await startServer({ fetch, host: "127.0.0.1", port: 0, keepAlive: 75_000, loopbackOnly: false });
  try {
    const [code, said, faults] = await new Promise<[number | null, string, string]>((done, failed) => {
      const child = spawn(command, [...args, server.url, KEY, STORE], { cwd, stdio: ["ignore", "pipe", "pipe"] });
      let [out, err] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => void (out += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => void (err += chunk.toString()));
      child.on("error", failed);
      child.on("close", (status) => done([status, out, err]));
    });
    expect([code, failures, code === 0 ? "" : faults]).toEqual([0, [], ""]);
    return JSON.parse(said);
  } finally {
    await server.stop();
    await own.close();
  }
}

const READINGS = {
  objects: ["athlete:ada"], users: ["user:carl"], relations: ["can_view", "sessions_read"],
  read: ["user:carl", "user:olivia"], expanded: "org:harbour#enter_coach",
  store: STORE, stores: [STORE], models: 1,
};

test.skipIf(withoutPython !== undefined)("Python", async () => {
  if ("missing" in python) throw new Error(python.missing);
  const answers = await run(join(python.bin, "python"), ["client.py"], import.meta.dirname);
  expect(answers).toMatchObject({
    ...READINGS,
    events: [[200, "applied"], [200, "applied"], [200, "applied"], [200, "duplicate"], [400, "invalid_event"]],
    check: [true, false, true, true], batch: { carl: true, dora: false }, streamed: ["athlete:ada"],
    refused: [[400, "validation_error"], [403, "forbidden"]],
  });
  expect(answers.changes).toContain("athlete:ada");
});

test.skipIf(withoutGo !== undefined)("Go", async () => {
  const answers = await run("go", ["run", "-mod=readonly", "."], GO_FOLDER);
  expect(answers).toMatchObject({
    ...READINGS, events: [200, 200, 200, 200, 400], check: [true, false, true],
    refused: [[400, "validation_error"], [403, "forbidden"]],
  });
  expect(answers.changes).toContain("athlete:ada");
});
