// Times of relationship rows on the embedded store: kept with the commit that ends them, over restarts and copies.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { relationshipsOf } from "../../src/domain/relationships.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { whole } from "../turns/whole.ts";
import { SMALL_CLUB } from "../world/club.ts";
import { START, World } from "../world/world.ts";

let folder: string;
const opened: EmbeddedStore[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "row-ends-"));
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(where = folder): EmbeddedStore {
  const store = openEmbeddedStore(where, () => START);
  opened.push(store);
  return store;
}

/** A world whose events are committed to a store, each at its own time. */
class StoredWorld extends World {
  store: EmbeddedStore;

  constructor(store: EmbeddedStore) {
    super();
    this.store = store;
  }

  /** Sends an event and commits it at a time. */
  at(time: number, type: string, data: object): void {
    const step = this.send(type, data);
    if (isRefusal(step)) throw new Error(`${type}: ${step.refused}`);
    expect(step.more, type).toBe(false);
    expect(this.store.commit([step.delta], time)).toEqual({ ok: true });
  }

  /** Row, start and end of each row of a coach, as milliseconds. */
  rows(coach: string): (string | number | null)[][] {
    const filter = { status: undefined, org: undefined, after: "", size: 100 };
    const page = whole(relationshipsOf(this.tuples, "user", coach, filter, this.store.rowTimes))!;
    const ms = (time: string | null): number | null => (time === null ? null : Date.parse(time));
    return page.relationships.map(({ row, started_at, ended_at }) => [row, ms(started_at), ms(ended_at)]);
  }
}

/** The small club, written at time 10. */
function founded(store: EmbeddedStore): StoredWorld {
  const world = new StoredWorld(store);
  for (const [type, data] of SMALL_CLUB) world.at(10, type, data);
  return world;
}

test("a row has the times at which its start and its end were recorded, also after a restart", async () => {
  const world = founded(open());
  world.at(20, "coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" });
  world.at(30, "coaching.started", { coaching: "c2", athlete: "a2", coach: "cora", ended: true });
  world.at(40, "team_assignment.started", { assignment: "s1", team: "red", coach: "cora" });
  expect(world.rows("cora"))
    .toEqual([["coaching:c1", 20, null], ["coaching:c2", 30, 30], ["team_assignment:s1", 40, null]]);
  world.at(50, "coaching.ended", { coaching: "c1" });
  world.at(60, "team_assignment.ended", { assignment: "s1" });
  const after = [["coaching:c1", 20, 50], ["coaching:c2", 30, 30], ["team_assignment:s1", 40, 60]];
  expect(world.rows("cora")).toEqual(after);
  await world.store.close();
  world.store = open();
  expect(world.rows("cora")).toEqual(after);
});

test("a row over a deleted athlete or team ended with it", () => {
  const world = founded(open(":memory:"));
  world.at(20, "coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" });
  world.at(30, "coaching.started", { coaching: "c2", athlete: "a1", coach: "cora" });
  world.at(40, "coaching.ended", { coaching: "c2" });
  world.at(50, "athlete.deleted", { athlete: "a1" });
  world.at(60, "team.deleted", { team: "red" });
  expect(world.rows("cora")).toEqual([["coaching:c1", 20, 50], ["coaching:c2", 30, 40]]);
  expect(world.rows("hana")).toContainEqual(["team_assignment:hd1", 10, 60]);
});

test("an end that a former release recorded has no time, and later ends have one", async () => {
  const world = founded(open());
  for (const coaching of ["c1", "c2"]) {
    world.at(20, "coaching.started", { coaching, athlete: "a1", coach: "cora" });
  }
  world.at(30, "coaching.ended", { coaching: "c1" });
  await world.store.close();
  const file = new Database(join(folder, "store.db"));
  file.exec("drop table ends");
  file.close();
  world.store = open();
  expect(world.rows("cora")).toEqual([["coaching:c1", 20, null], ["coaching:c2", 20, null]]);
  world.at(40, "coaching.ended", { coaching: "c2" });
  expect(world.rows("cora")).toEqual([["coaching:c1", 20, null], ["coaching:c2", 20, 40]]);
});

test("a commit that fails leaves no end behind", () => {
  const world = founded(open());
  world.at(20, "coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" });
  const ending = { deletes: [{ object: "coaching:c1", relation: "active_on", user: "athlete:a1" }], writes: [] };
  const missing = { deletes: [{ object: "org:fc", relation: "member", user: "user:nobody" }], writes: [] };
  expect(world.store.commit([ending, missing], 30)).toMatchObject({ ok: false });
  world.at(40, "coaching.ended", { coaching: "c1" });
  expect(world.rows("cora")).toEqual([["coaching:c1", 20, 40]]);
});

test("the first end of a row counts", () => {
  const world = founded(open(":memory:"));
  world.at(20, "coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" });
  world.at(30, "coaching.ended", { coaching: "c1" });
  const status = { object: "coaching:c1", relation: "active_on", user: "athlete:a1" };
  world.store.commit([{ writes: [status], deletes: [] }, { writes: [], deletes: [status] }], 40);
  expect(world.rows("cora")).toEqual([["coaching:c1", 20, 30]]);
});

test("a copy of the store has the times", async () => {
  const world = founded(open());
  world.at(20, "coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" });
  world.at(30, "coaching.ended", { coaching: "c1" });
  const copy = mkdtempSync(join(tmpdir(), "row-ends-copy-"));
  await world.store.copyTo(join(copy, "store.db"));
  world.store = open(copy);
  expect(world.rows("cora")).toEqual([["coaching:c1", 20, 30]]);
  await world.store.close();
  rmSync(copy, { recursive: true, force: true });
});
