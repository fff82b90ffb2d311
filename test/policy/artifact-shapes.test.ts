// The table of artifacts in model.fga: each line of the ten types has the shape that the table gives it.
import { describe, expect, test } from "vitest";
import { ARTIFACT_RESOURCES } from "../../src/domain/artifacts.ts";
import { POLICY, readPolicyText } from "./policy-text.ts";
import { shareOut } from "./shape-tables.ts";

const TYPES = Object.keys(ARTIFACT_RESOURCES);
const RESOURCES: Readonly<Record<string, string>> = ARTIFACT_RESOURCES;

/** What is wrong with the table's rows, and the lines of the ten types that have another shape, or none. */
function artifactFaults(text: string): string[] {
  const { definitions, artifacts } = readPolicyText(text);
  const relations = [...new Set(artifacts.map((shape) => shape.of))];
  const shared = new Map(relations.map((relation) =>
    [relation, shareOut(artifacts.filter((shape) => shape.of === relation), TYPES)] as const));
  const faults = [...shared.values()].flatMap((sharing) => sharing.faults);
  for (const type of TYPES) {
    const lines = definitions.filter((line) => line.type === type);
    for (const relation of new Set([...relations, ...lines.map((line) => line.relation)])) {
      const found = lines.filter((line) => line.relation === relation);
      const shape = shared.get(relation)?.shapeOf.get(type);
      const wanted = shape === undefined ? [] : [shape.definition.replaceAll("<resource>", RESOURCES[type] ?? "")];
      if (found.map((line) => line.text).join() !== wanted.join()) faults.push(`${type}#${relation} has not its shape`);
    }
  }
  return faults;
}

test("each line of the ten types of artifacts has the table's shape", () => {
  expect(artifactFaults(POLICY)).toEqual([]);
});

test("the table has 13 shapes, which stand for 47 lines", () => {
  const { artifacts, definitions } = readPolicyText(POLICY);
  expect(artifacts).toHaveLength(13);
  expect(new Set(artifacts.map(({ name }) => name)).size).toBe(13);
  expect(definitions.filter(({ type }) => TYPES.includes(type))).toHaveLength(47);
});

describe("an edit of one line is found", () => {
  const types = POLICY.split("\n").map((line, i) => ({ line, i }));
  const first = types.findIndex(({ line }) => line === "type practice_plan");
  const lines = types.slice(first, types.findIndex(({ line }) => line.startsWith("# ---- 7")))
    .filter(({ line }) => line.startsWith("    define "));
  const edited = (at: number, line: string): string => POLICY.split("\n").with(at, line).join("\n");

  test("an operand more, each of the 47 lines", () => {
    expect(lines).toHaveLength(47);
    for (const { line, i } of lines) expect(artifactFaults(edited(i, `${line} or org`)), line).toHaveLength(1);
  });

  test("a line dropped, given twice, or added", () => {
    const { line = "", i = 0 } = lines.find((each) => each.line.includes("practice_plans_view_finalized")) ?? {};
    const fault = ["practice_plan#can_view has not its shape"];
    expect(artifactFaults(edited(i, ""))).toEqual(fault);
    expect(artifactFaults(edited(i, `${line}\n${line}`))).toEqual(fault);
    expect(artifactFaults(edited(i, `${line}\n    define can_share: can_view`))).toEqual([
      "practice_plan#can_share has not its shape",
    ]);
  });

  test("another resource's level", () => {
    const { line = "", i = 0 } = lines.find((each) => each.line.includes("dev_cards_edit from org")) ?? {};
    expect(artifactFaults(edited(i, line.replace("dev_cards_edit", "dev_cards_view"))))
      .toEqual(["dev_card#can_edit has not its shape"]);
  });

  test("a row of the table that says something else, or that no line has", () => {
    expect(artifactFaults(POLICY.replace("|   weekly_report, scouting_report\n", "|   weekly_report\n")))
      .toEqual(["scouting_report#can_view has not its shape"]);
    const row = "# can_view 3    | <resource>_view from org";
    const more = (members: string): string =>
      POLICY.replace(row, `# can_view 6    | org\n#     |   ${members}\n${row}`);
    expect(artifactFaults(more("weekly_reports"))).toEqual(["can_view 6: weekly_reports means nothing"]);
    expect(artifactFaults(more(""))).toEqual(["can_view 6 has no member"]);
    expect(artifactFaults(more("drill"))).toContain("drill has two shapes: can_view 6 and can_view 5");
  });
});
