// Long lists: cut into parts, on one revision, while everyone else is answered.
import { pino } from "pino";
import { afterEach, describe, expect, test } from "vitest";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { createApp } from "../../src/http/app.ts";
import { objectText, spread, textOf } from "../../src/http/long-answer.ts";
import { ENTRIES_AT_A_TIME } from "../../src/http/http-limits.ts";
import { ClientGone, inTurns as inTurnsOf, inTurnsAlone } from "../../src/sidecar/turns.ts";
import { endOf, type Parts } from "../../src/checks/parts.ts";
import { MAX_LONG_ANSWERS_AT_ONCE } from "../../src/sidecar/sidecar-limits.ts";
import { StateLock, type Release } from "../../src/sidecar/state-lock.ts";
import { matrixOf, peopleOf, workspacesOf } from "../../src/domain/directory.ts";
import { judgeMakers } from "../../src/events/guards/invite-escalation.ts";
import { MODEL, World } from "../world/world.ts";
import { counted } from "./steps.ts";

const inTurns = <T>(begin: () => Parts<T>, lock: StateLock): T | Promise<T> => inTurnsOf(begin, lock, setImmediate);

const MEMBERS = 1500;
const opened: EmbeddedSidecar[] = [];
afterEach(async () => {
  for (const sidecar of opened.splice(0)) await sidecar.close();
});

const memberId = (n: number) => `m${String(n).padStart(4, "0")}`;

/** A sidecar with an org of many members, its app, and its answers in order. */
async function stage() {
  const log = pino({ level: "silent" });
  const fatal = (why: string): never => {
    throw new Error(why);
  };
  const sidecar = await openEmbeddedSidecar({
    folder: ":memory:", storeName: "sideline", model: MODEL, emailKey: undefined, log, now: Date.now, fatal,
  });
  opened.push(sidecar);
  let sent = 0;
  const send = (type: string, data: object) =>
    sidecar.intake.submit({ id: `e${++sent}`, source: "/t", type, data }, { system: true, dryRun: false });
  await send("org.created", { org: "o", kind: "club", owner: "olga" });
  await Promise.all(Array.from({ length: MEMBERS }, (_, n) => send("member.added", { org: "o", user: memberId(n) })));
  const app = createApp(sidecar, { keys: undefined, log: { error: (fields) => void expect(fields).toEqual({}) } });
  const answered: string[] = [];
  const noting = <T>(name: string, promise: Promise<T>): Promise<T> =>
    promise.finally(() => void answered.push(name));
  const members = async () => {
    const response = await app.request("/orgs/o/members");
    return (await response.json() as { members: { user: string; status: string }[] }).members;
  };
  return { sidecar, app, send, answered, noting, members };
}

describe("the members of a large org", () => {
  test("are of one revision: an event waits until the list is finished", async () => {
    const { send, answered, noting, members } = await stage();
    const listing = noting("list", members());
    const ended = [0, MEMBERS - 1].map((n) =>
      noting("event", send("member.deactivated", { org: "o", user: memberId(n) })));
    const listed = await listing;
    await Promise.all(ended);
    expect(listed).toHaveLength(MEMBERS + 1);
    expect(new Set(listed.map(({ status }) => status))).toEqual(new Set(["active"]));
    expect(answered).toEqual(["list", "event", "event"]);
    expect((await members()).filter(({ status }) => status === "inactive").map(({ user }) => user))
      .toEqual([memberId(0), memberId(MEMBERS - 1)]);
  });

  test("make nobody wait: checks and liveness are answered meanwhile", async () => {
    const { app, answered, noting, members } = await stage();
    const listing = noting("list", members());
    const livez = noting("livez", Promise.resolve(app.request("/livez")));
    const body = JSON.stringify({ tuple_key: { user: "user:m0001", relation: "member", object: "org:o" } });
    const check = noting("check", Promise.resolve(app.request("/check", { method: "POST", body })));
    expect(await (await check).json()).toMatchObject({ allowed: true });
    await Promise.all([livez, listing]);
    expect(answered.at(-1)).toBe("list");
  });

  test("requested by many at once, let events in between", async () => {
    const { send, answered, noting, members } = await stage();
    const first = noting("list", members());
    const event = noting("event", send("member.deactivated", { org: "o", user: memberId(7) }));
    // Let the event reach the lock, then ask again and again.
    await new Promise((done) => setImmediate(done));
    const more = [1, 2, 3].map(() => noting("later", members()));
    await first;
    await event;
    for (const listed of await Promise.all(more)) {
      expect(listed.find(({ user }) => user === memberId(7))?.status).toBe("inactive");
    }
    expect(answered).toEqual(["list", "event", "later", "later", "later"]);
  });
});

