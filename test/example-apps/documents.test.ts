// docs/adopt.md: its code is code of the examples, which run, and the events of its table exist.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EVENTS } from "../../src/events/table.ts";
import { ROOT } from "../live/pins.ts";

const text = readFileSync(join(ROOT, "docs/adopt.md"), "utf8");

/** Lines of a code, without the indentation that its place in a file gives it. */
const linesOf = (code: string): string[] => code.split("\n").map((line) => line.trim()).filter((line) => line !== "");

const sources = readdirSync(join(ROOT, "examples"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:ts|mjs)$/.test(entry.name))
  .map(({ parentPath, name }) => linesOf(readFileSync(join(parentPath, name), "utf8")).join("\n"));

/** True for a code that stands, line by line, in a file of the examples. */
const isOfExamples = (code: string): boolean => {
  const part = linesOf(code).join("\n");
  return part !== "" && sources.some((source) => `\n${source}\n`.includes(`\n${part}\n`));
};

describe("docs/adopt.md", () => {
  const snippets = [...text.matchAll(/^```(\w*)\n(.*?)^```/gms)]
    .map(([, language, code]) => ({ language, code: code! }));

  test("each code stands in an example as it is", () => {
    expect(snippets.length).toBeGreaterThan(5);
    expect(snippets.filter(({ language }) => language !== "ts")).toEqual([]);
    expect(snippets.filter(({ code }) => !isOfExamples(code))).toEqual([]);
    const [, ...changed] = linesOf(snippets[0]!.code);
    expect(isOfExamples(changed.join("\n"))).toBe(true);
    expect(isOfExamples([...changed, "other();"].join("\n"))).toBe(false);
  });

  test("each event that it names exists", () => {
    const groups = new Set([...EVENTS.keys()].map((type) => type.split(".")[0]));
    const named = [...text.matchAll(/`([a-z_]+)\.([a-z_]+)`/g)].filter(([, group]) => groups.has(group!));
    expect(named.length).toBeGreaterThan(20);
    expect(named.map(([, group, verb]) => `${group}.${verb}`).filter((type) => !EVENTS.has(type))).toEqual([]);
  });
});
