// Bounds of conditions: what is just within, what is one beyond, and that no input takes more than its steps.
import { RE2JS } from "re2js";
import { describe, expect, test } from "vitest";
import { compileCondition, MAX_EXPRESSION_BYTES } from "../../src/model/condition.ts";
import { Budget, CHARACTERS_PER_STEP, MAX_STEPS } from "../../src/model/conditions/budget.ts";
import { MAX_READ_CHARACTERS } from "../../src/model/conditions/conversions.ts";
import { MAX_WORDS } from "../../src/model/conditions/lexer.ts";
import { parse } from "../../src/model/conditions/parser.ts";
import {
  compilePattern, MAX_COMPILED_PATTERNS, MAX_PATTERN_SIZE, MAX_PATTERN_WORK, matches, patternSize,
} from "../../src/model/conditions/pattern.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";

type Types = Readonly<Record<string, string>>;

/** What an expression comes to, or why it has no outcome; `types` are those of the parameters. */
function outcomeOf(expression: string, types: Types, context: Record<string, unknown>): boolean | string {
  const parameters = Object.fromEntries(Object.entries(types).map(([name, type]) => {
    const [outer = "", inner] = type.split(" of ");
    const generic = inner === undefined ? {} : { generic_types: [{ type_name: `TYPE_NAME_${inner}` }] };
    return [name, { type_name: `TYPE_NAME_${outer}`, ...generic }];
  }));
  const condition = compileCondition({ name: "c", expression, parameters });
  const outcome = condition.evaluate(context, { name: "c", context: {} });
  return typeof outcome === "boolean" ? outcome : outcome.fault;
}

describe("a condition goes through so many elements and characters", () => {
  const [elements, characters] = [MAX_STEPS - 1, MAX_STEPS * CHARACTERS_PER_STEP];
  test.each([
    ["elements that are compared", "x != [0] && [x] == [x]", elements - 4],
    ["elements that are looked through", "!(1 in x)", elements],
  ])("%s", (_, expression, most) => {
    const ask = (n: number): boolean | string => outcomeOf(expression, { x: "ANY" }, { x: Array<number>(n).fill(0) });
    expect(ask(Math.floor(most / 2))).toBe(true);
    expect(ask(most + 8)).toMatch(/steps/);
  });

  test("characters that are counted: the last one that counts, and one more", () => {
    const ask = (n: number): boolean | string => outcomeOf("size(x) > 0", { x: "ANY" }, { x: "a".repeat(n) });
    expect([ask(characters), ask(characters + 1)]).toEqual([true, expect.stringMatching(/steps/)]);
  });

  test("no operator hides that", () => {
    const context = { x: "a".repeat(characters + 1) };
    expect(outcomeOf("true || size(x) > 0", { x: "ANY" }, context)).toBe(true);
    expect(outcomeOf("size(x) > 0 || true", { x: "ANY" }, context)).toMatch(/steps/);
    expect(outcomeOf("[1].exists(e, size(x) > 0 || e == 1)", { x: "ANY" }, context)).toMatch(/steps/);
  });
});

test("a text that is read as something may have so many characters", () => {
  const spaces = (n: number, text: string): string => "0".repeat(n - text.length) + text;
  for (const [expression, text] of [["int(s) == 5", "5"], ["uint(s) == 5u", "5"], ["double(s) == 5.0", "5"],
    ["duration(s) == duration('5s')", "5s"]] as const) {
    expect(outcomeOf(expression, { s: "STRING" }, { s: spaces(MAX_READ_CHARACTERS, text) }), expression).toBe(true);
    expect(outcomeOf(expression, { s: "STRING" }, { s: spaces(MAX_READ_CHARACTERS + 1, text) })).toMatch(/characters/);
  }
  for (const expression of ["ipaddress(s) == ipaddress('::1')", "timestamp(0).getHours(s) == 1", "bool(s)",
    "ipaddress('::1').in_cidr(s)", "timestamp(s) == timestamp(0)"]) {
    expect(outcomeOf(expression, { s: "STRING" }, { s: ":".repeat(MAX_READ_CHARACTERS + 1) })).toMatch(/characters/);
  }
});

