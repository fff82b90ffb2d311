// A rule's number is at each line that decides it: docs/rules.md and model.fga, held against one another.
import { describe, expect, test } from "vitest";
import { ARTIFACT_RESOURCES } from "../../src/domain/artifacts.ts";
import { ATHLETE_KEYS, LEVELS, relationOf, RESOURCES } from "../../src/policy/permission-keys.ts";
import { RULES } from "../corpus/rules.ts";
import { levelLines } from "./level-table.ts";
import { numbersIn, POLICY, readPolicyText, type PolicyText } from "./policy-text.ts";
import { provesRule, rulesOfStory } from "./proofs.ts";
import { PAGE, readRulesPage, type Entry } from "./rules-page.ts";
import { shareOut } from "./shape-tables.ts";

const policy = readPolicyText(POLICY);
const entries = readRulesPage(PAGE);
const ARTIFACTS = Object.keys(ARTIFACT_RESOURCES);

/** Every place that a reference means. `<key>` is judged by the table of keys instead: it means no single line. */
function placesOf(reference: string): string[] {
  return reference.includes("<resource>")
    ? RESOURCES.flatMap((resource) => LEVELS.map((level) =>
      reference.replace("<resource>", resource).replace("<level>", level)))
    : [reference];
}

/** Numbers that the row of a table has for a line of program levels or of an artifact. */
function numbersInTables(place: string, { artifacts, levels }: PolicyText): ReadonlySet<string> {
  const [type = "", relation = ""] = place.split("#");
  const lines = levelLines(levels, LEVELS).filter((line) => place === `org#${line.relation}`);
  const shape = shareOut(artifacts.filter((each) => each.of === relation), ARTIFACTS).shapeOf.get(type);
  return numbersIn([...lines, ...(shape === undefined ? [] : [shape])].map(({ rules }) => rules).join(" "));
}

/** References of an entry to lines that lack its number, or do not exist. */
function missingNumbers({ rule, relations }: Entry, text: PolicyText): string[] {
  const { definitions, shapes } = text;
  return relations.flatMap(placesOf).flatMap((place) => {
    const [type = "", relation] = place.split("#");
    if (relation === "<key>") {
      const rows = shapes.filter((shape) => shape.of === type);
      return rows.some(({ rules }) => numbersIn(rules).has(rule)) ? [] : [`no shape of ${type} names ${rule}`];
    }
    const line = definitions.find((definition) => definition.place === place);
    if (line === undefined) return [`${rule} names ${place}, which is no line`];
    const isThere = numbersIn(line.comment).has(rule) || numbersInTables(place, text).has(rule);
    return isThere ? [] : [`${place} lacks ${rule}`];
  });
}

/** Rule numbers of a policy's comments that the page does not have. */
function strayNumbers({ comments }: PolicyText, page: readonly Entry[]): string[] {
  const rules = new Set(page.map(({ rule }) => rule));
  return [...numbersIn(comments)].filter((number) => !rules.has(number));
}

test("the page has an entry for each rule, in order", () => {
  const order = ["AC", "NP", "IN", "PR", "PM", "S"];
  const rank = (rule: string): number =>
    order.indexOf(rule.replace(/\d.*/, "")) * 100 + Number(/\d+/.exec(rule)?.[0]) + (rule.endsWith("a") ? 0.5 : 0);
  expect(entries.map(({ rule }) => rule)).toEqual(Object.keys(RULES).sort((a, b) => rank(a) - rank(b)));
});

test.each(entries.filter(({ relations }) => relations.length > 0).map((entry) => [entry.rule, entry] as const))(
  "%s is at each line that its entry names", (_, entry) => {
    expect(missingNumbers(entry, policy)).toEqual([]);
  });

test("each number in the policy is a rule of the page", () => {
  expect(strayNumbers(policy, entries)).toEqual([]);
});

