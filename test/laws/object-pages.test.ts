// Law: pages of objects miss and repeat nothing that is allowed throughout, whatever events come in between.
import { expect, test } from "vitest";
import { endOf } from "../../src/checks/parts.ts";
import type { ObjectPageRequest } from "../../src/checks/question.ts";
import { hasOrg } from "../../src/domain/object-org.ts";
import { SortedObjects } from "../../src/sidecar/sorted-objects.ts";
import { MODEL, type World } from "../world/world.ts";
import { PEOPLE } from "./answers.ts";
import { Draw } from "./draw.ts";
import { covered, holds } from "./law.ts";
import { CONTRACT } from "./names.ts";
import { Play, sequences } from "./sequence.ts";

type Question = Pick<ObjectPageRequest, "user" | "relation" | "type" | "org">;

const QUESTIONS: readonly Question[] = Object.entries(CONTRACT).flatMap(([type, relations]) =>
  relations.flatMap((relation) => PEOPLE.map((user) => ({ user, relation, type }))));

/** One page, computed whole, at the world's time. */
function pageOf(lists: SortedObjects, world: World, question: Question, after: string, size: number) {
  const context = { current_time: new Date(world.now).toISOString() };
  // Only invites expire, so only their lists depend on the time.
  const timed = question.type === "invite" ? { ...question, context } : question;
  const page = endOf(lists.page(world.tuples, timed, { ...question, after, size }));
  if ("error" in page) throw new Error(`${JSON.stringify(question)}: ${page.error.message}`);
  // A page that does not move forward would never end.
  for (const object of page.objects) expect(object > after, `${object} comes after ${after}`).toBe(true);
  return page;
}

/** The whole list at the world's time, by list-objects. */
const listOf = (world: World, { user, relation, type }: Question): string[] =>
  world.objects(user.slice("user:".length), relation, type);

/** Every page of an unchanged world, one after the other. */
function walk(lists: SortedObjects, world: World, question: Question, size: number): string[] {
  const all: string[] = [];
  for (let after = ""; ; after = all.at(-1)!) {
    const { objects, isLast } = pageOf(lists, world, question, after, size);
    all.push(...objects);
    if (isLast) return all;
    expect(objects).toHaveLength(size);
  }
}

test("in an unchanged world the pages are list-objects, sorted; by org, they are the same objects", () => {
  let found = 0;
  holds(sequences(60, 120), 8, (seeds) => {
    const { world } = new Play().all(seeds);
    const lists = new SortedObjects(MODEL);
    const draw = new Draw(seeds[0] ?? 0);
    for (const question of QUESTIONS) {
      const all = listOf(world, question);
      expect([question, walk(lists, world, question, 1 + draw.below(4))]).toEqual([question, all]);
      found += all.length;
      if (!hasOrg(question.type)) continue;
      const byOrg = ["o1", "o2", "o3", "unheard-of"].map((org) => walk(lists, world, { ...question, org }, 100));
      expect([question, byOrg.flat().sort()]).toEqual([question, all]);
      expect(byOrg[3]).toEqual([]);
    }
  });
  covered(() => expect(found).toBeGreaterThan(2000));
});

test("with events between the pages, nothing allowed throughout is missed or repeated, and each page is true", () => {
  let [between, changed] = [0, 0];
  holds(sequences(80, 160), 12, (seeds) => {
    const play = new Play();
    const { world } = play;
    play.all(seeds.slice(0, 40));
    const lists = new SortedObjects(MODEL);
    for (let at = 40; at < seeds.length;) {
      const draw = new Draw(seeds[at]!);
      const long = QUESTIONS.filter((each) => listOf(world, each).length > 2);
      if (long.length === 0) {
        play.send(play.next(seeds[at++]!));
        continue;
      }
      const question = draw.pick(long);
      const size = 1 + draw.below(2);
      const seen: string[] = [];
      let throughout = new Set(listOf(world, question));
      const first = throughout;
      for (let after = ""; ;) {
        const now = listOf(world, question);
        throughout = new Set(now.filter((object) => throughout.has(object)));
        const { objects, isLast } = pageOf(lists, world, question, after, size);
        const left = now.filter((object) => object > after);
        expect([objects, isLast]).toEqual([left.slice(0, size), left.length <= size]);
        for (const object of objects) {
          expect(world.can(question.user.slice("user:".length), question.relation, object), object).toBe(true);
        }
        seen.push(...objects);
        if (isLast) break;
        after = objects.at(-1)!;
        for (let n = draw.below(3); n > 0 && at < seeds.length; n--, between++) play.send(play.next(seeds[at++]!));
      }
      at++;
      expect(seen).toEqual([...new Set(seen)].sort());
      expect([...throughout].filter((object) => !seen.includes(object))).toEqual([]);
      if (throughout.size < first.size) changed++;
    }
  });
  console.log(`${between} events between pages, ${changed} walks in which an object was lost`);
  covered(() => expect(changed).toBeGreaterThan(0));
  covered(() => expect(between).toBeGreaterThan(200));
});
