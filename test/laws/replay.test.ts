// Law: a resent event changes nothing.
import { expect, test } from "vitest";
import { printed } from "./answers.ts";
import { Draw } from "./draw.ts";
import { covered, holds } from "./law.ts";
import { Play, sequences } from "./sequence.ts";

test("a resent event changes nothing, at once or at any later time", () => {
  let replayed = 0;
  holds(sequences(20, 60), 60, (seeds) => {
    const play = new Play();
    const taken: number[] = [];
    const replay = (i: number): void => {
      const { type, data, ...attributes } = play.sent[i]!;
      const before = printed(play.world.tuples.read({}));
      expect(play.world.send(type, data, attributes), type).toMatchObject({ status: "duplicate" });
      expect(printed(play.world.tuples.read({}))).toEqual(before);
      replayed += 1;
    };
    for (const [i, seed] of seeds.entries()) {
      const outcome = play.send(play.next(seed));
      if (outcome !== "applied" && outcome !== "unchanged") continue;
      taken.push(i);
      replay(i);
      replay(new Draw(seed).pick(taken));
    }
    for (const i of taken) replay(i);
  });
  covered(() => expect(replayed).toBeGreaterThan(100));
});
