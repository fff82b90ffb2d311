// The folder of a running server: deleted, moved, replaced, full, read-only; and what a start says of it.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { PATIENTLY } from "../live/patience.ts";
import { reasonToSkip } from "../live/required.ts";
import { buildSideline, type Build, type Server } from "./server.ts";

let build: Build;
let root: string;
let folder: string;
const servers: Server[] = [];
beforeAll(() => {
  build = buildSideline();
});
afterAll(() => build.remove());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sideline-folder-"));
  folder = join(root, "data");
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.signal("SIGKILL");
    await server.ended();
  }
  rmSync(root, { recursive: true, force: true });
});

async function start(more: Readonly<Record<string, string>> = {}): Promise<Server> {
  const server = await build.start({ SIDELINE_DATA: folder, ...more });
  servers.push(server);
  return server;
}

const event = (id: string, type: string, data: object): object =>
  ({ specversion: "1.0", id, source: "/t", type, data });
const FOUNDED = event("org", "org.created", { org: "o", kind: "club", owner: "olga" });
const added = (user: string): object => event(user, "member.added", { org: "o", user });

/** Sends events until one is not answered with a 2xx; the users whose events were acknowledged. */
async function sendUntilRefused(server: Server, lane: number, most = Infinity): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let n = 0; n < most; n++) {
    const answer = await server.send("POST", "/events", added(`u${lane}.${n}`));
    if (answer?.status !== 200) return acknowledged;
    acknowledged.push(`u${lane}.${n}`);
  }
  return acknowledged;
}

const memberships = async (server: Server, users: readonly string[]): Promise<string[]> => {
  const here: string[] = [];
  for (const user of users) {
    const question = { tuple_key: { user: `user:${user}`, relation: "member", object: "org:o" } };
    if ((await server.send("POST", "/check", question))?.body.allowed === true) here.push(user);
  }
  return here;
};

const HARM: Readonly<Record<string, () => void>> = {
  "deleted": () => rmSync(folder, { recursive: true, force: true }),
  "moved away, and made again empty": () => {
    renameSync(folder, join(root, "moved"));
    mkdirSync(folder);
  },
  "replaced by a copy of itself": () => {
    cpSync(folder, join(root, "copy"), { recursive: true });
    renameSync(folder, join(root, "moved"));
    renameSync(join(root, "copy"), folder);
  },
};

describe("a folder that is taken away", () => {
  test.for(Object.entries(HARM))("%s under load: the process ends", async ([, harm]) => {
    const server = await start();
    await server.send("POST", "/events", FOUNDED);
    const lanes = [0, 1, 2, 3].map((lane) => sendUntilRefused(server, lane));
    await vi.waitFor(async () => expect((await server.send("GET", "/orgs/o/members"))?.body.members.length)
      .toBeGreaterThan(20), PATIENTLY);
    harm();
    await Promise.all(lanes);
    const { code, said } = await server.ended();
    servers.pop();
    expect(code).toBe(1);
    expect(said).toMatch(/"level":60.*while it was open/);
  });

  test("moved away: each acknowledged event is where it was moved to, and none is acknowledged later", async () => {
    let server = await start();
    await server.send("POST", "/events", FOUNDED);
    const before = await sendUntilRefused(server, 0, 30);
    renameSync(folder, join(root, "moved"));
    mkdirSync(folder);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) =>
      server.send("POST", "/events", added(`late${n}`))));
    expect(answers.filter((answer) => answer?.status === 200)).toEqual([]);
    await server.ended();
    servers.pop();
    server = await start({ SIDELINE_DATA: join(root, "moved") });
    expect(await memberships(server, before)).toEqual(before);
  });

  test("without an event the process ends as well", async () => {
    const server = await start();
    rmSync(folder, { recursive: true });
    expect((await server.ended()).code).toBe(1);
    servers.pop();
  });
});

/** Why a small file system cannot be made here; in CI nothing may be skipped. */
function mountMissing(): string | undefined {
  const place = mkdtempSync(join(tmpdir(), "sideline-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", place], { stdio: "pipe" });
    execFileSync("umount", [place]);
    return undefined;
  } catch (error) {
    return reasonToSkip(`a tmpfs cannot be mounted here: ${(error as Error).message}`);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const mount = mountMissing();

describe("a disk", () => {
  const mounted = (size: string): void => {
    mkdirSync(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "none", folder]);
  };
  afterEach(async () => {
    if (mount !== undefined || !existsSync(folder)) return;
    for (const server of servers.splice(0)) {
      server.signal("SIGKILL");
      await server.ended();
    }
    try {
      execFileSync("umount", [folder], { stdio: "pipe" });
    } catch {
      // The test did not mount it.
    }
  });
  const partOf = async (server: Server): Promise<any> =>
    (await server.send("GET", "/readyz?verbose"))?.body.parts.find(({ name }: { name: string }) => name === "disk");
  const full = async (server: Server): Promise<number> =>
    Number(/^sideline_disk_full (\d)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]);

  test("that is full: events are refused with the reason until there is room, checks are answered", async (context) => {
    if (mount !== undefined) context.skip(mount);
    mounted("4m");
    let server = await start();
    await server.send("POST", "/events", FOUNDED);
    expect([await partOf(server), await full(server)]).toMatchObject([{ ready: true }, 0]);
    const before = await sendUntilRefused(server, 0, 5);
    writeFileSync(join(folder, "ballast"), new Uint8Array(3_000_000));
    before.push(...await sendUntilRefused(server, 1));
    const refused = await server.send("POST", "/events", added("late"));
    expect(refused).toMatchObject({ status: 503, body: { code: "store_unavailable",
      detail: "the store cannot be written: the disk is full" } });
    expect(await server.send("GET", "/readyz")).toMatchObject({ status: 200 });
    expect(await partOf(server)).toMatchObject({ ready: false, detail: expect.stringContaining("the disk is full") });
    expect(await full(server)).toBe(1);
    expect(await memberships(server, [...before, "late"])).toEqual(before);

    server.signal("SIGKILL");
    await server.ended();
    servers.pop();
    server = await start();
    expect(await memberships(server, [...before, "late"])).toEqual(before);
    expect(await server.send("POST", "/events", added("late"))).toMatchObject({ status: 503 });
    expect(await partOf(server)).toMatchObject({ ready: false, detail: expect.stringContaining("the disk is full") });

    rmSync(join(folder, "ballast"));
    await vi.waitFor(async () => expect(await partOf(server)).toMatchObject({ ready: true }), PATIENTLY);
    expect((await server.send("POST", "/events", added("late")))?.body.status).toBe("applied");
    expect(await full(server)).toBe(0);
    server.signal("SIGKILL");
    await server.ended();
    servers.pop();
    server = await start();
    expect(await memberships(server, [...before, "late"])).toEqual([...before, "late"]);
  });

  test("that is mounted read-only is called that", async (context) => {
    if (mount !== undefined) context.skip(mount);
    mounted("4m");
    const server = await start();
    await server.send("POST", "/events", FOUNDED);
    server.signal("SIGTERM");
    await server.ended();
    servers.pop();
    execFileSync("mount", ["-o", "remount,ro", folder]);
    const { code, errors } = await build.run({ SIDELINE_DATA: folder });
    expect([code, errors.at(-1)]).toEqual([1,
      expect.stringMatching(`^sideline: SIDELINE_DATA: the store in ${folder} cannot be used: the folder is on a `
        + "read-only file system")]);
  });
});
