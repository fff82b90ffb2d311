// The past of a feed: the tuples as of each event and each foreign Write, and a feed that lacks events.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { Moment } from "../../src/checks/checker.ts";
import type { Failure } from "../../src/checks/question.ts";
import { RefusedEvents } from "../../src/history/refused-events.ts";
import { FeedHistory } from "../../src/openfga/follow/feed-history.ts";
import { isUnavailable } from "../../src/openfga/openfga-error.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { Draw } from "../laws/draw.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { MODEL } from "../world/policy.ts";
import { recordOf } from "./event-records.ts";
import { at, FeedStore, LEDGER, member, real } from "./feed-store.ts";

const MEMBERS = ["a", "b", "c", "d"].map(member);
const HOUR = 3_600_000;
const timeOf = (time: number): string => new Date(time).toISOString();
const tokenOf = (revision: number): string => Buffer.from(JSON.stringify(["fc", revision])).toString("base64url");

function historyOf(store: FeedStore): FeedHistory {
  const history = new FeedHistory({
    store: { server: store.server, id: "s" }, model: MODEL, refused: new RefusedEvents(), now: real,
    emailHash: undefined, writer: "w", log: { info: () => undefined, warn: () => undefined },
  });
  onTestFinished(() => history.close());
  return history;
}

/** Resolves to a moment or a failure, once the feed has been read. */
async function momentOf(history: FeedHistory, text: string): Promise<Moment | Failure> {
  for (;;) {
    const moment = await history.past.momentOf(text);
    if (moment !== "incomplete") return moment;
    await sleep(1);
  }
}

/** Resolves to the members as of a time or a token, once the feed has been read. */
async function membersAsOf(history: FeedHistory, text: string): Promise<unknown> {
  const moment = await momentOf(history, text);
  if ("code" in moment) return moment.message;
  return history.past.answer(moment, function* ({ tuples }) {
    return [...tuples.users("org:fc", "member"), ...tuples.users("ledger:org/fc", "at")].sort();
  });
}

test("the tuples as of a time or a token are those that the store had then, foreign Writes included", async () => {
  console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
  for (let run = 0; run < runsOr(10); run++) {
    const [draw, store] = [new Draw(SEED + run), new FeedStore()];
    const history = historyOf(store);
    const expected = new Map<string, string[]>();
    let [revision, foreign, begun] = [0, 0, real() - 2 * HOUR];
    const step = (): void => {
      const changed = MEMBERS.filter(() => draw.chance(40));
      const has = ({ user }: Tuple): boolean => [...store.tuples.values()].some((tuple) => tuple.user === user);
      const [writes, deletes] = [changed.filter((each) => !has(each)), changed.filter(has)];
      const isForeign = revision > 0 && draw.chance(40);
      begun = Math.floor(begun) + 1 + draw.below(5);
      if (isForeign && changed.length > 0) store.write(writes, deletes, begun);
      else {
        store.write([...writes, at(++revision)], [...deletes, ...(revision === 1 ? [] : [at(revision - 1)])], begun);
      }
      if (isForeign) foreign++;
      const now = [...store.tuples.values()].map(({ user }) => user).sort();
      expected.set(timeOf(begun), now);
      if (!isForeign || changed.length === 0) expected.set(tokenOf(revision), now);
    };
    for (let n = 0; n < 40; n++) step();
    history.start();
    for (const [text, members] of expected) expect([text, await membersAsOf(history, text)]).toEqual([text, members]);
    // The feed grows: the past stays, and the new changes have their own.
    begun = real() - 3000;
    for (let n = 0; n < 40; n++) step();
    for (const [text, members] of expected) expect([text, await membersAsOf(history, text)]).toEqual([text, members]);
    expect(foreign).toBeGreaterThan(5);
  }
});

test("the event of a write that continues one many rows later", async () => {
  const store = new FeedStore();
  const [record, other, rows] = [recordOf("one", 1), "ledger:org/other", 700];
  const pending: Tuple = { object: LEDGER, relation: "pending", user: "event:one" };
  const begun = Math.floor(real()) - HOUR;
  store.write([at(1), record, pending], [], begun);
  for (let n = 1; n < rows; n++) store.write([at(n, other)], n === 1 ? [] : [at(n - 1, other)], begun + n);
  store.write([at(2), MEMBERS[0]!], [at(1), pending], begun + rows);
  const history = historyOf(store);
  history.start();
  const moment = await momentOf(history, tokenOf(2));
  if ("code" in moment) throw new Error(moment.message);
  const event = await history.past.answer(moment, function* ({ origins }) {
    return { found: origins.writtenBy(MEMBERS[0]!)?.type };
  });
  expect(event).toEqual({ found: "member.added" });
});

