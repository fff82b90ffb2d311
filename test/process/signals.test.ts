// Signals to a real process: an orderly exit with any open connections, and a reload of the key file.
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { PATIENTLY } from "../live/patience.ts";
import { FOUNDED, oneBuild } from "./one-build.ts";
import type { Server } from "./server.ts";
import { signalledAt } from "./staged.ts";

const sideline = oneBuild();

/** Opens a connection and sends a text that is not a complete request. */
async function hold(server: Server, text: string): Promise<void> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await new Promise<void>((connected) => socket.once("connect", connected));
  if (text !== "") await new Promise<void>((written) => socket.write(text, () => written()));
}

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s with silent connections: the exit status is 0 and the store is closed", async (signal) => {
    const server = await sideline.start();
    expect((await server.send("POST", "/events", FOUNDED))?.status).toBe(200);
    expect(existsSync(join(sideline.folder, "store.db-wal"))).toBe(true);
    await hold(server, "");
    await hold(server, "POST /events HTTP/1.1\r\nhost: lo");
    server.signal(signal);
    const { code, said } = await server.ended();
      expect(code).toBe(0);
    expect(said).not.toContain("were cut off");
    // SQLite removes its write-ahead log when the last connection closes.
    expect(existsSync(join(sideline.folder, "store.db-wal"))).toBe(false);
  },
);

test("SIGTERM while a body is still being sent: the request is cut off, and the store is closed", async () => {
  const server = await sideline.start();
  await server.send("POST", "/events", FOUNDED);
  const head = "POST /events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
  await hold(server, `${head}content-length: 99\r\n\r\n{`);
  await server.send("GET", "/livez");
  server.signal("SIGTERM");
  const { code, said } = await server.ended();
  expect(code).toBe(0);
  expect(said).toContain("were cut off");
  expect(existsSync(join(sideline.folder, "store.db-wal"))).toBe(false);
});

const LISTENING = "listening, and loading the store";

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s as soon as the process logs that it listens: it exits in order", async (signal) => {
    const end = await sideline.build.run({ SIDELINE_DATA: sideline.folder, ...signalledAt(LISTENING, signal) });
    expect(end).toMatchObject({ code: 0, signal: null, said: expect.stringContaining("stopping") });
  },
);

test("SIGHUP with a key file as soon as the process logs that it listens: the keys are read again", async () => {
  const file = join(sideline.root, "keys.json");
  writeFileSync(file, keyFile(1));
  const server = await sideline.start({ SIDELINE_KEYS: file, ...signalledAt(LISTENING, "SIGHUP") });
  const again = expect.objectContaining({ msg: "API keys reloaded" });
  await vi.waitFor(() => expect(server.log()).toContainEqual(again), PATIENTLY);
  expect(await statusWith(server, 1)).toBe(200);
});

const key = (n: number): string => `a-key-that-nobody-guesses-${n}`;
const keyFile = (n: number): string => JSON.stringify({ keys: [{ name: "app", key: key(n), scopes: ["check"] }] });

const statusWith = async (server: Server, n: number): Promise<number> => {
  const body = JSON.stringify({ tuple_key: { user: "user:x", relation: "member", object: "org:o" } });
  const headers = { "authorization": `Bearer ${key(n)}`, "content-type": "application/json" };
  return (await fetch(`${server.url}/check`, { method: "POST", headers, body })).status;
};

test("SIGHUP reads the key file again; a faulty or missing one leaves the keys in force", async () => {
  const file = join(sideline.root, "keys.json");
  writeFileSync(file, keyFile(1));
  const server = await sideline.start({ SIDELINE_KEYS: file });
  const news = (msg: string): number => server.log().filter((line) => line.msg.startsWith(msg)).length;
  const reload = async (msg: string): Promise<void> => {
    const before = news(msg);
    server.signal("SIGHUP");
    await vi.waitFor(() => expect(news(msg)).toBeGreaterThan(before), PATIENTLY);
  };
  expect([await statusWith(server, 1), await statusWith(server, 2)]).toEqual([200, 401]);
  writeFileSync(file, keyFile(2));
  await reload("API keys reloaded");
  expect([await statusWith(server, 1), await statusWith(server, 2)]).toEqual([401, 200]);
  writeFileSync(file, keyFile(3).slice(0, -1));
  await reload("API keys could not be reloaded");
  rmSync(file);
  await reload("API keys could not be reloaded");
  expect([await statusWith(server, 2), await statusWith(server, 3)]).toEqual([200, 401]);
  expect(JSON.stringify(server.log())).not.toContain(key(3));
  expect((await server.send("GET", "/livez"))?.status).toBe(200);
});

test("the key file is read again when another file takes its place", async () => {
  const file = join(sideline.root, "keys.json");
  writeFileSync(file, keyFile(1));
  const server = await sideline.start({ SIDELINE_KEYS: file });
  writeFileSync(`${file}.new`, keyFile(2));
  renameSync(`${file}.new`, file);
  await vi.waitFor(async () => expect(await statusWith(server, 2)).toBe(200), PATIENTLY);
  expect(await statusWith(server, 1)).toBe(401);
});

test.each([key(1), "q7Zr/8kT+q7Zr/8kTq7Zr8kT==", "/8kT+q7Zrq7Zr8kTq7Zr8kTq7", keyFile(1)])(
  "a key, or the file's content, given in place of the key file's name is not printed: %s", async (given) => {
    const { code, said } = await sideline.build.run({ SIDELINE_DATA: sideline.folder, SIDELINE_KEYS: given });
    expect(code).toBe(1);
    expect(said).toContain("SIDELINE_KEYS: there is no such file");
    for (let at = 0; at + 8 <= given.length; at++) expect(said).not.toContain(given.slice(at, at + 8));
  },
);
