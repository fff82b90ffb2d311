// Texts in flat arrays: what was put in comes out, whatever its characters, and after packing.
import { expect, test } from "vitest";
import { hashOfText, Texts } from "../../src/tuples/texts.ts";

const SAMPLES = [
  "", "a", "athlete:o1-a2", "note:ü", "note:€", "note:\u{1f600}", "x".repeat(5000), "é".repeat(1024), "€".repeat(3),
];

test("a text is read as it was put, equal to itself and to no other of its length", () => {
  const texts = new Texts();
  const places = SAMPLES.map((text) => texts.add(text));
  SAMPLES.forEach((text, i) => {
    expect(texts.read(places[i]!, text.length)).toBe(text);
    expect(texts.equals(places[i]!, text)).toBe(true);
    if (text !== "") expect(texts.equals(places[i]!, `${text.slice(0, -1)}\u0101`)).toBe(false);
    if (text !== "") expect(texts.equals(places[i]!, `${text.slice(0, -1)}!`)).toBe(false);
  });
});

test("packing keeps what is kept and gives back the room of what was dropped", () => {
  const texts = new Texts();
  const all = Array.from({ length: 20_000 }, (_, i) => (i % 7 === 0 ? `€:${i}` : `note:${i}`));
  const places = all.map((text) => texts.add(text));
  const kept = all.map((_, i) => i).filter((i) => i % 3 === 0);
  for (let i = 0; i < all.length; i++) if (i % 3 !== 0) texts.drop(places[i]!, all[i]!.length);
  expect(texts.wantsPacking).toBe(true);
  texts.pack(kept.map((i) => [places[i]!, all[i]!.length]), (k, place) => void (places[kept[k]!] = place));
  expect(texts.wantsPacking).toBe(false);
  for (const i of kept) expect(texts.read(places[i]!, all[i]!.length)).toBe(all[i]);
});

test("the hash depends on each character, the length and the seed", () => {
  const hashes = ["note:1", "note:2", "mote:1", "note:10", "note:1\0", "notf:1"].map((text) => hashOfText(1, text));
  hashes.push(hashOfText(2, "note:1"));
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hashOfText(1, "note:1")).toBe(hashes[0]);
});
