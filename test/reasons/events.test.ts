// The events of a way to a yes: sent by somebody they name, they write the absent tuples, and the answer is yes.
import { describe, expect, test } from "vitest";
import { whole } from "../turns/whole.ts";
import { explain } from "../../src/reasons/explain.ts";
import { withEvents, type MissingEvents } from "../../src/reasons/event-ways.ts";
import { policyNotes } from "../../src/reasons/policy-notes.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { ledgerOf } from "../../src/ledger/event-record.ts";
import { idOf } from "../../src/tuples/tuple.ts";
import { printed } from "../laws/answers.ts";
import { runsOr } from "../laws/law.ts";
import { club } from "../world/club.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import { World } from "../world/world.ts";
import { questionsOf, type Question } from "./questions.ts";

const NOTES = policyNotes(POLICY);

function waysOf(world: World, question: Question): MissingEvents[] {
  const found = explain(MODEL, world.tuples, question, NOTES);
  if (!("missing" in found)) throw new Error(`not a no: ${JSON.stringify([question, found])}`);
  return whole(withEvents({ model: MODEL, view: world.view, clock: world.now, request: question }, found.missing));
}

/** A world with the same tuples and clock. */
function copyOf(world: World): World {
  const copy = new World();
  for (const tuple of world.tuples.read({})) copy.tuples.add(tuple);
  copy.now = world.now;
  return copy;
}

test("a way by events, sent by users it names, makes the answer yes; any other way names the rule against it", () => {
  let [asked, ways, byEvents, sent] = [0, 0, 0, 0];
  const types = new Set<string>();
  for (const { world, questions } of questionsOf(runsOr(200, 10_000), false, 40_000)) {
    const before = printed(world.tuples.read({}));
    for (const question of questions) {
      asked++;
      for (const { events, absent, rules, text } of waysOf(world, question)) {
        ways++;
        if (events.length === 0) {
          const named = /; .* \((\w+)\)\.$/.exec(text)?.[1];
          expect([question, text, named]).toEqual([question, text, rules[0]]);
          continue;
        }
        byEvents++;
        const actors = events.map(({ who }) => (who.startsWith("user:") ? who.split(", ").map(idOf) : [undefined]));
        for (let i = 0; i < Math.max(...actors.map(({ length }) => length)); i++) {
          const copy = copyOf(world);
          for (const [j, { type, data, who }] of events.entries()) {
            const actor = actors[j]![Math.min(i, actors[j]!.length - 1)];
            expect(who).not.toBe("");
            const step = copy.send(type, data, actor === undefined ? {} : { actor });
            expect([question, type, data, actor, isRefusal(step) ? step : step.status])
              .toEqual([question, type, data, actor, "applied"]);
            types.add(type);
            sent++;
          }
          expect([question, absent, events, copy.can(idOf(question.user), question.relation, question.object)])
            .toEqual([question, absent, events, true]);
        }
      }
    }
    expect(printed(world.tuples.read({}))).toEqual(before);
  }
  console.log(`${asked} no answers, ${ways} ways, ${byEvents} by events, ${sent} events sent of ${types.size} types`);
});