test("a list's statements about makers are of the list's own revision, not of one before", async () => {
  const { sidecar, app, send } = await stage();
  const invites = Array.from({ length: 300 }, (_, n) => n);
  await send("member.added", { org: "o", user: "ada", hats: ["admin"] });
  await Promise.all(invites.map((n) => sidecar.intake.submit({
    id: `i${n}`, source: "/t", type: "invite.created", actor: "ada", data: { org: "o", invite: `i${n}`, hat: "admin" },
  }, { system: true, dryRun: false })));
  const makers = async () => {
    const response = await app.request("/orgs/o/members?status=invited");
    const { invites: listed } = await response.json() as { invites: { maker_may: boolean }[] };
    return listed.map(({ maker_may: may }) => may);
  };
  expect(await makers()).toEqual(invites.map(() => true));
  // The list begins while the event waits for the lock, and starts again behind it.
  const release = await new Promise<Release>((done) => sidecar.lock.hold(done));
  const event = send("member.deactivated", { org: "o", user: "ada" });
  await expect.poll(() => sidecar.lock.isFree).toBe(false);
  const listing = makers();
  await new Promise((done) => setImmediate(done));
  release();
  expect(await event).toMatchObject({ status: "applied" });
  expect(await listing).toEqual(invites.map(() => false));
});

test("the changes since a time are those of the later events", async () => {
  const { app, send } = await stage();
  const pause = () => new Promise((done) => setTimeout(done, 5));
  await pause();
  const since = new Date().toISOString();
  await send("member.added", { org: "o", user: "late" });
  await pause();
  const response = await app.request(`/stores/sideline/changes?start_time=${since}&type=membership`);
  const { changes } = await response.json() as { changes: { tuple_key: { object: string } }[] };
  expect(new Set(changes.map((change) => change.tuple_key.object))).toEqual(new Set(["membership:o/late"]));
});

describe("a directory list is computed in parts", () => {
  /** An org with many of everything that its lists look at. */
  function org(size: number): World {
    const world = new World();
    world.system("org.created", { org: "o", kind: "club", owner: "olga" });
    world.system("athlete.created", { athlete: "a", org: "o" });
    world.system("team.created", { team: "t", org: "o" });
    for (let n = 0; n < size; n++) {
      world.system("member.added", { org: "o", user: `m${n}` });
      world.system("coaching.started", { coaching: `r${n}`, athlete: "a", coach: `m${n}` });
      world.system("invite.created", { invite: `i${n}`, org: "o", hat: "coach", team: "t" });
      world.system("role.created", { org: "o", role: `c${n}`, scope: "athlete", keys: [] });
      world.system("org.created", { org: `p${n}`, kind: "club", owner: "olga" });
    }
    return world;
  }

  const LISTS = {
    people: (world: World) =>
      peopleOf(world.tuples, "o", { hat: undefined, status: undefined }, world.now, judgeMakers(world.view)),
    matrix: (world: World) => matrixOf(world.tuples, "o"),
    workspaces: (world: World) => workspacesOf(world.tuples, "olga"),
  };

  test.each(Object.entries(LISTS))("%s", (_, list) => {
    const world = org(1000);
    endOf(list(world) as Parts<unknown>);
    const parts: number[] = [];
    const work = list(world) as Parts<unknown>;
    for (let done = false; !done;) {
      const { steps, result } = counted(() => work.next());
      parts.push(steps);
      done = result.done === true;
    }
    const all = parts.reduce((a, b) => a + b);
    expect(parts.length).toBeGreaterThan(2);
    expect(Math.max(...parts), String(parts)).toBeLessThan(all * 0.55);
  });
});

