// How a real process listens: whom it answers without API keys, how long it keeps a connection, how long it waits.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildSideline, type Build, type Server } from "./server.ts";

let build: Build;
let folder: string;
const servers: Server[] = [];
beforeAll(() => {
  build = buildSideline();
});
afterAll(() => build.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sideline-listening-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.signal("SIGKILL");
    await server.ended();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function start(more: Readonly<Record<string, string>> = {}): Promise<Server> {
  const server = await build.start({ SIDELINE_DATA: join(folder, "data"), ...more });
  servers.push(server);
  return server;
}

/** Sends lines, then single spaces until the connection is closed. Returns everything received. */
async function ask(server: Server, ...lines: string[]): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  let got = "";
  socket.on("data", (bytes) => void (got += String(bytes)));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write([...lines, "", ""].join("\r\n"));
  const drip = setInterval(() => socket.write(" "), 500);
  await once(socket, "close");
  clearInterval(drip);
  return got;
}

const CLOSE = "connection: close";

/** Statuses of each of these requests with a Host, and with an Origin. */
async function statuses(server: Server, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of ["/livez", "/readyz", "/orgs/o/members", "/nowhere"]) {
    for (const lines of [[`host: ${name}`], ["host: localhost", `origin: http://${name}`]]) {
      const answer = await ask(server, `GET ${path} HTTP/1.1`, ...lines, CLOSE);
      found.push(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? answer);
    }
  }
  return found;
}

describe("a process", () => {
  test("without API keys answers only to a name of this machine", async () => {
    const server = await start();
    const own = ["200", "200", "200", "200", "404", "404", "404", "404"];
    expect(await statuses(server, "evil.example")).toEqual(own.map(() => "421"));
    expect(await statuses(server, "localhost:8090")).toEqual(own);
  });

  test("with API keys answers to any name, whichever a balancer uses", async () => {
    const file = join(folder, "keys.json");
    const key = "a-key-that-nobody-guesses-01";
    writeFileSync(file, JSON.stringify({ keys: [{ name: "app", key, scopes: ["check"] }] }));
    const server = await start({ SIDELINE_KEYS: file });
    const own = ["200", "200", "200", "200", "401", "401", "404", "404"];
    expect(await statuses(server, "evil.example")).toEqual(own);
  });
});

test.each([[{}, 75], [{ SIDELINE_KEEP_ALIVE: "7" }, 7]] as const)(
  "an idle connection is kept as long as the setting says: %o", async (settings, seconds) => {
    const server = await start(settings);
    const answer = await fetch(`${server.url}/livez`);
    expect(answer.headers.get("keep-alive")).toBe(`timeout=${seconds}`);
  },
);

test("a body that takes its sender longer than half a minute is cut off with 408", async () => {
  const began = performance.now();
  const server = await start();
  const head = ["POST /check HTTP/1.1", "host: localhost", "content-type: application/json", "content-length: 9999"];
  expect(await ask(server, ...head)).toMatch(/^HTTP\/1\.1 408 /);
  expect(performance.now() - began).toBeGreaterThan(29_000);
});
