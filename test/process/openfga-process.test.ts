// Three real sidecar processes on one OpenFGA: kill -9 of one during events, senders that switch to another, a restart.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { startProxy } from "../live/proxy.ts";
import { ROOT } from "../live/pins.ts";
import { faultsOf } from "../races/invariants.ts";
import { event, tuplesOf } from "./one-build.ts";
import { buildSideline, type Build, type Server } from "./server.ts";

/** Number of concurrent senders, and of events acknowledged before one of the processes is killed, and after. */
const SENDERS = 12;
const BEFORE = 25;
const AFTER = 35;
/** Pause of a process: longer than two polls, and long enough for questions to be waiting when it resumes. */
const PAUSE_MS = 2_000;

const redeem = (user: string): object => event(user, "invite.redeemed", { invite: "i", user }, user);

describe.skipIf(!openfgaAvailable("fresh"))("three processes on OpenFGA", () => {
  let build: Build;
  let openfga: RunningOpenfga;
  let settings: Readonly<Record<string, string>>;
  const servers: Server[] = [];
  beforeAll(async () => {
    build = buildSideline();
    openfga = await startOpenfga({ logLevel: "error" });
    settings = { SIDELINE_OPENFGA_URL: openfga.url, SIDELINE_POLL_INTERVAL: "0.2", SIDELINE_LOG_LEVEL: "info" };
    for (let n = 0; n < 3; n++) servers.push(await build.start(settings));
  });
  afterAll(async () => {
    build.remove();
    await openfga.stop();
  });

  /** Sends an event to a process, and to the next ones while there is no answer or only 503. Returns its receipt. */
  async function insist(body: object, from: number): Promise<string> {
    for (let n = from; ; n++) {
      const answer = await servers[n % servers.length]!.send("POST", "/events", body);
      if (answer !== undefined && answer.status !== 503) return answer.body.status ?? answer.body.code;
    }
  }

  /** Sends an event to one process, again while it is answered 503. */
  async function taken(body: object, by: Server): Promise<void> {
    let answer = await by.send("POST", "/events", body);
    while (answer?.status === 503) answer = await by.send("POST", "/events", body);
    expect(answer?.body.status).toMatch(/^(applied|unchanged|duplicate)$/);
  }

  test("kill -9 of one: each acknowledged event exists once, and a new process takes its place", async () => {
    for (const [id, type, data] of [
      ["o", "org.created", { org: "o", kind: "club", owner: "olga" }], ["t", "team.created", { team: "t", org: "o" }],
      ["i", "invite.created", { invite: "i", org: "o", hat: "athlete", team: "t" }],
    ] as const) expect(await insist(event(id, type, data), 0)).toBe("applied");
    const acknowledged: string[] = [];
    let killed = false;
    await Promise.all(Array.from({ length: SENDERS }, async (_, sender) => {
      for (let n = 0; acknowledged.length < BEFORE + AFTER; n++) {
        const user = `u${sender}.${n}`;
        // A sender without an answer may find that the event was applied.
        expect(["applied", "duplicate"]).toContain(await insist(redeem(user), sender + n));
        acknowledged.push(user);
        if (acknowledged.length < BEFORE || killed) continue;
        killed = true;
        servers[0]!.signal("SIGKILL");
      }
    }));
    await servers[0]!.ended();
    servers[0] = await build.start(settings);
    const state = await tuplesOf(servers[1]!);
    expect(faultsOf(state)).toEqual([]);
    const members = state.filter(({ object, relation }) => object === "org:o" && relation === "member")
      .map(({ user }) => user.slice("user:".length)).filter((user) => user !== "olga");
    expect(members.sort()).toEqual(acknowledged.sort());
    for (const server of servers) {
      await expect.poll(async () => (await server.send("GET", "/invites/i"))?.body.uses).toBe(acknowledged.length);
      // A process that stalled on a slow machine is not ready for a moment, and answers nothing.
      await expect.poll(async () => (await server.send("GET", "/readyz"))?.status).toBe(200);
      const question = { object: { type: "team", id: "t" }, relation: "athlete", user_filters: [{ type: "user" }] };
      await expect.poll(async () => {
        const { users } = (await server.send("POST", "/list-users", question))?.body;
        return users?.map((user: { object: { id: string } }) => user.object.id).sort();
      }).toEqual(acknowledged);
    }
    for (const [n, user] of acknowledged.entries()) {
      if (n % 5 === 0) expect(await insist(redeem(user), n)).toBe("duplicate");
    }
    expect((await tuplesOf(servers[2]!)).length).toBe(state.length);
  });

  const member = { org: "o", user: "petra" };
  const question = { tuple_key: { user: "user:petra", relation: "coach", object: "org:o" } };
  /** A process's answer about petra; undefined while it gives none, because it is not up to date. */
  const asks = async (server: Server): Promise<boolean | undefined> => {
    const answer = await server.send("POST", "/check", question);
    if (answer?.status !== 200) expect(answer).toMatchObject({ status: 503, body: { code: "store_unavailable" } });
    return answer?.body.allowed;
  };
  /**
   * While one process is paused, gives petra a right and revokes it through another one. Calls `disturb` before the
   * paused process resumes, and returns its answers to the questions that waited.
   */
  async function pause(
    paused: Server, other: Server, id: string, disturb = (): void => undefined,
  ): Promise<Set<boolean | undefined>> {
    await taken(event("petra", "member.added", { ...member, hats: ["coach"] }), other);
    await taken(event(`${id}-on`, "member.reactivated", member), other);
    await expect.poll(() => asks(paused)).toBe(true);
    await paused.pause();
    await taken(event(`${id}-off`, "member.deactivated", member), other);
    // Longer than two polls, and long enough for the questions to be waiting when the process resumes.
    const answers = sleep(PAUSE_MS / 2).then(() => Promise.all(Array.from({ length: 40 }, () => asks(paused))));
    await sleep(PAUSE_MS);
    disturb();
    paused.signal("SIGCONT");
    return new Set(await answers);
  }

  test("a paused process answers no question from the state before the pause", async () => {
    const [, paused, other] = servers as [Server, Server, Server];
    for (let round = 0; round < 3; round++) {
      expect(await pause(paused, other, `p${round}`)).not.toContain(true);
      await expect.poll(() => asks(paused)).toBe(false);
    }
  });

  test("nor does one for which OpenFGA is late or unreachable when it resumes", async () => {
    const proxy = await startProxy(Number(new URL(openfga.url).port));
    const paused = await build.start({ ...settings, SIDELINE_OPENFGA_URL: proxy.url });
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => void (release = resolve));
    const late = (): void => void (proxy.hold = () => released);
    const gone = (): void => {
      proxy.refuse = true;
      proxy.cut();
    };
    for (const [id, disturb] of Object.entries({ late, gone })) {
      expect(await pause(paused, servers[2]!, id, disturb)).toEqual(new Set([undefined]));
      expect(await asks(paused)).toBeUndefined();
      release();
      Object.assign(proxy, { refuse: false, hold: undefined });
      await expect.poll(() => asks(paused)).toBe(false);
    }
    paused.signal("SIGTERM");
    expect((await paused.ended()).code).toBe(0);
    await proxy.close();
  });

  test("the README's event of one process and question of another, exactly as written", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const section = readme.slice(readme.indexOf("## When one machine is not enough"));
    const [, lines = "", answer] = /```sh\n(token=[\s\S]*?)\n# (.*)\n```/.exec(section) ?? [];
    const ports: Record<string, Server> = { 8091: servers[0]!, 8093: servers[2]! };
    const script = lines.replace(/localhost:(\d+)/g, (_, port: string) => ports[port]!.url);
    expect(script.match(/http:\/\/127\.0\.0\.1:/g)).toHaveLength(2);
    const ran = spawnSync("bash", ["--norc", "-eu", "-c", script], { encoding: "utf8" });
    expect([ran.stdout.trim(), ran.status, ran.stderr]).toEqual([answer, 0, ""]);
    expect(answer).toContain('"allowed":true');
  });

  test("SIGTERM: events in flight are answered, and others accept the rest", async () => {
    const sent = Array.from({ length: SENDERS }, (_, n) => redeem(`late${n}`));
    const first = sent.map((body) => servers[1]!.send("POST", "/events", body));
    servers[1]!.signal("SIGTERM");
    const answers = await Promise.all(first);
    expect((await servers[1]!.ended()).code).toBe(0);
    for (const [n, answer] of answers.entries()) {
      if (answer?.status === 200) expect(answer.body.status).toBe("applied");
      let again = await servers[2]!.send("POST", "/events", sent[n]);
      while (again?.status === 503) again = await servers[2]!.send("POST", "/events", sent[n]);
      expect(again?.body.status).toMatch(answer?.status === 200 ? /^duplicate$/ : /^(applied|duplicate)$/);
    }
    await expect.poll(async () => (await servers[2]!.send("GET", "/readyz"))?.status).toBe(200);
  });
});
