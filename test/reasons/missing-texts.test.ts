// The sentences about what is missing are made once for each form of a way, and a bounded number of them is kept.
import { expect, test } from "vitest";
import type { Phrasebook } from "../../src/analysis/way-words.ts";
import type { Way } from "../../src/analysis/way.ts";
import { MissingTexts } from "../../src/reasons/missing-texts.ts";
import { MAX_FORMS_OF_A_WAY } from "../../src/reasons/reasons-limits.ts";

const RELATIONS = ["a", "b", "c", "d", "e", "f"];
const WAY: Way = {
  types: ["user", "note"], negations: [], lines: [],
  tuples: RELATIONS.map((relation) => ({ shape: `note#${relation}@user`, object: 1, user: 0 })),
};
const NAMES = ["user:ann", "note:1"];
const ASKED = { user: "user:ann", relation: "can_read", object: "note:1" };

/** Returns which tuples are absent in the form with a number: its bits. */
const absentIn = (number: number): boolean[] => RELATIONS.map((_, bit) => (number >> bit & 1) === 1);

/** A phrasebook that counts how often a sentence is looked up in it. */
function countedBook() {
  let lookUps = 0;
  const facts = Object.fromEntries(RELATIONS.map((relation) => [`note#${relation}`, `{user} has ${relation}`]));
  const counted = new Proxy(facts, { get: (target, key) => (lookUps++, Reflect.get(target, key)) });
  const book: Phrasebook = { nouns: {}, facts: counted, pairs: {}, types: {}, negations: {} };
  const made = (form: number): boolean => {
    const before = lookUps;
    // Each explanation has its own texts. The forms outlive it.
    const text = new MissingTexts(ASKED, book).text(WAY, NAMES, absentIn(form), []);
    const absent = RELATIONS.filter((_, i) => absentIn(form)[i]).map((relation) => `user:ann has ${relation}`);
    const last = absent.at(-1)!;
    const list = absent.length === 1 ? last : `${absent.slice(0, -1).join(", ")} and ${last}`;
    expect(text).toBe(`user:ann would have can_read on note:1 if ${list}.`);
    return lookUps > before;
  };
  return { made };
}

test.each([[MAX_FORMS_OF_A_WAY, false], [MAX_FORMS_OF_A_WAY + 1, true]])(
  "after %i forms of a way, the first is made again: %s", (forms, isMadeAgain) => {
    const { made } = countedBook();
    for (let form = 1; form <= forms; form++) expect(made(form)).toBe(true);
    expect(made(1)).toBe(isMadeAgain);
  });

test("another phrasebook has its own sentences", () => {
  const [one, other] = [countedBook(), countedBook()];
  expect([one.made(1), one.made(1), other.made(1), other.made(1)]).toEqual([true, false, true, false]);
});
