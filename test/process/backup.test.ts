// Backups of a running server by `sideline backup`: made under load, usable for a start, and never an incomplete file.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { PATIENTLY } from "../live/patience.ts";
import { faultsOf } from "../races/invariants.ts";
import { event, FOUNDED, oneBuild } from "./one-build.ts";

const sideline = oneBuild();
let file: string;
const fakes: HttpServer[] = [];
beforeEach(() => {
  file = join(sideline.root, "backup.db");
});
afterEach(() => {
  for (const fake of fakes.splice(0)) fake.close();
});

test("under load: a start from the copy has every event acknowledged before it, each whole", async () => {
  const server = await sideline.start();
  await server.send("POST", "/events", FOUNDED);
  const acknowledged = new Set<string>();
  let isOver = false;
  const lane = async (number: number): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      const user = `u${number}.${n}`;
      const answer = await server.send("POST", "/events", event(user, "member.added", { org: "o", user }));
      expect(answer?.body.status).toBe("applied");
      acknowledged.add(user);
    }
  };
  const lanes = Array.from({ length: 8 }, (_, number) => lane(number));
  await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(100), PATIENTLY);
  const before = [...acknowledged];
  const { code, said } = await sideline.build.command(["backup", file, "--url", server.url]);
  isOver = true;
  await Promise.all(lanes);
  expect([code, said]).toEqual([0, expect.stringContaining(`${statSync(file).size} bytes written to ${file}`)]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(sideline.folder).filter((name) => name.endsWith(".copy"))).toEqual([]);

  mkdirSync(join(sideline.root, "restored"));
  renameSync(file, join(sideline.root, "restored", "store.db"));
  const restored = await sideline.start({ SIDELINE_DATA: join(sideline.root, "restored") });
  const { body } = (await restored.send("GET", "/orgs/o/members"))!;
  const members = new Set<string>(body.members.map(({ user }: { user: string }) => user));
  expect(before.filter((user) => !members.has(user))).toEqual([]);
  const resent = event(before[0]!, "member.added", { org: "o", user: before[0] });
  expect((await restored.send("POST", "/events", resent))?.body).toMatchObject({ status: "duplicate" });
  restored.signal("SIGTERM");
  await restored.ended();
  const store = openEmbeddedStore(join(sideline.root, "restored"));
  const set = createTupleSet();
  store.load(set);
  expect(faultsOf([...set.read({})] as Tuple[])).toEqual([]);
  await store.close();
});

test("a key with the scope admin is needed, from SIDELINE_KEY or a file", async () => {
  const [admin, reader] = ["admin-key-that-nobody-guesses", "reader-key-that-nobody-guesses"];
  writeFileSync(join(sideline.root, "keys.json"), JSON.stringify({ keys: [
    { name: "ops", key: admin, scopes: ["admin"] }, { name: "app", key: reader, scopes: ["read", "events", "check"] },
  ] }));
  writeFileSync(join(sideline.root, "key"), `${admin}\n`);
  const server = await sideline.start({ SIDELINE_KEYS: join(sideline.root, "keys.json") });
  const settings = { SIDELINE_URL: server.url };
  const outcomes = [
    await sideline.build.command(["backup", file], settings),
    await sideline.build.command(["backup", file], { ...settings, SIDELINE_KEY: reader }),
  ];
  expect(outcomes.map(({ code }) => code)).toEqual([3, 3]);
  expect(outcomes.map(({ said }) => /unauthenticated|scope_missing/.exec(said)?.[0]))
    .toEqual(["unauthenticated", "scope_missing"]);
  expect(readdirSync(sideline.root).sort()).toEqual(["data", "key", "keys.json"]);
  expect((await sideline.build.command(["backup", file], { ...settings, SIDELINE_KEY: admin })).code).toBe(0);
  const byFile = ["backup", join(sideline.root, "b"), "--key-file", join(sideline.root, "key")];
  expect((await sideline.build.command(byFile, settings)).code).toBe(0);
});

test("an existing file is replaced only with --force", async () => {
  const server = await sideline.start();
  writeFileSync(file, "mine");
  const refused = await sideline.build.command(["backup", file, "--url", server.url]);
  expect([refused.code, readFileSync(file, "utf8")]).toEqual([2, "mine"]);
  expect(refused.said).toContain("add --force");
  expect((await sideline.build.command(["backup", file, "--url", server.url, "--force"])).code).toBe(0);
  expect(readFileSync(file).subarray(0, 15).toString()).toBe("SQLite format 3");
});

test.for<[string, readonly string[], RegExp]>([
  ["no file", [], /missing required argument 'file'/], ["two files", ["a", "b"], /too many arguments for 'backup'/],
  ["no URL", ["a", "--url", "nowhere"], /--url must be the/], ["an unknown option", ["a", "--key", "x"], /--key/],
  ["a key in place of its file", ["a", "--key-file", "q7Zr/8kT"], /^(?!.*q7Zr).*--key-file cannot be read/s],
])("wrong usage: %s", async ([, args, words]) => {
  const { code, said } = await sideline.build.command(["backup", ...args]);
  expect([code, said]).toEqual([2, expect.stringMatching(words)]);
});

/**
 * A server that answers POST /backup in some wrong way. Returns its URL. An answer that `isCut` ends once the client
 * has written the received part into its file.
 */
async function fake(headers: Record<string, string>, content: string, isCut = false): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, headers);
    response.write(content);
    const written = (): number => statSync(`${file}.partial`, { throwIfNoEntry: false })?.size ?? 0;
    if (!isCut) response.end();
    else void vi.waitFor(() => expect(written()).toBe(content.length), PATIENTLY).finally(() => response.destroy());
  });
  fakes.push(server);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a redirect is not followed, and a path in the address stays: the key goes nowhere else", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    request.resume();
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  fakes.push(server);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sideline/`;
  const { code } = await sideline.build.command(["backup", file, "--url", url]);
  expect([code, asked, existsSync(file)]).toEqual([3, ["/sideline/backup"], false]);
});

const DIGEST = { "repr-digest": `sha-256=:${createHash("sha256").update("whole").digest("base64")}:` };

test.for<[string, () => Promise<string>, RegExp]>([
  ["altered content", () => fake(DIGEST, "other"), /do not match the server's digest/],
  ["an answer cut off", () => fake({ ...DIGEST, "content-length": "99" }, "who", true), /cut off after 3 bytes/],
  ["an answer without a digest", () => fake({}, "whole"), /has no Repr-Digest/],
  ["no server", async () => "http://127.0.0.1:1", /does not answer/],
])("%s: exit status 3, and no file", async ([, serve, words]) => {
  const { code, said } = await sideline.build.command(["backup", file, "--url", await serve()]);
  expect([code, said]).toEqual([3, expect.stringMatching(words)]);
  expect([existsSync(file), existsSync(`${file}.partial`)]).toEqual([false, false]);
});
