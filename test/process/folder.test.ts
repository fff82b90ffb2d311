// The folder of a running server: deleted, moved, replaced, full, read-only; and the messages of a start on it.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { PATIENTLY } from "../live/patience.ts";
import { reasonToSkip } from "../live/required.ts";
import { event, FOUNDED, kill, oneBuild } from "./one-build.ts";
import type { Server } from "./server.ts";

const sideline = oneBuild();
const added = (user: string): object => event(user, "member.added", { org: "o", user });

/** Sends events until one is not answered with a 2xx. Returns the users whose events were acknowledged. */
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
  "deleted": () => rmSync(sideline.folder, { recursive: true, force: true }),
  "moved away, and made again empty": () => {
    renameSync(sideline.folder, join(sideline.root, "moved"));
    mkdirSync(sideline.folder);
  },
  "replaced by a copy of itself": () => {
    cpSync(sideline.folder, join(sideline.root, "copy"), { recursive: true });
    renameSync(sideline.folder, join(sideline.root, "moved"));
    renameSync(join(sideline.root, "copy"), sideline.folder);
  },
};

describe("a folder that is taken away", () => {
  test.for(Object.entries(HARM))("%s under load: the process ends", async ([, harm]) => {
    const server = await sideline.start();
    await server.send("POST", "/events", FOUNDED);
    const lanes = [0, 1, 2, 3].map((lane) => sendUntilRefused(server, lane));
    await vi.waitFor(async () => expect((await server.send("GET", "/orgs/o/members"))?.body.members.length)
      .toBeGreaterThan(20), PATIENTLY);
    harm();
    await Promise.all(lanes);
    const { code, said } = await server.ended();
    expect(code).toBe(1);
    expect(said).toMatch(/"level":60.*while it was open/);
  });

  test("moved away: each acknowledged event is in the moved folder, and none is acknowledged later", async () => {
    let server = await sideline.start();
    await server.send("POST", "/events", FOUNDED);
    const before = await sendUntilRefused(server, 0, 30);
    renameSync(sideline.folder, join(sideline.root, "moved"));
    mkdirSync(sideline.folder);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) =>
      server.send("POST", "/events", added(`late${n}`))));
    expect(answers.filter((answer) => answer?.status === 200)).toEqual([]);
    await server.ended();
    server = await sideline.start({ SIDELINE_DATA: join(sideline.root, "moved") });
    expect(await memberships(server, before)).toEqual(before);
  });

  test("the process also ends without an event", async () => {
    const server = await sideline.start();
    rmSync(sideline.folder, { recursive: true });
    expect((await server.ended()).code).toBe(1);
  });
});

/** The reason why a small file system cannot be made here; in CI nothing may be skipped. */
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
    mkdirSync(sideline.folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "none", sideline.folder]);
  };
  afterEach(async () => {
    if (mount !== undefined || !existsSync(sideline.folder)) return;
    await sideline.build.killAll();
    try {
      execFileSync("umount", [sideline.folder], { stdio: "pipe" });
    } catch {
      // The test did not mount it.
    }
  });
  const partOf = async (server: Server): Promise<any> =>
    (await server.send("GET", "/readyz?verbose"))?.body.parts.find(({ name }: { name: string }) => name === "disk");
  const full = async (server: Server): Promise<number> =>
    Number(/^sideline_disk_full (\d)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]);

  test("that is full: events are refused with the reason until there is room; checks are answered", async (context) => {
    if (mount !== undefined) context.skip(mount);
    mounted("4m");
    let server = await sideline.start();
    await server.send("POST", "/events", FOUNDED);
    expect([await partOf(server), await full(server)]).toMatchObject([{ ready: true }, 0]);
    const before = await sendUntilRefused(server, 0, 5);
    writeFileSync(join(sideline.folder, "ballast"), new Uint8Array(3_000_000));
    before.push(...await sendUntilRefused(server, 1));
    const refused = await server.send("POST", "/events", added("late"));
    expect(refused).toMatchObject({ status: 503, body: { code: "store_unavailable",
      detail: "the store cannot be written: the disk is full" } });
    expect(await server.send("GET", "/readyz")).toMatchObject({ status: 200 });
    expect(await partOf(server)).toMatchObject({ ready: false, detail: expect.stringContaining("the disk is full") });
    expect(await full(server)).toBe(1);
    expect(await memberships(server, [...before, "late"])).toEqual(before);

    await kill(server);
    server = await sideline.start();
    expect(await memberships(server, [...before, "late"])).toEqual(before);
    expect(await server.send("POST", "/events", added("late"))).toMatchObject({ status: 503 });
    expect(await partOf(server)).toMatchObject({ ready: false, detail: expect.stringContaining("the disk is full") });

    rmSync(join(sideline.folder, "ballast"));
    await vi.waitFor(async () => expect(await partOf(server)).toMatchObject({ ready: true }), PATIENTLY);
    expect((await server.send("POST", "/events", added("late")))?.body.status).toBe("applied");
    expect(await full(server)).toBe(0);
    await kill(server);
    server = await sideline.start();
    expect(await memberships(server, [...before, "late"])).toEqual([...before, "late"]);
  });

  test("that is mounted read-only is reported as such", async (context) => {
    if (mount !== undefined) context.skip(mount);
    mounted("4m");
    const server = await sideline.start();
    await server.send("POST", "/events", FOUNDED);
    server.signal("SIGTERM");
    await server.ended();
    execFileSync("mount", ["-o", "remount,ro", sideline.folder]);
    const { code, errors } = await sideline.build.run({ SIDELINE_DATA: sideline.folder });
    expect([code, errors.at(-1)]).toEqual([1,
      expect.stringMatching(`^sideline: SIDELINE_DATA: the store in ${sideline.folder} cannot be used: `
        + "the folder is on a read-only file system")]);
  });
});
