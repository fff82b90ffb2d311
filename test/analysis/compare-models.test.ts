// The comparison of two models: every answer that an edit adds or takes away, with a smallest example.
import { describe, expect, test } from "vitest";
import { compareModels, type RelationComparison, type Verdict } from "../../src/analysis/compare-models.ts";
import { isPossible, merged, withoutTuple, type World } from "../../src/analysis/tuple-world.ts";
import { isYes, written } from "../../src/analysis/written-world.ts";
import { compileModel, type Model } from "../../src/engine.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { MODEL, POLICY } from "../world/policy.ts";

/** The policy with one text replaced. */
function edited(from: string, to: string): Model {
  expect(POLICY.split(from)).toHaveLength(2);
  return compileModel(POLICY.replace(from, to));
}

/** `gain note#can_read`, `loss org#admin`, ... */
function outcomes(relations: readonly RelationComparison[]): string[] {
  return relations.flatMap(({ place, gain, loss }) => [["gain", gain], ["loss", loss]]
    .flatMap(([kind, verdict]) => ((verdict as Verdict).outcome === "none" ? [] : [`${kind as string} ${place}`])));
}

function small(verdict: Verdict): string[] {
  if (verdict.outcome !== "found") throw new Error(`no example: ${verdict.outcome}`);
  return written(verdict.example).tuples.map(printTuple).sort();
}

/** Expects that an example has different answers in the models, and that no smaller one of its kind has. */
function expectExample(place: string, world: World, yes: Model, no: Model): void {
  const relation = place.slice(place.indexOf("#") + 1);
  const type = place.slice(0, place.indexOf("#"));
  const tells = (each: World): boolean => {
    const answers = [yes, no].map((model) =>
      model.types.get(type)?.relations.has(relation) === true && isYes(model, each, relation));
    return answers[0]! && !answers[1]!;
  };
  expect(tells(world), place).toBe(true);
  for (const tuple of world.tuples) expect(tells(withoutTuple(world, tuple)), place).toBe(false);
  for (const [a, type] of world.types.entries()) {
    for (const [b, other] of world.types.entries()) {
      if (a >= b || type !== other || (a === world.user && b === world.object)) continue;
      const fewer = merged(world, a, b);
      expect(isPossible(fewer) && tells(fewer), place).toBe(false);
    }
  }
}

describe("the policy against an edit of it", () => {
  test("itself: equal", () => {
    expect(compareModels(MODEL, MODEL)).toEqual({ relations: [], untouched: MODEL.relations.length });
  });

  test("without the member of a note's org: everybody who left reads", () => {
    const after = edited("flagged_reader) and member from org) or auditor", "flagged_reader)) or auditor");
    const { relations } = compareModels(MODEL, after);
    expect(outcomes(relations)).toEqual(["gain note#can_read"]);
    expect(small(relations[0]!.gain)).toEqual(["note:n#author@user:u"]);
  });

  test("without the `but not`: a linked athlete reads an unflagged note, which the old policy denies", () => {
    const after = edited("define unflagged_reader: staff_reader but not linked_ever from athlete",
      "define unflagged_reader: staff_reader");
    const { relations } = compareModels(MODEL, after);
    expect(outcomes(relations)).toEqual(["gain note#unflagged_reader", "gain note#can_read"]);
    expect(small(relations.find(({ place }) => place === "note#can_read")!.gain)).toEqual([
      "athlete:a#linked_ever@user:u", "note:n#athlete@athlete:a", "note:n#org@org:o", "note:n#shared_with@user:u",
      "org:o#coach_hat@user:u", "org:o#member@user:u",
    ]);
    expect(outcomes(compareModels(after, MODEL).relations)).toEqual([
      "loss note#unflagged_reader", "loss note#can_read",
    ]);
  });

  test("with a weaker `but not`: only what it no longer denies is gained", () => {
    const after = edited("staff_reader but not linked_ever from athlete", "staff_reader but not link from athlete");
    const { relations } = compareModels(MODEL, after);
    expect(outcomes(relations)).toEqual(["gain note#unflagged_reader", "gain note#can_read"]);
    expect(small(relations[1]!.gain)).toContain("athlete:a#linked_ever@user:u");
    expect(small(relations[1]!.gain)).not.toContain("athlete:a#link@user:u");
  });

  test("with a wider role on one level: only the levels that it gives are gained", () => {
    const after = edited("define roster_view_role: [role#holder] or roster_edit_role",
      "define roster_view_role: [role#holder] or program_player_role or roster_edit_role");
    expect(outcomes(compareModels(MODEL, after).relations))
      .toEqual(["gain org#roster_view_role", "gain org#roster_view", "gain athlete#can_view"]);
  });

  test("with a coach who need not be a member: every relation that a coach has is gained", () => {
    const after = edited("define coach: coach_hat and member", "define coach: coach_hat");
    const { relations, untouched } = compareModels(MODEL, after);
    const found = outcomes(relations);
    expect(found.filter((each) => each.startsWith("loss"))).toEqual([]);
    expect(found.length).toBeGreaterThan(250);
    expect(relations.length + untouched).toBe(MODEL.relations.length);
    for (const { place, gain } of relations.filter((_, i) => i % 20 === 0)) {
      if (gain.outcome === "found") expectExample(place, gain.example, after, MODEL);
    }
  });

  test("rewritten without a change of meaning: equal", () => {
    // `athletes_assign_coaches` already has `full_role`, under the same hats.
    const wider = edited("    define sessions_write: ([role#holder] and staff) or athletes_assign_coaches\n",
      "    define sessions_write: (([role#holder] or full_role) and staff) or athletes_assign_coaches\n");
    const distributed = edited("define staff: (admin_hat or coach_hat or office_hat) and member",
      "define staff: (office_hat and member) or ((admin_hat or coach_hat) and member)");
    for (const after of [wider, distributed]) {
      const { relations } = compareModels(MODEL, after);
      expect(relations.length).toBeGreaterThan(0);
      expect(outcomes(relations)).toEqual([]);
    }
  });

  test("with a relation more or fewer: its answers are gained or lost", () => {
    const after = edited("    define can_share: active_author\n", "    define can_share: active_author\n"
      + "    define can_print: active_author\n");
    expect(outcomes(compareModels(MODEL, after).relations)).toEqual(["gain note#can_print"]);
    expect(outcomes(compareModels(after, MODEL).relations)).toEqual(["loss note#can_print"]);
  });
});

