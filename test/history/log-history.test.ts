// Laws of the history of a log: each event once, whole and in its place, whatever index there is and whatever arrives.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import { isRefusal, REFUSAL_STATUS, type Refusal } from "../../src/events/refusal.ts";
import type { HistoryEvent, HistoryFilter } from "../../src/history/event-history.ts";
import { EventKeys, UNKNOWN_KEY } from "../../src/history/event-keys.ts";
import { IndexedLog } from "../../src/history/indexed-log.ts";
import type { LogDelta, ReadLog } from "../../src/history/log-delta.ts";
import { LogHistory } from "../../src/history/log-history.ts";
import { RefusedEvents } from "../../src/history/refused-events.ts";
import { RefusedIntake } from "../../src/history/refused-intake.ts";
import { deltaAt } from "../../src/embedded/store-feed.ts";
import { decodeTuple } from "../../src/embedded/row-text.ts";
import { isBookkeeping } from "../../src/domain/object-names.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { APPLY, event, founded, stage, turn } from "../embedded/stage.ts";
import { printed } from "../laws/answers.ts";
import { Draw } from "../laws/draw.ts";
import { covered, holdsAsync, SEED } from "../laws/law.ts";
import { sequences } from "../laws/sequence.ts";
import { START } from "../world/world.ts";

