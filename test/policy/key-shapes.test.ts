// The table of keys in model.fga: each of the 288 lines of athlete keys has the shape that the table gives it.
import { describe, expect, test } from "vitest";
import { ATHLETE_KEYS, relationOf } from "../../src/policy/permission-keys.ts";
import { POLICY, readPolicyText, type PolicyText } from "./policy-text.ts";
import { shareOut } from "./shape-tables.ts";

const KEYS = ATHLETE_KEYS.map(relationOf);
const TYPES = ["org", "role", "coaching", "team_assignment", "team", "athlete"];

/** Of one type: what is wrong with the table's rows, and the lines of keys that have another shape, or none. */
function faultsOf(type: string, { definitions, shapes }: PolicyText): string[] {
  const { shapeOf, faults: shared } = shareOut(shapes.filter((shape) => shape.of === type), KEYS);
  const faults = [...shared];
  for (const key of KEYS) {
    const lines = definitions.filter((line) => line.type === type && line.relation === key);
    const wanted = shapeOf.get(key)?.definition.replaceAll("<key>", key);
    if (lines.length !== 1) faults.push(`${type}#${key} is ${lines.length} lines`);
    else if (lines[0]?.text !== wanted) faults.push(`${type}#${key} has not its shape`);
  }
  return faults;
}

/** All faults of a model.fga: types and lines outside the table included. */
function keyFaults(text: string): string[] {
  const policy = readPolicyText(text);
  const outside = policy.definitions.filter(({ type, relation }) => KEYS.includes(relation) && !TYPES.includes(type));
  const strange = policy.shapes.filter((shape) => !TYPES.includes(shape.of));
  return [
    ...TYPES.flatMap((type) => faultsOf(type, policy)),
    ...outside.map(({ place }) => `${place} is outside the table`),
    ...strange.map(({ name }) => `${name} is a shape of no type with keys`),
  ];
}

test("each of the 48 keys has the table's shape in each of the six types", () => {
  expect(keyFaults(POLICY)).toEqual([]);
});

test("the table has 14 shapes, which stand for 288 lines", () => {
  const { shapes, definitions } = readPolicyText(POLICY);
  expect(shapes).toHaveLength(14);
  expect(new Set(shapes.map(({ name }) => name)).size).toBe(14);
  expect(definitions.filter(({ relation }) => KEYS.includes(relation))).toHaveLength(288);
});

describe("an edit of one line is found", () => {
  const lines = POLICY.split("\n").map((line, i) => ({ line, i })).filter(({ line }) => {
    const [, name = ""] = /^ {4}define (\w+):/.exec(line) ?? [];
    return KEYS.includes(name);
  });
  const edited = (at: number, line: string): string => POLICY.split("\n").with(at, line).join("\n");

  test("an operand more, each of the 288 lines", () => {
    expect(lines).toHaveLength(288);
    for (const { line, i } of lines) expect(keyFaults(edited(i, `${line} or current`)), line).toHaveLength(1);
  });

  test("another key in a key's place", () => {
    const { line = "", i = 0 } = lines.find((each) => each.line.includes("goals_read from coaching")) ?? {};
    const faults = keyFaults(edited(i, line.replace("goals_read from team", "goals_write from team")));
    expect(faults).toEqual(["athlete#goals_read has not its shape"]);
  });

  test("a key dropped, given twice, or given to another type", () => {
    const { line = "", i = 0 } = lines.find((each) => each.line.includes("premium_grant from head_assignment")) ?? {};
    expect(keyFaults(edited(i, ""))).toEqual(["team#premium_grant is 0 lines"]);
    expect(keyFaults(edited(i, `${line}\n${line}`))).toEqual(["team#premium_grant is 2 lines"]);
    const seat = "    define coach: coach from team";
    const given = `${seat}\n    define goals_read: coach`;
    expect(keyFaults(POLICY.replace(seat, given))).toEqual(["seat#goals_read is outside the table"]);
  });

  test("a row of the table that says something else", () => {
    const moved = POLICY.replace("|   premium_grant", "|   premium_grant, notes_write");
    expect(keyFaults(moved)).toEqual(["team#notes_write has not its shape"]);
    expect(keyFaults(POLICY.replace("|   profile_read,", "|   profiles_read,"))).toHaveLength(2);
    expect(keyFaults(POLICY.replace("| <key>: <key> from role and current", "| <key>: <key> from role")))
      .toHaveLength(48);
  });
});