describe("any two models", () => {
  const model = (...lines: readonly string[]): Model => compileModel(`
    model
      schema 1.1
    type user
    type group
      relations
        define member: [user, user:*]
    type document
      relations
        define parent: [group]
        define blocked: [user]
        define banned: [user]
        define owner: [user]
${lines.map((line) => `        define ${line}`).join("\n")}
    condition soon(x: int) { x < 10 }`);
  const found = (before: Model, after: Model): string[] => {
    const { relations } = compareModels(before, after);
    for (const { place, gain, loss } of relations) {
      if (gain.outcome === "found") expectExample(place, gain.example, after, before);
      if (loss.outcome === "found") expectExample(place, loss.example, before, after);
    }
    return outcomes(relations);
  };

  test.each<[string, string, string, string[]]>([
    ["a wildcard is no named user", "v: [user]", "v: [user:*]", ["gain document#v", "loss document#v"]],
    ["a wildcard added", "v: [user]", "v: [user, user:*]", ["gain document#v"]],
    ["a condition added", "v: [user]", "v: [user with soon]", ["gain document#v", "loss document#v"]],
    ["a userset in place of a parent", "v: [group#member]", "v: member from parent",
      ["gain document#v", "loss document#v"]],
    ["one `but not` for another", "v: owner but not blocked", "v: owner but not banned",
      ["gain document#v", "loss document#v"]],
    ["a second `but not`", "v: owner but not blocked", "v: (owner but not blocked) but not banned",
      ["loss document#v"]],
    ["`but not` both, in either form", "v: (owner but not blocked) but not banned",
      "v: owner but not (blocked or banned)", []],
    ["what is subtracted and added again", "v: owner", "v: (owner but not blocked) or (owner and blocked)", []],
    ["subtracted, and added again by less", "v: owner",
      "v: (owner but not blocked) or (owner and blocked and banned)", ["loss document#v"]],
    ["of a `but not` within a parent", "v: member from parent", "v: member from parent but not blocked",
      ["loss document#v"]],
    ["two parents for one", "v: member from parent and owner", "v: owner and member from parent", []],
    ["`and` for `or`", "v: owner or banned", "v: owner and banned", ["loss document#v"]],
  ])("%s", (_, before, after, expected) => {
    expect(found(model(before), model(after))).toEqual(expected);
    const swapped = expected.map((each) => (each.startsWith("gain") ? each.replace("gain", "loss")
      : each.replace("loss", "gain"))).sort();
    expect(found(model(after), model(before)).sort()).toEqual(swapped);
  });

  test("a condition whose content differs leaves its relations undecided", () => {
    const text = (limit: number): string => `
      model
        schema 1.1
      type user
      type document
        relations
          define viewer: [user with soon]
          define owner: [user]
          define reader: viewer or owner
      condition soon(x: int) { x < ${limit} }`;
    const { relations, untouched } = compareModels(compileModel(text(10)), compileModel(text(11)));
    expect(relations.map(({ place, gain, loss }) => [place, gain.outcome, loss.outcome]))
      .toEqual([["document#viewer", "undecided", "undecided"], ["document#reader", "undecided", "undecided"]]);
    expect(untouched).toBe(1);
  });

  test("a `but not` within a `but not`: an example decides it; without one it is undecided, never equal", () => {
    const verdictsOf = (before: Model, after: Model): readonly string[] => {
      const { gain, loss } = compareModels(before, after).relations.find(({ place }) => place === "document#v")!;
      if (gain.outcome === "found") expectExample("document#v", gain.example, after, before);
      return [gain.outcome, loss.outcome];
    };
    const inner = "w: blocked but not banned";
    const nested = model(inner, "v: owner but not w");
    expect(verdictsOf(nested, model(inner, "v: owner"))).toEqual(["found", "none"]);
    expect(verdictsOf(nested, model(inner, "v: (owner or banned) but not w"))).toEqual(["found", "undecided"]);
    // A user who is both blocked and banned gains, and nobody loses. The analysis finds neither.
    const plain = model("w: blocked", "v: owner but not w");
    expect(verdictsOf(plain, nested)).toEqual(["undecided", "undecided"]);
    expect(verdictsOf(nested, plain)).toEqual(["undecided", "undecided"]);
  });

  test("with recursion an equal result carries its bound, and an example holds without one", () => {
    const recursive = (more: string): Model => compileModel(`
      model
        schema 1.1
      type user
      type group
        relations
          define owner: [user]
          define member: [user, group#member]${more}`);
    const [plain, wider] = [recursive(""), recursive(" or owner")];
    const [first] = compareModels(plain, wider).relations;
    expect(first).toMatchObject({ place: "group#member", gain: { outcome: "found" } });
    expect(first?.loss).toEqual({ outcome: "none", bound: 3 });
    expect(small(first!.gain)).toEqual(["group:g#owner@user:u"]);
  });
});
