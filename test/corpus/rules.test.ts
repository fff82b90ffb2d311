// Every published rule has stories with at least one yes and one no, or a named event test as its proof.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../live/pins.ts";
import { RULES, RULES_PROVEN_BY_EVENT_TESTS, gaps, rulesNamed, titleNames, type Told } from "./rules.ts";
import { readStory, storyFiles } from "./story.ts";

/** Every rule number in a text, as a separate word. */
const rulesIn = (text: string): ReadonlySet<string> => new Set(text.match(/\b(?:AC|NP|IN|PR|PM|S)\d+a?\b/g));

/** Rules about which tuples come to exist: only the events enforce them. */
const BY_EVENTS = ["IN6", "PR6", "PR7", "PR9", "PM11", "S6", "S13", "S18", "S19", "S22"];
/** Rules without a line in the policy, which its header lists: those of the events, and IN3, which is a read. */
const WITHOUT_LINE = ["IN3", ...BY_EVENTS];

test("the list has all 70 rules", () => {
  const counts: Record<string, number> = { AC: 6, NP: 10, IN: 8, PR: 11, PM: 12, S: 22 };
  const numbered = Object.entries(counts)
    .flatMap(([area, n]) => Array.from({ length: n }, (_, i) => `${area}${i + 1}`));
  expect(Object.keys(RULES).sort()).toEqual([...numbered, "AC3a"].sort());
});

test("each rule has a story with a yes and one with a no", () => {
  const told = storyFiles("tuples").flatMap((file) => readStory(file).tests)
    .map((story): Told => ({ name: story.name, answers: story.checks.map((c) => c.expected) }));
  expect(gaps(told, new Set(Object.keys(RULES_PROVEN_BY_EVENT_TESTS)))).toEqual([]);
});

test("each rule that only events enforce is named in the title of an event test", () => {
  const unproven = Object.entries(RULES_PROVEN_BY_EVENT_TESTS).filter(([rule, file]) => {
    const path = join(ROOT, file);
    return !(rule in RULES) || !existsSync(path) || !titleNames(readFileSync(path, "utf8"), rule);
  });
  expect(unproven).toEqual([]);
});

test("each rule's number appears in the policy, and almost always at one of its lines", () => {
  const [head = "", ...sections] = readFileSync(join(ROOT, "model.fga"), "utf8").split("\nmodel\n");
  const heldBy = (text: string): string[] => Object.keys(RULES).filter((rule) => rulesIn(text).has(rule));
  expect(heldBy(head)).toEqual(expect.arrayContaining(WITHOUT_LINE));
  expect(heldBy(sections.join())).toEqual(Object.keys(RULES).filter((rule) => !WITHOUT_LINE.includes(rule)));
});

test("each rule's number appears in the docs; each that an event enforces, in that event's file", () => {
  const docs = rulesIn(readFileSync(join(ROOT, "docs/rules.md"), "utf8"));
  expect(Object.keys(RULES).filter((rule) => !docs.has(rule))).toEqual([]);
  const events = rulesIn(readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => /^(?:events|state)\/.*\.ts$/.test(path))
    .map((path) => readFileSync(join(ROOT, "src", path), "utf8")).join("\n"));
  expect(BY_EVENTS.filter((rule) => !events.has(rule))).toEqual([]);
});

test("a rule with only one of the two answers is a gap, and so is an unknown number", () => {
  const others = new Set(Object.keys(RULES).filter((rule) => rule !== "S1"));
  expect(gaps([{ name: "S1 x", answers: [true] }], others)).toEqual([expect.stringContaining("no story with a false")]);
  expect(gaps([{ name: "S1 x", answers: [true] }, { name: "S1 y", answers: [false] }], others)).toEqual([]);
  expect(gaps([{ name: "S1 S99 x", answers: [true, false] }], others)).toEqual([expect.stringContaining("S99")]);
});

test("only the numbers at the start of a name count", () => {
  expect(rulesNamed("NP4 S1 AC3a the flag of PM7")).toEqual(["NP4", "S1", "AC3a"]);
  expect(rulesNamed("the flag of PM7")).toEqual([]);
});

test("a title names a rule only as a separate word", () => {
  expect(titleNames('test("IN6 redeems again", () => {})', "IN6")).toBe(true);
  expect(titleNames('test.each(x)("S1 a", f); describe(`S17: b`, f)', "S17")).toBe(true);
  expect(titleNames('story.chapter("PM5: b", f)', "PM5")).toBe(true);
  expect(titleNames('test("S17 a", f); // S1', "S1")).toBe(false);
});