describe("an answer's text", () => {
  test("equals JSON.stringify, whatever the number of entries", async () => {
    for (const count of [0, 1, 2000, 2001, 4000, 9001]) {
      const answer = { objects: Array.from({ length: count }, (_, n) => `note:"${n}\u2028`), more: ["x"] };
      expect(await spread(textOf(answer))).toBe(JSON.stringify(answer));
      const told = { users: answer.objects.map((id) => ({ object: { id } })) };
      expect(await spread(textOf({ users: answer.objects }, (id) => ({ object: { id } })))).toBe(JSON.stringify(told));
    }
  });

  test("of an object with long arrays in it equals JSON.stringify, a turn's entries at a time", () => {
    for (const count of [0, 1, 1999, 2000, 2001, 9001]) {
      const entries = Array.from({ length: count }, (_, n) => ({ user: `user:"${n}\u2028`, is: n % 2 === 0 }));
      const answer = {
        id: 'a"b', written: 3, left: undefined, none: null, rows: ["x"],
        access: { gained: entries, lost: [], ok: false }, changes: { write: [{ object: "a:1" }], delete: entries },
      };
      const work = objectText(answer);
      let parts = 1;
      let part = work.next();
      for (; part.done !== true; part = work.next()) parts++;
      expect(part.value).toBe(JSON.stringify(answer));
      expect(parts).toBe(Math.max(1, Math.ceil((2 + 2 * count) / ENTRIES_AT_A_TIME)));
    }
  });

  test("of a short list is written in the turn of the request", () => {
    expect(spread(textOf({ objects: ["a:1"] }))).toBe('{"objects":["a:1"]}');
  });
});

describe("work in parts", () => {
  function* parts(count: number, seen: number[] = []): Parts<number> {
    for (let n = 1; n < count; n++) {
      seen.push(n);
      yield;
    }
    return count;
  }

  test("of one part is done at once; of more, one part is done in each turn", async () => {
    expect(inTurns(() => parts(1), new StateLock())).toBe(1);
    const seen: number[] = [];
    const working = inTurns(() => parts(4, seen), new StateLock());
    expect(seen).toEqual([1]);
    await new Promise((done) => setImmediate(done));
    expect(seen).toEqual([1, 2]);
    expect(await working).toBe(4);
  });

  test("of many answers holds a change back for those that have begun, however many are asked for", async () => {
    const lock = new StateLock();
    const [seen, length, count]: [number[], number, number] = [[], 10, 40];
    const answers = Array.from({ length: count }, () => inTurns(() => parts(length, seen), lock));
    const before = await lock.changed(() => seen.length);
    // Each answer had its first part in the turn of its request.
    expect(before).toBe(count + MAX_LONG_ANSWERS_AT_ONCE * (length - 2));
    expect(await Promise.all(answers)).toEqual(answers.map(() => length));
  });

  test("ends once its client has disconnected, also if it waits, and a change then runs", async () => {
    const lock = new StateLock();
    let isGone = false;
    const seen: number[] = [];
    const ask = (run: typeof inTurnsOf, begin: () => Parts<number>) => run(begin, lock, setImmediate, () => isGone);
    const answers = [
      ask(inTurnsOf, () => parts(9, seen)), ...Array.from({ length: 6 }, () => ask(inTurnsOf, () => parts(9))),
      ask(inTurnsAlone as typeof inTurnsOf, function* () {
        return expect.fail("work that nobody waits for");
      }),
    ];
    await new Promise((done) => setImmediate(done));
    isGone = true;
    for (const answer of answers) await expect(answer).rejects.toThrow(ClientGone);
    expect(seen).toEqual([1, 2]);
    expect(await lock.changed(() => seen.length)).toBe(2);
  });

  test("starts again behind a waiting change, and releases the state when it fails", async () => {
    const lock = new StateLock();
    const seen: number[] = [];
    const first = inTurns(() => parts(3), lock);
    lock.change(() => void seen.push(-1));
    const second = inTurns(() => parts(2, seen), lock);
    expect(await first).toBe(3);
    expect(await second).toBe(2);
    expect(seen).toEqual([1, -1, 1]);
    const failing = inTurns(function* (): Parts<number> {
      yield;
      throw new Error("broken");
    }, lock);
    await expect(failing).rejects.toThrow("broken");
    await new Promise((done) => setImmediate(() => setImmediate(done)));
    lock.change(() => void seen.push(-2));
    expect(seen.at(-1)).toBe(-2);
  });
});