test("events of a coach's rows are found by the coach, whatever the sidecar's replica has", async () => {
  const store = new FeedStore();
  const row = (relation: string, user: string): Tuple => ({ object: "coaching:one", relation, user });
  const begun = Math.floor(real()) - HOUR;
  store.write([at(1), recordOf("started", 1), row("coach", "user:carl"), row("active_on", "athlete:ann")], [], begun);
  store.write([at(2), recordOf("joined", 2), MEMBERS[0]!], [at(1)], begun + 1);
  store.write([at(3), recordOf("ended", 3)], [at(2), row("active_on", "athlete:ann")], begun + 2);
  const history = historyOf(store);
  history.start();
  await momentOf(history, tokenOf(3));
  const page = await history.page({ user: "carl" }, 10, undefined);
  expect(page).toMatchObject({ events: [{ revision: 3 }, { revision: 1 }] });
});

test("in the history the times of storing never go back, as in answers as of a time", async () => {
  const store = new FeedStore();
  const begun = Math.floor(real()) - HOUR;
  store.write([at(1), recordOf("one", 1), MEMBERS[0]!], [], begun);
  store.write([at(3), recordOf("three", 3)], [at(2), MEMBERS[0]!], begun + 10);
  // OpenFGA's clock had gone ahead and stepped back: the event before has a later time.
  store.write([at(2), recordOf("two", 2), MEMBERS[1]!], [at(1)], begun + 30);
  const history = historyOf(store);
  history.start();
  await momentOf(history, tokenOf(3));
  const page = await history.page({}, 10, undefined);
  const recorded = [begun + 30, begun + 30, begun].map(timeOf);
  expect(page).toMatchObject({ events: recorded.map((time, i) => ({ revision: 3 - i, recorded: time })) });
  expect(await membersAsOf(history, recorded[0]!)).toEqual(["user:b", "value:3"]);
});

test("what a Write of an earlier build deleted is not there as of the token of any of its events", async () => {
  const store = new FeedStore();
  const begun = Math.floor(real()) - HOUR;
  store.write([at(1), recordOf("joined", 1), MEMBERS[0]!], [], begun);
  store.write([at(3), recordOf("left", 2), recordOf("other", 3), MEMBERS[1]!], [at(1), MEMBERS[0]!], begun + 1);
  const history = historyOf(store);
  history.start();
  expect(await membersAsOf(history, tokenOf(1))).toEqual(["user:a", "value:1"]);
  expect(await membersAsOf(history, tokenOf(2))).toEqual(["user:b", "value:2"]);
  expect(await membersAsOf(history, tokenOf(3))).toEqual(["user:b", "value:3"]);
});

test("a foreign Write behind an event that must wait for the one before it counts after both", async () => {
  const store = new FeedStore();
  const begun = Math.floor(real()) - HOUR;
  store.write([at(1)], [], begun);
  store.write([at(3), MEMBERS[0]!], [at(2)], begun + 10);
  store.write([], [MEMBERS[0]!], begun + 20);
  store.write([at(2)], [at(1)], begun + 30);
  const history = historyOf(store);
  history.start();
  expect(await membersAsOf(history, tokenOf(3))).toEqual(["user:a", "value:3"]);
  expect(await membersAsOf(history, timeOf(begun + 30))).toEqual(["value:3"]);
});

test("the past is unavailable until the feed has been read, and where the feed lacks events", async () => {
  const store = new FeedStore();
  store.event(1, 3, Math.floor(real()) - HOUR);
  const history = historyOf(store);
  expect(await history.past.momentOf(tokenOf(1))).toBe("incomplete");
  history.start();
  expect(await membersAsOf(history, tokenOf(1))).toContain("value:1");
  expect(await membersAsOf(history, tokenOf(2))).toContain("does not have the token's event");
  expect(await membersAsOf(history, timeOf(real() - 2 * HOUR))).toContain("before the first event");
  store.event(3, 3);
  const broken = await history.past.momentOf(timeOf(real())).catch((error: unknown) => error);
  expect([isUnavailable(broken), String(broken)]).toEqual([true, expect.stringContaining("lacks events of")]);
});
