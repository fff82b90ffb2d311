// Refused events: how many are kept and for how long, and that they survive restarts, backups and a full disk.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openEmbeddedSidecar, type EmbeddedSidecar } from "../../src/embedded/embedded-sidecar.ts";
import { RefusedLog } from "../../src/embedded/refused-log.ts";
import type { RefusedTable } from "../../src/embedded/refused-table.ts";
import {
  REFUSED_EVENTS_READ_AT_A_TIME, REFUSED_EVENTS_WRITTEN_AT_A_TIME, REFUSED_WRITE_INTERVAL_MS,
} from "../../src/embedded/embedded-limits.ts";
import { MAX_REFUSED_CHARACTERS, MAX_REFUSED_EVENTS, REFUSED_KEPT_FOR_MS } from "../../src/history/history-limits.ts";
import type { HistoryFilter, HistoryPage } from "../../src/history/event-history.ts";
import { RefusedEvents, type RefusedEvent } from "../../src/history/refused-events.ts";
import { APPLY, event, TRY } from "./stage.ts";
import { MODEL } from "../world/policy.ts";
import { START } from "../world/world.ts";

const DAY = 24 * 60 * 60 * 1000;
let folder: string;
let clock = START;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "refused-"));
  clock = START;
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const refused = (number: number, more: Partial<RefusedEvent> = {}): RefusedEvent => ({
  number, after: 0, type: "t", actor: null, isHashed: false, source: "/s", id: "i", code: "wrong_org", org: null,
  about: [], time: START, at: START, ...more,
});
const numbersOf = (events: RefusedEvents, below = Infinity): number[] =>
  [...events.newest(below)].map(({ number }) => number);

function open(): Promise<EmbeddedSidecar> {
  return openEmbeddedSidecar({
    folder, storeName: "sideline", model: MODEL, emailKey: undefined, log: pino({ level: "silent" }), now: () => clock,
    fatal: (why) => { throw new Error(why); },
  });
}

async function pageOf({ history }: EmbeddedSidecar, filter: HistoryFilter, place?: string): Promise<HistoryPage> {
  const page = await history!.page(filter, 1000, place);
  if (page === undefined || page === "incomplete") throw new Error("no page");
  return page;
}

const codes = async (sidecar: EmbeddedSidecar): Promise<unknown[]> => {
  const page = await pageOf(sidecar, { outcome: "refused" });
  return page.events.map(({ id, actor, code, org, recorded }) => [id, actor, code, org, Date.parse(recorded) - START]);
};

/** Sends events that are refused, and one that is not. */
async function refuse({ intake }: EmbeddedSidecar, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await intake.submit(event("team.deleted", { team: "none" }, { id, actor: "ann" }), APPLY);
    await intake.submit(event("team.deleted", { team: "none" }, { id: `${id} dry`, actor: "ann" }), TRY);
    clock += 1000;
  }
}

test("the last 100,000 are kept, in order", () => {
  const events = new RefusedEvents();
  for (let n = 1; n <= MAX_REFUSED_EVENTS; n++) events.add(refused(n));
  expect([events.first, events.next]).toEqual([1, MAX_REFUSED_EVENTS + 1]);
  events.add(refused(MAX_REFUSED_EVENTS + 1));
  expect(events.first).toBe(2);
  for (let n = events.next; n <= 3.5 * MAX_REFUSED_EVENTS; n++) events.add(refused(n));
  const kept = numbersOf(events);
  expect([kept.length, kept[0], kept.at(-1)]).toEqual(
    [MAX_REFUSED_EVENTS, 3.5 * MAX_REFUSED_EVENTS, 2.5 * MAX_REFUSED_EVENTS + 1]);
  expect(numbersOf(events, 2.5 * MAX_REFUSED_EVENTS + 3)).toEqual(
    [2.5 * MAX_REFUSED_EVENTS + 2, 2.5 * MAX_REFUSED_EVENTS + 1]);
});

test("for 90 days", () => {
  const events = new RefusedEvents();
  events.add(refused(1));
  events.add(refused(2, { at: START + 1 }));
  events.expire(START + REFUSED_KEPT_FOR_MS - 1);
  expect(numbersOf(events)).toEqual([2, 1]);
  events.expire(START + REFUSED_KEPT_FOR_MS);
  expect([REFUSED_KEPT_FOR_MS, numbersOf(events), events.first]).toEqual([90 * DAY, [2], 2]);
  events.expire(START + 91 * DAY);
  expect([numbersOf(events), events.first, events.next]).toEqual([[], 3, 3]);
});

test("as long as their texts fit", () => {
  const events = new RefusedEvents();
  const long = refused(1, { source: "s".repeat(1000), id: "", type: "" });
  for (let n = 1; n <= MAX_REFUSED_CHARACTERS / 1000; n++) events.add({ ...long, number: n });
  expect(events.first).toBe(1);
  events.add(refused(events.next, { source: "", id: "", type: "a" }));
  expect(events.first).toBe(2);
});

