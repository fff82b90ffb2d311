// Comparison of sequences: digits as numbers, all else as text. A total order within each kind, at a linear cost.
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareSequences } from "../../src/ledger/sequence-order.ts";
import { holds } from "../laws/law.ts";
import { MAX_SEQUENCE_LENGTH } from "../../src/http/http-limits.ts";

const digits = fc.stringMatching(/^[0-9]{1,24}$/);
const printable = fc.stringMatching(/^[ -~]{1,8}$/);
const texts = printable.filter((text) => !/^[0-9]+$/.test(text));
const any = fc.oneof(digits, printable);
const sign = Math.sign;

test.each([
  ["10", "9", 1], ["9", "10", -1], ["009", "9", 0], ["000", "0", 0], ["0010", "9", 1], ["0", "1", -1],
  ["9007199254740993", "9007199254740992", 1], ["2026-01-02", "2026-01-10", -1], ["a10", "a9", -1], ["~", "10", 1],
  ["1e3", "999", -1], ["-1", "1", -1], [" 5", "5", -1], ["+5", "5", -1],
] as const)("%s against %s is %i", (a, b, expected) => {
  expect(sign(compareSequences(a, b))).toBe(expected);
  expect(sign(compareSequences(b, a))).toBe(expected === 0 ? 0 : -expected);
});

test("digits compare as the numbers that they are, whatever their length", () => {
  holds(fc.tuple(digits, digits), 2_000, ([a, b]) => {
    const [x, y] = [BigInt(a), BigInt(b)];
    expect(sign(compareSequences(a, b))).toBe(x === y ? 0 : x < y ? -1 : 1);
  });
  const long = "9".repeat(MAX_SEQUENCE_LENGTH);
  expect(compareSequences(long, `1${long.slice(1)}`)).toBeGreaterThan(0);
});

test("the order is total: one of two sequences comes first, or they are the same number or text", () => {
  holds(fc.tuple(any, any), 2_000, ([a, b]) => {
    expect(compareSequences(a, a)).toBe(0);
    expect(sign(compareSequences(a, b))).toBe(-sign(compareSequences(b, a)) + 0);
    if (compareSequences(a, b) === 0) expect(a.replace(/^0+/, "")).toBe(b.replace(/^0+/, ""));
  });
});

test.each([["digits", digits], ["other texts", texts]])("the order is transitive among %s", (_, kind) => {
  holds(fc.tuple(kind, kind, kind), 2_000, (drawn) => {
    const [first, second, third] = [...drawn].sort(compareSequences) as [string, string, string];
    expect(compareSequences(first, second)).toBeLessThanOrEqual(0);
    expect(compareSequences(second, third)).toBeLessThanOrEqual(0);
    expect(compareSequences(first, third)).toBeLessThanOrEqual(0);
  });
});

test("a sender that mixes digits and other texts has no order: the contract compares such a pair as text", () => {
  expect([compareSequences("9", "10"), compareSequences("10", "1a"), compareSequences("1a", "9")].map(sign))
    .toEqual([-1, -1, -1]);
});
