// Law: an import of history grants nobody, at any moment, what its end does not grant (NP5, NP7, NP8).
import fc from "fast-check";
import { expect, test } from "vitest";
import { isRefusal } from "../../src/events/refusal.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { idOf } from "../../src/tuples/tuple.ts";
import { World } from "../world/world.ts";
import { beyond, everyYes, partsOf, setOf, type Yes } from "./answers.ts";
import { Draw } from "./draw.ts";
import { covered, holds } from "./law.ts";
import { drawPast, PEOPLE_OF_PAST, type PastEvent } from "./past.ts";
import { Play, sequences } from "./sequence.ts";

const answersOf = (world: World): Set<Yes> => everyYes(world.tuples, world.now, PEOPLE_OF_PAST);

/** Sends events of the system, and calls `after` after each. */
function play(world: World, events: readonly PastEvent[], after: () => void = () => {}): void {
  for (const { type, data } of events) {
    world.system(type, data);
    after();
  }
}

test("no moment of an import gives access that its end does not give; a past that was lived ends alike", () => {
  let ended = 0;
  let granted = 0;
  holds(fc.noShrink(fc.nat()), 25, (seed) => {
    const past = drawPast(new Draw(seed));
    const [imports, lives] = [new World(), new World()];
    play(imports, past.founding);
    const during: Set<Yes>[] = [answersOf(imports)];
    play(imports, past.imported, () => during.push(answersOf(imports)));
    const after = answersOf(imports);
    for (const [i, moment] of during.entries()) {
      expect(beyond(moment, after), JSON.stringify(past.imported[i - 1])).toEqual([]);
    }
    play(lives, [...past.founding, ...past.lived]);
    const livedThrough = answersOf(lives);
    expect({ onlyImported: beyond(after, livedThrough), onlyLived: beyond(livedThrough, after) })
      .toEqual({ onlyImported: [], onlyLived: [] });
    ended += past.imported.filter(({ data }) => data["ended"] === true).length;
    granted += beyond(after, during[0]!).length;
  }, 500);
  console.log(`${ended} rows were imported as ended, ${granted} answers came with the rest`);
  covered(() => {
    expect(ended).toBeGreaterThan(60);
    expect(granted).toBeGreaterThan(300);
  });
});

/** Something to import on any state: a row that has ended, of a coach who may be anybody. */
function drawEndedRow(draw: Draw, tuples: TupleSet, number: number): PastEvent {
  const { users, athletes, teams } = poolsOf(tuples);
  const coach = draw.pick([...users, "stranger"]);
  if (draw.chance(50)) {
    return { type: "team_assignment.started",
      data: { assignment: `past${number}`, team: draw.pick(teams), coach, ended: true } };
  }
  return { type: "coaching.started",
    data: { coaching: `past${number}`, athlete: draw.pick(athletes), coach, ended: true } };
}

function poolsOf(tuples: TupleSet): { users: string[]; athletes: string[]; teams: string[] } {
  const ids = (objectType: string): string[] =>
    [...new Set([...tuples.read({ objectType, relation: "org" })].map(({ object }) => idOf(object)))];
  return { users: Array.from({ length: 8 }, (_, i) => `u${i + 1}`), athletes: ids("athlete"), teams: ids("team") };
}

/** True for an answer about a note of the past that NP1, NP2 or NP3 gives. */
function isReaderOfPast(tuples: TupleSet, yes: Yes, { data }: PastEvent): boolean {
  const { user, object } = partsOf(yes);
  if (object !== `note:${String(data["note"])}`) return false;
  const org = tuples.users(object, "org")[0] ?? "";
  const athlete = `athlete:${String(data["athlete"])}`;
  const accounts = data["visible_to_athlete"] === true ? tuples.users(athlete, "link") : [];
  const platform = ["admin", "superadmin"].flatMap((relation) => tuples.users("platform:main", relation));
  return [`user:${String(data["author"])}`, ...accounts, ...tuples.users(org, "admin_hat"), ...platform].includes(user);
}

test("on any state, a row that has ended changes no answer; a note under it only gains readers by NP1 to NP3", () => {
  let [rows, notes, readers] = [0, 0, 0];
  holds(sequences(20, 50), 20, (seeds) => {
    const { world } = new Play().all(seeds);
    const draw = new Draw(seeds[0] ?? 0);
    if (poolsOf(world.tuples).athletes.length === 0 || poolsOf(world.tuples).teams.length === 0) return;
    for (let i = 0; i < 6; i++) {
      const row = drawEndedRow(draw, world.tuples, i);
      const before = everyYes(setOf(world.tuples.read({})), world.now);
      if (isRefusal(world.send(row.type, row.data))) continue;
      const after = everyYes(world.tuples, world.now);
      expect([...beyond(after, before), ...beyond(before, after)], JSON.stringify(row)).toEqual([]);
      rows++;

      const { coaching, assignment, athlete = draw.pick(poolsOf(world.tuples).athletes), coach } = row.data;
      const under = coaching === undefined ? `team_assignment:${String(assignment)}` : `coaching:${String(coaching)}`;
      const note: PastEvent = { type: "note.created", data: {
        note: `past${i}`, athlete, author: coach, visible_to_athlete: draw.chance(50),
        ...(draw.chance(75) ? { under } : {}),
      } };
      if (isRefusal(world.send(note.type, note.data))) continue;
      const added = beyond(everyYes(world.tuples, world.now), after);
      expect(added.filter((yes) => !isReaderOfPast(world.tuples, yes, note)), JSON.stringify(note)).toEqual([]);
      expect(beyond(after, everyYes(world.tuples, world.now))).toEqual([]);
      notes++;
      readers += added.length;
    }
  }, 400);
  console.log(`${rows} rows, ${notes} notes, ${readers} answers about these notes`);
  covered(() => {
    expect(rows).toBeGreaterThan(50);
    expect(notes).toBeGreaterThan(40);
    expect(readers).toBeGreaterThan(40);
  });
});