const folder = mkdtempSync(join(tmpdir(), "log-history-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ORGS = ["a", "b", "c"];
let files = 0;
/** Number of events that the index could not place. */
let unplaced = 0;

type Stage = ReturnType<typeof stage>;

/** A history over the store of a stage, with an index in a file that can be left and continued at any time. */
class Watched {
  readonly refused = new RefusedEvents();
  readonly #of: Stage;
  readonly #read: ReadLog;
  readonly #path = join(folder, `${++files}.db`);
  #index: IndexedLog<LogDelta>;

  constructor(of: Stage) {
    this.#of = of;
    this.#read = (from, limit) => of.store.logRows(from, limit).map(([seq, at, [deletes, writes, events]]) =>
      ({ seq, at, deletes: deletes.map(decodeTuple), writes: writes.map(decodeTuple), events }));
    this.#index = this.#open();
  }

  get intake(): RefusedIntake {
    return new RefusedIntake({
      intake: this.#of.intake, refused: this.refused, view: this.#of.world.view, last: () => this.#of.store.lastDelta,
      now: () => START, emailHash: undefined,
    });
  }

  history(isIndexed = true): LogHistory {
    const { store, world } = this.#of;
    const blind = new IndexedLog<LogDelta>({
      source: "none", last: () => 1, rows: () => [], keysOf: () => [], markOf: () => 0,
    }, { path: ":memory:", failed: () => {} });
    return new LogHistory({
      log: this.#read, some: (numbers) => numbers.toSorted((a, b) => b - a).flatMap((seq) => this.#read(seq, 1)),
      last: () => store.lastDelta, recordedAt: async () => START,
      firstSince: async (time) => deltaAt(await store.cursorAt(time)),
      index: isIndexed ? this.#index : blind, seed: SEED, refused: this.refused, tuples: world.tuples, now: () => START,
      emailHash: undefined,
    });
  }

  /** Leaves the index as a process does that ends: its newest rows are only in memory. */
  async restart(): Promise<void> {
    await this.#index.whole();
    await this.#index.stop();
    this.#index = this.#open();
  }

  #open(): IndexedLog<LogDelta> {
    const { store, world } = this.#of;
    const keys = new EventKeys(this.#read, world.tuples, SEED);
    return new IndexedLog<LogDelta>({
      source: "stage", last: () => store.lastDelta, rows: this.#read,
      keysOf: (row) => {
        const made = [...keys.of(row)];
        if (made.includes(UNKNOWN_KEY)) unplaced++;
        return made;
      },
      markOf: (row) => crc32(JSON.stringify(row)),
    }, { path: this.#path, failed: (error) => expect(error).toBeUndefined(), sizes: { rows: 17, postings: 400 } });
  }
}

/** Reads page after page; `between` runs before each. */
async function walk(
  history: LogHistory, draw: Draw, filter: HistoryFilter = {}, between = async (): Promise<void> => {},
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for (let place: string | undefined; ;) {
    const page = (await history.page(filter, 1 + draw.below(7), place))!;
    events.push(...page.events);
    if (page.next === undefined) return events;
    place = page.next;
    await between();
  }
}

/** A random event about an org; the deletion of a team with links takes many writes. */
function drawn(draw: Draw, org: string, made: { teams: number; athletes: number }): Envelope {
  const actor = draw.maybe(40, () => draw.pick([`${org}-owner`, "u1", "stranger"]));
  const of = (type: string, data: object): Envelope => event(type, data, actor === undefined ? {} : { actor });
  const user = `u${draw.below(4)}`;
  const athlete = `${org}-p${draw.below(made.athletes)}`;
  switch (draw.below(8)) {
    case 0: return of("team.deleted", { team: `${org}-team` });
    case 1: return of("member.deactivated", { org, user });
    case 2: return of("member.reactivated", { org, user });
    case 3: return of("athlete.created", { org, athlete: `${org}-p${made.athletes++}` });
    case 4: return of("coaching.started", { coaching: `${athlete}.${user}`, athlete, coach: user });
    case 5: return of("coaching.ended", { coaching: `${athlete}.${user}` });
    case 6: return of("member.professional_area_set", { org, user, professional_area: "medical" });
    default: return of("member.added", { org, user });
  }
}

const namesOf = (events: readonly HistoryEvent[]): string[] => events.map(({ id, code }) => `${id} ${code ?? ""}`);

/** The state that the changes of events make, from the oldest to the newest. Throws where one does not fit. */
function replayed(newestFirst: readonly HistoryEvent[]): string[] {
  const set = createTupleSet();
  for (const { id, changes } of newestFirst.toReversed()) {
    for (const key of changes.delete) expect([id, key, set.delete(key)]).toEqual([id, key, true]);
    for (const tuple of changes.write) expect([id, tuple, set.add(tuple)]).toEqual([id, tuple, true]);
  }
  return printed(set.read({}));
}

test("each event is listed once and whole, by any index, while others arrive; the changes make the state", async () => {
  let several = 0;
  await holdsAsync(sequences(40, 70), 8, async (seeds) => {
    const draw = new Draw(seeds[0] ?? 0);
    const of = stage({ maxTuples: 20 });
    const watched = new Watched(of);
    const { intake } = watched;
    const sent: { readonly envelope: Envelope; readonly outcome: Promise<Receipt | Refusal> }[] = [];
    const submit = (batch: readonly Envelope[]): void => {
      const outcomes = intake.submitAll(batch, APPLY);
      batch.forEach((envelope, i) => sent.push({ envelope, outcome: outcomes[i]! }));
    };
    for (const org of ORGS) await founded(of, org, 25);
    const before = (await walk(watched.history(), draw)).length;
    expect(before).toBe(27 * ORGS.length);
    const made = new Map(ORGS.map((org) => [org, { teams: 1, athletes: 1 }]));
    for (const seed of seeds) {
      const org = ORGS[seed % 3]!;
      submit(Array.from({ length: 1 + draw.below(3) }, () => drawn(draw, org, made.get(org)!)));
      if (draw.chance(20)) submit([draw.pick(sent).envelope]);
      if (draw.chance(50)) await turn();
      if (draw.chance(15)) await watched.restart();
      if (draw.chance(15)) {
        const now = await watched.history().page({}, 1000, undefined);
        const walked = await walk(watched.history(), draw, {}, turn);
        expect(namesOf(walked).slice(-now!.events.length)).toEqual(namesOf(now!.events));
      }
    }
    const outcomes = await Promise.all(sent.map(({ outcome }) => outcome));
    await watched.restart();
    const all = await walk(watched.history(), draw);
    const expected = sent.flatMap(({ envelope: { id } }, i) => {
      const outcome = outcomes[i]!;
      if (isRefusal(outcome)) return REFUSAL_STATUS[outcome.refused] >= 403 && REFUSAL_STATUS[outcome.refused] <= 409
        ? [`${id} ${outcome.refused}`] : [];
      return outcome.status === "duplicate" ? [] : [`${id} `];
    });
    expect(namesOf(all).slice(0, -before).toSorted()).toEqual(expected.toSorted());
    const access = printed([...of.world.tuples.read({})].filter(({ object }) => !isBookkeeping(object)));
    expect(replayed(all)).toEqual(access);
    several += all.filter(({ type, changes }) => type === "team.deleted" && changes.delete.length > 20).length;
    await compareFilters(watched, all, draw);
  });
  console.log(`${unplaced} events that an index could not place, ${several} of several writes`);
  covered(() => expect([unplaced > 5, several > 10]).toEqual([true, true]));
});

test("a refused event is listed under its org where that exists, and otherwise without an org", async () => {
  const of = stage();
  const watched = new Watched(of);
  await founded(of, "a", 0);
  const send = (type: string, data: object, actor?: string): Promise<Receipt | Refusal> =>
    watched.intake.submit(event(type, data, actor === undefined ? {} : { actor }), { ...APPLY, system: false });
  const outcomes = await Promise.all([
    send("member.added", { org: "ghost@mail.example", user: "x" }, "stranger"),
    send("org.created", { org: "new@mail.example", kind: "club", owner: "x" }),
    watched.intake.submit(event("member.added", { org: "ghost", user: "x" }), APPLY),
    send("member.added", { org: "a", user: "x" }, "stranger"),
    send("org.created", { org: "a", kind: "club", owner: "x" }),
  ]);
  expect(outcomes.every(isRefusal)).toBe(true);
  const { events } = (await watched.history().page({ outcome: "refused" }, 10, undefined))!;
  expect(events.toReversed().map(({ type, org }) => [type, org])).toEqual([
    ["member.added", null], ["org.created", null], ["member.added", null], ["member.added", "a"], ["org.created", "a"],
  ]);
  expect(JSON.stringify(events)).not.toContain("mail.example");
});

/** Compares the answers to filters with the whole list, and with a search without an index. */
async function compareFilters(watched: Watched, all: readonly HistoryEvent[], draw: Draw): Promise<void> {
  const mentions = ({ changes }: HistoryEvent, name: string): boolean =>
    [...changes.write, ...changes.delete].some(({ object, user }) => object === name || user === name);
  for (let n = 0; n < 12; n++) {
    const filter: HistoryFilter = {
      org: draw.maybe(40, () => draw.pick(ORGS)), user: draw.maybe(40, () => draw.pick(["u1", "u2", "a-owner"])),
      type: draw.maybe(30, () => draw.pick(["team.deleted", "member.added", "coaching.started"])),
      object: draw.maybe(30, () => draw.pick(["athlete:a-p1", "team:b-team", "invite:c-24", "coaching:a-p0.u1"])),
      outcome: draw.maybe(30, () => draw.pick(["applied", "refused"])),
    };
    const found = namesOf(await walk(watched.history(), draw, filter));
    expect(found, JSON.stringify(filter)).toEqual(namesOf(await walk(watched.history(false), draw, filter)));
    const { org, user, type, object, outcome } = filter;
    const visible = namesOf(all.filter((each) => (org === undefined || each.org === org)
      && (type === undefined || each.type === type) && (outcome === undefined || each.outcome === outcome)
      && (user === undefined || each.actor === user || mentions(each, `user:${user}`))
      && (object === undefined || mentions(each, object))));
    expect(visible.filter((name) => !found.includes(name)), JSON.stringify(filter)).toEqual([]);
    const order = namesOf(all).filter((name) => found.includes(name));
    expect(found).toEqual(order);
    if (user === undefined && object === undefined) expect(found).toEqual(visible);
  }
}