test("an expression may have so many words, and a model's so many bytes", () => {
  const list = (words: number): string => `[${"1,".repeat((words - 4) / 2)}] == x`;
  expect(() => parse(list(MAX_WORDS))).not.toThrow();
  expect(() => parse(`${list(MAX_WORDS)} || y`)).toThrow(/words/);
  const padded = (bytes: number): string => `'\u00e9' != ${"'".padEnd(bytes - 9, "a")}'`;
  const compile = (bytes: number) => () => compileCondition({ name: "c", expression: padded(bytes) });
  expect(new TextEncoder().encode(padded(MAX_EXPRESSION_BYTES)).length).toBe(MAX_EXPRESSION_BYTES);
  expect(compile(MAX_EXPRESSION_BYTES)).not.toThrow();
  expect(compile(MAX_EXPRESSION_BYTES + 1)).toThrow(/bytes/);
});

/** How deep each form may be nested in cel-go, measured on OpenFGA 1.22.1; one level more is refused. */
test.each([
  ["parentheses", (n: number) => `${"(".repeat(n)}true${")".repeat(n)}`, 249],
  ["a chain of sums", (n: number) => `1${"+1".repeat(n)} > 0`, 249],
  ["a chain of comparisons", (n: number) => `true${"==true".repeat(n)}`, 250],
  ["a chain of fields", (n: number) => `x${".a".repeat(n)} == 1`, 249],
  ["sums in parentheses", (n: number) => `${"(1+".repeat(n)}1${")".repeat(n)} > 0`, 124],
  ["conditionals", (n: number) => `${"true ? true : ".repeat(n)}true`, 249],
])("%s are nested so deep", (_, make, most) => {
  expect(() => parse(make(most))).not.toThrow();
  expect(() => parse(make(most + 1))).toThrow(/nested/);
});

describe("patterns", () => {
  test("a pattern may have so many steps", () => {
    const repeated = (n: number): string => `a{${n}}`;
    const most = MAX_PATTERN_SIZE - patternSize(repeated(2)) + 2;
    expect(patternSize(repeated(most))).toBe(MAX_PATTERN_SIZE);
    expect(() => compilePattern(repeated(most))).not.toThrow();
    expect(() => compilePattern(repeated(most + 1))).toThrow(/larger/);
  });

  test("a pattern times a text is so much work", () => {
    const pattern = compilePattern("a{97}");
    expect(MAX_PATTERN_WORK % pattern.size).toBe(0);
    const most = MAX_PATTERN_WORK / pattern.size;
    expect(matches(pattern, "a".repeat(most), new Budget())).toBe(true);
    expect(() => matches(pattern, "a".repeat(most + 1), new Budget())).toThrow(/work/);
  });

  test("so many are kept, and the oldest makes room", () => {
    const first = compilePattern("oldest");
    expect(compilePattern("oldest")).toBe(first);
    for (let i = 0; i < MAX_COMPILED_PATTERNS - 1; i++) compilePattern(`newer${i}`);
    expect(compilePattern("oldest")).toBe(first);
    compilePattern("newest");
    expect(compilePattern("oldest")).not.toBe(first);
  });

  test("a pattern that takes a backtracking engine 2^31 steps is answered", () => {
    const text = `${"a".repeat(30)}b`;
    expect(outcomeOf("s.matches('^(a+)+$')", { s: "STRING" }, { s: text })).toBe(false);
  });

  test("the size of a pattern is never below that of its program", () => {
    console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
    const draw = new Draw(SEED);
    const atoms = ["a", ".", "\\d", "[a-c]", "[^]a]", "\\p{L}", "\\PN", "[[:^alpha:]x]", "\\x{61}", "\\Qa{9}\\E", "^",
      "$", "\\b",
      "(?i)k", "\\[", "[\\]{9}]", "{", "a{,5}", "\u00e9"];
    const drawPattern = (depth: number): string => Array.from({ length: draw.below(4) + 1 }, () => {
      const part = depth === 0 || draw.chance(50) ? draw.pick(atoms)
        : `${draw.pick(["(", "(?:", "(?P<n>"])}${drawPattern(depth - 1)}`
          + `${draw.chance(30) ? `|${drawPattern(depth - 1)}` : ""})`;
      const [least, more] = [draw.below(7), draw.below(9)];
      return part + draw.pick(["", "", "", "*", "+?", "?", `{${least}}`, `{${least},}`, `{${least},${least + more}}`]);
    }).join("");
    let compared = 0;
    for (let i = 0; i < 3000; i++) {
      const text = drawPattern(3);
      const size = patternSize(text);
      if (size > 5 * MAX_PATTERN_SIZE) continue;
      let program: number;
      try {
        program = RE2JS.compile(text).programSize();
      } catch {
        continue;
      }
      expect(size, text).toBeGreaterThanOrEqual(program);
      compared++;
    }
    expect(compared).toBeGreaterThan(1000);
  });
});