test("the policy's head lists exactly the rules whose entry names no line, and their events", () => {
  const without = entries.filter(({ relations }) => relations.length === 0);
  const listed = [...policy.head.matchAll(/^# {3}((?:AC|NP|IN|PR|PM|S)\d+a?) +\S.*? {2,}(\S.*)$/gm)];
  expect(listed.map(([, rule]) => rule).sort()).toEqual(without.map(({ rule }) => rule)
    .filter((rule) => rule !== "IN3").sort());
  for (const [, rule, events = ""] of listed) {
    const named = events.match(/\w+\.\w+/g) ?? [];
    const known = entries.find((entry) => entry.rule === rule)?.events ?? [];
    expect(named.filter((event) => !known.includes(event)), rule).toEqual([]);
    expect(named.length > 0 || events === "every event", rule).toBe(true);
  }
  expect(without.map(({ rule }) => rule)).toContain("IN3");
});

describe("what an entry names exists", () => {
  test("events, codes and keys", () => {
    expect(entries.flatMap(({ rule, unknown }) => unknown.map((word) => `${rule}: ${word}`))).toEqual([]);
    expect(new Set(entries.flatMap(({ events }) => events)).size).toBeGreaterThan(30);
  });

  test("stories, each with a test whose name begins with the rule", () => {
    const unproved = entries.flatMap(({ rule, stories }) =>
      stories.filter((story) => !rulesOfStory(story).has(rule)).map((story) => `${story} has no test of ${rule}`));
    expect(unproved).toEqual([]);
  });

  test("tests, each of which names the rule", () => {
    const unproved = entries.flatMap(({ rule, tests }) =>
      tests.filter((path) => !provesRule(path, rule)).map((path) => `${path} has no test of ${rule}`));
    expect(unproved).toEqual([]);
    expect(entries.filter(({ stories, tests }) => stories.length + tests.length === 0)).toEqual([]);
  });
});

describe("a fault is found", () => {
  const entry = (rule: string): Entry => entries.find((each) => each.rule === rule)!;

  test("a made-up number, in the page and in the policy", () => {
    const madeUp = { ...entry("NP6"), rule: "NP99" };
    expect(missingNumbers(madeUp, policy)).toContain("note#team_reader lacks NP99");
    const edited = readPolicyText(POLICY.replace("# AC6 NP6 NP7 NP8 A coach", "# AC6 NP6 NP7 NP99 A coach"));
    expect(strayNumbers(edited, entries)).toEqual(["NP99"]);
    expect(missingNumbers(entry("NP6"), edited)).toEqual([]);
  });

  test("a number that is taken from its line", () => {
    const edited = readPolicyText(POLICY.replace("# AC6 NP6 NP7 NP8 A coach", "# AC6 NP7 NP8 A coach"));
    expect(missingNumbers(entry("NP6"), edited)).toEqual(["note#team_reader lacks NP6"]);
  });

  test("a number that stands at another line", () => {
    const edited = readPolicyText(POLICY.replace("    # AC6 NP6 NP7 NP8 A coach", "    # NP6\n\n    # AC6 A coach"));
    expect(missingNumbers(entry("NP6"), edited)).toEqual(["note#team_reader lacks NP6"]);
  });

  test("a number that no shape of the keys names", () => {
    const edited = readPolicyText(POLICY.replace("# PM6 S7              |", "# S7                  |"));
    expect(missingNumbers(entry("PM6"), edited)).toEqual(["no shape of coaching names PM6"]);
  });

  test("a number that no row of the levels has for its lines", () => {
    const edited = readPolicyText(POLICY.replace("| PR3 S5 S10", "| PR3 S5"));
    expect(missingNumbers(entry("S10"), edited)).toEqual(["org#roster_view lacks S10", "org#roster_edit lacks S10"]);
    const shape = "(<resource>_<level>_role and <floor>) or superadmin         | PR1 PM7";
    const without = readPolicyText(POLICY.replace(shape, shape.replace("PR1 ", ""))
      .replace("# PR1 PM7 The levels", "# PM7 The levels"));
    expect(missingNumbers(entry("PR1"), without)).toHaveLength(36);
  });

  test("a number that no shape of the artifacts has for its line", () => {
    const edited = readPolicyText(POLICY.replace("# PR2 PR3       |", "# PR3           |"));
    expect(missingNumbers(entry("PR2"), edited))
      .toEqual(["practice_plan#finalized_in lacks PR2", "game_brief#finalized_in lacks PR2"]);
  });

  test("a line that does not exist", () => {
    const named = { ...entry("NP6"), relations: ["note#team_readers"] };
    expect(missingNumbers(named, policy)).toEqual(["NP6 names note#team_readers, which is no line"]);
  });
});

test("every athlete key is a line of the six types", () => {
  for (const type of ["org", "role", "coaching", "team_assignment", "team", "athlete"]) {
    const lines = new Set(policy.definitions.filter((line) => line.type === type).map(({ relation }) => relation));
    expect(ATHLETE_KEYS.filter((key) => !lines.has(relationOf(key))), type).toEqual([]);
  }
});
