// Both checkers: the time enters a question only where a condition can decide it, and a token is parsed once.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Checker } from "../../src/checks/checker.ts";
import type { CheckRequest } from "../../src/checks/question.ts";
import { EmbeddedChecker } from "../../src/embedded/embedded-checker.ts";
import { makeToken } from "../../src/ledger/revision-token.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { compileModel } from "../../src/model/compile.ts";
import { Follower } from "../../src/openfga/follow/follower.ts";
import { OpenfgaChecker } from "../../src/openfga/openfga-checker.ts";
import { Shadow } from "../../src/openfga/verify/shadow.ts";
import { ServerTime } from "../../src/sidecar/server-time.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { appOf, send } from "../http/world.ts";
import { at, FeedStore } from "../openfga/feed-store.ts";
import { ANY } from "../world/running-club.ts";
import { START } from "../world/world.ts";

const HOUR = 3_600_000;
const iso = (time: number): string => new Date(time).toISOString();

/** `folder` reaches a condition through `group`; `plain` is recursive, and reaches none. */
const MODEL_TEXT = `
model
  schema 1.1
type user
type plain
  relations
    define parent: [plain]
    define viewer: [user] or viewer from parent
type group
  relations
    define member: [user, user with unexpired]
type folder
  relations
    define group: [group]
    define owner: [user]
    define viewer: member from group
condition unexpired(current_time: timestamp, expires_at: timestamp) {
  current_time < expires_at
}
`;
const MODEL = compileModel(MODEL_TEXT);

const TUPLES: readonly Tuple[] = [
  { object: "plain:1", relation: "viewer", user: "user:ann" },
  { object: "plain:2", relation: "parent", user: "plain:1" },
  { object: "folder:1", relation: "group", user: "group:1" },
  { object: "group:1", relation: "member", user: "user:ann" },
];

const PLAIN: CheckRequest = { user: "user:ann", relation: "viewer", object: "plain:2" };
const TIMED: CheckRequest = { user: "user:bob", relation: "viewer", object: "folder:1" };
const UNTIL_AN_HOUR: Tuple = {
  object: "group:1", relation: "member", user: "user:bob",
  condition: { name: "unexpired", context: { expires_at: iso(START + HOUR) } },
};

interface Tried {
  readonly checker: Checker;
  /** Checks as they were evaluated, where the checker reports them. */
  readonly offered?: CheckRequest[];
  readonly close: () => void;
}

/** Opens a checker. `now` is its clock. */
type Open = (now: () => number) => Promise<Tried>;

const openEmbedded: Open = async (now) => {
  const tuples = createTupleSet();
  for (const tuple of [...TUPLES, at(1)]) tuples.add(tuple);
  const page = () => ({ tuples: [], cursor: "" });
  return { checker: new EmbeddedChecker(MODEL, tuples, { page }, now), close: () => undefined };
};

const openOpenfga: Open = async (now) => {
  const store = new FeedStore();
  store.write([...TUPLES, at(1)], []);
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const follower = new Follower({ store: { server: store.server, id: "s" }, interval: HOUR, log });
  await follower.start();
  const offered: CheckRequest[] = [];
  const shadow = { offer: (request: CheckRequest) => void offered.push(request) } as unknown as Shadow;
  const checker = new OpenfgaChecker({
    server: store.server, storeId: "s", modelId: "m", model: MODEL, follower, shadow, maxStaleness: HOUR,
    revisionOf: async () => 1, now,
  });
  return { checker, offered, close: () => follower.close() };
};

