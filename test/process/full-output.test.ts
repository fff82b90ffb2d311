// A server whose standard output is full: it answers, refuses and stops like any other, and only its log is lost.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join, dirname } from "node:path";
import { expect, test, vi } from "vitest";
import { PATIENTLY } from "../live/patience.ts";
import { event, FOUNDED, oneBuild } from "./one-build.ts";

const sideline = oneBuild();

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

test("with a full standard output the server answers, and SIGTERM ends it", async () => {
  const port = await freePort();
  const full = openSync("/dev/full", "w");
  const main = join(dirname(dirname(sideline.build.script)), "main.js");
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env["PATH"], SIDELINE_PORT: String(port), SIDELINE_DATA: sideline.folder },
    stdio: ["ignore", full, "ignore"],
  });
  closeSync(full);
  const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
  const send = async (sent: object): Promise<number> => (await fetch(`http://127.0.0.1:${port}/events`, {
    method: "POST", headers: { "content-type": "application/cloudevents+json" }, body: JSON.stringify(sent),
  })).status;
  const statusOf = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  try {
    await vi.waitFor(async () => expect(await statusOf("/readyz")).toBe(200), PATIENTLY);
    expect(await send(FOUNDED)).toBe(200);
    expect(await send(event("m", "member.added", { org: "o", user: "carl" }, "eve"))).toBe(403);
    expect(await statusOf("/livez")).toBe(200);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  } finally {
    child.kill("SIGKILL");
  }
});

test("with a pipe that nobody reads the server answers, whoever waits for its log", async () => {
  const port = await freePort();
  const main = join(dirname(dirname(sideline.build.script)), "main.js");
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env["PATH"], SIDELINE_PORT: String(port), SIDELINE_DATA: join(sideline.root, "unread"),
      SIDELINE_DECISION_LOG: "stdout",
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
  const check = JSON.stringify({ tuple_key: { user: "user:u", relation: "member", object: "org:o" } });
  const ask = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/check`, {
    method: "POST", headers: { "content-type": "application/json" }, body: check,
  })).status;
  try {
    const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
    await vi.waitFor(async () => expect(await ready()).toBe(200), PATIENTLY);
    // A pipe takes 64 KiB: about 200 lines.
    for (let n = 0; n < 1000; n++) expect(await ask()).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  } finally {
    child.kill("SIGKILL");
  }
});
