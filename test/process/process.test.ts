// Real processes: start, kill -9 during events, an event cut after one write, a second process, SIGTERM, wrong
// settings.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { faultsOf } from "../races/invariants.ts";
import { event, FOUNDED, kill, oneBuild, tuplesOf } from "./one-build.ts";
import type { Server } from "./server.ts";

const sideline = oneBuild();

const stateOf = async (server: Server): Promise<string[]> =>
  (await tuplesOf(server)).map((tuple) => JSON.stringify(tuple)).sort();

test("starts on an empty store, prints its url, and answers", async () => {
  const server = await sideline.start();
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await server.send("GET", "/readyz"))?.status).toBe(200);
  expect(await server.send("POST", "/events", FOUNDED)).toMatchObject({ status: 200, body: { status: "applied" } });
  const question = { tuple_key: { user: "user:olga", relation: "org_manage", object: "org:o" } };
  expect((await server.send("POST", "/check", question))?.body.allowed).toBe(true);
  await kill(server);
  const again = await sideline.start();
  expect((await again.send("POST", "/check", question))?.body.allowed).toBe(true);
  expect(await again.send("POST", "/events", FOUNDED)).toMatchObject({ status: 200, body: { status: "duplicate" } });
});

test.each([5, 40, 150])("kill -9 after %i acknowledged events: each exists once, none in part", async (enough) => {
  let server = await sideline.start();
  await server.send("POST", "/events", FOUNDED);
  for (const [id, type, data] of [
    ["t", "team.created", { team: "t", org: "o" }],
    ["i", "invite.created", { invite: "i", org: "o", hat: "athlete", team: "t" }],
  ] as const) await server.send("POST", "/events", event(id, type, data));
  // Each newcomer brings a membership, a hat, a role, a roster row, a link and a place on a team, in one event.
  const sent: string[] = [];
  const acknowledged = new Set<string>();
  const redeem = (user: string) => event(user, "invite.redeemed", { invite: "i", user }, user);
  let alive = true;
  const stream = async (lane: number): Promise<void> => {
    for (let n = 0; alive; n++) {
      const user = `u${lane}.${n}`;
      sent.push(user);
      const answer = await server.send("POST", "/events", redeem(user));
      if (answer === undefined) return;
      expect(answer.body.status).toBe("applied");
      acknowledged.add(user);
      if (acknowledged.size >= enough && alive) {
        alive = false;
        server.signal("SIGKILL");
      }
    }
  };
  await Promise.all(Array.from({ length: 24 }, (_, lane) => stream(lane)));
  await kill(server);

  server = await sideline.start();
  const tuples = await tuplesOf(server);
  expect(faultsOf(tuples)).toEqual([]);
  const here = new Set(tuples.filter(({ relation, object }) => relation === "member" && object === "org:o")
    .map(({ user }) => user.slice(5)));
  expect([...acknowledged].filter((user) => !here.has(user))).toEqual([]);
  expect([...here].filter((user) => user !== "olga" && !sent.includes(user))).toEqual([]);
  for (const user of sent.slice(-60)) {
    const list = { user: `user:${user}`, relation: "profile_read", type: "athlete" };
    expect((await server.send("POST", "/list-objects", list))?.body.objects)
      .toEqual(here.has(user) ? [`athlete:o.${user}`] : []);
  }
  expect((await server.send("GET", "/invites/i"))?.body.uses).toBe(here.size - 1);
  for (const user of sent) {
    const answer = await server.send("POST", "/events", redeem(user));
    expect([user, answer?.body.status]).toEqual([user, here.has(user) ? "duplicate" : "applied"]);
  }
  expect((await server.send("GET", "/invites/i"))?.body.uses).toBe(sent.length);
  const before = await stateOf(server);
  await kill(server);
  expect(await stateOf(await sideline.start())).toEqual(before);
});

/**
 * Applies only the first write of an event to the store of the folder, as a process that died there would have done.
 */
async function cutAfterTheFirstWrite(envelope: Envelope): Promise<void> {
  const store = openEmbeddedStore(sideline.folder);
  const tuples = createTupleSet();
  store.load(tuples);
  const around = { system: true, clock: Date.now() };
  const step = decideEvent(DomainEvent.sent(envelope), { tuples, allowed: () => true }, around);
  if (isRefusal(step) || !step.more) throw new Error("the event has one write only");
  expect(store.commit([step.delta], Date.now())).toMatchObject({ ok: true });
  await store.close();
}

