// Limits of conditions: just within, one beyond, and no input takes more than its steps.
import { RE2JS } from "re2js";
import { describe, expect, test } from "vitest";
import { compileCondition } from "../../src/model/condition.ts";
import { Budget, CHARACTERS_PER_STEP } from "../../src/model/conditions/condition-budget.ts";
import { check } from "../../src/model/conditions/type-checker.ts";
import { parse } from "../../src/model/conditions/parser.ts";
import { compilePattern, matches } from "../../src/model/conditions/pattern.ts";
import { patternSize } from "../../src/model/conditions/pattern-size.ts";
import { plan } from "../../src/model/conditions/planner.ts";
import { STRING } from "../../src/model/conditions/types.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";
import {
  MAX_COMPILED_PATTERNS, MAX_CONDITION_STEPS, MAX_EXPRESSION_BYTES, MAX_EXPRESSION_WORDS, MAX_PATTERN_SIZE,
  MAX_READ_CHARACTERS,
} from "../../src/model/model-limits.ts";

type Types = Readonly<Record<string, string>>;

/** The value of an expression, or the reason why it has none; `types` are those of the parameters. */
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

/** The error of an evaluation that exceeds its steps. */
const BEYOND = expect.stringMatching(`it takes more than ${MAX_CONDITION_STEPS} steps`);

describe("the steps of a condition are limited", () => {
  const zeros = (n: number): number[] => Array<number>(n).fill(0);
  const letters = (n: number): string => "a".repeat(n);
  // Fixed steps of an expression, apart from visited elements: its parts, the parameter, the whole comparison.
  test.each([
    ["elements that are compared", "x != [0] && [x] == [x]", "ANY", zeros, MAX_CONDITION_STEPS - 13],
    ["elements that are looked through", "!(1 in x)", "ANY", zeros, MAX_CONDITION_STEPS - 5],
    ["turns of a loop, of four steps each", "!dyn(x).exists_one(e, false)", "ANY", zeros,
      Math.floor((MAX_CONDITION_STEPS - 10) / 4)],
    ["turns of a loop, of six", "!dyn(x).exists_one(e, true ? false : true)", "ANY", zeros,
      Math.floor((MAX_CONDITION_STEPS - 10) / 6)],
    ["elements that are converted", "x[0] == 0", "LIST of INT", zeros, MAX_CONDITION_STEPS - 6],
    ["characters that are counted", "size(x) > 0", "ANY", letters, CHARACTERS_PER_STEP * (MAX_CONDITION_STEPS - 5)],
    ["characters that are looked up", "!(x in ['b', 'c'])", "ANY", letters,
      CHARACTERS_PER_STEP * (MAX_CONDITION_STEPS - 4)],
  ])("%s: as many as the limit, and one more", (_, expression, type, make, most) => {
    const ask = (n: number): boolean | string => outcomeOf(expression, { x: type }, { x: make(n) });
    expect([ask(most), ask(most + 1)]).toEqual([true, BEYOND]);
  });

  test("no operator hides an excess", () => {
    const context = { x: letters(CHARACTERS_PER_STEP * MAX_CONDITION_STEPS) };
    expect(outcomeOf("true || size(x) > 0", { x: "ANY" }, context)).toBe(true);
    expect(outcomeOf("size(x) > 0 || true", { x: "ANY" }, context)).toEqual(BEYOND);
    expect(outcomeOf("[1].exists(e, size(x) > 0 || e == 1)", { x: "ANY" }, context)).toEqual(BEYOND);
  });
});

describe("the length of a parsed text is limited", () => {
  const padded = (before: string, after: string) => (n: number): string =>
    before + "0".repeat(n - before.length - after.length) + after;
  test.each<[string, (n: number) => string, true | RegExp]>([
    ["int(s) == 5", padded("", "5"), true], ["uint(s) == 5u", padded("", "5"), true],
    ["double(s) == 5.0", padded("", "5"), true], ["duration(s) == duration('5s')", padded("", "5s"), true],
    ["timestamp(s) == timestamp(0)", padded("1970-01-01T00:00:00.", "Z"), true],
    ["timestamp(0).getHours(s) == 5", padded("+", "5:00"), true],
    ["ipaddress(s) != ipaddress('::1')", padded("::1%", ""), true],
    ["bool(s)", padded("", "1"), /conversion error/], ["ipaddress('::1').in_cidr(s)", padded("::1/", ""), /malformed/],
  ])("%s", (expression, make, within) => {
    const ask = (n: number): boolean | string => outcomeOf(expression, { s: "STRING" }, { s: make(n) });
    expect([ask(MAX_READ_CHARACTERS), ask(MAX_READ_CHARACTERS + 1)]).toEqual(
      [within === true ? true : expect.stringMatching(within), expect.stringMatching(/characters/)]);
  });
});

