// Texts as words: unpacking restores the packed text, whatever its characters, and equal texts are equal words.
import { afterEach, expect, test, vi } from "vitest";
import { EntityNames } from "../../src/memory/entity-names.ts";
import { hashOfText, packBytes, packText, sizeOfText, unpackText } from "../../src/memory/packed-text.ts";

const SAMPLES = [
  "", "a", "ab", "abc", "abcd", "athlete:o1-a2", "note:\u00fc", "note:\u20ac", "note:\u{1f600}", "x".repeat(5000),
  "\u00e9".repeat(1024), "\u20ac".repeat(3), "\u20ac".repeat(4),
];

const wordsOf = (text: string): { words: Int32Array; length: number } => {
  const { words, size, length } = packText(text);
  return { words: words.slice(0, size), length };
};
const hash = (seed: number, text: string): number => {
  const { words, size, length } = packText(text);
  return hashOfText(seed, words, 0, size, length);
};

test("a text is unpacked as packed, from any place, and takes the reported number of words", () => {
  for (const text of SAMPLES) {
    const { words, length } = wordsOf(text);
    expect(words).toHaveLength(sizeOfText(length));
    expect(unpackText(Int32Array.from([7, 7, ...words, 7]), 2, length)).toBe(text);
  }
});

afterEach(() => vi.unstubAllGlobals());

const PLATFORMS = [["with Node's Buffer", Buffer], ["without it", undefined]] as const;
test.each(PLATFORMS)("an entity has the text of its name, %s", (_, buffer) => {
  vi.stubGlobal("Buffer", buffer);
  const names = new EntityNames();
  const numbered = Array.from({ length: 2_000 }, (_, i) => `note:n${i}`);
  const texts = [...SAMPLES, "note:\u007f\u0080\u009f\u00ff", ...numbered];
  // Far more than fit at first.
  const ids = texts.map((text) => names.intern(text));
  expect(ids.map((id) => names.text(id))).toEqual(texts);
});

test("texts of one length with different characters are different words", () => {
  for (const text of SAMPLES.filter((sample) => sample !== "")) {
    for (const other of [`${text.slice(0, -1)}!`, `${text.slice(0, -1)}\u0101`, `!${text.slice(1)}`]) {
      if (other === text) continue;
      const [a, b] = [wordsOf(text), wordsOf(other)];
      expect(a.length === b.length && a.words.every((word, i) => word === b.words[i]), other).toBe(false);
    }
  }
});

test("bytes are packed like the text they encode", () => {
  for (const text of SAMPLES.filter((sample) => /^[\0-\x7f]*$/.test(sample))) {
    const wanted = wordsOf(text);
    const { words, size, length } = packBytes(new TextEncoder().encode(`[${text}]`), 1, 1 + text.length);
    expect({ words: words.slice(0, size), length }).toEqual(wanted);
  }
});

test("the hash depends on each character, the length and the seed", () => {
  const hashes = ["note:1", "note:2", "mote:1", "note:10", "note:1\0", "notf:1"].map((text) => hash(1, text));
  hashes.push(hash(2, "note:1"));
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hash(1, "note:1")).toBe(hashes[0]);
});