test("they survive a restart, dry runs leave none, and numbers continue", async () => {
  let sidecar = await open();
  await refuse(sidecar, ["one", "two"]);
  await sidecar.intake.submit(event("org.created", { org: "fc", kind: "club", owner: "olga" }), APPLY);
  const of = { org: "fc", user: "x" };
  await sidecar.intake.submit(event("member.added", of, { id: "three", actor: "bob@example.org" }), APPLY);
  const before = [
    ["three", "(an address)", "actor_not_allowed", "fc", 2000], ["two", "ann", "actor_not_allowed", null, 1000],
    ["one", "ann", "actor_not_allowed", null, 0],
  ];
  expect(await codes(sidecar)).toEqual(before);
  const all = await pageOf(sidecar, {});
  await sidecar.close();

  sidecar = await open();
  expect(await codes(sidecar)).toEqual(before);
  expect(await pageOf(sidecar, {})).toEqual(all);
  const { events } = await pageOf(sidecar, { user: "bob@example.org" });
  expect(events.map(({ id }) => id)).toEqual(["three"]);
  await refuse(sidecar, ["four"]);
  expect((await codes(sidecar)).map((each) => (each as string[])[0])).toEqual(["four", "three", "two", "one"]);
  await sidecar.close();
  const db = new Database(join(folder, "store.db"));
  const rows = JSON.stringify(db.prepare("select number, body from refused order by number").raw().all());
  expect(rows).not.toContain("example");
  expect(JSON.parse(rows).map(([number]: [number]) => number)).toEqual([1, 2, 3, 4]);
  db.close();
});

test("after 90 days they are no longer listed, and leave the disk with the next write", async () => {
  const sidecar = await open();
  await refuse(sidecar, ["old"]);
  clock += 90 * DAY - 1001;
  expect(await codes(sidecar)).toHaveLength(1);
  clock += 1;
  expect(await codes(sidecar)).toEqual([]);
  await refuse(sidecar, ["new"]);
  await sidecar.close();
  const db = new Database(join(folder, "store.db"));
  expect(db.prepare("select number from refused").raw().all()).toEqual([[2]]);
  db.close();
});

test.each(["[", "[]", "{}", "null", '[1,"t",null,false,"/s","i","wrong_org",null,0,[1]]'])(
  "a damaged row costs itself and nothing else: %s", async (body) => {
    for (const number of [7, 30]) {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      const ids = async (): Promise<unknown[]> => (await codes(sidecar)).map((each) => (each as string[])[0]);
      let sidecar = await open();
      await refuse(sidecar, Array.from({ length: 30 }, (_, n) => `r${n + 1}`));
      await sidecar.close();
      const db = new Database(join(folder, "store.db"));
      db.prepare("update refused set body = ? where number = ?").run(body, number);
      db.close();
      sidecar = await open();
      const left = Array.from({ length: 30 }, (_, n) => `r${30 - n}`).filter((id) => id !== `r${number}`);
      expect(await ids()).toEqual(left);
      await refuse(sidecar, ["later"]);
      expect(await ids()).toEqual(["later", ...left]);
      await sidecar.close();
      sidecar = await open();
      expect(await ids()).toEqual(["later", ...left]);
      await sidecar.close();
    }
  });

test("they are written in batches once a second, and what failed is tried again", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const written: number[][] = [];
  let isFull = true;
  const failures: unknown[] = [];
  const append = (events: readonly RefusedEvent[]): void => {
    if (isFull) throw new Error("full");
    written.push(events.map(({ number }) => number));
  };
  const kept = new RefusedEvents();
  const log = new RefusedLog({
    table: { append, last: 0, read: () => [] } as unknown as RefusedTable, refused: kept, now: () => START,
    failed: (error) => void failures.push(error),
  });
  log.start();
  const count = REFUSED_EVENTS_WRITTEN_AT_A_TIME + 1;
  for (let n = 1; n <= count; n++) {
    kept.add(refused(n));
    log.add(refused(n));
  }
  vi.advanceTimersByTime(REFUSED_WRITE_INTERVAL_MS - 1);
  expect(failures).toHaveLength(0);
  vi.advanceTimersByTime(1);
  expect([failures.length, written]).toEqual([1, []]);
  isFull = false;
  vi.advanceTimersByTime(REFUSED_WRITE_INTERVAL_MS);
  await vi.waitFor(() => expect(written.length).toBe(2));
  expect(written.map(({ length }) => length)).toEqual([REFUSED_EVENTS_WRITTEN_AT_A_TIME, 1]);
  expect(written.flat()).toEqual(Array.from({ length: count }, (_, n) => n + 1));
  log.stop();
});

test("more than one reading of the table finds all of them", async () => {
  let sidecar = await open();
  const count = REFUSED_EVENTS_READ_AT_A_TIME + 1;
  const events = Array.from({ length: count }, (_, n) =>
    event("team.deleted", { team: "t" }, { id: `${n}`, actor: "x" }));
  await Promise.all(sidecar.intake.submitAll(events, APPLY));
  await sidecar.close();
  sidecar = await open();
  const ids: (string | null)[] = [];
  for (let place: string | undefined; ;) {
    const page = await pageOf(sidecar, {}, place);
    ids.push(...page.events.map(({ id }) => id));
    if (page.next === undefined) break;
    place = page.next;
  }
  expect(ids).toEqual(events.map(({ id }) => id).toReversed());
  await sidecar.close();
});
