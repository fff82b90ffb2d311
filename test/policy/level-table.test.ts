// The tables of levels in model.fga: each of the 72 lines of program levels is the line that they give.
import { describe, expect, test } from "vitest";
import { LEVELS, RESOURCES, SECTIONS } from "../../src/policy/permission-keys.ts";
import { seededRole } from "../../src/policy/seeded-roles.ts";
import { levelLines } from "./level-table.ts";
import { POLICY, readPolicyText } from "./policy-text.ts";

const WANTED = RESOURCES.flatMap((resource) =>
  LEVELS.flatMap((level) => [`${resource}_${level}_role`, `${resource}_${level}`]));

/** What is wrong with the tables, and the lines of levels that are not as the tables give them. */
function levelFaults(text: string): string[] {
  const { definitions, levels: tables } = readPolicyText(text);
  const given = levelLines(tables, LEVELS);
  const faults: string[] = [];
  for (const { name } of tables.shapes) {
    if (!given.some(({ shape }) => shape === name)) faults.push(`${name} has no line`);
  }
  for (const { resource, seeded } of tables.rows) {
    const strange = seeded.filter(([, level]) => !["none", ...LEVELS].includes(level.toLowerCase()));
    faults.push(...strange.map(([role, level]) => `${resource} gives ${role} ${level}, which is no level`));
  }
  for (const relation of WANTED) {
    const of = given.filter((line) => line.relation === relation);
    const lines = definitions.filter((line) => line.relation === relation);
    if (of.length !== 1) faults.push(`the tables give ${relation} ${of.length} times`);
    else if (lines.length !== 1) faults.push(`${relation} is ${lines.length} lines`);
    else if (lines[0]?.place !== `org#${relation}`) faults.push(`${lines[0]?.place} is outside the tables`);
    else if (lines[0].text !== of[0]?.text) faults.push(`org#${relation} is not as the tables give it`);
  }
  return [...faults, ...given.filter(({ relation }) => !WANTED.includes(relation))
    .map(({ relation }) => `the tables give ${relation}, which is no level`)];
}

test("each of the 72 lines of program levels is as the tables give it (PR1)", () => {
  expect(levelFaults(POLICY)).toEqual([]);
  expect(readPolicyText(POLICY).levels.shapes).toHaveLength(4);
});

test("the table has the resources by section, in order (PR1)", () => {
  const { rows } = readPolicyText(POLICY).levels;
  expect(rows.map(({ section, resource }) => [section, resource])).toEqual(
    Object.entries(SECTIONS).flatMap(([section, resources]) => resources.map((resource) => [section, resource])));
});

test.each([["full_role", "owner"], ["full_role", "admin"], ["program_coach_role", "coach"],
  ["program_player_role", "player"]])("the column of %s is the seeded role %s (PR2)", (column, id) => {
  const keys = readPolicyText(POLICY).levels.rows.flatMap(({ resource, seeded }) => {
    const level = new Map(seeded).get(column)?.toLowerCase();
    return level === "none" ? [] : [`${resource}.${level}`];
  });
  const levels = seededRole("program", id)?.keys.filter((key) => /\.(?:view|edit|generate)$/.test(key)) ?? [];
  expect(keys.sort()).toEqual([...levels].sort());
});

describe("a fault is found", () => {
  const lines = POLICY.split("\n").map((line, i) => ({ line, i }))
    .filter(({ line }) => WANTED.includes(/^ {4}define (\w+):/.exec(line)?.[1] ?? ""));
  const edited = (at: number, line: string): string => POLICY.split("\n").with(at, line).join("\n");

  test("an operand more, or a line dropped, each of the 72 lines", () => {
    expect(lines).toHaveLength(72);
    for (const { line, i } of lines) {
      expect(levelFaults(edited(i, `${line} or member`)), line).toHaveLength(1);
      expect(levelFaults(edited(i, "")), line).toHaveLength(1);
    }
  });

  test("a floor that a line does not ask for", () => {
    const { line = "", i = 0 } = lines.find((each) => each.line.includes("users_edit:")) ?? {};
    expect(levelFaults(edited(i, line.replace("and admin)", "and staff)"))))
      .toEqual(["org#users_edit is not as the tables give it"]);
  });

  test("a level given to another type", () => {
    const { line = "", i = 0 } = lines.find((each) => each.line.includes("roster_view:")) ?? {};
    const moved = edited(i, "").replace("type team\n  relations\n", `type team\n  relations\n${line}\n`);
    expect(levelFaults(moved)).toEqual(["team#roster_view is outside the tables"]);
  });

  test("a cell that says something else", () => {
    const cell = (from: string, to: string): string[] => levelFaults(POLICY.replace(from, to));
    const roster = "roster            | Generate | Edit          | None           | staff           | staff";
    expect(POLICY).toContain(roster);
    expect(cell(roster, roster.replace("Edit    ", "View    "))).toEqual([
      "org#roster_view_role is not as the tables give it", "org#roster_edit_role is not as the tables give it",
    ]);
    expect(cell(roster, roster.replace("staff           |", "member          |")))
      .toEqual(["org#roster_view is not as the tables give it"]);
    expect(cell(roster, roster.replace("None", "Read"))).toEqual([
      "roster gives program_player_role Read, which is no level",
    ]);
    expect(cell(roster, roster.replace("roster ", "rosters"))).toHaveLength(12);
  });

  test("a shape that no line has, and one that is given twice", () => {
    const row = "    # level         | ";
    const more = (right: string): string[] => levelFaults(POLICY.replace(row, `    # more | ${right} | PR1\n${row}`));
    expect(more("<resource>_share_role: member")).toEqual(["more has no line"]);
    expect(more("<resource>_view_role: member").at(-1)).toBe("the tables give program_settings_view_role 2 times");
  });
});
