// Every shell line of docs/operations.md, run as written; a stand-in for Docker runs the commands of its services.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEmailKey } from "../../src/events/email.ts";
import { OpenfgaServer } from "../../src/openfga/client.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { buildCommand, type Command } from "../cli/command.ts";
import { openfgaAvailable } from "../live/openfga.ts";
import { ROOT } from "../live/pins.ts";
import { postgresAvailable } from "../live/postgres.ts";
import { buildSideline, type Build, type Server } from "../process/server.ts";
import { openSidecar, PATIENT, send, startBackend, type Backend } from "../openfga/fleet.ts";

const KEY = "a preshared key of tests";
const STORE = "sideline";

interface Block {
  readonly heading: string;
  readonly text: string;
}

/** The shell blocks of the page, in order. */
const BLOCKS: readonly Block[] = (() => {
  const page = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
  return page.split(/^## /m).slice(1).flatMap((section) => [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .map(([, text = ""]) => ({ heading: section.slice(0, section.indexOf("\n")), text })));
})();

/** `docker compose` on the services of docker-compose.yml, without Docker: `run` runs the command of a container. */
const DOCKER = `#!/usr/bin/env node
const { readFileSync, existsSync } = require("node:fs");
const { spawnSync } = require("node:child_process");
const { parse } = require("yaml");
const { ROOT, APP, OPENFGA } = process.env;
const text = readFileSync(ROOT + "/docker-compose.yml", "utf8");
const { services } = parse(text, { merge: true });
const fail = (why) => { console.error("docker: " + why); process.exit(64); };
for (const [, name] of text.matchAll(/\\$\\{(\\w+):\\?/g)) if (!process.env[name]) fail(name + " is not set");
const [compose, command, ...args] = process.argv.slice(2);
const service = (name) => services[name] ?? fail("no service " + name);
const fill = (value) => value.replace(/\\$\\{(\\w+):\\?.*?\\}/g, (_, name) => process.env[name]);
if (compose !== "compose") fail("only compose is played");
else if (command === "up") {
  const [name, count] = args[args.indexOf("--scale") + 1].split("=");
  const [, from, to] = /:(\\d+)-(\\d+):/.exec(service(name).ports[0]);
  if (to - from + 1 < count) fail("there are ports for fewer");
} else if (command === "stop") args.forEach(service);
else if (command === "run") {
  const mounts = [];
  while (args[0].startsWith("-")) if (args.shift() === "-v") mounts.push(args.shift().split(":"));
  const { environment } = service(args.shift());
  const inside = (arg) => mounts.find(([, to]) => to === arg)?.[0] ?? arg.replace("http://openfga:8080", OPENFGA);
  if (mounts.some(([from]) => !existsSync(from))) fail("no such folder");
  const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, inside(fill(value))]));
  const [program, ...rest] = args.map(inside);
  const ran = spawnSync(program, rest, { cwd: APP, stdio: "inherit", env: { PATH: process.env.PATH, ...env } });
  process.exit(ran.status ?? 70);
} else fail("no command " + command);
`;

/** `npx sideline`, resolved by package.json, without an installation. */
const NPX = `#!/usr/bin/env node
const [name, ...args] = process.argv.slice(2);
const script = require(process.env.APP + "/package.json").bin[name];
const run = [process.env.APP + "/" + script, ...args];
process.exit(require("node:child_process").spawnSync(process.execPath, run, { stdio: "inherit" }).status ?? 70);
`;

/** `npm start`, without an installation: the server runs until it is ready and is then asked to stop. */
const NPM = `#!/usr/bin/env node
if (process.argv[2] !== "start") process.exit(64);
const main = process.env.APP + "/dist/main.js";
const env = { ...process.env, SIDELINE_PORT: "0" };
delete env.SIDELINE_KEYS_FILE;
const server = require("node:child_process").spawn(process.execPath, [main], { stdio: ["ignore", "pipe", 2], env });
let said = "";
server.stdout.on("data", (bytes) => {
  said += bytes;
  if (said.includes('"msg":"ready"')) server.kill("SIGTERM");
});
server.on("close", (code) => process.exit(code ?? 70));
`;

const AVAILABLE = openfgaAvailable("datastore") && postgresAvailable();

describe.skipIf(!AVAILABLE)("docs/operations.md", () => {
  let backend: Backend;
  let server: OpenfgaServer;
  let command: Command;
  let where: string;
  let environment: Record<string, string>;
  let emailKey: string;
  let build: Build;
  let single: Server | undefined;
  beforeAll(async () => {
    build = buildSideline();
    backend = await startBackend(["--authn-method", "preshared", "--authn-preshared-keys", KEY], true);
    server = new OpenfgaServer({ url: backend.url, token: KEY, ...PATIENT });
    command = buildCommand();
    where = join(command.folder, "here");
    const programs = join(command.folder, "programs");
    for (const folder of [where, programs]) mkdirSync(folder);
    for (const [name, text] of [["docker", DOCKER], ["npx", NPX], ["npm", NPM]] as const) {
      writeFileSync(join(programs, `${name}.cjs`), text);
      writeFileSync(join(programs, name), `#!/bin/sh\nexec "${process.execPath}" "${programs}/${name}.cjs" "$@"\n`);
      chmodSync(join(programs, name), 0o755);
    }
    writeFileSync(join(where, "openfga-key"), `${KEY}\n`);
    writeFileSync(join(where, "keys.json"), "{}");
    const data = await openEmbeddedStore(join(where, "data"));
    await data.apply([{ writes: [{ object: "ledger:org/a", relation: "at", user: "value:7" }], deletes: [] }]);
    emailKey = Buffer.from(data.emailKey()).toString("hex");
    await data.close();
    const postgres = new URL(backend.postgres.uri);
    environment = {
      PATH: [programs, backend.postgres.bin, process.env["PATH"] ?? ""].join(delimiter),
      ROOT, APP: command.folder, OPENFGA: backend.url, POSTGRES_PASSWORD: "p".repeat(30), OPENFGA_KEY: KEY,
      SIDELINE_EMAIL_KEY: "e".repeat(32), SIDELINE_KEYS_FILE: join(where, "keys.json"),
      PGHOST: postgres.hostname, PGPORT: postgres.port, PGUSER: "postgres", PGDATABASE: "postgres",
    };
  });
  afterAll(async () => {
    single?.signal("SIGKILL");
    await single?.ended();
    build.remove();
    server.close();
    command.remove();
    await backend.stop();
  });

  const run = async (script: string): Promise<{ status: number; out: string; err: string }> => {
    const text = script.replaceAll("http://127.0.0.1:8080", backend.url);
    const child = spawn("bash", ["--norc", "-eu", "-c", text], { cwd: where, env: environment });
    let [out, err] = ["", ""];
    child.stdout.on("data", (bytes) => void (out += String(bytes)));
    child.stderr.on("data", (bytes) => void (err += String(bytes)));
    const [status] = await once(child, "close");
    return { status, out, err };
  };

  /** Prepares the objects that each part of the page refers to. */
  const scenes: Readonly<Record<string, () => Promise<void>>> = {
    "Somebody wrote around Sideline": async () => {
      await deleteStores();
      const sidecar = await openSidecar(backend.url, STORE, { token: KEY });
      await send(sidecar, "org.created", { org: "harbour", kind: "club", owner: "olga" });
      await send(sidecar, "member.added", { org: "harbour", user: "carl", hats: ["coach"] });
      const eve = { object: "platform:main", relation: "superadmin", user: "user:eve" };
      const carl = { object: "org:harbour", relation: "coach_hat", user: "user:carl" };
      await server.write(sidecar.info.id, sidecar.info.modelId, { writes: [eve], deletes: [carl] });
      await sidecar.close();
    },
    "Moving between the two": deleteStores,
    "One machine, one process": async () => {
      if (environment["SIDELINE_URL"] !== undefined) return;
      single = await build.start({ SIDELINE_DATA: join(where, "single") });
      await single.send("POST", "/events", {
        specversion: "1.0", id: "1", source: "/t", type: "org.created",
        data: { org: "harbour", kind: "club", owner: "olga" },
      });
      environment["SIDELINE_URL"] = single.url;
    },
  };
  async function deleteStores(): Promise<void> {
    for (const { id } of await server.stores(STORE)) await server.deleteStore(id);
  }

  test("has a shell line for each of its subjects", () => {
    expect(BLOCKS.map(({ heading }) => heading)).toEqual(expect.arrayContaining(
      ["Three sidecars on one OpenFGA", "Somebody wrote around Sideline", "Moving between the two"]));
    expect(BLOCKS.length).toBeGreaterThanOrEqual(7);
  });

  test.each(BLOCKS.map((block, n) => [n, block.heading, block] as const))("block %i, %s", async (_, heading, block) => {
    await scenes[heading]?.();
    if (!block.text.includes(" verify ")) {
      // Each command gets the environment that the previous lines leave.
      const { status, out, err } = await run(`${block.text}\nenv`);
      expect([status, err.includes("docker:")], err).toEqual([0, false]);
      if (!block.text.includes("SIDELINE_EMAIL_KEY=")) return;
      expect(out.split("\n")).toContain(`SIDELINE_EMAIL_KEY=hex:${emailKey}`);
      expect(Buffer.from(readEmailKey(`hex:${emailKey}`)).toString("hex")).toBe(emailKey);
      return;
    }
    const lines = block.text.replaceAll("\\\n", "").trimEnd().split("\n");
    for (const [i, line] of lines.entries()) {
      if (line.startsWith("#")) continue;
      const { status, out, err } = await run(line);
      expect([line, status], out + err).toEqual([line, line.includes("--yes") ? 0 : 1]);
      const following = lines.slice(i + 1);
      const end = following.findIndex((next) => !next.startsWith("#"));
      for (const said of following.slice(0, end < 0 ? undefined : end)) expect(out).toContain(`${said.slice(2)}\n`);
    }
  });
});

test("`docker compose` requires exactly the variables that the page lists", () => {
  const table = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
  const compose = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
  const demanded = [...new Set([...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name))];
  for (const name of demanded) expect(table).toContain(`| \`${name}\` |`);
  expect(spawnSync("bash", ["--norc", "-n"], { input: BLOCKS.map(({ text }) => text).join("\n") }).status).toBe(0);
});
