// model.claims.yaml: each claim is proved for the policy, and an edit that breaks a rule refutes one.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readClaimsFile, type ClaimsFile, type WrittenClaim } from "../../src/analysis/claims-file.ts";
import { listWays } from "../../src/analysis/list-ways.ts";
import { Unrolling } from "../../src/analysis/unroll.ts";
import { proveClaims, type ClaimOutcome } from "../../src/analysis/prove-claims.ts";
import { isYes, written } from "../../src/analysis/written-world.ts";
import { compileModel } from "../../src/engine.ts";
import { CHECKABLE } from "../../src/policy/checkable.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { ROOT } from "../live/pins.ts";
import { MODEL, POLICY } from "../world/policy.ts";

const TEXT = readFileSync(join(ROOT, "model.claims.yaml"), "utf8");
const CLAIMS = readClaimsFile(parse(TEXT));
const outcomes = proveClaims(MODEL, CLAIMS);

/** Rules that the file must speak about. */
const RULES = [
  "AC3", "AC5", "AC6", "NP1", "NP2", "NP3", "NP4", "NP5", "NP6", "NP7", "NP8", "NP9", "NP10", "PR3", "PR8", "PR11",
  "PM3", "PM7", "PM8", "PM9", "PM10", "S3", "S4", "S5", "S7", "S8", "S9", "S12", "S21",
];

const CHECKABLE_PLACES = Object.entries(CHECKABLE).flatMap(([type, relations]) =>
  relations.map((relation) => `${type}#${relation}`));

/** A claim once for each of its questions, with the lists of the question filled in. */
function filled(claim: WrittenClaim): WrittenClaim[] {
  const fill = (text: string): string[] => {
    const [, name = ""] = /<([^<>]+)>/.exec(text) ?? [];
    return name === "" ? [text] : CLAIMS.lists[name]!.flatMap((value) => fill(text.replaceAll(`<${name}>`, value)));
  };
  return claim.questions.flatMap(fill).map((question) => ({ ...claim, questions: [question] }));
}

/** The relations that the chosen claims ask about, as `type#relation`. */
function placesOf(isChosen: (claim: WrittenClaim) => boolean): ReadonlySet<string> {
  return new Set(CLAIMS.claims.filter(isChosen).flatMap(filled).flatMap(({ questions }) => questions.map(placeOf)));
}

