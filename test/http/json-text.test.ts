// JSON texts are read strictly: UTF-8, unique keys, a bounded depth.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds } from "../laws/law.ts";
import { parseJson, readJson } from "../../src/http/json-text.ts";
import { MAX_JSON_DEPTH } from "../../src/http/http-limits.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("texts that JSON.parse reads are read the same", () => {
  test("any JSON value, as text and as bytes", () => {
    const plain = fc.jsonValue({ maxDepth: 5, stringUnit: fc.constantFrom("a", "b", "c", ":", ",", "{") });
    holds(fc.oneof(fc.json({ maxDepth: 5 }), plain.map((value) => JSON.stringify(value))), 100, (text) => {
      expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
      expect(readJson(bytesOf(text))).toEqual({ value: JSON.parse(text) });
    }, 10_000);
  });
  const tricky = [
    '{"a":"\\"","b":"\\\\"}', '{"a":"{\\"a\\":1,\\"a\\":2}"}', '[{"a":1},{"a":1}]', '{"a":{"a":{"a":[]}},"b":"a"}',
  ];
  test.each(tricky)(
    "%s", (text) => {
      expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
      expect(readJson(bytesOf(text))).toEqual({ value: JSON.parse(text) });
    });
});

describe("half of a surrogate pair is a fault if requested, in texts and in keys", () => {
  test.each([
    '"\\ud800"', '"a\\udc00"', '["\\uDbFFx"]', '{"\\ud800":1}', '{"a":{"b":["\\udc00\\ud800"]}}', '"\\ud800\\\\udc00"',
  ])("%s", (text) => {
    expect(parseJson(text, "no halves")).toEqual({ fault: "half of a surrogate pair" });
    expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
  });
  test.each(['"\\ud835\\udd4f"', '"\\\\ud800"', '{"\\ud835\\uDD4F":"𝕏"}'])("but not %s", (text) => {
    expect(parseJson(text, "no halves")).toEqual({ value: JSON.parse(text) });
  });
});

describe("a key twice in one object is a fault", () => {
  const twice = [
    '{"a":1,"a":1}', '{"a":"x","a":"\u00fc"}', '{"__proto__":1,"__proto__":2}', '{"a":"b","a":["c","d"]}',
    '{"a":1,"\\u0061":2}', '[0,{"x":{"b":[],"c":{},"b":null}}]', '{"":1,"":2}', '{"a":[{}],"a":1}',
  ];
  test.each(twice)(
    "%s", (text) => {
      expect(parseJson(text)).toEqual({ fault: expect.stringMatching(/^duplicate field/) });
      expect(readJson(bytesOf(text))).toEqual({ fault: expect.stringMatching(/^duplicate field/) });
    });
  test("any object with a repeated key, and no other", () => {
    const entries = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d", "e"),
      fc.constantFrom('"x"', "1", "null", '{"a":"x"}', '["a","b"]', '{"a":1,"a":"x"}')), { maxLength: 4 });
    holds(entries, 100, (given) => {
      const text = `{"in":[{${given.map(([key, value]) => `"${key}":${value}`).join(",")}}]}`;
      const twice = new Set(given.map(([key]) => key)).size < given.length || text.includes('"a":1,"a"');
      expect(readJson(bytesOf(text))).toHaveProperty(twice ? "fault" : "value");
    }, 10_000);
  });
});

test("nesting is bounded", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  expect(parseJson(nested(MAX_JSON_DEPTH))).toHaveProperty("value");
  expect(parseJson(nested(MAX_JSON_DEPTH + 1))).toEqual({ fault: "deeper than 128 levels" });
  expect(parseJson(nested(100_000))).toEqual({ fault: "deeper than 128 levels" });
  expect(readJson(bytesOf(nested(MAX_JSON_DEPTH)))).toHaveProperty("value");
  expect(readJson(bytesOf(nested(MAX_JSON_DEPTH + 1)))).toEqual({ fault: "deeper than 128 levels" });
  const inObjects = (depth: number): string => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
  expect(readJson(bytesOf(inObjects(MAX_JSON_DEPTH)))).toHaveProperty("value");
  expect(readJson(bytesOf(inObjects(MAX_JSON_DEPTH + 1)))).toEqual({ fault: "deeper than 128 levels" });
});

test("nesting is also bounded when surrogate pairs are checked", () => {
  const around = (depth: number, text: string): string => "[".repeat(depth) + text + "]".repeat(depth);
  for (const depth of [MAX_JSON_DEPTH + 1, 60_000]) {
    for (const text of ['"\\ud800"', '{"\\ud800":1}', '"\\ud835\\udd4f"']) {
      expect(parseJson(around(depth, text), "no halves")).toEqual({ fault: "deeper than 128 levels" });
    }
  }
  expect(parseJson(around(MAX_JSON_DEPTH, '"\\ud800"'), "no halves")).toEqual({ fault: "half of a surrogate pair" });
});

const BROKEN: [string, number[]][] = [
  ["a byte of no UTF-8", [0x22, 0xff, 0x22]], ["half a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ["a character cut off", [0x22, 0xc3, 0x22]], ["an overlong form", [0x22, 0xc0, 0xaf, 0x22]],
];
test.each(BROKEN)("%s is a fault", (_, bytes) => {
  expect(readJson(Uint8Array.from(bytes))).toEqual({ fault: "the body is not UTF-8" });
});
test.each(["", "{", "[1,]", "{'a':1}", "\ufeff{}", "NaN", "1 2"])("%j is a fault", (text) => {
  expect(readJson(new TextEncoder().encode(text))).toEqual({ fault: "malformed JSON" });
});
