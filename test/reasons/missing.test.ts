// The ways from a no to a yes: each suffices, no part of one does, and trying all small sets finds no others.
import { describe, expect, test } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { compileModel } from "../../src/model/compile.ts";
import { explain } from "../../src/reasons/explain.ts";
import { breadthOf } from "../../src/reasons/missing-order.ts";
import type { Missing } from "../../src/reasons/explained.ts";
import { policyNotes } from "../../src/reasons/policy-notes.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { setOf } from "../laws/answers.ts";
import { runsOr } from "../laws/law.ts";
import { club } from "../world/club.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import type { World } from "../world/world.ts";
import { bruteSets } from "./brute-force.ts";
import { questionsOf, smallQuestions, type Question } from "./questions.ts";

const NOTES = policyNotes(POLICY);

function missingOf(world: World, question: Question) {
  const found = explain(MODEL, world.tuples, question, NOTES);
  if (!("allowed" in found) || found.allowed) throw new Error(`not a no: ${JSON.stringify([question, found])}`);
  return found;
}

/** The answer on a set without the tuples that take away, and with some of the absent ones. Restores the set. */
function isYes(set: TupleSet, question: Question, { against = [] }: Missing, added: readonly Tuple[]): boolean {
  for (const tuple of against) expect(set.delete(tuple)).toBe(true);
  for (const tuple of added) expect(set.add(tuple)).toBe(true);
  const answer = check(MODEL, set, question);
  for (const tuple of added) set.delete(tuple);
  for (const tuple of against) set.add(tuple);
  return "allowed" in answer && answer.allowed;
}

test("the absent tuples turn a no into a yes, and no part of them does", () => {
  let [asked, sets, cut] = [0, 0, 0];
  for (const { world, questions } of questionsOf(runsOr(200, 10_000), false)) {
    const set = setOf(world.tuples.read({}));
    for (const question of questions) {
      const { missing, truncated } = missingOf(world, question);
      asked++;
      if (truncated === true) cut++;
      expect([question, missing.length > 0 || question.relation === "can_redeem"]).toEqual([question, true]);
      const sizes = missing.map(({ absent, against = [] }) => absent.length + against.length);
      expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      for (const each of missing) {
        sets++;
        if (each.absent.some(({ condition }) => condition !== undefined)) continue;
        expect([question, each.absent, isYes(set, question, each, each.absent)])
          .toEqual([question, each.absent, true]);
        for (const tuple of each.absent) {
          const rest = each.absent.filter((other) => other !== tuple);
          expect([question, each.absent, tuple, isYes(set, question, each, rest)])
            .toEqual([question, each.absent, tuple, false]);
        }
      }
    }
  }
  console.log(`${asked} no answers, ${cut} truncated, ${sets} ways to a yes judged`);
});

/** The order that is promised: fewest tuples first, and among those of one size the change that reaches least. */
const rankOf = ({ absent, against = [] }: Missing): number => {
  const changed = [...absent, ...against];
  return changed.length * 4 + breadthOf(changed);
};

