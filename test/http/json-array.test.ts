// JSON arrays split into entries: the entries are those of JSON.parse, and everything else is not JSON.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isArrayText, splitJsonArray, type ArrayReading } from "../../src/http/json-array.ts";
import { holds } from "../laws/law.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const apart = (text: string, most = 1000): ArrayReading => splitJsonArray(bytesOf(text), most);

/** The entries of a text that splits into valid JSON entries, as values. */
function read(text: string): unknown {
  const found = apart(text);
  if (found === "too_many" || "fault" in found) return undefined;
  try {
    return found.entries.map((entry) => JSON.parse(entry) as unknown);
  } catch {
    return undefined;
  }
}

/** The result of JSON.parse for a text that is an array; undefined for anything else. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

test("any array of JSON, with or without spaces", () => {
  holds(fc.tuple(fc.array(fc.jsonValue({ maxDepth: 3 })), fc.constantFrom("", "  ", "\t")), 200, ([value, space]) => {
    const text = `${space}${JSON.stringify(value, null, space)}${space}`;
    expect(read(text)).toEqual(JSON.parse(text));
  }, 10_000);
});

test("any text of brackets, quotes and commas splits as JSON.parse reads it", () => {
  const unit = fc.constantFrom("[", "]", "{", "}", ",", '"', "\\", "1", " ", ":", '"a"', '{"a":1}', "\u00a0");
  holds(fc.array(unit, { maxLength: 12 }), 2000, (parts) => {
    const text = `[${parts.join("")}`;
    expect([text, read(text)]).toEqual([text, parsed(text)]);
  }, 1_000_000);
});

describe("splitting", () => {
  test.each<[string, readonly string[]]>([
    ["[]", []], [" [ \n] ", []], ["[1]", ["1"]], ["[ 1 , [2,3] ]", ["1", "[2,3]"]],
    ['["],[",{"]":"\\""}]', ['"],["', '{"]":"\\""}']],
  ])("%s", (text, entries) => {
    expect(apart(text)).toEqual({ entries });
  });

  test.each(["", " ", "{}", '"x"', "[", "[1", '["', '["\\', "[}", "[1]]", "[1] x", "\ufeff[]", "]", "[1}"])(
    "%j is malformed", (text) => {
      expect(apart(text)).toEqual({ fault: "malformed JSON" });
    });

  test("bytes that are not UTF-8 are malformed", () => {
    expect(splitJsonArray(Uint8Array.from([0x5b, 0xff, 0x5d]), 9)).toEqual({ fault: "the body is not UTF-8" });
  });

  test("no more entries than the limit", () => {
    expect(apart("[1,2,3]", 3)).toEqual({ entries: ["1", "2", "3"] });
    expect(apart("[1,2,3,4]", 3)).toBe("too_many");
    expect(apart("[1,2,3,", 3)).toBe("too_many");
  });
});

test.each<[string, boolean]>([
  ["[", true], [" \t\r\n[1]", true], ["", false], ["  ", false], ["{}", false],
  ["\ufeff[]", false], ["\u00a0[]", false],
])("%j is an array: %s", (text, is) => {
  expect(isArrayText(bytesOf(text))).toBe(is);
});