test("the next start finishes an event of several writes that was cut after the first", async () => {
  let server = await sideline.start();
  await server.send("POST", "/events", FOUNDED);
  await server.send("POST", "/events", event("t", "team.created", { team: "t", org: "o", head_coach: "olga" }));
  const invites = Array.from({ length: 150 }, (_, i) => `i${i}`);
  await server.send("POST", "/events",
    invites.map((invite) => event(invite, "invite.created", { invite, org: "o", team: "t" })));
  const open = async (): Promise<number> =>
    (await server.send("POST", "/list-objects",
      { user: "user:x", relation: "can_redeem", type: "invite" }))?.body.objects.length;
  expect(await open()).toBe(150);
  await kill(server);
  await cutAfterTheFirstWrite({ id: "gone", source: "/t", type: "team.deleted", data: { team: "t" } });

  server = await sideline.start();
  expect(server.log()).toContainEqual(expect.objectContaining({ msg: "store loaded", finished: 1 }));
  expect(await open()).toBe(0);
  for (const invite of ["i0", "i75", "i149"]) {
    expect((await server.send("GET", `/invites/${invite}`))?.body.status).toBe("revoked");
  }
  const manage = { tuple_key: { user: "user:olga", relation: "head_coach", object: "team:t" } };
  expect((await server.send("POST", "/check", manage))?.body.allowed).toBe(false);
  const resent = await server.send("POST", "/events", event("gone", "team.deleted", { team: "t" }));
  expect(resent).toMatchObject({ status: 200, body: { status: "duplicate" } });
  expect(faultsOf(await tuplesOf(server))).toEqual([]);
  const before = await stateOf(server);
  await kill(server);
  server = await sideline.start();
  expect(server.log()).toContainEqual(expect.objectContaining({ msg: "store loaded", finished: 0 }));
  expect(await stateOf(server)).toEqual(before);
});

test("a second process on the same folder reports it and exits; the first continues", async () => {
  const server = await sideline.start();
  const { code, said } = await sideline.build.run({ SIDELINE_DATA: sideline.folder });
  expect(code).toBe(1);
  expect(said).toContain(sideline.folder);
  expect(said).not.toMatch(/^\s+at /m);
  expect((await server.send("POST", "/events", FOUNDED))?.body.status).toBe("applied");
});

test.each(["SIGTERM", "SIGINT"] as const)("%s: accepted events are answered and kept, exit is 0", async (name) => {
  const server = await sideline.start();
  await server.send("POST", "/events", FOUNDED);
  const sent = Array.from({ length: 50 }, (_, i) => event(`m${i}`, "member.added", { org: "o", user: `m${i}` }));
  const answers = sent.map((one) => server.send("POST", "/events", one));
  await Promise.race(answers);
  server.signal(name);
  const outcomes = await Promise.all(answers);
  const { code, signal } = await server.ended();
  expect([code, signal]).toEqual([0, null]);
  const again = await sideline.start();
  for (const [i, outcome] of outcomes.entries()) {
    const resent = await again.send("POST", "/events", sent[i]);
    if (outcome !== undefined) expect([outcome.body.status, resent?.body.status]).toEqual(["applied", "duplicate"]);
    else expect(["applied", "duplicate"]).toContain(resent?.body.status);
  }
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["SIDELINE_PORT", { SIDELINE_PORT: "eighty" }], ["SIDELINE_PORT", { SIDELINE_PORT: "65536" }],
  ["SIDELINE_LOG_LEVEL", { SIDELINE_LOG_LEVEL: "loud" }],
  ["SIDELINE_EMAIL_KEY", { SIDELINE_EMAIL_KEY: "x".repeat(31) }],
  ["SIDELINE_OPENFGA_URL", { SIDELINE_OPENFGA_URL: "nowhere" }], ["SIDELINE_PROT", { SIDELINE_PROT: "1" }],
  ["SIDELINE_HOST", { SIDELINE_HOST: "0.0.0.0" }], ["SIDELINE_HOST", { SIDELINE_HOST: "::" }],
  ["SIDELINE_DATA: the store in /proc/nowhere", { SIDELINE_DATA: "/proc/nowhere" }],
])("a wrong setting is named: %s %o", async (name, settings) => {
  const { code, said } = await sideline.build.run({ SIDELINE_DATA: sideline.folder, ...settings });
  expect(code).toBe(1);
  expect(said).toContain(name);
  expect(said).not.toMatch(/^\s+at /m);
});

test("SIGTERM to npm start ends the process that npm started, in order", async () => {
  const server = await sideline.build.npmStart({ SIDELINE_DATA: sideline.folder });
  expect((await server.send("POST", "/events", FOUNDED))?.status).toBe(200);
  const pid: number = server.log().at(-1).pid;
  server.signal("SIGTERM");
  expect((await server.ended()).said).toContain("stopping");
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("a key file: reported when it is missing or wrong, and enforced when it is right", async () => {
  const file = join(sideline.root, "keys.json");
  expect(await sideline.build.run({ SIDELINE_DATA: sideline.folder, SIDELINE_KEYS: file }))
    .toMatchObject({ code: 1, said: expect.stringMatching(new RegExp(`SIDELINE_KEYS: .*${file}`)) });
  const key = "a-key-that-nobody-guesses-01";
  writeFileSync(file, JSON.stringify({ keys: [{ name: "app", key, scopes: ["chek"] }] }));
  const wrong = await sideline.build.run({ SIDELINE_DATA: sideline.folder, SIDELINE_KEYS: file });
  expect([wrong.code, wrong.said.includes(key)]).toEqual([1, false]);
  expect(wrong.said).toContain("keys.0.scopes");
  writeFileSync(file, JSON.stringify({ keys: [{ name: "app", key, scopes: ["check"] }] }));
  const server = await sideline.start({ SIDELINE_KEYS: file, SIDELINE_HOST: "127.0.0.1" });
  expect((await server.send("POST", "/events", FOUNDED))?.status).toBe(401);
  expect((await server.send("GET", "/livez"))?.status).toBe(200);
});