describe("examples", () => {
  const world = club();
  world.system("note.created", { note: "n1", athlete: "a1", author: "cora", under: "coaching:c1" });
  const ask = (user: string, relation: string, object: string): MissingEvents[] =>
    waysOf(world, {
      user: `user:${user}`, relation, object, context: { current_time: new Date(world.now).toISOString() },
    });
  const eventsOf = (user: string, relation: string, object: string): string[] => ask(user, relation, object)
    .map(({ events }) => events.map(({ type, data, who }) => `${type} ${JSON.stringify(data)} by ${who}`).join("; "));

  test("a deactivated member comes back", () => {
    expect(eventsOf("gus", "coach", "org:fc"))
      .toEqual(['member.reactivated {"org":"fc","user":"gus"} by user:adam, user:olga, user:root']);
  });

  test("keys are named as in the contract, and not as the model does", () => {
    const texts = ask("dora", "roster_edit", "org:fc").map(({ text }) => text).join("\n");
    expect(texts).toContain("org:fc gives `roster.edit` by role:fc/");
    expect(texts).not.toMatch(/`\w+_(?:role|by_row)`/);
  });

  test("a note is shared by its author", () => {
    expect(eventsOf("dora", "can_read", "note:n1")).toContain('note.shared {"note":"n1","user":"dora"} by user:cora');
  });

  test("while an event of the org is unfinished, no event is tried, and no rule is named", () => {
    const own = club();
    const context = { current_time: new Date(own.now).toISOString() };
    const question = { user: "user:dora", relation: "current_coach", object: "athlete:a1", context };
    const textsOf = (): string[] => waysOf(own, question).map(({ text }) => text);
    expect(textsOf().filter((text) => text.endsWith("; the events for that were not tried."))).toEqual([]);
    own.tuples.add({ object: ledgerOf("fc"), relation: "pending", user: "event:x" });
    expect(textsOf().filter((text) => !text.endsWith("; the events for that were not tried."))).toEqual([]);
    expect(waysOf(own, question).flatMap(({ events }) => events)).toEqual([]);
  });

  test("a comment that was deleted with its activity does not exist", () => {
    const own = club();
    own.system("activity.recorded", { activity: "x1", athlete: "a1" });
    own.system("activity.comment_added", { comment: "k1", activity: "x1", author: "cora" });
    own.system("activity.deleted", { activity: "x1" });
    expect([...own.tuples.read({ object: "activity_comment:k1" })]).not.toEqual([]);
    const ways = waysOf(own, {
      user: "user:cora", relation: "can_view", object: "activity_comment:k1",
      context: { current_time: new Date(own.now).toISOString() },
    });
    expect(ways.filter(({ events }) => events.length > 0)).toEqual([]);
    expect(ways.filter(({ absent, rules }) => absent.some(({ object }) => object === "activity_comment:k1")
      && !rules.includes("S9"))).toEqual([]);
    // Its id may be used again, on another activity.
    expect(ways.flatMap(({ absent }) => absent.map(({ object, relation }) => `${object} ${relation}`)))
      .toContain("activity_comment:k1 activity");
  });

  test("nobody becomes the author of a note: the rule is named", () => {
    const [first] = ask("dora", "can_read", "note:n1");
    expect(first).toMatchObject({ events: [], rules: ["NP1"] });
    expect(first!.text).toBe("user:dora would have can_read on note:n1 if user:dora wrote note:n1; no event does that, "
      + "because the author of a note never changes (NP1).");
  });

  test("a new row brings an athlete to a coach, and an ended one never does (NP8)", () => {
    expect(eventsOf("dora", "current_coach", "athlete:a3").some((text) => text.startsWith("coaching.started")))
      .toBe(true);
    world.system("coaching.ended", { coaching: "c1" });
    const again = ask("cora", "current_coach", "athlete:a1")
      .find(({ absent }) => absent.some(({ object }) => object === "coaching:c1"));
    expect(again).toMatchObject({ events: [] });
    expect(again!.rules[0]).toBe("NP8");
  });

  test("a thing that never existed did not end: it is made, or is said not to exist", () => {
    expect(eventsOf("olga", "sessions_read", "athlete:zoe"))
      .toContainEqual(expect.stringMatching(/^athlete\.created \{"athlete":"zoe","org":"fc"\} by .*user:olga/));
    const ofTypo = ask("cora", "can_read", "note:n0");
    expect(ofTypo.length).toBeGreaterThan(3);
    for (const { events, text } of ofTypo) {
      expect(events).toEqual([]);
      expect(text).toMatch(/; \S+ does not exist \(S9\)\.$/);
    }
    world.system("athlete.created", { athlete: "yan", org: "fc" });
    world.system("athlete.deleted", { athlete: "yan" });
    const deleted = ask("olga", "sessions_read", "athlete:yan");
    expect(deleted.map(({ text }) => text)).toContainEqual(expect.stringMatching(/does not come back \(S17\)\.$/));
    expect(deleted.flatMap(({ events }) => events)).toEqual([]);
  });

  test("a link that was a mistake is taken back", () => {
    world.system("member.hats_changed", { org: "fc", user: "ida", hats: ["athlete", "coach"] });
    world.system("coaching.started", { coaching: "c9", athlete: "a1", coach: "ida" });
    world.system("note.created", { note: "n9", athlete: "a1", author: "ida", under: "coaching:c9" });
    world.system("note.shared", { note: "n1", user: "ida" });
    const found = ask("ida", "can_read", "note:n1").find(({ against }) => against !== undefined);
    expect(found!.events.map(({ type }) => type)).toEqual(["athlete.unlinked"]);
    expect(found!.text).toMatch(/ if it were not that user:ida has the mark of a link to athlete:a1 and .*\.$/);
  });
});