test("a change reaches a thing, a member, those who have a role, or the platform", () => {
  const breadth = (...texts: string[]): number => breadthOf(texts.map((text) => {
    const [, object = "", relation = "", user = ""] = /^([^#]+)#([^@]+)@(.+)$/.exec(text)!;
    return { object, relation, user };
  }));
  expect(["coaching:c#coach@user:u", "athlete:a#team@team:t", "role:fc/x#row_holder@user:u"]
    .map((text) => breadth(text))).toEqual([0, 0, 0]);
  expect(["org:fc#admin_hat@user:u", "role:fc/owner#holder@user:u", "org:fc#notes_read_role@role:new#holder"]
    .map((text) => breadth(text))).toEqual([1, 1, 1]);
  expect(["org:fc#notes_read_role@role:fc/x#holder", "role:fc/x#notes_read@org:fc#coach"].map((text) => breadth(text)))
    .toEqual([2, 2]);
  expect([breadth("coaching:c#coach@user:u", "platform:main#admin@user:u"), breadth()]).toEqual([3, 0]);
});

test("ways of one size that reach least come first, however the store read its tuples", () => {
  let [platform, orders] = [0, 0];
  for (const { world, questions } of questionsOf(runsOr(60, 3_000), false)) {
    const backwards = setOf([...world.tuples.read({})].toReversed());
    for (const question of questions) {
      const found = missingOf(world, question);
      const ranks = found.missing.map(rankOf);
      expect([question, ranks]).toEqual([question, ranks.toSorted((a, b) => a - b)]);
      if (ranks.some((rank, i) => rank % 4 > 0 && ranks[i - 1]! < rank && rank - ranks[i - 1]! < 4)) platform++;
      const again = explain(MODEL, backwards, question, NOTES);
      if (!("missing" in again) || found.truncated === true || again.truncated === true) continue;
      const changes = ({ absent, against = [] }: Missing): string =>
        [...absent.map(printTuple).sort(), "-", ...against.map(printTuple).sort()].join(" ");
      expect([question, again.missing.map(changes)]).toEqual([question, found.missing.map(changes)]);
      if (ranks.some((rank, i) => rank === ranks[i - 1])) orders++;
    }
  }
  console.log(`${platform} answers with both kinds of one size, ${orders} with ties and another order of the tuples`);
  expect(orders).toBeGreaterThan(10);
});

test("ways of one size through the same lines have one order, however the store read its tuples", () => {
  const model = compileModel("model\n  schema 1.1\ntype user\ntype folder\n  relations\n    define viewer: [user]\n"
    + "type document\n  relations\n    define parent: [folder]\n    define viewer: viewer from parent");
  const parents = ["folder:b", "folder:c", "folder:a"].map((user): Tuple =>
    ({ object: "document:1", relation: "parent", user }));
  const question = { user: "user:ann", relation: "viewer", object: "document:1" };
  for (const tuples of [parents, parents.toReversed()]) {
    const found = explain(model, setOf(tuples), question);
    expect("missing" in found && found.missing.slice(0, 3).map(({ absent }) => absent.map(printTuple).join(" ")))
      .toEqual(["folder:a#viewer@user:ann", "folder:b#viewer@user:ann", "folder:c#viewer@user:ann"]);
  }
});

test("trying all small sets finds nothing smaller, and nothing that is not listed", () => {
  let [asked, listed] = [0, 0];
  for (const { world, questions } of smallQuestions(runsOr(40, 1_000))) {
    for (const { most, ...question } of questions) {
      const { missing, truncated } = missingOf(world, question);
      const own = missing.filter(({ absent, against }) => absent.length <= most && against === undefined)
        .filter(({ absent }) => absent.every(({ condition }) => condition === undefined))
        .map(({ absent }) => absent.map(printTuple).sort().join(" ")).sort();
      const brute = bruteSets(world.tuples, question, most).map((set) => set.join(" ")).sort();
      expect([question, truncated, own]).toEqual([question, undefined, brute]);
      asked++;
      listed += own.length;
    }
  }
  console.log(`${asked} questions, ${listed} sets`);
});

describe("examples", () => {
  const world = club();
  const question = (user: string, relation: string, object: string): Question =>
    ({ user: `user:${user}`, relation, object, context: { current_time: new Date(world.now).toISOString() } });
  const absentOf = (user: string, relation: string, object: string): string[] =>
    missingOf(world, question(user, relation, object)).missing.map(({ absent }) => absent.map(printTuple).join(" "));

  test("a deactivated member lacks the membership", () => {
    expect(absentOf("gus", "coach", "org:fc")).toEqual(["org:fc#member@user:gus"]);
  });

  test("a share comes before a hat, and becoming a superadmin last among the single tuples", () => {
    world.system("note.created", { note: "n1", athlete: "a1", author: "cora", under: "coaching:c1" });
    expect(absentOf("asta", "can_read", "note:n1").slice(0, 5)).toEqual([
      "note:n1#author@user:asta", "note:n1#shared_with@user:asta", "org:fc#admin_hat@user:asta",
      "platform:main#superadmin@user:asta", "platform:main#admin@user:asta",
    ]);
    const single = absentOf("dora", "can_view", "athlete:a1").filter((set) => !set.includes(" "));
    expect(single.indexOf("platform:main#superadmin@user:dora")).toBe(single.length - 1);
    expect(single.length).toBeGreaterThan(3);
  });

  test("a row that ended is named, and so is a new one", () => {
    world.system("coaching.ended", { coaching: "c1" });
    const found = absentOf("cora", "current_coach", "athlete:a1");
    expect(found).toContain("athlete:a1#coaching@coaching:c1 coaching:c1#active_on@athlete:a1");
    expect(found.some((set) => set.includes("coaching:new#coach@user:cora"))).toBe(true);
  });

  test("an object called new does not become the new one", () => {
    world.system("coaching.started", { coaching: "new", athlete: "a2", coach: "cora" });
    const found = absentOf("dora", "current_coach", "athlete:a2");
    expect(found.some((set) => set.includes("coaching:new.2#coach@user:dora"))).toBe(true);
    expect(found.some((set) => set.includes("coaching:new#"))).toBe(false);
  });
});

describe("what a `but not` takes away", () => {
  const HEAD = "model\n  schema 1.1\ntype user\ntype group\n  relations\n    define member: [user, user:*]\n";
  const ask = (lines: readonly string[], stored: readonly string[], x = 1) => {
    const context = { x };
    const model = compileModel(`${HEAD}type doc\n  relations\n${lines.map((line) => `    define ${line}\n`).join("")}`
      + "condition ok(x: int) {\n  x < 5\n}\n");
    const tuples = stored.map((text): Tuple => {
      const [user = "", relation = "", object = "", name] = text.split(" ");
      return { user, relation, object, ...(name === undefined ? {} : { condition: { name, context: {} } }) };
    });
    const found = explain(model, setOf(tuples), { user: "user:cy", relation: "viewer", object: "doc:1", context });
    if (!("missing" in found)) throw new Error("not a no");
    const ways = found.missing.map(({ absent, against = [] }) =>
      [absent.map(printTuple).join(" "), against.map(printTuple).join(" ")]);
    return { ways, truncated: found.truncated };
  };

  test("a tuple about everybody takes away as one about the user does", () => {
    const lines = ["blocked: [user, user:*, group#member]", "viewer: [user] but not blocked"];
    expect(ask(lines, ["user:* blocked doc:1"]).ways).toEqual([["doc:1#viewer@user:cy", "doc:1#blocked@user:*"]]);
    expect(ask(lines, ["user:cy viewer doc:1", "group:g#member blocked doc:1", "user:* member group:g"]).ways)
      .toEqual([["", "group:g#member@user:*"]]);
  });

  test("it stands next to a condition that is not met", () => {
    const lines = ["blocked: [user, user:*]", "viewer: [user with ok] but not blocked"];
    for (const everybody of ["user:cy", "user:*"]) {
      const { ways } = ask(lines, ["user:cy viewer doc:1 ok", `${everybody} blocked doc:1`], 9);
      expect(ways.map(([, gone]) => gone)).toEqual([`doc:1#blocked@${everybody}`]);
    }
    expect(ask(lines, ["user:cy viewer doc:1 ok"], 9).ways.map(([, gone]) => gone)).toEqual([""]);
  });

  test("inside another one it is not searched, and the answer says that there may be more", () => {
    const lines = ["ex: [user]", "blocked: [user] but not ex", "viewer: [user] but not blocked"];
    expect(ask(lines, ["user:cy viewer doc:1", "user:cy blocked doc:1"]))
      .toEqual({ ways: [["", "doc:1#blocked@user:cy"]], truncated: true });
  });
});