/** The relation that a question asks about. */
function placeOf(question: string): string {
  return question.replace(/^([\w-]+):\w+(#\w+)@.*$/, "$1$2");
}

describe("the claims of the policy", () => {
  test("are all proved", () => {
    const open = outcomes.filter(({ verdict }) => verdict !== "proved");
    expect(open.map(({ claim, verdict, reason }) => [claim.id, verdict, reason])).toEqual([]);
    expect(outcomes.length).toBeGreaterThanOrEqual(40);
  });

  test("none is empty: some tuples answer each question of a limit with yes, also those of `given`", () => {
    const limits = CLAIMS.claims.filter(({ kind }) => kind !== "whoever satisfies");
    const unrolling = new Unrolling(MODEL);
    const places = [...new Set(limits.flatMap(filled).flatMap(({ questions }) => questions.map(placeOf)))];
    const empty = places.filter((place) => {
      const list = listWays(MODEL, place, unrolling);
      return !("ways" in list) || list.ways.length === 0;
    });
    expect([empty, places.length > 300]).toEqual([[], true]);
    const withGiven = limits.filter(({ given }) => given.length > 0).flatMap((claim) =>
      claim.questions.map((question): WrittenClaim => (
        { ...claim, questions: [question], kind: "nobody has", alternatives: [], using: [] })));
    const closed = proveClaims(MODEL, { ...CLAIMS, claims: withGiven }).filter(({ verdict }) => verdict !== "refuted");
    expect(closed.map(({ claim }) => [claim.id, claim.questions])).toEqual([]);
    expect(withGiven.length).toBeGreaterThan(20);
  });

  test("cover every relation that an app may check: members and platform staff alone have it", () => {
    const asked = placesOf(({ kind, rules }) => kind === "whoever has" && rules.includes("PR11"));
    const missing = CHECKABLE_PLACES.filter((place) => !asked.has(place));
    // A platform role is nothing of an org, and an open invite is open to strangers.
    expect(missing).toEqual(["platform#superadmin", "platform#admin", "invite#can_redeem"]);
  });

  test("cover every relation that superadmins pass: all but those that say who somebody is", () => {
    const asked = placesOf(({ kind, alternatives }) => kind === "whoever satisfies"
      && /superadmin|platform staff|audits/.test(JSON.stringify(alternatives)));
    const missing = CHECKABLE_PLACES.filter((place) => !asked.has(place));
    expect(missing).toEqual([
      "platform#superadmin", "platform#admin", "org#member", "org#admin", "org#coach", "org#office", "org#athlete",
      "team#head_coach", "team#coach", "team#athlete", "athlete#account", "athlete#current_coach",
      "note#can_edit", "note#can_flag", "note#can_share", "note#can_delete", "invite#can_redeem",
    ]);
  });

  test("speak about each rule of this list, and about no rule that docs/rules.md lacks", () => {
    const spoken = new Set(CLAIMS.claims.flatMap(({ rules }) => rules));
    expect(RULES.filter((rule) => !spoken.has(rule))).toEqual([]);
    const page = readFileSync(join(ROOT, "docs/rules.md"), "utf8");
    expect([...spoken].filter((rule) => !page.includes(`\n**${rule}** `))).toEqual([]);
  });

  test("use an invariant only where the file alone does not prove them, and name its guards", () => {
    for (const { claim, usesInvariants } of outcomes) {
      expect([claim.id, usesInvariants]).toEqual([claim.id, claim.using.length > 0]);
    }
    for (const { name, keptBy } of CLAIMS.invariants) {
      expect([name, keptBy.filter((path) => !existsSync(join(ROOT, path)))]).toEqual([name, []]);
    }
    const used = new Set(CLAIMS.claims.flatMap(({ using }) => using));
    expect(CLAIMS.invariants.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });
});

/** Edits of the policy, each with a claim that it must refute. */
const BROKEN: ReadonlyArray<[edit: string, from: string, to: string, refuted: string]> = [
  ["a note without a member", "flagged_reader) and member from org) or auditor", "flagged_reader)) or auditor",
    "note-readers-are-members"],
  ["a row without its witness", "row_coach from athlete and witness from under", "row_coach from athlete",
    "ended-relationship-closes-the-note"],
  ["a team without its witness", "coach from seat and witness from under", "coach from seat",
    "ended-relationship-closes-the-note"],
  ["no `but not`", "staff_reader but not linked_ever from athlete", "staff_reader", "athlete-reads-only-flagged"],
  ["a `but not` that ends with the link", "staff_reader but not linked_ever from athlete",
    "staff_reader but not link from athlete", "athlete-reads-only-flagged"],
  ["a share for any member", "shared_with and staff from org", "shared_with and member from org",
    "share-needs-a-staff-hat"],
  ["editing without membership", "define active_author: author and member from org\n    # NP3",
    "define active_author: author\n    # NP3", "only-the-author-changes-a-note"],
  ["an ended assignment that counts", "define current: coach and org_coach from active_on\n    # AC6",
    "define current: coach and org_coach from team\n    # AC6", "ended-assignment-gives-nothing"],
  ["assistants who manage the team", "define can_manage: head_coach or", "define can_manage: coach or",
    "assistants-manage-no-team"],
  ["assistants who assign coaches", "define can_assign_coaches: head_coach or", "define can_assign_coaches: coach or",
    "assistants-assign-no-coaches"],
  ["assistants who place athletes", "(head_coach from team and org_coach)", "(coach from team and org_coach)",
    "assistants-place-no-athlete"],
  ["athletes added without the coach hat", "(athletes_create_by_row and coach)", "athletes_create_by_row",
    "athletes-are-added-by-role-or-row"],
  ["premium by any assignment", "define premium_grant: premium_grant from head_assignment",
    "define premium_grant: premium_grant from assignment", "premium-on-a-team-is-the-head-coachs"],
  ["billing for Admin", "(([role#holder] or owner_role) and admin_or_office)",
    "(([role#holder] or full_role) and admin_or_office)", "billing-is-the-owners"],
  ["users managed by the office", "(users_edit_role and admin)", "(users_edit_role and admin_or_office)",
    "users-and-settings-need-an-admin"],
  ["drafts for players", "define practice_plans_view: (practice_plans_view_role and staff)",
    "define practice_plans_view: (practice_plans_view_role and member)", "players-see-no-draft"],
  ["a hat without membership", "define coach: coach_hat and member", "define coach: coach_hat",
    "hats-are-worn-by-members"],
  ["an account without the hat", "define account: link and athlete from org",
    "define account: link and member from org", "account-is-the-link"],
  ["superadmins without settings", "(program_settings_edit_role and admin) or superadmin",
    "program_settings_edit_role and admin", "superadmins-pass-levels"],
  ["an author who loses the note", "((author or athlete_reader", "(((author and staff from org) or athlete_reader",
    "author-reads"],
];

describe("an edit refutes a claim", () => {
  test.each(BROKEN)("%s", (_, from, to, refuted) => {
    expect(POLICY.split(from).length, from).toBeGreaterThan(1);
    const model = compileModel(POLICY.replace(from, to));
    const found = proveClaims(model, CLAIMS).filter(({ verdict }) => verdict === "refuted");
    expect(found.map(({ claim }) => claim.id)).toContain(refuted);
    for (const { claim, example } of found) {
      const relation = example!.question.place.replace(/^.*#/, "");
      expect([claim.id, isYes(model, example!.world, relation)])
        .toEqual([claim.id, claim.kind !== "whoever satisfies"]);
    }
  });
});

describe("a small model", () => {
  const MODEL_TEXT = `
    model
      schema 1.1
    type user
    type org
      relations
        define member: [user]
    type note
      relations
        define org: [org]
        define author: [user]
        define shared: [user]
        define hidden: [user]
        define reader: (author or shared) but not hidden
        define guest: shared and member from org`;
  const small = compileModel(MODEL_TEXT);
  const decide = (claim: object, more: object = {}): ClaimOutcome => {
    const claims = [{ id: "c", rules: "R1", says: "It holds.", ...claim }];
    return proveClaims(small, readClaimsFile({ ...more, claims }))[0]!;
  };
  const exampleOf = ({ example }: ClaimOutcome): string[] => written(example!.world).tuples.map(printTuple).sort();

  test("`whoever has`: proved, and refuted by a smallest example", () => {
    const both = { satisfies: ["note:n#author@user:u", "note:n#shared@user:u"] };
    expect(decide({ "whoever has": "note:n#reader@user:u", ...both }).verdict).toBe("proved");
    const one = decide({ "whoever has": "note:n#reader@user:u", satisfies: "note:n#author@user:u" });
    expect([one.verdict, exampleOf(one)]).toEqual(["refuted", ["note:n#shared@user:u"]]);
  });

  test("`nobody has`: proved by a negation, for the very object that is given", () => {
    expect(decide({ "nobody has": "note:n#reader@user:u", given: "note:n#hidden@user:u" }).verdict).toBe("proved");
    expect(decide({ "nobody has": "note:n#reader@user:u", given: "note:m#hidden@user:u" }).verdict).toBe("refuted");
    expect(decide({ "nobody has": "note:n#reader@user:u", given: "note:n#hidden@user:v" }).verdict).toBe("refuted");
  });

  test("`whoever satisfies`: a negation refutes it, unless it is the exception", () => {
    const claim = { "whoever satisfies": "note:n#author@user:u", has: "note:n#reader@user:u" };
    const refuted = decide(claim);
    expect([refuted.verdict, exampleOf(refuted)])
      .toEqual(["refuted", ["note:n#author@user:u", "note:n#hidden@user:u"]]);
    expect(decide({ ...claim, unless: "note:n#hidden@user:u" }).verdict).toBe("proved");
  });

  test("a variable of `given` is the same one in the alternatives", () => {
    const claim = { "whoever has": "note:n#guest@user:u", given: "note:n#org@org:o", satisfies: "org:o#member@user:u" };
    const refuted = decide(claim);
    expect([refuted.verdict, exampleOf(refuted)]).toEqual(["refuted", [
      "note:n#org@org:o", "note:n#org@org:o2", "note:n#shared@user:u", "org:o#member@user:u",
    ]]);
    const invariants = [{ name: "one org", says: "A note has one org.", "kept by": "src/x.ts",
      when: ["note:n#org@org:o", "note:n#org@org:p"], then: { same: ["org:o", "org:p"] } }];
    const proved = decide({ ...claim, using: ["one org"] }, { invariants });
    expect([proved.verdict, proved.usesInvariants]).toEqual(["proved", true]);
  });

  test("invariants: tuples that follow, and patterns that never match", () => {
    const claim = { "whoever has": "note:n#reader@user:u", satisfies: [["note:n#org@org:o", "org:o#member@user:u"]] };
    const says = { says: "It is kept.", "kept by": "src/x.ts" };
    const invariants = [
      { name: "a", ...says, when: "note:n#author@user:u", then: ["note:n#org@org:o", "org:o#member@user:u"] },
      { name: "b", ...says, when: "note:n#shared@user:u", then: "never" },
    ];
    expect(decide({ ...claim, using: ["a", "b"] }, { invariants }).verdict).toBe("proved");
    expect(decide({ ...claim, using: ["a"] }, { invariants }).verdict).toBe("refuted");
  });

  test.each<[string, object, object, string]>([
    ["an unknown relation", { "whoever has": "note:n#writer@user:u", satisfies: "note:n#author@user:u" }, {},
      "no relation 'note#writer'"],
    ["a user of an unknown type", { "nobody has": "note:n#reader@person:u" }, {}, "no type 'person'"],
    ["a tuple that the model does not admit",
      { "nobody has": "note:n#reader@user:u", given: "note:n#author@org:o" }, {}, "admits no tuple"],
    ["an unknown sentence", { "nobody has": "note:n#reader@user:u", given: "user:u is fine" }, {}, "neither a tuple"],
    ["an unknown list", { "nobody has": "note:n#<key>@user:u" }, {}, "no list 'key'"],
    ["an unknown invariant", { "nobody has": "note:n#reader@user:u", using: ["x"] }, {}, "no invariant 'x'"],
    ["two kinds at once", { "nobody has": "note:n#reader@user:u", has: "note:n#reader@user:u" }, {}, "is none of"],
  ])("%s is an error", (_, claim, more, message) => {
    expect(() => decide(claim, more)).toThrow(message);
  });
});

test("a claims file with a fault is refused", () => {
  const claim = { id: "c", rules: "R1", says: "It holds.", "nobody has": "note:n#reader@user:u" };
  const read = (file: object): ClaimsFile => readClaimsFile(file);
  expect(() => read({ claims: [claim, claim] })).toThrow("two claims");
  expect(() => read({ claims: [{ ...claim, "some have": "x" }] })).toThrow("not as expected");
  expect(() => read({ claims: [] })).toThrow("not as expected");
});
