// Long answers are parsed in parts, to the same value as at once.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endOf } from "../../src/checks/parts.ts";
import { parseLong } from "../../src/http/console/long-json.ts";
import { CHARACTERS_PER_TURN } from "../../src/http/http-limits.ts";

describe("a long answer", () => {
  test("is parsed to the same value as at once", () => {
    const answers = fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())));
    fc.assert(fc.property(answers, fc.nat(40), (answer, perTurn) => {
      const text = JSON.stringify(answer);
      expect(endOf(parseLong(text, perTurn))).toEqual(JSON.parse(text));
    }));
  });

  test("is parsed in parts of about a turn's characters", () => {
    const entry = { user: "somebody", hats: ["coach"], professional_area: '},{"]' };
    const text = JSON.stringify({ token: "t", members: Array.from({ length: 20_000 }, () => entry), invites: [] });
    const work = parseLong(text);
    let parts = 1;
    while (work.next().done !== true) parts += 1;
    expect(parts).toBe(1 + Math.floor(text.length / (CHARACTERS_PER_TURN + JSON.stringify(entry).length)));
  });

  test("has its parts also where an object of it holds the arrays", () => {
    const entry = { user: "user:somebody", relation: "can_view", object: "athlete:a" };
    const [entries, some] = [20_000, 400].map((count) => Array.from({ length: count }, () => entry));
    const answer = {
      status: "applied", access: { gained: entries, lost: [], complete: false }, changes: { write: some, delete: some },
      more: { a: some, b: some, c: some, d: { e: some } }, none: {},
    };
    const text = JSON.stringify(answer);
    const work = parseLong(text);
    let parts = 1;
    let part = work.next();
    for (; part.done !== true; part = work.next()) parts += 1;
    expect(part.value).toEqual(answer);
    // A turn ends at the first entry or field after its characters.
    const longest = CHARACTERS_PER_TURN + JSON.stringify(some).length;
    expect(parts).toBeGreaterThanOrEqual(Math.floor(text.length / longest));
  });

  const broken = [
    '{"a":{"b":1}', '{"a":{"b":1}}}', '{"a":{}', '{"a":{1:2}}', '{"a":{"b":[1}}',
    '{"a":[1', '{"a":[1,2}', '{"a"', '{"a":1,}', "{", '{"a":[}]}', '{"a":1]', '{"a":1}}',
  ];
  test.each(broken)("that is not JSON is an error: %s", (text) => {
    expect(() => endOf(parseLong(text, 1))).toThrow(SyntaxError);
  });
});
