// The summary of ends among the absent tuples of a no: things stand for the other tuples of their event.
import { expect, test } from "vitest";
import { whatEnded } from "../../src/reasons/what-ended.ts";
import { printTuple } from "../../src/tuples/tuple.ts";

const event = (revision: number) => ({ source: "/app", id: `e${revision}`, revision });
const tuple = (text: string, ended?: ReturnType<typeof event>) => {
  const [object = "", relation = "", user = ""] = text.split(/[#@]/);
  return { object, relation, user, ended };
};
const said = (absent: readonly ReturnType<typeof tuple>[]) =>
  whatEnded(absent.map((one) => ({ absent: [one] })))
    .map(({ tuple: fact, thing, event: { revision } }) => [thing ?? printTuple(fact), revision]);

test("a row, an athlete or a team stands for everything that its event deleted, once", () => {
  for (const [thing, text] of [["coaching:c1", "coaching:c1#active_on@athlete:ada"], ["team:t1", "team:t1#org@org:fc"],
    ["team_assignment:s1", "team_assignment:s1#active_on@team:t1"], ["athlete:ada", "athlete:ada#org@org:fc"]]) {
    const other = tuple("athlete:bob#coaching@coaching:c1", event(5));
    expect(said([other, tuple(text!, event(5)), tuple(text!, event(5))])).toEqual([[thing, 5]]);
  }
});

test("two things of one event are both named, and so are those of two events", () => {
  const [one, two] = ["coaching:c1#active_on@athlete:ada", "coaching:c2#active_on@athlete:ada"];
  expect(said([tuple(one, event(5)), tuple(two, event(5))])).toEqual([["coaching:c1", 5], ["coaching:c2", 5]]);
  expect(said([tuple(two, event(6)), tuple(one, event(5))])).toEqual([["coaching:c2", 6], ["coaching:c1", 5]]);
});

test("a hat that was taken is named as a fact: its org did not end", () => {
  expect(said([tuple("org:fc#admin_hat@user:ann", event(7))])).toEqual([["org:fc#admin_hat@user:ann", 7]]);
});

test("what no event deleted is left out", () => {
  expect(said([tuple("coaching:new#active_on@athlete:ada"), tuple("org:fc#member@user:ann")])).toEqual([]);
});

test("a way of which a tuple never was did not end", () => {
  const [ended, never] = [tuple("coaching:c1#active_on@athlete:ada", event(5)), tuple("coaching:c1#coach@user:ann")];
  expect(whatEnded([{ absent: [ended, never] }])).toEqual([]);
  expect(whatEnded([{ absent: [ended, never] }, { absent: [ended] }]).map(({ thing }) => thing))
    .toEqual(["coaching:c1"]);
});