test("the words of an expression and the bytes of a model's condition are limited", () => {
  const list = (words: number): string => `[${"1,".repeat((words - 4) / 2)}] == x`;
  expect(() => parse(list(MAX_EXPRESSION_WORDS))).not.toThrow();
  expect(() => parse(`!${list(MAX_EXPRESSION_WORDS)}`)).toThrow(/words/);
  const padded = (bytes: number): string => `'\u00e9' != ${"'".padEnd(bytes - 9, "a")}'`;
  const compile = (bytes: number) => () => compileCondition({ name: "c", expression: padded(bytes) });
  expect(new TextEncoder().encode(padded(MAX_EXPRESSION_BYTES)).length).toBe(MAX_EXPRESSION_BYTES);
  expect(compile(MAX_EXPRESSION_BYTES)).not.toThrow();
  expect(compile(MAX_EXPRESSION_BYTES + 1)).toThrow(/bytes/);
});

/** Maximum nesting of each form in cel-go, measured on OpenFGA 1.22.1; one more level is refused. */
test.each([
  ["parentheses", (n: number) => `${"(".repeat(n)}true${")".repeat(n)}`, 249],
  ["a chain of sums", (n: number) => `1${"+1".repeat(n)} > 0`, 249],
  ["a chain of comparisons", (n: number) => `true${"==true".repeat(n)}`, 250],
  ["a chain of fields", (n: number) => `x${".a".repeat(n)} == 1`, 249],
  ["sums in parentheses", (n: number) => `${"(1+".repeat(n)}1${")".repeat(n)} > 0`, 124],
  ["conditionals", (n: number) => `${"true ? true : ".repeat(n)}true`, 249],
])("%s nest as deep as in cel-go", (_, make, most) => {
  expect(() => parse(make(most))).not.toThrow();
  expect(() => parse(make(most + 1))).toThrow(/nested/);
});

describe("patterns", () => {
  test("the steps of a pattern are limited", () => {
    const repeated = (n: number): string => `a{${n}}`;
    const most = MAX_PATTERN_SIZE - patternSize(repeated(2)) + 2;
    expect(patternSize(repeated(most))).toBe(MAX_PATTERN_SIZE);
    expect(() => compilePattern(repeated(most), new Budget())).not.toThrow();
    expect(() => compilePattern(repeated(most + 1), new Budget())).toThrow(/larger/);
  });

  test("the characters that a pattern is tried on are limited", () => {
    const pattern = compilePattern("a{97}", new Budget());
    const most = Math.floor(MAX_CONDITION_STEPS / (2 * pattern.size + 1 / CHARACTERS_PER_STEP));
    expect(matches(pattern, "a".repeat(most), new Budget())).toBe(true);
    expect(() => matches(pattern, "a".repeat(most + 1), new Budget())).toThrow(/steps/);
  });

  test("the patterns of an expression are limited", () => {
    const all = (n: number): string => Array.from({ length: n }, (_, i) => `s.matches('p${1000 + i}')`).join(" || ");
    const make = (n: number) => () => {
      const parsed = parse(all(n));
      plan(parsed, check(parsed, new Map([["s", STRING]])));
    };
    const most = Math.floor(MAX_CONDITION_STEPS / (200 + 40 * patternSize("p1000")));
    expect(make(most)).not.toThrow();
    expect(make(most + 1)).toThrow(/steps/);
  });

  test("the patterns that an evaluation makes from parameters are limited, known or not", () => {
    const size = patternSize("q1000");
    const each = 200 + (40 + 2) * size;
    expect(MAX_CONDITION_STEPS / each).toBeGreaterThan(10);
    const patterns = (n: number): string[] => Array.from({ length: n }, (_, i) => `q${1000 + i}`);
    const ask = (n: number): boolean | string =>
      outcomeOf("!l.exists(p, 'a'.matches(p))", { l: "LIST of STRING" }, { l: patterns(n) });
    expect([ask(10), ask(10)]).toEqual([true, true]);
    const large = (n: number): string[] => Array.from({ length: n }, (_, i) => `((a{9}){9}){${i + 3}}`);
    const tried = (n: number): boolean | string =>
      outcomeOf("!l.exists(p, 'a'.matches(p))", { l: "LIST of STRING" }, { l: large(n) });
    expect([tried(2), tried(8), tried(8)]).toEqual([true, BEYOND, BEYOND]);
  });

  test("a character class counts what must be read and looked up to compile it", () => {
    expect(patternSize("[a-z]")).toBe(patternSize("a"));
    expect(patternSize(`[${"a".repeat(8_000)}]`)).toBeGreaterThan(MAX_PATTERN_SIZE);
    for (const pattern of ["(?i)[b-\\x{10ffff}]", "(?i:[^b-\u{10ffff}])", "a|(?s-m:b)(?mi)[\\x62-\\x{1ffff}]",
      "(?msmsmsmsmsmsmsmsmsmsmsi)[b-\\x{10ffff}]"]) {
      expect(patternSize(pattern), pattern).toBeGreaterThan(MAX_PATTERN_SIZE);
    }
    expect(patternSize("(?i)[\u0430-\u044f]")).toBeLessThan(20);
    expect(patternSize("[b-\\x{10ffff}]")).toBeLessThan(20);
  });

  test("a limited number is cached, and the oldest is dropped", () => {
    const compile = (pattern: string) => compilePattern(pattern, new Budget());
    const first = compile("oldest");
    expect(compile("oldest")).toBe(first);
    for (let i = 0; i < MAX_COMPILED_PATTERNS - 1; i++) compile(`newer${i}`);
    expect(compile("oldest")).toBe(first);
    compile("newest");
    expect(compile("oldest")).not.toBe(first);
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
