// The rows of the embedded store: JSON exactly as JSON.stringify writes it, for every possible text.
import fc from "fast-check";
import { expect, test } from "vitest";
import { holds } from "../laws/law.ts";
import { decodeTuple, encodeKey, encodeTuple, textOfKey } from "../../src/embedded/row-text.ts";

const odd = fc.constantFrom("", '"', "\\", "\n", "\u007f", "ü", "\ud800");
const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), odd);
const key = fc.record({ object: text, relation: text, user: text });

test("a key is written as JSON.stringify writes it", () => {
  holds(key, 100, (given) => {
    expect(encodeKey(given)).toBe(JSON.stringify([given.object, given.relation, given.user]));
    expect(encodeTuple(given)).toBe(encodeKey(given));
  }, 10_000);
});

test("a tuple with a condition is read as it was written", () => {
  holds(fc.tuple(key, text, fc.dictionary(text, fc.jsonValue())), 100, ([given, name, context]) => {
    const read = decodeTuple(JSON.parse(encodeTuple({ ...given, condition: { name, context } })));
    expect(read).toEqual({ ...given, condition: { name, context: JSON.parse(JSON.stringify(context)) } });
  }, 10_000);
});

test("keys have the same text exactly if they are equal", () => {
  const short = fc.constantFrom("", "a", "b", "ab", ",", "1", "1,a");
  holds(fc.tuple(fc.tuple(short, short, short), fc.tuple(short, short, short)), 100, ([a, b]) => {
    const of = ([object, relation, user]: readonly [string, string, string]) => textOfKey({ object, relation, user });
    expect(of(a) === of(b)).toBe(a.every((part, i) => part === b[i]));
  }, 10_000);
});
