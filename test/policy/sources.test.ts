// docs/sources.md: each sentence of the five sources leads to rules, lines and proofs that exist.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EVENTS } from "../../src/events/table.ts";
import { ATHLETE_KEYS, LEVELS, relationOf, RESOURCES } from "../../src/policy/permission-keys.ts";
import { MODEL } from "../world/world.ts";
import { ROOT } from "../live/pins.ts";
import { provesRule, rulesOfStory } from "./proofs.ts";
import { PAGE, readRulesPage } from "./rules-page.ts";

/** A row: one sentence of a source. */
interface Row {
  readonly source: string;
  readonly number: number;
  readonly says: string;
  readonly rules: string;
  readonly lines: string;
  readonly proof: string;
}

const SOURCES = ["AC", "NP", "IN", "PM", "PR"];
const TEXT = readFileSync(join(ROOT, "docs/sources.md"), "utf8");
const RULES = new Set(readRulesPage(PAGE).map(({ rule }) => rule));
const KEYS = ATHLETE_KEYS.map(relationOf);

/** Reads every row of the page's tables. */
function readRows(text: string): Row[] {
  return text.split(/^## /m).slice(1).flatMap((section) => {
    const [source = ""] = section.split(":");
    return section.split("\n").filter((line) => /^\| \d+ \|/.test(line)).map((line) => {
      const [number = "", says = "", rules = "", lines = "", proof = "", ...more] =
        line.replace(/^\| | \|$/g, "").split(" | ");
      if (more.length > 0) throw new Error(`${source} ${number} has more than five cells`);
      return { source, number: Number(number), says, rules, lines, proof };
    });
  });
}

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);

/** True for `type#relation` of the compiled model; a placeholder stands for each key, or each resource and level. */
function isRelation(word: string): boolean {
  const [type = "", relation = ""] = word.split("#");
  const named = relation === "<key>" ? KEYS
    : RESOURCES.flatMap((resource) => LEVELS.map((level) =>
      relation.replace("<resource>", resource).replace("<level>", level)));
  return named.every((each) => MODEL.types.get(type)?.relations.has(each) === true);
}

/** Faults of a row. */
function faultsOf({ source, number, says, rules, lines, proof }: Row): string[] {
  const at = (fault: string): string => `${source} ${number}: ${fault}`;
  if (says.length < 10) return [at("says nothing")];
  if (rules === "-") {
    const reason = /^(?:the app's: \S.{5}|not provided, because \S.{5})/.test(lines);
    return reason && proof === "-" ? [] : [at("has no rule, and no reason")];
  }
  const named = rules.split(" ");
  const decided = quoted(lines).filter((word) => word.includes("#") || EVENTS.has(word));
  const types = quoted(lines).filter((word) => !decided.includes(word) && !MODEL.types.has(word));
  const proofs = quoted(proof);
  const proves = (word: string, rule: string): boolean =>
    word.includes("/") ? provesRule(word, rule) : rulesOfStory(word).has(rule);
  return [
    ...named.filter((rule) => !RULES.has(rule)).map((rule) => at(`${rule} is no rule`)),
    ...(decided.length > 0 ? [] : [at("names no line and no event")]),
    ...types.map((word) => at(`${word} is no event and no relation`)),
    ...decided.filter((word) => word.includes("#") && !isRelation(word)).map((word) => at(`${word} is no relation`)),
    ...proofs.filter((word) => !named.some((rule) => proves(word, rule)))
      .map((word) => at(`${word} proves none of its rules`)),
    ...named.filter((rule) => !proofs.some((word) => proves(word, rule))).map((rule) => at(`no proof of ${rule}`)),
  ];
}

const rows = readRows(TEXT);

test.each(SOURCES)("%s: each row leads to a rule, a line and a proof, or says why it has none", (source) => {
  expect(rows.filter((row) => row.source === source).flatMap(faultsOf)).toEqual([]);
});

test("the rows of each source are numbered without a gap, about 200 in all", () => {
  expect([...new Set(rows.map(({ source }) => source))]).toEqual(SOURCES);
  for (const source of SOURCES) {
    const numbers = rows.filter((row) => row.source === source).map(({ number }) => number);
    expect(numbers, source).toEqual(numbers.map((_, i) => i + 1));
  }
  expect(rows.length).toBeGreaterThan(200);
  expect(new Set(rows.map(({ source, says }) => `${source} ${says}`)).size).toBe(rows.length);
});

test("each published rule, except those that settle a conflict, comes from a sentence", () => {
  const used = new Set(rows.flatMap(({ rules }) => rules.split(" ")));
  expect([...RULES].filter((rule) => !rule.startsWith("S") && !used.has(rule))).toEqual([]);
});

describe("a fault is found", () => {
  const good: Row = {
    source: "NP", number: 1, says: "The author sees it for good", rules: "NP1", lines: "`note#author`",
    proof: "`note-privacy`",
  };
  const withoutRule = { rules: "-", lines: "the app's: its page", proof: "-" };

  test("a good row has none", () => {
    expect(faultsOf(good)).toEqual([]);
    expect(faultsOf({ ...good, ...withoutRule })).toEqual([]);
  });

  test.each([
    [{ rules: "NP99" }, "NP99 is no rule"],
    [{ lines: "`note#writer`" }, "note#writer is no relation"],
    [{ lines: "`note.written`" }, "note.written is no event and no relation"],
    [{ lines: "`team_assignments#<key>`" }, "team_assignments#<key> is no relation"],
    [{ lines: "the note" }, "names no line and no event"],
    [{ proof: "`note-privacies`" }, "note-privacies proves none"],
    [{ proof: "`note-privacy`, `hats`" }, "hats proves none"],
    [{ rules: "NP1 IN2" }, "no proof of IN2"],
    [{ proof: "`test/events/none.test.ts`" }, "test/events/none.test.ts proves none"],
    [{ ...withoutRule, lines: "not provided" }, "no reason"],
    [{ says: "" }, "says nothing"],
  ])("%j", (edit, fault) => {
    expect(faultsOf({ ...good, ...edit })).toContainEqual(expect.stringContaining(fault));
  });
});