describe.each([["embedded", openEmbedded], ["OpenFGA", openOpenfga]] as const)("the checker, %s", (_, open) => {
  const clock = { now: START, reads: 0 };
  const read = (): number => {
    clock.reads++;
    return clock.now;
  };
  let tried: Tried;
  beforeEach(async () => {
    tried = await open(read);
    Object.assign(clock, { now: START, reads: 0 });
  });
  afterEach(() => {
    tried.close();
    vi.restoreAllMocks();
  });

  test("reads no clock and makes no context for a type that reaches no condition", async () => {
    const printed = vi.spyOn(Date.prototype, "toISOString");
    const { checker, offered } = tried;
    expect(await checker.check(PLAIN, ANY)).toEqual({ allowed: true });
    expect(await checker.checkAll([PLAIN, PLAIN], ANY)).toEqual([{ allowed: true }, { allowed: true }]);
    const list = { type: "plain", relation: "viewer", user: "user:ann" };
    expect(await checker.listObjects(list, ANY)).toMatchObject({ objects: { length: 2 } });
    const users = { object: "plain:2", relation: "viewer", userFilter: { type: "user" } };
    expect(await checker.listUsers(users, ANY)).toEqual({ users: ["user:ann"] });
    expect([clock.reads, printed.mock.calls.length]).toEqual([0, 0]);
    for (const request of offered ?? []) expect(request).toBe(PLAIN);
  });

  test("makes one context for all questions of a millisecond", async () => {
    const printed = vi.spyOn(Date.prototype, "toISOString");
    const { checker, offered } = tried;
    await checker.checkAll([TIMED, TIMED], ANY);
    await checker.check(TIMED, ANY);
    expect(printed).toHaveBeenCalledTimes(1);
    clock.now++;
    await checker.check(TIMED, ANY);
    expect(printed).toHaveBeenCalledTimes(2);
    for (const [i, { context }] of (offered ?? []).entries()) {
      expect(context).toEqual({ current_time: iso(i < 3 ? START : START + 1) });
      if (i === 1 || i === 2) expect(context).toBe(offered![0]!.context);
    }
  });

  test("a condition that a contextual tuple brings in is decided by the server's time, whatever is sent", async () => {
    const { checker } = tried;
    const contextualTuples = [UNTIL_AN_HOUR];
    const said = [undefined, {}, ...[START - HOUR, START + 2 * HOUR].map((time) => ({ current_time: iso(time) }))];
    for (const [now, allowed] of [[START, true], [START + HOUR, false]] as const) {
      clock.now = now;
      for (const context of said) {
        const more = { contextualTuples, context };
        expect(await checker.check({ ...TIMED, ...more }, ANY)).toEqual({ allowed });
        expect(await checker.checkAll([{ ...TIMED, ...more }], ANY)).toEqual([{ allowed }]);
        const list = { type: "folder", relation: "viewer", user: "user:bob", ...more };
        expect(await checker.listObjects(list, ANY)).toEqual({ objects: allowed ? ["folder:1"] : [] });
        const users = { object: "folder:1", relation: "viewer", userFilter: { type: "user" }, ...more };
        expect(await checker.listUsers(users, ANY)).toEqual({ users: expect.arrayContaining(["user:ann"]) });
        expect(await checker.listUsers(users, ANY)).toMatchObject({ users: { length: allowed ? 2 : 1 } });
      }
      expect(await checker.check(TIMED, ANY)).toEqual({ allowed: false });
    }
  });

  test("a contextual tuple has a condition only where the model allows one", async () => {
    const more = { contextualTuples: [{ ...UNTIL_AN_HOUR, object: "plain:2", relation: "viewer" }] };
    expect(await tried.checker.check({ ...PLAIN, user: "user:bob", ...more }, ANY))
      .toMatchObject({ error: { code: "invalid_tuple" } });
  });

  test("a token is parsed once, at the edge", async () => {
    const { checker } = tried;
    const { app } = appOf({ model: MODEL_TEXT, tuples: TUPLES, checker: {
      check: checker.check.bind(checker), listObjects: checker.listObjects.bind(checker),
      state: checker.state.bind(checker),
    } });
    const parsed = vi.spyOn(globalThis, "atob");
    const headers = { "sideline-token": makeToken({ org: "fc", revision: 1 }) };
    const questions = [
      ["/check", { tuple_key: PLAIN }], ["/list-objects", { type: "plain", relation: "viewer", user: "user:ann" }],
    ] as const;
    for (const [path, body] of questions) {
      parsed.mockClear();
      expect((await send(app, "POST", path, body, headers)).status).toBe(200);
      expect(parsed, path).toHaveBeenCalledTimes(1);
    }
    parsed.mockClear();
    expect((await send(app, "GET", "/users/ann/workspaces", undefined, headers)).status).toBe(200);
    expect(parsed).toHaveBeenCalledTimes(1);
  });
});

test("a shadow check has the time that the replica answered with, however late it is sent", async () => {
  const clock = { now: START };
  const asked: CheckRequest[] = [];
  let go = (): void => undefined;
  const held = new Promise<void>((done) => void (go = done));
  const store = new FeedStore();
  store.write([...TUPLES, at(1)], []);
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const follower = new Follower({ store: { server: store.server, id: "s" }, interval: HOUR, log });
  await follower.start();
  const shadow = new Shadow({
    share: 1, follower, log, evaluate: () => ({ allowed: false }),
    ask: async (request) => {
      asked.push(request);
      await held;
      return { allowed: false };
    },
  });
  const checker = new OpenfgaChecker({
    server: store.server, storeId: "s", modelId: "m", model: MODEL, follower, shadow, maxStaleness: HOUR,
    revisionOf: async () => 1, now: () => clock.now,
  });
  for (let n = 0; n < 5; n++) {
    clock.now = START + n;
    expect(await checker.check(TIMED, ANY)).toEqual({ allowed: false });
  }
  clock.now = START + HOUR;
  go();
  await expect.poll(() => shadow.counts.agreed).toBe(5);
  expect(asked.map(({ context }) => context)).toEqual([0, 1, 2, 3, 4].map((n) => ({ current_time: iso(START + n) })));
  shadow.close();
  follower.close();
});

test("the time takes the place of a caller's own, and leaves the rest of the context", () => {
  const time = new ServerTime(MODEL, () => START);
  const own = { ...PLAIN, context: { current_time: iso(0), ip: "10.0.0.1" } };
  expect(time.into(own, "plain").context).toEqual({ current_time: iso(START), ip: "10.0.0.1" });
  expect(own.context.current_time).toBe(iso(0));
  expect(time.into(PLAIN, "plain")).toBe(PLAIN);
  expect(time.into(PLAIN, "unknown")).toBe(PLAIN);
});
